// SPDX-License-Identifier: Apache-2.0
#include "refresh_policy.hpp"

#include <algorithm>

namespace trowel::features {

std::optional<core::Duration> nextLook(bool moving, core::Duration movingFor, std::optional<core::Duration> idle) {
  if (!moving) return idle;
  return std::clamp<core::Duration>(movingFor / 10, std::chrono::seconds(1), std::chrono::seconds(5));
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/secret.hpp"

#include <cstring>

namespace trowel::core {

void wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace trowel::core

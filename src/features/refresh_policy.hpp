// SPDX-License-Identifier: Apache-2.0
// How soon rows that somebody sees are looked at again. Pure.
#pragma once

#include <optional>

#include "trowel/core/clock.hpp"

namespace trowel::features {

// Counted from the last look. While something moves: every second at first, then as often as makes a wait of that
// length no longer by more than a tenth, at most 5 s. Else what the view wants; nothing: not by itself.
std::optional<core::Duration> nextLook(bool moving, core::Duration movingFor, std::optional<core::Duration> idle);

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// Trowel's version, set once in CMakeLists.txt.
#pragma once

#include <string_view>

namespace trowel::core {

inline constexpr std::string_view kVersion = TROWEL_VERSION;

}  // namespace trowel::core

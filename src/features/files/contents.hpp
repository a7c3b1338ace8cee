// SPDX-License-Identifier: Apache-2.0
// Contents on the wire: small ones inside the message, larger ones as a private file that the reader removes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::features {

inline constexpr std::size_t kMaxInline = 1024UL * 1024;  // bytes

// The folder that both sides use for such files; mode 0700.
std::string contentsFolder();

// Writes a file with mode 0600 there and returns its path.
core::Result<std::string> putContents(std::string_view bytes);

// The bytes of a message that holds them as base64, or as such a file, which is removed. InvalidParams where neither or
// both are given, or where the path lies elsewhere.
core::Result<std::string> takeContents(const std::optional<std::string>& base64,
                                       const std::optional<std::string>& path);

}  // namespace trowel::features

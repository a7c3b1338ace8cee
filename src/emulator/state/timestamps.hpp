// SPDX-License-Identifier: Apache-2.0
// Times as RFC 3339 text, which the newer APIs have where the older ones have epoch milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trowel::emulator {

// 2021-08-13T00:37:30.279Z
std::string toIsoTime(std::int64_t epochMilliseconds);

// Epoch milliseconds. Nothing for what is no such time; the fraction and the Z may be missing.
std::optional<std::int64_t> parseIsoTime(std::string_view text);

}  // namespace trowel::emulator

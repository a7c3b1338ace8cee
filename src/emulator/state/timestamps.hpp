// SPDX-License-Identifier: Apache-2.0
// Times as text: of RFC 3339, which the newer APIs have where the older ones have epoch milliseconds, and of HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trowel::emulator {

// 2021-08-13T00:37:30.279Z
std::string toIsoTime(std::int64_t epochMilliseconds);

// Fri, 13 Aug 2021 00:37:30 GMT, of HTTP's Date header.
std::string toHttpDate(std::int64_t epochMilliseconds);

// Epoch milliseconds. Nothing for what is no such time; the fraction and the Z may be missing.
std::optional<std::int64_t> parseIsoTime(std::string_view text);

}  // namespace trowel::emulator

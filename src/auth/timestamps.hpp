// SPDX-License-Identifier: Apache-2.0
// Times as token stores and other programs write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/clock.hpp"

namespace trowel::auth {

// Seconds since 1970, as tokens and their issuers count; what lies beyond 1970 to 2255 becomes the nearer end of that,
// so that the difference of any two times can be counted, too.
core::WallTime fromEpoch(std::int64_t seconds);
// RFC 3339: "2026-01-02T03:04:05.678+01:00". Nothing where it is none, or not of the years 1970 to 2250.
std::optional<core::WallTime> parseRfc3339(std::string_view text);
// In UTC, whole seconds: "2026-01-02T02:04:05Z".
std::string toRfc3339(core::WallTime time);
// The Azure CLI's "2026-01-02 03:04:05.000000": this machine's own time of day, without a zone.
std::optional<core::WallTime> parseLocalTime(std::string_view text);

}  // namespace trowel::auth

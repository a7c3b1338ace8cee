// SPDX-License-Identifier: Apache-2.0
// A point in time as HTTP headers write it.
#pragma once

#include <optional>
#include <string_view>

#include "trowel/core/clock.hpp"

namespace trowel::http {

// In any of the three forms of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
// "Sun Nov  6 08:49:37 1994". The day of the week is not looked at. What lies before 1970 or behind 2250 becomes
// the nearer end of that. Nothing for anything else.
std::optional<core::WallTime> parseHttpDate(std::string_view text);

}  // namespace trowel::http

// SPDX-License-Identifier: Apache-2.0
// Parameters of one type. What was given in another is refused: taken for absent, it would be acted upon.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The parameter, or `fallback` where it is absent, null or empty; numbers and flags may come as text, as in queries.
// MALFORMED_REQUEST for anything else.
Reply<std::string> typedText(const core::Json& params, std::string_view field, std::string_view fallback = {});
Reply<std::int64_t> typedNumber(const core::Json& params, std::string_view field, std::int64_t fallback = 0);
Reply<bool> typedFlag(const core::Json& params, std::string_view field, bool fallback = false);
// INVALID_PARAMETER_VALUE where it is absent.
Reply<std::int64_t> requiredNumber(const core::Json& params, std::string_view field);

}  // namespace trowel::emulator

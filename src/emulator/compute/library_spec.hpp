// SPDX-License-Identifier: Apache-2.0
// What a library may be: exactly one of jar, egg, whl, pypi, maven, cran and requirements (rest-api.md 7.7).
#pragma once

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The libraries of a request, in their known fields. INVALID_PARAMETER_VALUE for one that is none or several things.
Reply<core::Json> readLibraries(const core::Json& list);

}  // namespace trowel::emulator

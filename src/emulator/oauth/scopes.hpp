// SPDX-License-Identifier: Apache-2.0
// The scopes that OAuth tokens can have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

const std::vector<std::string>& supportedScopes();
bool isSupportedScope(std::string_view name);

// Whether `scope`, names with spaces between them, has that one.
bool hasScope(std::string_view scope, std::string_view name);

// The scopes asked for, or `fallback` where none is; invalid_scope for one that there is not.
Reply<std::string> readScope(std::string_view wanted, std::string_view fallback);

}  // namespace trowel::emulator

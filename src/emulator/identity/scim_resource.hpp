// SPDX-License-Identifier: Apache-2.0
// What a SCIM resource of each kind looks like: its attributes, what is added to them, and what they may be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class PrincipalKind : std::uint8_t { User, ServicePrincipal, Group };

std::string_view noun(PrincipalKind kind);  // "Service principal"
// The attribute that no two resources of a kind share.
const char* nameField(PrincipalKind kind);
std::string scimReference(PrincipalKind kind, const std::string& id);  // "Users/12"

// The attributes that the service knows, spelled and typed as it has them.
core::Json knownAttributes(PrincipalKind kind, const core::Json& resource);
// Fills in what the service adds to what a client sent.
void completeResource(PrincipalKind kind, core::Json& resource);
// invalidValue where an attribute has a wrong type or an impossible value, or the name is missing.
Reply<void> checkAttributes(PrincipalKind kind, const core::Json& resource);

// 400 invalidValue
std::unexpected<ApiError> invalidValue(std::string detail);

}  // namespace trowel::emulator

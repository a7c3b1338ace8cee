// SPDX-License-Identifier: Apache-2.0
// Adds /api/2.0/token (one's own tokens) and /api/2.0/token-management (everybody's, for administrators).
#pragma once

#include <functional>

#include "emulator/identity/personal_tokens.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/identity/workspace_settings.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// Whether somebody may make tokens: an error where not.
using TokenUse = std::function<Reply<void>(const User&)>;

// The workspace's settings enableTokensConfig and maxTokenLifetimeDays bind new tokens.
void addTokenRoutes(Router& router, PersonalTokens& tokens, const Users& users, const WorkspaceSettings& settings,
                    TokenUse mayUse);

}  // namespace trowel::emulator

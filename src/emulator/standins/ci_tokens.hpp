// SPDX-License-Identifier: Apache-2.0
// Stand-ins for the build systems that tell others who a build is: GitHub Actions and Azure DevOps.
#pragma once

#include <string>
#include <string_view>

#include "emulator/identity/jwt.hpp"
#include "emulator/server/router.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// The audience of tokens that are to be exchanged at Azure AD, and of all of Azure DevOps.
inline constexpr std::string_view kAzureExchange = "api://AzureADTokenExchange";

// Whether a token with these claims comes from one of the two. `host` is the emulator's own.
bool isBuildToken(const core::Json& claims, std::string_view host);

// Adds GET /standins/github/token?audience=A (what ACTIONS_ID_TOKEN_REQUEST_URL names) -> {value}, and POST
// /standins/azuredevops/{organization}/{project}/_apis/distributedtask/hubs/{hub}/plans/{plan}/jobs/{job}/oidctoken
// -> {oidcToken}. Both want any bearer token; `sub` in the query chooses the subject. Tokens live ten minutes.
void addCiTokenRoutes(Router& router, const World& world, JwtSigner& signer);

}  // namespace trowel::emulator

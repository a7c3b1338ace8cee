// SPDX-License-Identifier: Apache-2.0
// Workload identity federation: a token of somebody whom the workspace trusts (a build system) exchanged for one of the
// workspace.
#pragma once

#include <functional>

#include "auth/strategies/strategy.hpp"

namespace trowel::auth {

// A JSON web token for that audience.
using IdentityToken =
    std::function<core::Result<core::SecretString>(const std::string& audience, const core::CancelToken& cancel)>;

// Fetches an identity token and exchanges it, again each time. Audience: as configured, else what the host accepts,
// else the account (for a host of accounts), else the token endpoint.
core::Result<SignedIn> federate(const Attempt& attempt, std::string_view authType, IdentityToken identity);

// Of the GitHub Actions job that this runs in. NotConfigured outside of one.
core::Result<IdentityToken> githubIdentity(const Attempt& attempt);

}  // namespace trowel::auth

// SPDX-License-Identifier: Apache-2.0
// A personal access token.
#include "auth/strategies/strategy.hpp"

namespace trowel::auth {

core::Result<SignedIn> makePat(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host, Attribute::Token}));
  auto host = TROWEL_TRY(hostOf(config));
  if (isUnified(config) && !config.has(Attribute::WorkspaceId))
    return core::fail(core::ErrorCode::InvalidParams,
                      host.text() + " serves many workspaces, and none is named. Set workspace_id.");
  return signedIn(attempt, "pat", host, Attribute::Token,
                  http::bearer(core::SecretString(config.get(Attribute::Token))));
}

}  // namespace trowel::auth

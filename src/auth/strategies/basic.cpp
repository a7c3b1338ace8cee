// SPDX-License-Identifier: Apache-2.0
// User name and password, which most workspaces do not accept any more.
#include "auth/strategies/strategy.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeBasic(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host, Attribute::Username, Attribute::Password}));
  auto host = TROWEL_TRY(hostOf(config));
  auto pair = config.get(Attribute::Username) + ":" + config.get(Attribute::Password);
  core::SecretString value("Basic " + core::toBase64(pair));
  core::wipe(pair);
  return signedIn(attempt, "basic", host, Attribute::Password, fixedCredentials(std::move(value)));
}

}  // namespace trowel::auth

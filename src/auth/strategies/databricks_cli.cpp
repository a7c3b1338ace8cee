// SPDX-License-Identifier: Apache-2.0
// A person who signed in with a browser, by Trowel or by the Databricks CLI: both keep it in the same place.
#include "auth/strategies/strategy.hpp"
#include "auth/u2m/login_session.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeDatabricksCli(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host}));
  auto host = TROWEL_TRY(hostOf(config));
  auto key = loginKeyOf(config, host.text(), accountKeyOf(config, host));
  auto storage = TROWEL_TRY(LoginStorage::open(config, attempt.outside));
  auto session = std::make_shared<LoginSession>(config, host, std::move(key), std::move(storage), attempt.outside);
  auto source = std::make_shared<TokenSource>(attempt.outside.clock,
                                              [session](const Fetch& fetch) { return session->fetch(fetch); });
  auto made = signedIn(attempt, "databricks-cli", host, Attribute::AuthType, tokenCredentials(std::move(source)));
  made.source = config.has(Attribute::Profile)
                    ? "the sign-in (trowel auth login --profile " + config.get(Attribute::Profile) + ")"
                    : "the sign-in (trowel auth login --host " + host.text() + ")";
  return made;
}

}  // namespace trowel::auth

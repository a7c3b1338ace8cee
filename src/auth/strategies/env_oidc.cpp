// SPDX-License-Identifier: Apache-2.0
// An identity token in a variable of the environment.
#include "auth/strategies/federation.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeEnvOidc(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host}));
  auto name = config.get(Attribute::OidcTokenEnv);
  if (name.empty()) name = "DATABRICKS_OIDC_TOKEN";
  const auto& environment = attempt.outside.environment;
  auto value = environment ? environment(name) : std::nullopt;
  if (!value) return notConfigured("needs an identity token in the variable " + name);
  core::SecretString token(std::string(core::trim(*value)));
  return federate(attempt, "env-oidc",
                  [token](const std::string& /*audience*/,
                          const core::CancelToken& /*cancel*/) -> core::Result<core::SecretString> { return token; });
}

}  // namespace trowel::auth

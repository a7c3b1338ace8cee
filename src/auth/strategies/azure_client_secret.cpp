// SPDX-License-Identifier: Apache-2.0
// A service principal of Entra ID with a secret.
#include "auth/strategies/azure.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeAzureClientSecret(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::AzureClientId, Attribute::AzureClientSecret}));
  if (!config.has(Attribute::Host)) TROWEL_TRY(needs(config, {Attribute::AzureWorkspaceResourceId}));
  TROWEL_TRY(mayGetAzureToken(attempt));
  auto place = TROWEL_TRY(azurePlaceOf(config, attempt.outside));
  auto tenant = TROWEL_TRY(azureTenantOf(config, attempt.outside, attempt.cancel));
  const core::SecretString secret(config.get(Attribute::AzureClientSecret));
  auto tokenFor = [endpoint = azureTokenEndpoint(place, tenant), id = config.get(Attribute::AzureClientId), secret,
                   outside = attempt.outside](const std::string& resource,
                                              const Fetch& fetch) -> core::Result<AccessToken> {
    const Form form{{"grant_type", "client_credentials"},
                    {"client_id", id},
                    {"client_secret", secret.reveal()},
                    {"resource", resource}};
    return TROWEL_TRY(requestToken(endpoint, form, std::nullopt, "Entra ID", outside, fetch.cancel)).access;
  };
  return azureSignIn(attempt, "azure-client-secret", Attribute::AzureClientSecret, place, std::move(tokenFor),
                     ManagementToken::Required);
}

}  // namespace trowel::auth

// SPDX-License-Identifier: Apache-2.0
// A job of GitHub Actions that a service principal of Entra ID trusts.
#include "auth/strategies/azure.hpp"
#include "auth/strategies/federation.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeGithubOidcAzure(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::Host, Attribute::AzureClientId}));
  auto identity = TROWEL_TRY(githubIdentity(attempt));
  TROWEL_TRY(mayGetAzureToken(attempt));
  auto place = TROWEL_TRY(azurePlaceOf(config, attempt.outside));
  auto tenant = TROWEL_TRY(azureTenantOf(config, attempt.outside, attempt.cancel));
  auto tokenFor = [endpoint = azureTokenEndpoint(place, tenant), id = config.get(Attribute::AzureClientId),
                   identity = std::move(identity), outside = attempt.outside](
                      const std::string& resource, const Fetch& fetch) -> core::Result<AccessToken> {
    auto assertion = TROWEL_TRY(identity("api://AzureADTokenExchange", fetch.cancel));
    const Form form{{"grant_type", "client_credentials"},
                    {"client_id", id},
                    {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                    {"client_assertion", assertion.reveal()},
                    {"resource", resource}};
    return TROWEL_TRY(requestToken(endpoint, form, std::nullopt, "Entra ID", outside, fetch.cancel)).access;
  };
  return azureSignIn(attempt, "github-oidc-azure", Attribute::AzureClientId, place, std::move(tokenFor),
                     ManagementToken::None);
}

}  // namespace trowel::auth

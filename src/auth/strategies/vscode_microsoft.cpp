// SPDX-License-Identifier: Apache-2.0
// The Microsoft account that the user is signed in with in the editor.
#include "auth/strategies/azure.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeVscodeMicrosoft(const Attempt& attempt) {
  const auto& config = attempt.config;
  if (!attempt.outside.microsoft) return notConfigured("needs an editor with a Microsoft account");
  if (!attempt.chosen && !isAzure(config)) return notConfigured("needs a host of Azure");
  if (!config.has(Attribute::Host)) TROWEL_TRY(needs(config, {Attribute::AzureWorkspaceResourceId}));
  TROWEL_TRY(mayGetAzureToken(attempt));
  auto place = TROWEL_TRY(azurePlaceOf(config, attempt.outside));
  auto tenant = TROWEL_TRY(azureTenantOf(config, attempt.outside, attempt.cancel));
  auto tokenFor = [microsoft = attempt.outside.microsoft, &cloud = place.cloud, tenant, chosen = attempt.chosen](
                      const std::string& resource, const Fetch& fetch) {
    // A resource with a slash at its end keeps it: the scope then has two.
    const MicrosoftScope wanted{
        .cloud = cloud, .tenant = tenant, .scope = resource + "/.default", .mayAsk = chosen && fetch.awaited};
    return microsoft(wanted, fetch.cancel);
  };
  return azureSignIn(attempt, "vscode-microsoft", Attribute::AuthType, place, std::move(tokenFor),
                     ManagementToken::None);
}

}  // namespace trowel::auth

// SPDX-License-Identifier: Apache-2.0
// The managed identity of the virtual machine in Azure that this runs on.
#include <nlohmann/json.hpp>

#include "auth/strategies/azure.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeAzureMsi(const Attempt& attempt) {
  const auto& config = attempt.config;
  TROWEL_TRY(needs(config, {Attribute::AzureUseMsi}));
  if (!core::equalsIgnoreCase(config.get(Attribute::AzureUseMsi), "true")) return notConfigured("needs azure_use_msi");
  if (!config.has(Attribute::Host)) TROWEL_TRY(needs(config, {Attribute::AzureWorkspaceResourceId}));
  TROWEL_TRY(mayGetAzureToken(attempt));
  auto place = TROWEL_TRY(azurePlaceOf(config, attempt.outside));
  auto service = splitWebAddress(attempt.outside.imds);
  if (!service)
    return core::fail(core::ErrorCode::InvalidParams, "The address of the machine's identity service is none.");
  while (service->target.ends_with('/')) service->target.pop_back();
  auto tokenFor = [service = *service, id = config.get(Attribute::AzureClientId), outside = attempt.outside](
                      const std::string& resource, const Fetch& fetch) -> core::Result<AccessToken> {
    constexpr const char* kWho = "The identity service of this virtual machine";
    Form query{{"api-version", "2018-02-01"}, {"resource", resource}};
    if (!id.empty()) query.emplace_back("client_id", id);
    WebQuestion question{.address = service, .headers = {{"Metadata", "true"}}, .timeout = std::chrono::seconds(10)};
    question.address.target += "/metadata/identity/oauth2/token?" + encodeForm(query);
    auto answer = TROWEL_TRY(askJson(question, kWho, outside, fetch.cancel));
    return TROWEL_TRY(readToken(answer, kWho, outside.clock.wallNow())).access;
  };
  return azureSignIn(attempt, "azure-msi", Attribute::AzureUseMsi, place, std::move(tokenFor),
                     ManagementToken::Required);
}

}  // namespace trowel::auth

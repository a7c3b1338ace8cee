// SPDX-License-Identifier: Apache-2.0
#include "auth/strategies/azure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/auth/host.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

// Azure Databricks refuses tokens that end within 30 seconds.
constexpr core::Duration kEarly = std::chrono::seconds(40);

core::Result<WebAddress> addressFrom(const http::Environment& environment, const char* variable,
                                     std::string_view fallback) {
  auto text = environment ? environment(variable) : std::nullopt;
  auto address =
      TROWEL_TRY(parseWebAddress(text ? std::string_view(*text) : fallback, std::string("The variable ") + variable));
  while (address.target.ends_with('/')) address.target.pop_back();
  return address;
}

WebAddress below(WebAddress address, std::string_view path) {
  address.target += path;
  return address;
}

core::Result<http::Origin> hostByResource(const std::string& resourceId, const AzurePlace& place,
                                          const AzureTokenFor& tokenFor, const Attempt& attempt) {
  if (!resourceId.starts_with("/subscriptions/"))
    return core::fail(core::ErrorCode::InvalidParams,
                      "The azure_workspace_resource_id must begin with /subscriptions/. Copy it from the properties of "
                      "the workspace in the Azure portal.");
  auto token = TROWEL_TRY(tokenFor(place.armResource, Fetch{.cancel = attempt.cancel, .finish = attempt.cancel}));
  auto answer = askJson({.address = below(place.arm, core::percentEncode(resourceId, "/") + "?api-version=2018-04-01"),
                         .authorization = core::SecretString("Bearer " + token.value.reveal())},
                        "Azure Resource Manager", attempt.outside, attempt.cancel);
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto name = core::stringAt(core::objectAt(*answer, "properties"), "workspaceUrl");
  if (name.empty())
    return core::fail(
        core::ErrorCode::NotFound,
        "Azure Resource Manager knows no address of this workspace yet. Wait until it is deployed, or set "
        "host.");
  auto address = TROWEL_TRY(normaliseHost(name));
  return http::parseOrigin(address.host);
}

bool isTenantName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

core::Result<std::string> armAddressOf(const AzureCloud& cloud, const http::Environment& environment) {
  return TROWEL_TRY(addressFrom(environment, "ARM_ENDPOINT", cloud.arm)).text();
}

core::Result<AzurePlace> azurePlaceOf(const Config& config, const Outside& outside) {
  const auto& host = config.get(Attribute::Host);
  const auto& environment = config.get(Attribute::AzureEnvironment);
  const auto* cloud = environment.empty() ? &azureCloudOf(host) : azureCloudNamed(environment);
  if (cloud == nullptr)
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("azure_environment ({}) must be PUBLIC, USGOVERNMENT or CHINA.",
                                  config.sourceOf(Attribute::AzureEnvironment)));
  AzurePlace place{.cloud = *cloud};
  place.login = TROWEL_TRY(addressFrom(outside.environment, "AZURE_AUTHORITY_HOST", cloud->login));
  place.arm = TROWEL_TRY(addressFrom(outside.environment, "ARM_ENDPOINT", cloud->arm));
  place.armResource = std::string(cloud->armResource);
  place.application = std::string(azureApplicationOf(host));
  return place;
}

bool isAzure(const Config& config) {
  return config.has(Attribute::AzureWorkspaceResourceId) ||
         core::equalsIgnoreCase(config.get(Attribute::Cloud), "azure") ||
         cloudOf(config.get(Attribute::Host)) == Cloud::Azure;
}

core::Result<void> mayGetAzureToken(const Attempt& attempt) {
  const auto& config = attempt.config;
  const auto& host = config.get(Attribute::Host);
  // Where there is none, Azure names it.
  if (host.empty() || cloudOf(host) == Cloud::Azure || core::equalsIgnoreCase(config.get(Attribute::Cloud), "azure"))
    return {};
  const auto origin = TROWEL_TRY(hostOf(config));
  return core::fail(
      core::ErrorCode::PermissionDenied,
      fmt::format("{} is no host of Azure that Trowel knows, and gets no token of Entra ID. If it is one, "
                  "set cloud = azure.",
                  origin.text()));
}

core::Result<std::string> azureTenantOf(const Config& config, const Outside& outside, const core::CancelToken& cancel) {
  if (config.has(Attribute::AzureTenantId)) {
    if (isTenantName(config.get(Attribute::AzureTenantId))) return config.get(Attribute::AzureTenantId);
    return core::fail(core::ErrorCode::InvalidParams, "The azure_tenant_id must be a tenant's id or domain.");
  }
  const auto unknown = [] { return notConfigured("needs azure_tenant_id"); };
  if (!config.has(Attribute::Host)) return unknown();
  auto host = TROWEL_TRY(hostOf(config));
  auto answer = TROWEL_TRY(
      ask({.address = {.origin = host, .target = "/aad/auth"}, .timeout = std::chrono::seconds(10)}, outside, cancel));
  auto target = splitWebAddress(http::headerOf(answer.headers, "Location"));
  if (!target || answer.status / 100 != 3) return unknown();
  auto path = std::string_view(target->target).substr(1);
  auto tenant = path.substr(0, path.find_first_of("/?"));
  if (!isTenantName(tenant)) return unknown();
  return std::string(tenant);
}

WebAddress azureTokenEndpoint(const AzurePlace& place, const std::string& tenant) {
  return below(place.login, "/" + tenant + "/oauth2/token");
}

core::Result<SignedIn> azureSignIn(const Attempt& attempt, std::string_view authType, Attribute decisive,
                                   const AzurePlace& place, AzureTokenFor tokenFor, ManagementToken management) {
  const auto& config = attempt.config;
  const auto& resourceId = config.get(Attribute::AzureWorkspaceResourceId);
  auto host = config.has(Attribute::Host) ? hostOf(config) : hostByResource(resourceId, place, tokenFor, attempt);
  if (!host) return std::unexpected(std::move(host.error()));
  // The host that Azure named may tell the application better than none did.
  const auto application =
      config.has(Attribute::Host) ? place.application : std::string(azureApplicationOf(host->host));
  auto sourceOf = [&](const std::string& resource) {
    return std::make_shared<TokenSource>(
        attempt.outside.clock, [tokenFor, resource](const Fetch& fetch) { return tokenFor(resource, fetch); }, kEarly);
  };
  std::vector<HeaderToken> more;
  // It opens more than this workspace: sent only where it can be of use.
  if (!resourceId.empty() && management != ManagementToken::None)
    more.push_back({.header = "X-Databricks-Azure-SP-Management-Token",
                    .source = sourceOf(place.armResource),
                    .optional = management == ManagementToken::Optional});
  auto made = signedIn(attempt, authType, *host, decisive, tokenCredentials(sourceOf(application), std::move(more)));
  if (!resourceId.empty()) made.headers.emplace_back("X-Databricks-Azure-Workspace-Resource-Id", resourceId);
  return made;
}

}  // namespace trowel::auth

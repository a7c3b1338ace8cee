// SPDX-License-Identifier: Apache-2.0
#include "auth/host_of.hpp"

#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/host.hpp"

namespace trowel::auth {

core::Result<http::Origin> hostOf(const Config& config) {
  if (!config.has(Attribute::Host))
    return core::fail(core::ErrorCode::NotConfigured, "No host is configured. Set host, or DATABRICKS_HOST.");
  auto address = TROWEL_TRY(normaliseHost(config.get(Attribute::Host)));
  return http::parseOrigin(address.host);
}

bool isUnified(const Config& config) {
  return config.get(Attribute::DiscoveryUrl).find("/oidc/accounts/") != std::string::npos;
}

std::string accountKeyOf(const Config& config, const http::Origin& host) {
  return isAccountHost(host.host) || isUnified(config) ? config.get(Attribute::AccountId) : std::string();
}

http::Headers routingHeaders(const Config& config) {
  const auto& workspace = config.get(Attribute::WorkspaceId);
  // "none" says that the account is meant.
  if (!isUnified(config) || workspace.empty() || workspace == "none") return {};
  return {{"X-Databricks-Workspace-Id", workspace}};
}

}  // namespace trowel::auth

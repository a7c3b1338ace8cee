// SPDX-License-Identifier: Apache-2.0
// What all ways of signing in with Entra ID have in common.
#pragma once

#include <functional>

#include "auth/strategies/strategy.hpp"
#include "trowel/auth/azure_cloud.hpp"

namespace trowel::auth {

// The addresses of a cloud: by azure_environment, else by the host. AZURE_AUTHORITY_HOST (as the Azure SDKs know it)
// and ARM_ENDPOINT (as Terraform does) take the place of the cloud's own.
struct AzurePlace {
  const AzureCloud& cloud;
  WebAddress login = {};         // a tenant follows
  WebAddress arm = {};           // a path follows
  std::string armResource = {};  // what a token for it is asked for
  std::string application = {};  // the workspace's, likewise
};
core::Result<AzurePlace> azurePlaceOf(const Config& config, const Outside& outside);

// The host is one of Azure's, or the configuration says so.
bool isAzure(const Config& config);

// PermissionDenied where nothing says that the host is one of Azure's: Entra's token opens every workspace that its
// owner may use, so that nobody else's host gets one, whatever auth_type or a resource id says: a project may say
// those.
core::Result<void> mayGetAzureToken(const Attempt& attempt);

// As configured, else as the workspace says (where `/aad/auth` would send a browser); NotConfigured where neither does.
core::Result<std::string> azureTenantOf(const Config& config, const Outside& outside, const core::CancelToken& cancel);

// "…/oauth2/token" of the tenant.
WebAddress azureTokenEndpoint(const AzurePlace& place, const std::string& tenant);

// A token for a resource of AzurePlace.
using AzureTokenFor = std::function<core::Result<AccessToken>(const std::string& resource, const Fetch& fetch)>;

enum class ManagementToken : std::uint8_t { Required, Optional, None };

// Credentials with the token for the workspace, which Azure refuses in its last seconds. Where the workspace is named
// by its resource id, with the headers that let in whom only Azure knows; and where there is no host, that is asked of
// Azure Resource Manager.
core::Result<SignedIn> azureSignIn(const Attempt& attempt, std::string_view authType, Attribute decisive,
                                   const AzurePlace& place, AzureTokenFor tokenFor, ManagementToken management);

}  // namespace trowel::auth

// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/config.hpp"

#include <algorithm>
#include <array>

namespace trowel::auth {

namespace {

constexpr std::array kAttributes = {
    AttributeInfo{Attribute::Host, "host", "DATABRICKS_HOST"},
    AttributeInfo{Attribute::AccountId, "account_id", "DATABRICKS_ACCOUNT_ID"},
    AttributeInfo{Attribute::WorkspaceId, "workspace_id", "DATABRICKS_WORKSPACE_ID"},
    AttributeInfo{Attribute::ClusterId, "cluster_id", "DATABRICKS_CLUSTER_ID"},
    AttributeInfo{Attribute::WarehouseId, "warehouse_id", "DATABRICKS_WAREHOUSE_ID"},
    AttributeInfo{Attribute::ServerlessComputeId, "serverless_compute_id", "DATABRICKS_SERVERLESS_COMPUTE_ID"},
    AttributeInfo{Attribute::Token, "token", "DATABRICKS_TOKEN", "", "pat", true},
    AttributeInfo{Attribute::Username, "username", "DATABRICKS_USERNAME", "", "basic"},
    AttributeInfo{Attribute::Password, "password", "DATABRICKS_PASSWORD", "", "basic", true},
    AttributeInfo{Attribute::ClientId, "client_id", "DATABRICKS_CLIENT_ID", "", "oauth"},
    AttributeInfo{Attribute::ClientSecret, "client_secret", "DATABRICKS_CLIENT_SECRET", "", "oauth", true},
    AttributeInfo{Attribute::Scopes, "scopes"},
    AttributeInfo{Attribute::OauthCallbackPort, "oauth_callback_port", "DATABRICKS_OAUTH_CALLBACK_PORT"},
    AttributeInfo{Attribute::DisableOauthRefreshToken, "disable_oauth_refresh_token",
                  "DATABRICKS_DISABLE_OAUTH_REFRESH_TOKEN"},
    AttributeInfo{Attribute::DatabricksCliPath, "databricks_cli_path", "DATABRICKS_CLI_PATH"},
    AttributeInfo{Attribute::AuthType, "auth_type", "DATABRICKS_AUTH_TYPE"},
    AttributeInfo{Attribute::MetadataServiceUrl, "metadata_service_url", "DATABRICKS_METADATA_SERVICE_URL", "",
                  "metadata-service", true},
    AttributeInfo{Attribute::AzureWorkspaceResourceId, "azure_workspace_resource_id", "DATABRICKS_AZURE_RESOURCE_ID",
                  "", "azure"},
    AttributeInfo{Attribute::AzureUseMsi, "azure_use_msi", "ARM_USE_MSI", "", "azure"},
    AttributeInfo{Attribute::AzureClientId, "azure_client_id", "ARM_CLIENT_ID", "", "azure"},
    AttributeInfo{Attribute::AzureClientSecret, "azure_client_secret", "ARM_CLIENT_SECRET", "", "azure", true},
    AttributeInfo{Attribute::AzureTenantId, "azure_tenant_id", "ARM_TENANT_ID", "", "azure"},
    AttributeInfo{Attribute::AzureEnvironment, "azure_environment", "ARM_ENVIRONMENT"},
    AttributeInfo{Attribute::ActionsIdTokenRequestUrl, "actions_id_token_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL"},
    AttributeInfo{Attribute::ActionsIdTokenRequestToken, "actions_id_token_request_token",
                  "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "", "", true},
    AttributeInfo{Attribute::OidcTokenFile, "databricks_id_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH",
                  "DATABRICKS_OIDC_TOKEN_FILE", "file-oidc"},
    AttributeInfo{Attribute::OidcTokenEnv, "oidc_token_env", "DATABRICKS_OIDC_TOKEN_ENV", "", "env-oidc"},
    AttributeInfo{Attribute::Audience, "audience", "DATABRICKS_TOKEN_AUDIENCE"},
    AttributeInfo{Attribute::DiscoveryUrl, "discovery_url", "DATABRICKS_DISCOVERY_URL"},
    AttributeInfo{Attribute::Cloud, "cloud", "DATABRICKS_CLOUD"},
    AttributeInfo{Attribute::Profile, "profile", "DATABRICKS_CONFIG_PROFILE"},
    AttributeInfo{Attribute::ConfigFile, "config_file", "DATABRICKS_CONFIG_FILE"},
};

}  // namespace

std::span<const AttributeInfo> attributes() { return kAttributes; }

const AttributeInfo& infoOf(Attribute attribute) {
  return *std::ranges::find(kAttributes, attribute, &AttributeInfo::attribute);
}

const std::string& Config::get(Attribute attribute) const {
  static const std::string kNone;
  auto it = values_.find(attribute);
  return it == values_.end() ? kNone : it->second.text.reveal();
}

const std::string& Config::sourceOf(Attribute attribute) const {
  static const std::string kNone;
  auto it = values_.find(attribute);
  return it == values_.end() ? kNone : it->second.source;
}

void Config::set(Attribute attribute, std::string text, std::string source) {
  if (text.empty())
    values_.erase(attribute);
  else
    values_[attribute] = {core::SecretString(std::move(text)), std::move(source)};
}

}  // namespace trowel::auth

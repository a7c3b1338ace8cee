// SPDX-License-Identifier: Apache-2.0
// Everything that decides how Trowel signs in to a host, value by value, and where each value came from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trowel/core/secret.hpp"

namespace trowel::auth {

// As the official SDKs and the CLI know them (unified authentication).
enum class Attribute : std::uint8_t {
  Host,
  AccountId,
  WorkspaceId,
  ClusterId,
  WarehouseId,
  ServerlessComputeId,
  Token,
  Username,
  Password,
  ClientId,
  ClientSecret,
  Scopes,
  OauthCallbackPort,
  DisableOauthRefreshToken,
  DatabricksCliPath,
  AuthType,
  MetadataServiceUrl,
  AzureWorkspaceResourceId,
  AzureUseMsi,
  AzureClientId,
  AzureClientSecret,
  AzureTenantId,
  AzureEnvironment,
  ActionsIdTokenRequestUrl,
  ActionsIdTokenRequestToken,
  OidcTokenFile,
  OidcTokenEnv,
  Audience,
  DiscoveryUrl,
  Cloud,
  Profile,
  ConfigFile,
};

struct AttributeInfo {
  Attribute attribute;
  std::string_view key;                 // in the configuration file, and in what users read
  std::string_view variable = {};       // of the environment; empty: none
  std::string_view otherVariable = {};  // a second spelling that some SDKs know
  std::string_view method = {};         // of signing in, for the rule that only one may be configured: "pat"
  bool secret = false;
};

// In the order in which they are described.
std::span<const AttributeInfo> attributes();
const AttributeInfo& infoOf(Attribute attribute);

class Config {
 public:
  struct Value {
    core::SecretString text;  // most are none, but nothing is lost by it
    std::string source;       // for people: "the variable DATABRICKS_HOST", "the profile DEV in ~/.databrickscfg"
  };

  bool has(Attribute attribute) const { return values_.contains(attribute); }
  // Empty where it has none.
  const std::string& get(Attribute attribute) const;
  const std::string& sourceOf(Attribute attribute) const;
  // An empty text removes the value.
  void set(Attribute attribute, std::string text, std::string source);
  const std::map<Attribute, Value>& values() const { return values_; }

 private:
  std::map<Attribute, Value> values_;
};

}  // namespace trowel::auth

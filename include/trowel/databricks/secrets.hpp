// SPDX-License-Identifier: Apache-2.0
// Secret scopes, the secrets in them and who may use them (Secrets API 2.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/secret.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// A vault of Azure in which a scope keeps its secrets.
struct KeyVault {
  std::string resourceId;  // "/subscriptions/…/vaults/kv"
  std::string dnsName;     // "https://kv.vault.azure.net/"
};

struct SecretScope {
  std::string name;
  std::string backend;               // DATABRICKS, AZURE_KEYVAULT
  std::optional<KeyVault> keyVault;  // such a scope can only be read here

  bool isReadOnly() const { return backend == "AZURE_KEYVAULT"; }
};

struct SecretScopeWish {
  std::string name;  // letters, digits and _.@/-; at most 128; upper and lower case are the same
  // All users may manage it; else only its maker, which takes a workspace of the premium tier.
  bool managedByUsers = false;
  std::optional<KeyVault> keyVault = {};  // takes a connection that signed in as a person at Azure
};

struct SecretMetadata {
  std::string key;
  std::int64_t updatedAt = 0;  // epoch milliseconds
};

struct SecretAcl {
  std::string principal;   // user name, group name or application id
  std::string permission;  // READ, WRITE, MANAGE
};

// NotFound for a scope or key that does not exist. Values are at most 128 KB, in no log and in no error.
class Secrets {
 public:
  explicit Secrets(const RestClient& rest) : rest_(rest) {}

  Listing<SecretScope> listScopes(const CallOptions& options = {}) const;
  // AlreadyExists; Conflict (RESOURCE_LIMIT_EXCEEDED) at 1,000 scopes.
  core::Result<void> createScope(const SecretScopeWish& wish, const CallOptions& options = {}) const;
  // With all that is in it.
  core::Result<void> removeScope(std::string_view scope, const CallOptions& options = {}) const;

  Listing<SecretMetadata> list(std::string_view scope, const CallOptions& options = {}) const;
  // Any bytes. Takes READ; the workspace may forbid to read values from outside a notebook (InvalidParams).
  core::Result<core::SecretString> get(std::string_view scope, std::string_view key,
                                       const CallOptions& options = {}) const;
  // Any bytes, text or not; replaces what is there.
  core::Result<void> put(std::string_view scope, std::string_view key, const core::SecretString& value,
                         const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view scope, std::string_view key, const CallOptions& options = {}) const;

  Listing<SecretAcl> listAcls(std::string_view scope, const CallOptions& options = {}) const;
  core::Result<SecretAcl> getAcl(std::string_view scope, std::string_view principal,
                                 const CallOptions& options = {}) const;
  // Replaces what the principal had.
  core::Result<void> putAcl(std::string_view scope, const SecretAcl& acl, const CallOptions& options = {}) const;
  core::Result<void> removeAcl(std::string_view scope, std::string_view principal,
                               const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/secrets.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/secret_fields.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kListScopes{Verb::Get, "/api/2.0/secrets/scopes/list", Safety::Safe, inOnePage("scopes")};
// The second of two would be told that the scope exists, which would hide that the first one worked.
constexpr Call kCreateScope{Verb::Post, "/api/2.0/secrets/scopes/create", Safety::Unsafe};
constexpr Call kDeleteScope{Verb::Post, "/api/2.0/secrets/scopes/delete", Safety::Safe};
constexpr Call kList{Verb::Get, "/api/2.0/secrets/list", Safety::Safe, inOnePage("secrets")};
constexpr Call kGet{Verb::Get, "/api/2.0/secrets/get", Safety::Safe};
constexpr Call kPut{Verb::Post, "/api/2.0/secrets/put", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.0/secrets/delete", Safety::Safe};
constexpr Call kListAcls{Verb::Get, "/api/2.0/secrets/acls/list", Safety::Safe, inOnePage("items")};
constexpr Call kGetAcl{Verb::Get, "/api/2.0/secrets/acls/get", Safety::Safe};
constexpr Call kPutAcl{Verb::Post, "/api/2.0/secrets/acls/put", Safety::Safe};
constexpr Call kDeleteAcl{Verb::Post, "/api/2.0/secrets/acls/delete", Safety::Safe};

SecretScope readScope(const core::Json& json) {
  SecretScope scope;
  scope.name = core::stringAt(json, "name");
  scope.backend = core::stringAt(json, "backend_type", "DATABRICKS");
  if (const auto& vault = core::objectAt(json, "keyvault_metadata"); !vault.empty())
    scope.keyVault =
        KeyVault{.resourceId = core::stringAt(vault, "resource_id"), .dnsName = core::stringAt(vault, "dns_name")};
  return scope;
}

SecretMetadata readMetadata(const core::Json& json) {
  return {.key = core::stringAt(json, "key"), .updatedAt = core::intAt(json, "last_updated_timestamp")};
}

SecretAcl readAcl(const core::Json& json) {
  return {.principal = core::stringAt(json, "principal"), .permission = core::stringAt(json, "permission")};
}

}  // namespace

Listing<SecretScope> Secrets::listScopes(const CallOptions& options) const {
  return rest_.list(kListScopes, {}, &readScope, options);
}

core::Result<void> Secrets::createScope(const SecretScopeWish& wish, const CallOptions& options) const {
  core::Json params = {{"scope", wish.name}};
  if (wish.managedByUsers) params["initial_manage_principal"] = "users";
  if (wish.keyVault) {
    params["scope_backend_type"] = "AZURE_KEYVAULT";
    params["backend_azure_keyvault"] = {{"resource_id", wish.keyVault->resourceId},
                                        {"dns_name", wish.keyVault->dnsName}};
  }
  TROWEL_TRY(rest_.call(kCreateScope, params, options));
  return {};
}

core::Result<void> Secrets::removeScope(std::string_view scope, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDeleteScope, {{"scope", scope}}, options));
  return {};
}

Listing<SecretMetadata> Secrets::list(std::string_view scope, const CallOptions& options) const {
  return rest_.list(kList, {{"scope", scope}}, &readMetadata, options);
}

core::Result<core::SecretString> Secrets::get(std::string_view scope, std::string_view key,
                                              const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kGet, {{"scope", scope}, {"key", key}}, options));
  auto encoded = takeSecret(json, "value");
  auto bytes = core::fromBase64(encoded.reveal());
  if (!bytes)
    return core::fail(core::ErrorCode::DataLoss,
                      "The workspace sent the secret " + std::string(scope) + "/" + std::string(key) + " damaged.");
  return core::SecretString(*std::move(bytes));
}

core::Result<void> Secrets::put(std::string_view scope, std::string_view key, const core::SecretString& value,
                                const CallOptions& options) const {
  // Read back they are the same; but JSON holds no bytes that are not UTF-8.
  const bool text = core::isUtf8(value.reveal());
  const char* field = text ? "string_value" : "bytes_value";
  core::Json params = {{"scope", scope}, {"key", key}};
  WipeOnExit wipe(params, field);
  params[field] = text ? value.reveal() : core::toBase64(value.reveal());
  TROWEL_TRY(rest_.call(kPut.hiding(field), params, options));
  return {};
}

core::Result<void> Secrets::remove(std::string_view scope, std::string_view key, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"scope", scope}, {"key", key}}, options));
  return {};
}

Listing<SecretAcl> Secrets::listAcls(std::string_view scope, const CallOptions& options) const {
  return rest_.list(kListAcls, {{"scope", scope}}, &readAcl, options);
}

core::Result<SecretAcl> Secrets::getAcl(std::string_view scope, std::string_view principal,
                                        const CallOptions& options) const {
  return readAcl(TROWEL_TRY(rest_.call(kGetAcl, {{"scope", scope}, {"principal", principal}}, options)));
}

core::Result<void> Secrets::putAcl(std::string_view scope, const SecretAcl& acl, const CallOptions& options) const {
  TROWEL_TRY(
      rest_.call(kPutAcl, {{"scope", scope}, {"principal", acl.principal}, {"permission", acl.permission}}, options));
  return {};
}

core::Result<void> Secrets::removeAcl(std::string_view scope, std::string_view principal,
                                      const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDeleteAcl, {{"scope", scope}, {"principal", principal}}, options));
  return {};
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "emulator/secrets/secrets.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxScopes = 1000;
constexpr std::size_t kMaxSecrets = 1000;        // of one scope
constexpr std::size_t kMaxValue = 128UL * 1024;  // bytes

bool isName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.@/-").find(c) != std::string_view::npos;
  });
}

// No name has a line break.
std::string keyOf(const std::string& scope, const std::string& key) {
  return core::toLower(scope) + "\n" + core::toLower(key);
}

std::unexpected<ApiError> noSuchScope(const std::string& scope) {
  return doesNotExist("Scope " + core::toValidUtf8(scope) + " does not exist!");
}

std::unexpected<ApiError> noSuchSecret(const std::string& scope, const std::string& key) {
  return doesNotExist("Secret does not exist with scope: " + core::toValidUtf8(scope) +
                      " and key: " + core::toValidUtf8(key));
}

std::unexpected<ApiError> readOnly(const std::string& scope) {
  return refuse(400, "BAD_REQUEST", "Scope " + scope + " is backed by Azure Key Vault and cannot be written.");
}

bool isKeyVault(const Json& scope) { return scope.contains("dns_name"); }

Secrets::Scope describe(const Json& scope) {
  return {core::stringAt(scope, "name"), core::stringAt(scope, "resource_id"), core::stringAt(scope, "dns_name")};
}

}  // namespace

std::string_view toString(SecretPermission permission) {
  if (permission == SecretPermission::Read) return "READ";
  if (permission == SecretPermission::Write) return "WRITE";
  return permission == SecretPermission::Manage ? "MANAGE" : "";
}

SecretPermission parseSecretPermission(std::string_view text) {
  for (auto permission : {SecretPermission::Read, SecretPermission::Write, SecretPermission::Manage})
    if (text == toString(permission)) return permission;
  return SecretPermission::None;
}

Secrets::Secrets(const World& world, const Users& users, const KeyVaults& vaults)
    : world_(world),
      users_(users),
      vaults_(vaults),
      scopes_(world.state, "secret_scope"),
      secrets_(world.state, "secret") {}

Json Secrets::toJson(const std::vector<Acl>& acls) const {
  Json list = Json::array();
  for (const auto& acl : acls) {
    auto user = users_.find(acl.principal);
    auto id = user ? std::optional(user->id) : users_.groupId(acl.principal);
    list.push_back({{"principal", acl.principal}, {"id", id.value_or("")}, {"permission", toString(acl.permission)}});
  }
  return list;
}

std::vector<Secrets::Acl> Secrets::aclsOf(const Json& scope) const {
  std::vector<Acl> acls;
  for (const auto& one : core::arrayAt(scope, "acls")) {
    const std::string id = core::stringAt(one, "id");  // lists of before have none
    auto name = id.empty() ? std::optional(core::stringAt(one, "principal")) : users_.nameOf(id);
    if (name) acls.push_back({*name, parseSecretPermission(core::stringAt(one, "permission"))});
  }
  return acls;
}

SecretPermission Secrets::permissionOf(const Json& scope, const User& caller) const {
  auto highest = caller.admin ? SecretPermission::Manage : SecretPermission::None;
  for (const auto& [principal, permission] : aclsOf(scope)) {
    bool theirs = core::equalsIgnoreCase(principal, caller.name) ||
                  std::find(caller.groups.begin(), caller.groups.end(), principal) != caller.groups.end();
    if (theirs) highest = std::max(highest, permission);
  }
  return highest;
}

Reply<Json> Secrets::open(const User& caller, const std::string& scope, SecretPermission needed) const {
  auto found = scopes_.find(core::toLower(scope));
  if (!found) return noSuchScope(scope);
  if (permissionOf(*found, caller) < needed)
    return permissionDenied("User " + caller.name + " does not have " + std::string(toString(needed)) +
                            " permission on scope " + core::stringAt(*found, "name") + ".");
  return *std::move(found);
}

std::vector<Secrets::Scope> Secrets::scopes(const User& caller) const {
  std::vector<Scope> found;
  for (const auto& [key, scope] : scopes_.all())
    if (permissionOf(scope, caller) != SecretPermission::None) found.push_back(describe(scope));
  return found;
}

Reply<std::vector<Secrets::Secret>> Secrets::list(const User& caller, const std::string& scope) const {
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Read));
  std::vector<Secret> found;
  if (isKeyVault(opened)) {
    for (const auto& secret : vaults_.list(vaultOf(core::stringAt(opened, "dns_name"))))
      found.push_back({secret.name, secret.updatedAt});
    return found;
  }
  for (const auto& [key, secret] : secrets_.all())
    if (key.starts_with(keyOf(scope, "")))
      found.push_back({core::stringAt(secret, "key"), core::intAt(secret, "last_updated_timestamp")});
  return found;
}

Reply<std::string> Secrets::get(const User& caller, const std::string& scope, const std::string& key) const {
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Read));
  if (isKeyVault(opened)) {
    auto secret = vaults_.find(vaultOf(core::stringAt(opened, "dns_name")), key);
    if (!secret) return noSuchSecret(scope, key);
    return secret->value;
  }
  auto secret = secrets_.find(keyOf(scope, key));
  if (!secret) return noSuchSecret(scope, key);
  return core::fromBase64(core::stringAt(*secret, "value")).value_or("");
}

Reply<void> Secrets::createScope(const User& caller, const Scope& scope, bool everybody) {
  if (!isName(scope.name))
    return invalidParameter(
        "Scope name must consist of alphanumeric characters, dashes, underscores, periods, slashes and at signs, and "
        "may not exceed 128 characters.");
  std::lock_guard lock(mutex_);
  if (scopes_.find(core::toLower(scope.name))) return alreadyExists("Scope " + scope.name + " already exists!");
  if (scopes_.size() >= kMaxScopes)
    return refuse(400, "RESOURCE_LIMIT_EXCEEDED",
                  "The workspace has reached its limit of " + std::to_string(kMaxScopes) + " secret scopes.");
  Json document{{"name", scope.name},
                {"acls", toJson({{everybody ? "users" : caller.name, SecretPermission::Manage}})}};
  if (!scope.keyVaultDnsName.empty()) {
    document["resource_id"] = scope.keyVaultResourceId;
    document["dns_name"] = scope.keyVaultDnsName;
  }
  scopes_.put(core::toLower(scope.name), document);
  return {};
}

Reply<void> Secrets::deleteScope(const User& caller, const std::string& scope) {
  std::lock_guard lock(mutex_);
  TROWEL_TRY(open(caller, scope, SecretPermission::Manage));
  for (const auto& [key, secret] : secrets_.all())
    if (key.starts_with(keyOf(scope, ""))) secrets_.remove(key);
  scopes_.remove(core::toLower(scope));
  return {};
}

Reply<void> Secrets::put(const User& caller, const std::string& scope, const std::string& key,
                         const std::string& bytes) {
  if (!isName(key))
    return invalidParameter(
        "Secret key must consist of alphanumeric characters, dashes, underscores, periods, slashes and at signs, and "
        "may not exceed 128 characters.");
  if (bytes.size() > kMaxValue)
    return invalidParameter("The secret value must not be larger than " + std::to_string(kMaxValue) + " bytes.");
  std::lock_guard lock(mutex_);
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Write));
  if (isKeyVault(opened)) return readOnly(core::stringAt(opened, "name"));
  if (!secrets_.find(keyOf(scope, key))) {
    auto all = secrets_.all();
    auto used =
        std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.first.starts_with(keyOf(scope, "")); });
    if (static_cast<std::size_t>(used) >= kMaxSecrets)
      return refuse(400, "RESOURCE_LIMIT_EXCEEDED",
                    "Scope " + core::stringAt(opened, "name") + " has reached its limit of " +
                        std::to_string(kMaxSecrets) + " secrets.");
  }
  secrets_.put(keyOf(scope, key),
               {{"key", key}, {"value", core::toBase64(bytes)}, {"last_updated_timestamp", world_.now()}});
  return {};
}

Reply<void> Secrets::remove(const User& caller, const std::string& scope, const std::string& key) {
  std::lock_guard lock(mutex_);
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Write));
  if (isKeyVault(opened)) return readOnly(core::stringAt(opened, "name"));
  if (!secrets_.remove(keyOf(scope, key))) return noSuchSecret(scope, key);
  return {};
}

Reply<void> Secrets::putAcl(const User& caller, const std::string& scope, const Acl& acl) {
  std::lock_guard lock(mutex_);
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Manage));
  auto user = users_.find(acl.principal);
  if (!user && !users_.groupId(acl.principal))
    return invalidParameter("Principal " + core::toValidUtf8(acl.principal) + " does not exist.");
  const std::string name = user ? user->name : acl.principal;
  auto acls = aclsOf(opened);
  std::erase_if(acls, [&](const Acl& one) { return one.principal == name; });
  acls.push_back({name, acl.permission});
  opened["acls"] = toJson(acls);
  scopes_.put(core::toLower(scope), opened);
  return {};
}

Reply<std::vector<Secrets::Acl>> Secrets::acls(const User& caller, const std::string& scope) const {
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Manage));
  return aclsOf(opened);
}

Reply<void> Secrets::deleteAcl(const User& caller, const std::string& scope, const std::string& principal) {
  std::lock_guard lock(mutex_);
  Json opened = TROWEL_TRY(open(caller, scope, SecretPermission::Manage));
  auto acls = aclsOf(opened);
  if (std::erase_if(acls, [&](const Acl& one) { return core::equalsIgnoreCase(one.principal, principal); }) == 0)
    return doesNotExist("Failed to get secret acl for principal " + core::toValidUtf8(principal) + " for scope " +
                        core::stringAt(opened, "name") + ".");
  opened["acls"] = toJson(acls);
  scopes_.put(core::toLower(scope), opened);
  return {};
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Secret scopes, their secrets and who may read and write them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/secrets/key_vaults.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

enum class SecretPermission : std::uint8_t { None, Read, Write, Manage };
std::string_view toString(SecretPermission permission);  // READ
SecretPermission parseSecretPermission(std::string_view text);

// Any thread. Errors are worded as the service's. Names are compared without regard to case. Administrators manage
// every scope. Values lie in the state file as they are: its mode is 0600, and it is no place for real secrets.
class Secrets {
 public:
  Secrets(const World& world, const Users& users, const KeyVaults& vaults);

  struct Scope {
    std::string name;
    std::string keyVaultResourceId = {};  // empty: the service's own backend
    std::string keyVaultDnsName = {};
  };
  struct Secret {
    std::string key;
    std::int64_t updatedAt = 0;  // epoch milliseconds
  };

  // Of the scopes that the caller may read.
  std::vector<Scope> scopes(const User& caller) const;
  Reply<std::vector<Secret>> list(const User& caller, const std::string& scope) const;
  Reply<std::string> get(const User& caller, const std::string& scope, const std::string& key) const;  // bytes

  // `everybody`: the group `users` manages the scope, not its maker alone.
  Reply<void> createScope(const User& caller, const Scope& scope, bool everybody);
  Reply<void> deleteScope(const User& caller, const std::string& scope);
  Reply<void> put(const User& caller, const std::string& scope, const std::string& key, const std::string& bytes);
  Reply<void> remove(const User& caller, const std::string& scope, const std::string& key);

  struct Acl {
    std::string principal;
    SecretPermission permission = SecretPermission::None;
  };
  Reply<void> putAcl(const User& caller, const std::string& scope, const Acl& acl);
  Reply<std::vector<Acl>> acls(const User& caller, const std::string& scope) const;
  Reply<void> deleteAcl(const User& caller, const std::string& scope, const std::string& principal);

 private:
  // Lists are kept with the principals' ids, as those of Permissions are, and for its reasons.
  core::Json toJson(const std::vector<Acl>& acls) const;
  std::vector<Acl> aclsOf(const core::Json& scope) const;
  SecretPermission permissionOf(const core::Json& scope, const User& caller) const;
  // The scope's document where the caller has at least that permission on it.
  Reply<core::Json> open(const User& caller, const std::string& scope, SecretPermission needed) const;

  const World& world_;
  const Users& users_;
  const KeyVaults& vaults_;
  mutable std::mutex mutex_;  // held while a scope or its secrets change, so that none goes with the scope unseen
  Documents scopes_;
  Documents secrets_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Who may do what in Unity Catalog (API 2.1). Other objects of the workspace have permissions.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct SecurableRef {
  // catalog, schema, table, volume, function, external_location, storage_credential, connection, metastore, …
  std::string type;
  std::string fullName;  // of a metastore its id
};

struct Privileges {
  std::string principal;                // a user, a group or a service principal's application id
  std::vector<std::string> privileges;  // USE_CATALOG SELECT MODIFY ALL_PRIVILEGES … (open)
};

struct EffectivePrivilege {
  std::string privilege;
  std::string inheritedFromType;  // empty: granted on the object itself
  std::string inheritedFromName;
};

struct EffectivePrivileges {
  std::string principal;
  std::vector<EffectivePrivilege> privileges;
};

struct PrivilegeChange {
  std::string principal;
  std::vector<std::string> add = {};
  std::vector<std::string> remove = {};
};

// NotFound where the object or a principal does not exist.
class Grants {
 public:
  explicit Grants(const RestClient& rest) : rest_(rest) {}

  // What is granted on the object itself; of one principal or, with an empty name, of all.
  Listing<Privileges> list(const SecurableRef& object, std::string_view principal = {},
                           const CallOptions& options = {}) const;
  // And what comes from the objects around it.
  Listing<EffectivePrivileges> effective(const SecurableRef& object, std::string_view principal = {},
                                         const CallOptions& options = {}) const;
  // What is granted on the object afterwards. A privilege may stand once in a change.
  core::Result<std::vector<Privileges>> change(const SecurableRef& object, const std::vector<PrivilegeChange>& changes,
                                               const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// Who may do what with an object of the workspace (Permissions API 2.0). Unity Catalog has grants.hpp instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct PermissionObject {
  // As in the API's path: jobs, clusters, pipelines, notebooks, directories, files, repos, sql/warehouses, apps, …;
  // authorization, with the id tokens or passwords.
  std::string type;
  std::string id;  // of notebooks, folders and files the object id, not the path
};

struct Principal {
  enum class Kind : std::uint8_t { User, Group, ServicePrincipal };
  Kind kind = Kind::User;
  std::string name;  // a service principal's is its application id
};

struct GrantedLevel {
  std::string level;  // CAN_VIEW, CAN_RUN, CAN_MANAGE, IS_OWNER, … (open)
  bool inherited = false;
  std::vector<std::string> inheritedFrom;  // "/directories/123"
};

struct AccessEntry {
  Principal principal;
  std::string displayName;
  std::vector<GrantedLevel> levels;
};

// A grant to be made: one level for one principal.
struct AccessGrant {
  Principal principal;
  std::string level;
};

struct PermissionLevel {
  std::string level;
  std::string description;
};

// NotFound where the object or a principal does not exist; PermissionDenied can mean the same.
class Permissions {
 public:
  explicit Permissions(const RestClient& rest) : rest_(rest) {}

  // In no certain order.
  core::Result<std::vector<AccessEntry>> get(const PermissionObject& object, const CallOptions& options = {}) const;
  // What may be granted on this object.
  core::Result<std::vector<PermissionLevel>> levels(const PermissionObject& object,
                                                    const CallOptions& options = {}) const;

  // These answer with the entries as they are afterwards, inherited ones included. Jobs and pipelines must have just
  // one IS_OWNER, which is no group.
  // Direct grants become just these.
  core::Result<std::vector<AccessEntry>> set(const PermissionObject& object, const std::vector<AccessGrant>& grants,
                                             const CallOptions& options = {}) const;
  // Those who are named get these; the others keep what they have.
  core::Result<std::vector<AccessEntry>> add(const PermissionObject& object, const std::vector<AccessGrant>& grants,
                                             const CallOptions& options = {}) const;

 private:
  core::Result<std::vector<AccessEntry>> change(const Call& call, const PermissionObject& object,
                                                const std::vector<AccessGrant>& grants,
                                                const CallOptions& options) const;

  const RestClient& rest_;
};

}  // namespace trowel::databricks

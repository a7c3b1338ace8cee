// SPDX-License-Identifier: Apache-2.0
// Who may do what with clusters, jobs, workspace objects and all else that has permissions.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/permissions/permission_types.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// One line of an access control list.
struct AccessGrant {
  std::string principal;  // user_name, group_name or service_principal_name
  std::string name;
  std::string level;
};

// What an area tells of an object of its own.
struct SecuredObject {
  std::string owner = {};                 // the name of whoever made it; empty: nobody
  std::vector<AccessGrant> grants = {};   // what others have from the start
  std::vector<std::string> parents = {};  // ids of the directories around it, nearest first
};

// Nothing: there is no such object. Called without a lock of this room held; it may take the area's own.
using ObjectLookup = std::function<std::optional<SecuredObject>(const std::string& id)>;

// Any thread once all types are in. An area must hold no lock that its lookup takes when it calls one of these.
// Until somebody changes them, the permissions of an object are those that its area tells: the owner's and `grants`.
class Permissions {
 public:
  Permissions(const World& world, const Users& users);

  // `type` as in URLs. Of types that nobody adds, no object exists. While wiring only.
  void addType(std::string_view type, ObjectLookup lookup);

  // Whether the caller has that level, or more, by itself, by a group, by a directory around the object, or as an
  // administrator. False for objects that do not exist, except for administrators.
  bool allows(const User& caller, std::string_view type, const std::string& id, std::string_view level) const;
  // The same as a reply: 403 in the service's words.
  Reply<void> require(const User& caller, std::string_view type, const std::string& id, std::string_view level) const;
  bool exists(std::string_view type, const std::string& id) const;
  // The highest level, or nothing.
  std::string level(const User& caller, std::string_view type, const std::string& id) const;
  // What the access control list gives who: in the order of the list, the owner first.
  std::vector<AccessGrant> grants(std::string_view type, const std::string& id) const;

  // For areas whose own calls carry an access_control_list (jobs/create). Checks as PUT does, without permission.
  Reply<void> assign(std::string_view type, const std::string& id, const core::Json& accessControlList);
  // The object is no more.
  void removed(std::string_view type, const std::string& id);

  // Adds /api/2.0/permissions.
  void addRoutes(Router& router);

 private:
  struct Inherited {
    AccessGrant grant;
    std::string from;
  };
  using Grants = std::vector<AccessGrant>;

  // Lists are kept with the principals' ids: a renamed one keeps what it has, and nobody gets what belonged to
  // somebody of the same name who is gone.
  core::Json toJson(const Grants& grants) const;
  Grants fromJson(const core::Json& list) const;

  Reply<Response> answer(const Call& call, const PermissionType& type, const std::string& id);
  Reply<core::Json> describe(const PermissionType& type, const std::string& id) const;
  Reply<void> change(const PermissionType& type, const std::string& id, const core::Json& list, bool replace);
  Reply<AccessGrant> readEntry(const PermissionType& type, const core::Json& entry) const;
  Reply<Grants> readList(const PermissionType& type, const core::Json& list) const;
  std::optional<SecuredObject> find(const PermissionType& type, const std::string& id) const;
  Grants directGrants(const PermissionType& type, const std::string& id, const SecuredObject& object) const;
  Grants initialGrants(const PermissionType& type, const SecuredObject& object) const;
  std::vector<Inherited> inheritedGrants(const PermissionType& type, const SecuredObject& object) const;
  std::size_t rankOf(const User& caller, const PermissionType& type, const std::string& id) const;

  const Users& users_;
  Documents lists_;
  std::map<std::string, ObjectLookup, std::less<>> lookups_;  // by the type's name
};

}  // namespace trowel::emulator

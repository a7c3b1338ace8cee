// SPDX-License-Identifier: Apache-2.0
// Who exists in the workspace: users, service principals and groups, kept as the SCIM resources that clients see.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/identity/group_graph.hpp"
#include "emulator/identity/scim_resource.hpp"
#include "emulator/identity/user.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Errors have SCIM's shape. The groups `admins` and `users` always exist; everybody is in `users`, and who
// is in `admins` is an administrator. A change that leaves no active administrator is refused with 403: nobody could
// undo it.
class Users {
 public:
  explicit Users(const World& world);

  // The user or service principal of that name (user name or application id), made where there is none. `admin`: it
  // becomes an administrator, and active.
  User ensure(const std::string& name, bool admin, PrincipalKind kind = PrincipalKind::User,
              const std::string& displayName = {});

  // Calls `greet` for everybody that is there, and for whoever is added from now on. It must not call this object.
  void welcome(std::function<void(const User&)> greet);

  std::optional<User> find(std::string_view name) const;  // without regard to case
  std::optional<User> byId(const std::string& id) const;
  std::vector<User> all() const;
  std::optional<std::string> groupId(std::string_view name) const;
  // What the principal or group of that id is called now.
  std::optional<std::string> nameOf(const std::string& id) const;
  // Whether the user has it by itself, by a group, or as an administrator: "allow-cluster-create".
  bool entitled(const User& user, std::string_view entitlement) const;

  // All resources by id, with what can be filtered by, but with nothing of their members beyond the ids.
  std::vector<core::Json> list(PrincipalKind kind) const;
  // The resource as GET shows it.
  Reply<core::Json> get(PrincipalKind kind, const std::string& id) const;
  Reply<core::Json> create(PrincipalKind kind, const core::Json& resource);
  Reply<core::Json> replace(PrincipalKind kind, const std::string& id, const core::Json& resource);
  Reply<core::Json> patch(PrincipalKind kind, const std::string& id, const core::Json& request);
  Reply<void> remove(PrincipalKind kind, const std::string& id);

 private:
  Documents& documents(PrincipalKind kind) { return kinds_.at(kind); }
  const Documents& documents(PrincipalKind kind) const { return kinds_.at(kind); }
  Reply<void> validate(PrincipalKind kind, const std::string& id, const core::Json& resource) const;
  Reply<core::Json> change(PrincipalKind kind, const std::string& id, const core::Json& old, core::Json fresh);
  void setMember(const std::string& groupId, const std::string& memberId, bool member);
  core::Json describe(PrincipalKind kind, const std::string& id, core::Json resource) const;
  core::Json describeMembers(const std::string& id, const core::Json& group) const;
  core::Json memberships(PrincipalKind kind, const std::string& id) const;
  std::vector<GroupGraph::Membership> groupsOf(PrincipalKind kind, const std::string& id) const;
  bool hasAdministrator() const;
  // What is known without the resources, from them.
  void index(PrincipalKind kind, const std::string& id, const core::Json& resource);
  void dropFromIndex(PrincipalKind kind, const std::string& id);
  void refreshGroups(User& user) const;
  void greetOnce(const std::string& id);

  const World& world_;
  mutable std::mutex mutex_;  // held while resources change; guards everything below, but for reading the documents
  std::map<PrincipalKind, Documents> kinds_;
  GroupGraph graph_;
  std::map<std::string, User> byId_;
  std::map<std::string, std::string> idByName_;                // names in lower case
  std::map<std::string, std::set<std::string>> entitlements_;  // by id, of principals and groups
  std::function<void(const User&)> greet_;
  std::set<std::string> greeted_;  // by id
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Who exists in the workspace: users, service principals and groups, kept as the SCIM resources that clients see.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/identity/user.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

enum class PrincipalKind : std::uint8_t { User, ServicePrincipal, Group };

// Any thread. Errors have SCIM's shape. The groups `admins` and `users` always exist; everybody is in `users`, and who
// is in `admins` is an administrator.
class Users {
 public:
  explicit Users(const World& world);

  // The user or service principal of that name (user name or application id), made where there is none.
  User ensure(const std::string& name, bool admin, PrincipalKind kind = PrincipalKind::User,
              const std::string& displayName = {});

  // Calls `greet` for everybody that is there, and for whoever is added from now on. It must not call this object.
  void welcome(std::function<void(const User&)> greet);

  std::optional<User> find(std::string_view name) const;  // without regard to case
  std::optional<User> byId(const std::string& id) const;
  std::vector<User> all() const;
  bool groupExists(std::string_view name) const;

  // Resources as GET shows them, by id.
  std::vector<core::Json> list(PrincipalKind kind) const;
  Reply<core::Json> get(PrincipalKind kind, const std::string& id) const;
  Reply<core::Json> create(PrincipalKind kind, const core::Json& resource);
  Reply<core::Json> replace(PrincipalKind kind, const std::string& id, const core::Json& resource);
  Reply<core::Json> patch(PrincipalKind kind, const std::string& id, const core::Json& request);
  Reply<void> remove(PrincipalKind kind, const std::string& id);

 private:
  Documents& documents(PrincipalKind kind) { return kinds_.at(kind); }
  const Documents& documents(PrincipalKind kind) const { return kinds_.at(kind); }
  Reply<void> validate(PrincipalKind kind, const std::string& id, const core::Json& resource) const;
  void store(PrincipalKind kind, const std::string& id, core::Json resource);
  void setMember(const std::string& groupId, const std::string& memberId, bool member);
  core::Json describe(PrincipalKind kind, const std::string& id, core::Json resource) const;
  core::Json membershipsOf(const std::string& id) const;
  void rebuild();

  const World& world_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<PrincipalKind, Documents> kinds_;
  // What calls need, made anew from the resources after each change.
  std::map<std::string, User> byId_;
  std::map<std::string, std::string> idByName_;  // names in lower case
  std::set<std::string> groupNames_;
  std::function<void(const User&)> greet_;
  std::set<std::string> greeted_;  // by id
};

}  // namespace trowel::emulator

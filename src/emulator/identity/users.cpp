// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/users.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/scim_patch.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kAdmins = "705";  // ids of the two groups of the system
constexpr std::string_view kUsers = "706";

bool isSystemGroup(PrincipalKind kind, std::string_view id) {
  return kind == PrincipalKind::Group && (id == kAdmins || id == kUsers);
}

std::string_view stateKind(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "user";
  return kind == PrincipalKind::Group ? "group" : "service_principal";
}

std::unexpected<ApiError> notFound(PrincipalKind kind, const std::string& id) {
  return scimError(404, "", std::string(noun(kind)) + " with id " + core::toValidUtf8(id) + " not found.");
}

std::unexpected<ApiError> noAdministratorLeft() {
  return scimError(403, "", "The workspace would be left without an active administrator.");
}

std::set<std::string> valuesOf(const Json& resource, const char* list) {
  std::set<std::string> values;
  for (const auto& element : core::arrayAt(resource, list)) values.insert(core::stringAt(element, "value"));
  return values;
}

// As it is kept: names of members are those of the principals, so only ids are.
Json stored(PrincipalKind kind, Json resource) {
  completeResource(kind, resource);
  if (resource.contains("members")) {
    Json members = Json::array();
    for (const auto& id : valuesOf(resource, "members")) members.push_back({{"value", id}});
    resource["members"] = std::move(members);
  }
  return resource;
}

}  // namespace

Users::Users(const World& world) : world_(world) {
  for (auto kind : {PrincipalKind::User, PrincipalKind::ServicePrincipal, PrincipalKind::Group})
    kinds_.try_emplace(kind, world.state, std::string(stateKind(kind)));
  auto& groups = documents(PrincipalKind::Group);
  for (auto [id, name] : {std::pair(kAdmins, "admins"), std::pair(kUsers, "users")})
    if (!groups.find(std::string(id))) groups.put(std::string(id), {{"displayName", name}});
  for (auto kind : {PrincipalKind::Group, PrincipalKind::User, PrincipalKind::ServicePrincipal})
    for (const auto& [id, resource] : documents(kind).all()) index(kind, id, resource);
}

User Users::ensure(const std::string& name, bool admin, PrincipalKind kind, const std::string& displayName) {
  std::lock_guard lock(mutex_);
  auto existing = idByName_.find(core::toLower(name));
  std::string id = existing == idByName_.end() ? std::to_string(world_.ids.object()) : existing->second;
  if (existing == idByName_.end()) {
    Json resource{{nameField(kind), name},
                  {"entitlements", {{{"value", "workspace-access"}}, {{"value", "allow-cluster-create"}}}}};
    if (!displayName.empty()) resource["displayName"] = displayName;
    resource = stored(kind, std::move(resource));
    documents(kind).put(id, resource);
    index(kind, id, resource);
    greetOnce(id);
  }
  if (admin) setMember(std::string(kAdmins), id, true);
  if (admin && !byId_.at(id).active) {
    auto found = byId_.at(id).servicePrincipal ? PrincipalKind::ServicePrincipal : PrincipalKind::User;
    Json resource = documents(found).find(id).value_or(Json::object());
    resource["active"] = true;
    documents(found).put(id, resource);
    index(found, id, resource);
  }
  return byId_.at(id);
}

void Users::welcome(std::function<void(const User&)> greet) {
  std::lock_guard lock(mutex_);
  greet_ = std::move(greet);
  for (const auto& [id, user] : byId_) greetOnce(id);
}

std::optional<User> Users::find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  auto id = idByName_.find(core::toLower(name));
  if (id == idByName_.end()) return std::nullopt;
  return byId_.at(id->second);
}

std::optional<User> Users::byId(const std::string& id) const {
  std::lock_guard lock(mutex_);
  auto user = byId_.find(id);
  if (user == byId_.end()) return std::nullopt;
  return user->second;
}

std::vector<User> Users::all() const {
  std::lock_guard lock(mutex_);
  std::vector<User> users;
  for (const auto& [id, user] : byId_) users.push_back(user);
  return users;
}

std::optional<std::string> Users::groupId(std::string_view name) const {
  std::lock_guard lock(mutex_);
  return graph_.find(name);
}

std::optional<std::string> Users::nameOf(const std::string& id) const {
  std::lock_guard lock(mutex_);
  if (auto user = byId_.find(id); user != byId_.end()) return user->second.name;
  const auto* name = graph_.nameOf(id);
  return name ? std::optional(*name) : std::nullopt;
}

bool Users::entitled(const User& user, std::string_view entitlement) const {
  if (user.admin) return true;
  std::lock_guard lock(mutex_);
  auto has = [&](const std::string& id) {
    auto own = entitlements_.find(id);
    return own != entitlements_.end() && own->second.contains(std::string(entitlement));
  };
  auto groups = groupsOf(PrincipalKind::User, user.id);
  return has(user.id) || std::any_of(groups.begin(), groups.end(), [&](const auto& one) { return has(one.groupId); });
}

std::vector<Json> Users::list(PrincipalKind kind) const {
  auto resources = documents(kind).all();  // a long copy, for which nobody should wait
  std::lock_guard lock(mutex_);
  std::vector<Json> found;
  for (auto& [id, resource] : resources) {
    resource["id"] = id;
    resource["groups"] = memberships(kind, id);
    found.push_back(std::move(resource));
  }
  return found;
}

Reply<Json> Users::get(PrincipalKind kind, const std::string& id) const {
  std::lock_guard lock(mutex_);
  auto resource = documents(kind).find(id);
  if (!resource) return notFound(kind, id);
  return describe(kind, id, *std::move(resource));
}

Reply<Json> Users::create(PrincipalKind kind, const Json& resource) {
  std::lock_guard lock(mutex_);
  const std::string id = std::to_string(world_.ids.object());
  Json fresh = knownAttributes(kind, resource);
  if (auto valid = validate(kind, id, fresh); !valid) return std::unexpected(valid.error());
  fresh = stored(kind, std::move(fresh));
  documents(kind).put(id, fresh);
  index(kind, id, fresh);
  for (const auto& group : core::arrayAt(resource, "groups")) setMember(core::stringAt(group, "value"), id, true);
  if (kind != PrincipalKind::Group) greetOnce(id);
  return describe(kind, id, std::move(fresh));
}

Reply<Json> Users::replace(PrincipalKind kind, const std::string& id, const Json& resource) {
  std::lock_guard lock(mutex_);
  auto old = documents(kind).find(id);
  if (!old) return notFound(kind, id);
  Json fresh = knownAttributes(kind, resource);
  // Names cannot be taken away: what is left out stays.
  if (!fresh.contains(nameField(kind))) fresh[nameField(kind)] = (*old)[nameField(kind)];
  return change(kind, id, *old, std::move(fresh));
}

Reply<Json> Users::patch(PrincipalKind kind, const std::string& id, const Json& request) {
  std::lock_guard lock(mutex_);
  auto old = documents(kind).find(id);
  if (!old) return notFound(kind, id);
  Json resource = *old;
  if (auto done = applyScimPatch(resource, request); !done) return std::unexpected(done.error());
  return change(kind, id, *old, knownAttributes(kind, resource));
}

Reply<Json> Users::change(PrincipalKind kind, const std::string& id, const Json& old, Json fresh) {
  if (auto valid = validate(kind, id, fresh); !valid) return std::unexpected(valid.error());
  fresh = stored(kind, std::move(fresh));
  const bool administered = hasAdministrator();
  index(kind, id, fresh);
  if (administered && !hasAdministrator()) {
    index(kind, id, old);
    return noAdministratorLeft();
  }
  documents(kind).put(id, fresh);
  return describe(kind, id, std::move(fresh));
}

Reply<void> Users::remove(PrincipalKind kind, const std::string& id) {
  std::lock_guard lock(mutex_);
  if (isSystemGroup(kind, id)) return scimError(403, "", "A group of the system cannot be deleted.");
  auto old = documents(kind).find(id);
  if (!old) return notFound(kind, id);
  const bool administered = hasAdministrator();
  dropFromIndex(kind, id);
  if (administered && !hasAdministrator()) {
    index(kind, id, *old);
    return noAdministratorLeft();
  }
  documents(kind).remove(id);
  for (const auto& groupId : graph_.parentsOf(id)) setMember(groupId, id, false);
  return {};
}

Reply<void> Users::validate(PrincipalKind kind, const std::string& id, const Json& resource) const {
  if (auto fine = checkAttributes(kind, resource); !fine) return fine;
  const std::string name = core::stringAt(resource, nameField(kind));
  if (isSystemGroup(kind, id) && name != *graph_.nameOf(id))
    return scimError(403, "", "A group of the system cannot be renamed.");
  std::optional<std::string> holder;
  if (kind == PrincipalKind::Group)
    holder = graph_.findIgnoringCase(name);
  else if (auto known = idByName_.find(core::toLower(name)); known != idByName_.end())
    holder = known->second;
  if (holder && *holder != id) {
    static constexpr std::string_view kWith[] = {" with username ", " with application ID ", " with name "};
    return scimError(409, "uniqueness",
                     std::string(noun(kind)) + std::string(kWith[static_cast<std::size_t>(kind)]) +
                         core::toValidUtf8(name) + " already exists.");
  }
  for (const auto& memberId : valuesOf(resource, "members"))
    if (!byId_.contains(memberId) && (memberId == id || !graph_.contains(memberId)))
      return invalidValue("There is no principal with id " + core::toValidUtf8(memberId) + ".");
  return {};
}

void Users::setMember(const std::string& groupId, const std::string& memberId, bool member) {
  if (!graph_.contains(groupId) || graph_.parentsOf(memberId).contains(groupId) == member) return;
  auto& groups = documents(PrincipalKind::Group);
  Json group = groups.find(groupId).value_or(Json::object());
  Json members = core::arrayAt(group, "members");
  if (member)
    members.push_back({{"value", memberId}});
  else
    members.erase(std::remove_if(members.begin(), members.end(),
                                 [&](const Json& one) { return core::stringAt(one, "value") == memberId; }),
                  members.end());
  group["members"] = std::move(members);
  groups.put(groupId, group);
  index(PrincipalKind::Group, groupId, group);
}

// Everybody but groups is in `users`, which nobody joins.
std::vector<GroupGraph::Membership> Users::groupsOf(PrincipalKind kind, const std::string& id) const {
  auto parents = graph_.parentsOf(id);
  if (kind != PrincipalKind::Group) parents.insert(std::string(kUsers));
  return graph_.around(std::move(parents));
}

Json Users::memberships(PrincipalKind kind, const std::string& id) const {
  Json found = Json::array();
  for (const auto& [groupId, direct] : groupsOf(kind, id))
    found.push_back({{"display", *graph_.nameOf(groupId)},
                     {"type", direct ? "direct" : "indirect"},
                     {"value", groupId},
                     {"$ref", scimReference(PrincipalKind::Group, groupId)}});
  return found;
}

Json Users::describe(PrincipalKind kind, const std::string& id, Json resource) const {
  static const std::string kCore = "urn:ietf:params:scim:schemas:core:2.0:";
  resource["id"] = id;
  resource["schemas"] = {kCore + (kind == PrincipalKind::Group ? "Group" : "User")};
  if (kind == PrincipalKind::User)
    resource["schemas"].push_back("urn:ietf:params:scim:schemas:extension:workspace:2.0:User");
  if (kind == PrincipalKind::ServicePrincipal) resource["schemas"] = {kCore + "ServicePrincipal"};
  resource["groups"] = memberships(kind, id);
  if (kind == PrincipalKind::Group) {
    resource["meta"] = {{"resourceType", isSystemGroup(kind, id) ? "WorkspaceGroup" : "Group"}};
    resource["members"] = describeMembers(id, resource);
  }
  for (const char* list : {"groups", "members", "entitlements", "roles", "emails"})
    if (resource.contains(list) && resource[list].empty()) resource.erase(list);
  return resource;
}

Json Users::describeMembers(const std::string& id, const Json& group) const {
  Json members = Json::array();
  auto add = [&](const std::string& memberId) {
    if (auto user = byId_.find(memberId); user != byId_.end()) {
      auto kind = user->second.servicePrincipal ? PrincipalKind::ServicePrincipal : PrincipalKind::User;
      members.push_back(
          {{"display", user->second.displayName}, {"value", memberId}, {"$ref", scimReference(kind, memberId)}});
    } else if (const auto* name = graph_.nameOf(memberId)) {
      members.push_back(
          {{"display", *name}, {"value", memberId}, {"$ref", scimReference(PrincipalKind::Group, memberId)}});
    }
  };
  for (const auto& memberId : valuesOf(group, "members")) add(memberId);
  if (id == kUsers)
    for (const auto& [memberId, user] : byId_) add(memberId);
  return members;
}

bool Users::hasAdministrator() const {
  return std::any_of(byId_.begin(), byId_.end(), [](const auto& one) { return one.second.admin && one.second.active; });
}

void Users::index(PrincipalKind kind, const std::string& id, const Json& resource) {
  entitlements_[id] = valuesOf(resource, "entitlements");
  if (kind == PrincipalKind::Group) {
    graph_.set(id, core::stringAt(resource, "displayName"), valuesOf(resource, "members"));
    for (auto& [userId, user] : byId_) refreshGroups(user);
    return;
  }
  if (auto old = byId_.find(id); old != byId_.end()) idByName_.erase(core::toLower(old->second.name));
  User user{.id = id,
            .name = core::stringAt(resource, nameField(kind)),
            .displayName = core::stringAt(resource, "displayName"),
            .servicePrincipal = kind == PrincipalKind::ServicePrincipal,
            .active = core::boolAt(resource, "active", true)};
  refreshGroups(user);
  idByName_[core::toLower(user.name)] = id;
  byId_[id] = std::move(user);
}

void Users::dropFromIndex(PrincipalKind kind, const std::string& id) {
  entitlements_.erase(id);
  if (kind == PrincipalKind::Group) {
    graph_.remove(id);
    for (auto& [userId, user] : byId_) refreshGroups(user);
  } else if (auto user = byId_.find(id); user != byId_.end()) {
    idByName_.erase(core::toLower(user->second.name));
    byId_.erase(user);
  }
}

void Users::refreshGroups(User& user) const {
  user.groups.clear();
  user.admin = false;
  for (const auto& [groupId, direct] : groupsOf(PrincipalKind::User, user.id)) {
    user.groups.push_back(*graph_.nameOf(groupId));
    user.admin = user.admin || groupId == kAdmins;
  }
}

void Users::greetOnce(const std::string& id) {
  if (greet_ && greeted_.insert(id).second) greet_(byId_.at(id));
}

}  // namespace trowel::emulator

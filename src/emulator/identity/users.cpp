// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/users.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/scim_patch.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kAdmins = "705";  // ids of the two groups of the system
constexpr std::string_view kUsers = "706";

std::string_view stateKind(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "user";
  return kind == PrincipalKind::Group ? "group" : "service_principal";
}

std::string_view noun(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "User";
  return kind == PrincipalKind::Group ? "Group" : "Service principal";
}

// The attribute that no two resources of a kind share.
const char* nameField(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "userName";
  return kind == PrincipalKind::Group ? "displayName" : "applicationId";
}

std::string reference(PrincipalKind kind, const std::string& id) {
  return (kind == PrincipalKind::User    ? "Users/"
          : kind == PrincipalKind::Group ? "Groups/"
                                         : "ServicePrincipals/") +
         id;
}

std::unexpected<ApiError> notFound(PrincipalKind kind, const std::string& id) {
  return scimError(404, "", std::string(noun(kind)) + " with id " + core::toValidUtf8(id) + " not found.");
}

// "ada.lovelace@example.com" -> Ada, Lovelace
std::pair<std::string, std::string> namesOf(const std::string& userName) {
  std::string local = userName.substr(0, userName.find('@'));
  std::pair<std::string, std::string> names;
  auto dot = local.find_first_of("._-");
  names.first = local.substr(0, dot);
  if (dot != std::string::npos) names.second = local.substr(dot + 1);
  for (std::string* name : {&names.first, &names.second})
    if (!name->empty() && name->front() >= 'a' && name->front() <= 'z')
      name->front() = static_cast<char>(name->front() - 'a' + 'A');
  return names;
}

// Fills in what the service adds to what a client sent.
void complete(PrincipalKind kind, Json& resource) {
  if (kind != PrincipalKind::Group && !resource.contains("active")) resource["active"] = true;
  if (kind == PrincipalKind::ServicePrincipal) {
    if (core::stringAt(resource, "applicationId").empty()) resource["applicationId"] = randomUuid();
    if (!resource.contains("displayName")) resource["displayName"] = resource["applicationId"];
  }
  if (kind != PrincipalKind::User) return;
  const std::string userName = core::stringAt(resource, "userName");
  auto [given, family] = namesOf(userName);
  if (!resource.contains("name")) {
    resource["name"] = {{"givenName", given}};
    if (!family.empty()) resource["name"]["familyName"] = family;
  }
  if (!resource.contains("displayName")) {
    given = core::stringAt(resource["name"], "givenName", given);
    family = core::stringAt(resource["name"], "familyName", family);
    resource["displayName"] = family.empty() ? given : given + " " + family;
  }
  if (!resource.contains("emails")) resource["emails"] = {{{"type", "work"}, {"value", userName}, {"primary", true}}};
}

// Keeps the attributes that the service knows, spelled as it spells them.
Json known(PrincipalKind kind, const Json& resource) {
  static const std::vector<std::string> kOfUsers{"userName", "displayName",  "name",  "emails",
                                                 "active",   "entitlements", "roles", "externalId"};
  static const std::vector<std::string> kOfPrincipals{"applicationId", "displayName", "active",
                                                      "entitlements",  "roles",       "externalId"};
  static const std::vector<std::string> kOfGroups{"displayName", "members", "entitlements", "roles", "externalId"};
  Json kept = Json::object();
  for (const auto& field : kind == PrincipalKind::User    ? kOfUsers
                           : kind == PrincipalKind::Group ? kOfGroups
                                                          : kOfPrincipals)
    for (const auto& [key, value] : resource.items())
      if (core::equalsIgnoreCase(key, field) && !value.is_null()) kept[field] = value;
  return kept;
}

bool memberOf(const Json& group, const std::string& id) {
  for (const auto& member : core::arrayAt(group, "members"))
    if (core::stringAt(member, "value") == id) return true;
  return false;
}

std::unexpected<ApiError> invalidValue(std::string detail) { return scimError(400, "invalidValue", std::move(detail)); }

}  // namespace

Users::Users(const World& world) : world_(world) {
  for (auto kind : {PrincipalKind::User, PrincipalKind::ServicePrincipal, PrincipalKind::Group})
    kinds_.try_emplace(kind, world.state, std::string(stateKind(kind)));
  auto& groups = documents(PrincipalKind::Group);
  for (auto [id, name] : {std::pair(kAdmins, "admins"), std::pair(kUsers, "users")})
    if (!groups.find(std::string(id))) groups.put(std::string(id), {{"displayName", name}});
  rebuild();
}

User Users::ensure(const std::string& name, bool admin, PrincipalKind kind, const std::string& displayName) {
  std::lock_guard lock(mutex_);
  auto existing = idByName_.find(core::toLower(name));
  std::string id = existing == idByName_.end() ? std::to_string(world_.ids.object()) : existing->second;
  if (existing == idByName_.end()) {
    Json resource{{nameField(kind), name},
                  {"entitlements", {{{"value", "workspace-access"}}, {{"value", "allow-cluster-create"}}}}};
    if (!displayName.empty()) resource["displayName"] = displayName;
    complete(kind, resource);
    documents(kind).put(id, resource);
  }
  if (admin) setMember(std::string(kAdmins), id, true);
  rebuild();
  return byId_.at(id);
}

void Users::welcome(std::function<void(const User&)> greet) {
  std::lock_guard lock(mutex_);
  greet_ = std::move(greet);
  rebuild();
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

bool Users::groupExists(std::string_view name) const {
  std::lock_guard lock(mutex_);
  return groupNames_.contains(std::string(name));
}

std::vector<Json> Users::list(PrincipalKind kind) const {
  std::lock_guard lock(mutex_);
  std::vector<Json> found;
  for (auto& [id, resource] : documents(kind).all()) {
    found.push_back(describe(kind, id, std::move(resource)));
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
  Json fresh = known(kind, resource);
  if (auto valid = validate(kind, id, fresh); !valid) return std::unexpected(valid.error());
  store(kind, id, std::move(fresh));
  for (const auto& group : core::arrayAt(resource, "groups")) setMember(core::stringAt(group, "value"), id, true);
  rebuild();
  return describe(kind, id, *documents(kind).find(id));
}

Reply<Json> Users::replace(PrincipalKind kind, const std::string& id, const Json& resource) {
  std::lock_guard lock(mutex_);
  auto old = documents(kind).find(id);
  if (!old) return notFound(kind, id);
  Json fresh = known(kind, resource);
  // Names cannot be taken away: what is left out stays.
  if (!fresh.contains(nameField(kind))) fresh[nameField(kind)] = (*old)[nameField(kind)];
  if (auto valid = validate(kind, id, fresh); !valid) return std::unexpected(valid.error());
  store(kind, id, std::move(fresh));
  rebuild();
  return describe(kind, id, *documents(kind).find(id));
}

Reply<Json> Users::patch(PrincipalKind kind, const std::string& id, const Json& request) {
  std::lock_guard lock(mutex_);
  auto resource = documents(kind).find(id);
  if (!resource) return notFound(kind, id);
  if (auto done = applyScimPatch(*resource, request); !done) return std::unexpected(done.error());
  Json fresh = known(kind, *resource);
  if (auto valid = validate(kind, id, fresh); !valid) return std::unexpected(valid.error());
  store(kind, id, std::move(fresh));
  rebuild();
  return describe(kind, id, *documents(kind).find(id));
}

Reply<void> Users::remove(PrincipalKind kind, const std::string& id) {
  std::lock_guard lock(mutex_);
  if (kind == PrincipalKind::Group && (id == kAdmins || id == kUsers))
    return scimError(403, "", "A group of the system cannot be deleted.");
  if (!documents(kind).remove(id)) return notFound(kind, id);
  for (const auto& [groupId, group] : documents(PrincipalKind::Group).all())
    if (memberOf(group, id)) setMember(groupId, id, false);
  rebuild();
  return {};
}

Reply<void> Users::validate(PrincipalKind kind, const std::string& id, const Json& resource) const {
  for (const char* field : {"userName", "displayName", "applicationId", "externalId"})
    if (resource.contains(field) && !resource.at(field).is_string())
      return invalidValue("Attribute " + std::string(field) + " must be a string.");
  for (const char* field : {"emails", "entitlements", "roles", "members"}) {
    if (!resource.contains(field)) continue;
    bool fine = resource.at(field).is_array();
    for (const auto& element : core::arrayAt(resource, field))
      fine = fine && element.is_object() && element.contains("value") && element.at("value").is_string();
    if (!fine) return invalidValue("Attribute " + std::string(field) + " must be a list of objects with a value.");
  }
  if (resource.contains("name") && !resource.at("name").is_object())
    return invalidValue("Attribute name must be an object.");
  if (resource.contains("active") && !resource.at("active").is_boolean())
    return invalidValue("Attribute active must be a boolean.");

  const std::string name = core::stringAt(resource, nameField(kind));
  if (name.empty() && kind != PrincipalKind::ServicePrincipal)
    return invalidValue("Attribute " + std::string(nameField(kind)) + " is required.");
  if (kind == PrincipalKind::Group && (id == kAdmins || id == kUsers) &&
      name != core::stringAt(*documents(kind).find(id), "displayName"))
    return scimError(403, "", "A group of the system cannot be renamed.");
  for (const auto& [otherId, other] : documents(kind).all()) {
    if (name.empty() || otherId == id || !core::equalsIgnoreCase(core::stringAt(other, nameField(kind)), name))
      continue;
    static constexpr std::string_view kWith[] = {" with username ", " with application ID ", " with name "};
    return scimError(409, "uniqueness",
                     std::string(noun(kind)) + std::string(kWith[static_cast<std::size_t>(kind)]) +
                         core::toValidUtf8(name) + " already exists.");
  }
  for (const auto& member : core::arrayAt(resource, "members")) {
    const std::string memberId = core::stringAt(member, "value");
    bool group = documents(PrincipalKind::Group).find(memberId).has_value() && memberId != id;
    if (!byId_.contains(memberId) && !group)
      return invalidValue("There is no principal with id " + core::toValidUtf8(memberId) + ".");
  }
  return {};
}

void Users::store(PrincipalKind kind, const std::string& id, Json resource) {
  complete(kind, resource);
  // Names of members are those of the principals: only ids are kept.
  if (resource.contains("members")) {
    Json members = Json::array();
    for (const auto& member : resource["members"]) members.push_back({{"value", member.at("value")}});
    resource["members"] = std::move(members);
  }
  documents(kind).put(id, resource);
}

void Users::setMember(const std::string& groupId, const std::string& memberId, bool member) {
  auto& groups = documents(PrincipalKind::Group);
  auto group = groups.find(groupId);
  if (!group || memberOf(*group, memberId) == member) return;
  Json members = core::arrayAt(*group, "members");
  if (member)
    members.push_back({{"value", memberId}});
  else
    members.erase(std::remove_if(members.begin(), members.end(),
                                 [&](const Json& one) { return core::stringAt(one, "value") == memberId; }),
                  members.end());
  (*group)["members"] = std::move(members);
  groups.put(groupId, *group);
}

// The groups that a principal is in, as its resource lists them: direct ones first.
Json Users::membershipsOf(const std::string& id) const {
  const auto groups = documents(PrincipalKind::Group).all();
  Json found = Json::array();
  std::set<std::string> seen;
  std::vector<std::string> inside{id};
  bool direct = true;
  while (!inside.empty()) {
    std::vector<std::string> next;
    for (const auto& [groupId, group] : groups) {
      bool implied = direct && groupId == kUsers && !documents(PrincipalKind::Group).find(id);
      bool listed = std::any_of(inside.begin(), inside.end(), [&](const auto& one) { return memberOf(group, one); });
      if ((!implied && !listed) || !seen.insert(groupId).second) continue;
      next.push_back(groupId);
      found.push_back({{"display", core::stringAt(group, "displayName")},
                       {"type", direct ? "direct" : "indirect"},
                       {"value", groupId},
                       {"$ref", reference(PrincipalKind::Group, groupId)}});
    }
    inside = std::move(next);
    direct = false;
  }
  return found;
}

Json Users::describe(PrincipalKind kind, const std::string& id, Json resource) const {
  resource["id"] = id;
  static const std::string kCore = "urn:ietf:params:scim:schemas:core:2.0:";
  resource["schemas"] = {kCore + (kind == PrincipalKind::Group ? "Group" : "User")};
  if (kind == PrincipalKind::User)
    resource["schemas"].push_back("urn:ietf:params:scim:schemas:extension:workspace:2.0:User");
  if (kind == PrincipalKind::ServicePrincipal) resource["schemas"] = {kCore + "ServicePrincipal"};
  if (Json groups = membershipsOf(id); !groups.empty()) resource["groups"] = std::move(groups);
  if (kind != PrincipalKind::Group) return resource;

  resource["meta"] = {{"resourceType", id == kAdmins || id == kUsers ? "WorkspaceGroup" : "Group"}};
  Json members = Json::array();
  auto addMember = [&](const std::string& memberId) {
    if (auto user = byId_.find(memberId); user != byId_.end()) {
      auto memberKind = user->second.servicePrincipal ? PrincipalKind::ServicePrincipal : PrincipalKind::User;
      members.push_back(
          {{"display", user->second.displayName}, {"value", memberId}, {"$ref", reference(memberKind, memberId)}});
    } else if (auto group = documents(PrincipalKind::Group).find(memberId)) {
      members.push_back({{"display", core::stringAt(*group, "displayName")},
                         {"value", memberId},
                         {"$ref", reference(PrincipalKind::Group, memberId)}});
    }
  };
  for (const auto& member : core::arrayAt(resource, "members")) addMember(core::stringAt(member, "value"));
  if (id == kUsers)
    for (const auto& [memberId, user] : byId_) addMember(memberId);
  resource.erase("members");
  if (!members.empty()) resource["members"] = std::move(members);
  return resource;
}

void Users::rebuild() {
  byId_.clear();
  idByName_.clear();
  groupNames_.clear();
  for (const auto& [id, group] : documents(PrincipalKind::Group).all())
    groupNames_.insert(core::stringAt(group, "displayName"));
  for (auto kind : {PrincipalKind::User, PrincipalKind::ServicePrincipal}) {
    for (const auto& [id, resource] : documents(kind).all()) {
      User user{.id = id,
                .name = core::stringAt(resource, nameField(kind)),
                .displayName = core::stringAt(resource, "displayName"),
                .servicePrincipal = kind == PrincipalKind::ServicePrincipal,
                .active = core::boolAt(resource, "active", true)};
      for (const auto& group : membershipsOf(id)) user.groups.push_back(core::stringAt(group, "display"));
      user.admin = std::find(user.groups.begin(), user.groups.end(), "admins") != user.groups.end();
      idByName_[core::toLower(user.name)] = id;
      byId_[id] = std::move(user);
    }
  }
  if (!greet_) return;
  for (const auto& [id, user] : byId_)
    if (greeted_.insert(id).second) greet_(user);
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/permissions/permissions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string keyOf(const PermissionType& type, const std::string& id) { return std::string(type.name) + ":" + id; }

bool concerns(const AccessGrant& grant, const User& user) {
  if (grant.principal == "group_name")
    return std::find(user.groups.begin(), user.groups.end(), grant.name) != user.groups.end();
  return core::equalsIgnoreCase(grant.name, user.name);
}

// What a directory gives, as what lies in it gets it.
std::string_view belowDirectory(std::string_view level) { return level == "IS_OWNER" ? "CAN_MANAGE" : level; }

// What only administrators can be locked out of by mistake: such a list must name them.
bool needsAdmins(const PermissionType& type, const std::string& id) {
  return type.name == "authorization/tokens" || (type.name == "directories" && id == "0");
}

// "warehouse": some types are called by the plural.
std::string singular(const PermissionType& type) {
  return std::string(type.objectType.ends_with('s') ? type.objectType.substr(0, type.objectType.size() - 1)
                                                    : type.objectType);
}

bool isAdmins(const AccessGrant& grant) { return grant.principal == "group_name" && grant.name == "admins"; }

// As messages and answers name an object.
std::string pathOf(const PermissionType& type, const std::string& id) {
  return type.name.starts_with("authorization/") ? "/" + std::string(type.name) : std::string(type.prefix) + id;
}

// The right that an error text names.
std::string verbOf(std::string_view level) {
  static const std::map<std::string_view, std::string_view> kVerbs{
      {"CAN_ATTACH_TO", "Attach"}, {"CAN_RESTART", "Restart"}, {"CAN_MANAGE_RUN", "Manage Run"},
      {"CAN_VIEW", "View"},        {"CAN_READ", "Read"},       {"CAN_RUN", "Run"},
      {"CAN_EDIT", "Edit"},        {"CAN_USE", "Use"},         {"CAN_MONITOR", "Monitor"},
      {"CAN_QUERY", "Query"},      {"IS_OWNER", "Owner"}};
  auto verb = kVerbs.find(level);
  return std::string(verb == kVerbs.end() ? "Manage" : verb->second);
}

}  // namespace

Permissions::Permissions(const World& world, const Users& users) : users_(users), lists_(world.state, "permissions") {
  // These two are of the workspace, and always there.
  for (const char* type : {"authorization/tokens", "authorization/passwords"})
    addType(type, [](const std::string&) { return SecuredObject{.grants = {{"group_name", "users", "CAN_USE"}}}; });
}

Json Permissions::toJson(const Grants& grants) const {
  Json list = Json::array();
  for (const auto& grant : grants) {
    Json one{{"principal", grant.principal}, {"name", grant.name}, {"level", grant.level}};
    if (grant.principal == "group_name") {
      if (auto id = users_.groupId(grant.name)) one["id"] = *id;
    } else if (auto user = users_.find(grant.name)) {
      one["id"] = user->id;
    }
    list.push_back(std::move(one));
  }
  return list;
}

Permissions::Grants Permissions::fromJson(const Json& list) const {
  Grants grants;
  if (!list.is_array()) return grants;
  for (const auto& one : list) {
    const std::string id = core::stringAt(one, "id");  // lists of before have none
    auto name = id.empty() ? std::optional(core::stringAt(one, "name")) : users_.nameOf(id);
    if (name) grants.push_back({core::stringAt(one, "principal"), *name, core::stringAt(one, "level")});
  }
  return grants;
}

void Permissions::addType(std::string_view type, ObjectLookup lookup) {
  lookups_[std::string(findPermissionType(type)->name)] = std::move(lookup);
}

std::optional<SecuredObject> Permissions::find(const PermissionType& type, const std::string& id) const {
  auto lookup = lookups_.find(type.name);
  return lookup == lookups_.end() ? std::nullopt : lookup->second(id);
}

Permissions::Grants Permissions::directGrants(const PermissionType& type, const std::string& id,
                                              const SecuredObject& object) const {
  auto stored = lists_.find(keyOf(type, id));
  return stored ? fromJson(*stored) : initialGrants(type, object);
}

Permissions::Grants Permissions::initialGrants(const PermissionType& type, const SecuredObject& object) const {
  Grants grants;
  if (auto owner = users_.find(object.owner))
    grants.push_back({owner->servicePrincipal ? "service_principal_name" : "user_name", owner->name,
                      type.hasOwner() ? "IS_OWNER" : std::string(type.levels.back())});
  grants.insert(grants.end(), object.grants.begin(), object.grants.end());
  return grants;
}

std::vector<Permissions::Inherited> Permissions::inheritedGrants(const PermissionType& type,
                                                                 const SecuredObject& object) const {
  std::vector<Inherited> inherited;
  const PermissionType& directories = *findPermissionType("directories");
  for (const auto& id : object.parents) {
    auto directory = find(directories, id);
    if (!directory) continue;
    for (auto& grant : directGrants(directories, id, *directory)) {
      grant.level = belowDirectory(grant.level);
      if (type.rank(grant.level) > 0) inherited.push_back({std::move(grant), std::string(directories.prefix) + id});
    }
  }
  return inherited;
}

std::size_t Permissions::rankOf(const User& caller, const PermissionType& type, const std::string& id) const {
  std::size_t highest = caller.admin ? type.rank("CAN_MANAGE") : 0;
  auto object = find(type, id);
  if (!object) return highest;
  for (const auto& grant : directGrants(type, id, *object))
    if (concerns(grant, caller)) highest = std::max(highest, type.rank(grant.level));
  for (const auto& [grant, from] : inheritedGrants(type, *object))
    if (concerns(grant, caller)) highest = std::max(highest, type.rank(grant.level));
  return highest;
}

bool Permissions::allows(const User& caller, std::string_view type, const std::string& id,
                         std::string_view level) const {
  const auto* known = findPermissionType(type);
  return known && known->rank(level) > 0 && rankOf(caller, *known, id) >= known->rank(level);
}

Reply<void> Permissions::require(const User& caller, std::string_view type, const std::string& id,
                                 std::string_view level) const {
  if (allows(caller, type, id, level)) return {};
  const std::string object = type == "jobs" ? "Job with ID: ElasticJobId(" + id + ")"
                             : id.empty()   ? "/" + std::string(type)
                                            : id;
  return permissionDenied(caller.name + " does not have " + verbOf(level) + " permissions on " +
                          core::toValidUtf8(object) + ". Please contact the owner or an administrator for access.");
}

bool Permissions::exists(std::string_view type, const std::string& id) const {
  const auto* known = findPermissionType(type);
  return known && find(*known, id);
}

std::string Permissions::level(const User& caller, std::string_view type, const std::string& id) const {
  const auto* known = findPermissionType(type);
  std::size_t rank = known ? rankOf(caller, *known, id) : 0;
  if (rank == 0) return {};
  return rank > known->levels.size() ? "CAN_MANAGE" : std::string(known->levels[rank - 1]);
}

std::vector<AccessGrant> Permissions::grants(std::string_view type, const std::string& id) const {
  const auto* known = findPermissionType(type);
  auto object = known ? find(*known, id) : std::nullopt;
  if (!object) return {};
  Grants found = directGrants(*known, id, *object);
  std::stable_sort(found.begin(), found.end(), [](const AccessGrant& a, const AccessGrant& b) {
    return a.level == "IS_OWNER" && b.level != "IS_OWNER";
  });
  return found;
}

Reply<void> Permissions::assign(std::string_view type, const std::string& id, const Json& accessControlList) {
  return change(*findPermissionType(type), id, accessControlList, false);
}

void Permissions::removed(std::string_view type, const std::string& id) {
  if (const auto* known = findPermissionType(type)) lists_.remove(keyOf(*known, id));
}

// One principal that exists, with a level that the type has.
Reply<AccessGrant> Permissions::readEntry(const PermissionType& type, const Json& entry) const {
  static constexpr std::pair<const char*, std::string_view> kKinds[] = {
      {"user_name", "UserName"}, {"group_name", "GroupName"}, {"service_principal_name", "ServicePrincipalName"}};
  AccessGrant grant{.principal = {}, .name = {}, .level = core::stringAt(entry, "permission_level")};
  std::string_view kindName;
  int named = 0;
  for (auto [field, name] : kKinds) {
    if (core::stringAt(entry, field).empty()) continue;
    ++named;
    kindName = name;
    grant.principal = field;
    grant.name = core::stringAt(entry, field);
  }
  if (named != 1)
    return invalidParameter("Each entry must name exactly one of user_name, group_name or service_principal_name.");
  if (grant.level.empty()) return missingField("access_control_list.permission_level");
  if (std::find(type.levels.begin(), type.levels.end(), grant.level) == type.levels.end())
    return invalidParameter(core::toValidUtf8(grant.level) + " is not a permission level of " +
                            std::string(type.objectType) + ".");
  const bool group = grant.principal == "group_name";
  auto user = group ? std::nullopt : users_.find(grant.name);
  bool exists = group ? users_.groupId(grant.name).has_value()
                      : user && (user->servicePrincipal || grant.principal == "user_name");
  if (!exists)
    return doesNotExist("Principal: " + std::string(kindName) + "(" + core::toValidUtf8(grant.name) +
                        ") does not exist");
  if (group && grant.level == "IS_OWNER")
    return invalidParameter("A group cannot be the owner of a " + singular(type) + ".");
  if (isAdmins(grant) && grant.level != type.highest())
    return invalidParameter("Cannot modify permissions of system group 'admins'");
  // Clients give themselves rights by user_name without knowing what they are: Terraform as a service principal.
  if (user) grant.name = user->name;
  if (user && user->servicePrincipal) grant.principal = "service_principal_name";
  return grant;
}

Reply<Permissions::Grants> Permissions::readList(const PermissionType& type, const Json& list) const {
  Grants grants;
  for (const auto& entry : list) {
    auto grant = TROWEL_TRY(readEntry(type, entry));
    grants.push_back(std::move(grant));
  }
  return grants;
}

Reply<void> Permissions::change(const PermissionType& type, const std::string& id, const Json& list, bool replace) {
  auto wanted = TROWEL_TRY(readList(type, list));
  auto object = find(type, id);
  if (!object) return doesNotExist(std::string(type.objectType) + " " + core::toValidUtf8(id) + " does not exist.");
  if (needsAdmins(type, id)) {
    bool named = std::erase_if(wanted, isAdmins) > 0;  // who have it anyway
    if (replace && !named) return invalidParameter("Cannot change permissions for group 'admins' to None.");
  }
  return lists_.change(keyOf(type, id), [&](Json& stored) -> Reply<void> {
    Grants grants;
    auto owns = [](const AccessGrant& one) { return one.level == "IS_OWNER"; };
    bool owned = true;
    if (!replace) {
      Grants before = stored.is_null() ? initialGrants(type, *object) : fromJson(stored);
      owned = std::any_of(before.begin(), before.end(), owns);
      bool newOwner = std::any_of(wanted.begin(), wanted.end(), owns);
      for (auto& grant : before) {
        if (newOwner && grant.level == "IS_OWNER") grant.level = "CAN_MANAGE";  // the owner hands the object over
        bool changed = std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) {
          return one.principal == grant.principal && one.name == grant.name;
        });
        if (!changed) grants.push_back(std::move(grant));
      }
    }
    for (const auto& grant : wanted) {
      std::erase_if(grants,
                    [&](const auto& one) { return one.principal == grant.principal && one.name == grant.name; });
      grants.push_back(grant);
    }
    auto owners = std::count_if(grants.begin(), grants.end(), owns);
    // An owner who is gone leaves nobody; that must not stand in the way of other changes.
    if (type.hasOwner() && (owners > 1 || (owners == 0 && owned)))
      return invalidParameter("The " + singular(type) + " must have exactly one owner.");
    stored = toJson(grants);
    return {};
  });
}

Reply<Json> Permissions::describe(const PermissionType& type, const std::string& id) const {
  auto object = find(type, id);
  if (!object) return doesNotExist(std::string(type.objectType) + " " + core::toValidUtf8(id) + " does not exist.");
  std::vector<Json> entries;
  auto entryOf = [&](const AccessGrant& grant) -> Json& {
    for (auto& entry : entries)
      if (core::stringAt(entry, grant.principal.c_str()) == grant.name) return entry["all_permissions"];
    Json entry{{grant.principal, grant.name}, {"all_permissions", Json::array()}};
    if (auto user = grant.principal == "group_name" ? std::nullopt : users_.find(grant.name))
      entry["display_name"] = user->displayName;
    entries.push_back(std::move(entry));
    return entries.back()["all_permissions"];
  };
  for (const auto& grant : grants(type.name, id))
    entryOf(grant).push_back({{"permission_level", grant.level}, {"inherited", false}});
  auto inherited = inheritedGrants(type, *object);
  inherited.push_back({{"group_name", "admins", std::string(type.highest())},
                       std::string(object->parents.empty() ? type.prefix : std::string_view("/directories/"))});
  for (const auto& [grant, from] : inherited)
    entryOf(grant).push_back(
        {{"permission_level", grant.level}, {"inherited", true}, {"inherited_from_object", {from}}});
  return Json{{"object_id", pathOf(type, id)}, {"object_type", type.objectType}, {"access_control_list", entries}};
}

Reply<Response> Permissions::answer(const Call& call, const PermissionType& type, const std::string& id) {
  const std::string& method = call.request().method;
  bool reading = method == "GET" || method == "HEAD";
  const Json& list = core::arrayAt(call.params(), "access_control_list");
  if (!reading && call.params().contains("access_control_list") && !call.params().at("access_control_list").is_array())
    return malformedRequest("Could not parse request object: Expected 'START_ARRAY' for field access_control_list");
  // Who may see an object may see its permissions.
  TROWEL_TRY(require(call.caller(), type.name, id, reading ? type.levels.front() : "CAN_MANAGE"));
  if (!reading) TROWEL_TRY(change(type, id, list, method == "PUT"));
  Json described = TROWEL_TRY(describe(type, id));
  return jsonResponse(described);
}

void Permissions::addRoutes(Router& router) {
  const std::string base = "/api/2.0/permissions/";
  auto add = [&](const std::string& name, const PermissionType& type) {
    const bool one = type.name.starts_with("authorization/");
    const std::string path = base + name + (one ? "" : "/{object_id}");
    for (const char* method : {"GET", "PUT", "PATCH"})
      router.add(method, path, [this, &type, one](const Call& call) {
        return answer(call, type, one ? "" : call.path("object_id"));
      });
    router.add("GET", path + "/permissionLevels", [this, &type, one](const Call& call) -> Reply<Response> {
      const std::string id = one ? "" : call.path("object_id");
      TROWEL_TRY(require(call.caller(), type.name, id, type.levels.front()));
      if (!find(type, id))
        return doesNotExist(std::string(type.objectType) + " " + core::toValidUtf8(id) + " does not exist.");
      Json levels = Json::array();
      for (auto level : type.levels)
        levels.push_back({{"permission_level", level},
                          {"description", describeLevel(level) + " permission on " + std::string(type.objectType)}});
      return jsonResponse({{"permission_levels", std::move(levels)}});
    });
  };
  for (const auto& type : permissionTypes()) add(std::string(type.name), type);
  add("warehouses", *findPermissionType("warehouses"));
  add("dbsql-dashboards", *findPermissionType("dbsql-dashboards"));
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Tells the permissions what there is, whose it is, and where it lies; and the areas that ask who may do what.
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/areas.hpp"

namespace trowel::emulator {

namespace {

std::optional<std::int64_t> readId(const std::string& text) {
  std::int64_t id = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

std::string parentOf(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// What a place in the workspace grants by itself: a home to whom it is named after, /Shared to everybody.
SecuredObject placeGrants(const std::string& path, const Users& users) {
  SecuredObject object;
  for (std::string_view homes : {"/Users/", "/Repos/"}) {
    if (!path.starts_with(homes) || path.find('/', homes.size()) != std::string::npos) continue;
    if (auto user = users.find(path.substr(homes.size()))) object.owner = user->name;
  }
  if (path == "/Shared") object.grants.push_back({"group_name", "users", "CAN_MANAGE"});
  return object;
}

// An object that its area describes by itself.
std::optional<SecuredObject> madeBy(const Reply<core::Json>& object, const char* creatorField) {
  if (!object) return std::nullopt;
  return SecuredObject{.owner = core::stringAt(*object, creatorField)};
}

std::string_view levelOf(ClusterRight right) {
  if (right == ClusterRight::Attach) return "CAN_ATTACH_TO";
  return right == ClusterRight::Restart ? "CAN_RESTART" : "CAN_MANAGE";
}

std::string_view levelOf(WorkspaceRight right) {
  if (right == WorkspaceRight::Read) return "CAN_READ";
  return right == WorkspaceRight::Edit ? "CAN_EDIT" : "CAN_MANAGE";
}

// What the permissions of an object in the workspace are found under.
std::string_view permissionTypeOf(const WorkspaceObject& object) {
  if (object.gitFolder) return "repos";
  if (object.type == ObjectType::Notebook) return "notebooks";
  return object.type == ObjectType::File ? "files" : "directories";
}

}  // namespace

// The permissions know what directories pass on; what a Git folder does is added here, and a dashboard in the
// workspace has no list but those of the folders around it.
bool Areas::grantsPlace(const User& user, const WorkspaceObject& object, WorkspaceRight right) const {
  auto granted = [&](std::string_view type, const WorkspaceObject& one) {
    return permissions_.allows(user, type, std::to_string(one.id), levelOf(right));
  };
  if (object.type != ObjectType::Dashboard && granted(permissionTypeOf(object), object)) return true;
  for (std::string path = object.path; path != "/"; path = parentOf(path)) {
    auto around = workspace_.look(path);
    if (!around || !*around) continue;
    bool nearest = object.type == ObjectType::Dashboard && path == parentOf(object.path);
    if ((*around)->gitFolder && granted("repos", **around)) return true;
    if ((nearest || (*around)->gitFolder) && granted("directories", **around)) return true;
  }
  return false;
}

std::optional<SecuredObject> Areas::securedPlace(const std::string& id, ObjectType type) const {
  auto number = readId(id);
  if (!number) return std::nullopt;
  auto object = *number == 0 ? workspace_.find("/") : workspace_.find(*number);
  bool fits = object && ((*object)->type == type || (type == ObjectType::Directory && (*object)->isFolder()) ||
                         (type == ObjectType::Repo && (*object)->gitFolder));
  if (!fits) return std::nullopt;
  std::string path = (*object)->path;
  auto secured = placeGrants(path, identity_.users());
  inheritFrom(path, secured);
  return secured;
}

// Adds the folders around `path`.
void Areas::inheritFrom(std::string path, SecuredObject& secured) const {
  while (path != "/") {
    path = parentOf(path);
    if (auto folder = workspace_.find(path)) secured.parents.push_back(std::to_string((*folder)->id));
  }
}

void Areas::connectPermissions() {
  using Found = std::optional<SecuredObject>;
  compute_.setGrants([this](const User& user, const std::string& clusterId, ClusterRight right) {
    return permissions_.allows(user, "clusters", clusterId, levelOf(right));
  });
  compute_.setPolicyGrants([this](const User& user, const std::string& policyId) {
    return permissions_.allows(user, "cluster-policies", policyId, "CAN_USE");
  });
  notebooks_.setReaders([this](const User& user, const std::string& path) {
    auto canonical = canonicalPath(path);  // what a run cloned for itself is nobody's else
    return canonical && (!RunCheckouts::folderAround(*canonical).empty() || workspaceAccess_.find(user, *canonical));
  });
  workspace_.onGone([this](const WorkspaceObject& object) {
    permissions_.removed(permissionTypeOf(object), std::to_string(object.id));
    if (object.gitFolder) permissions_.removed("directories", std::to_string(object.id));
  });
  compute_.onRemoved([this](std::string_view type, const std::string& id) { permissions_.removed(type, id); });
  for (auto [name, type] :
       {std::pair("directories", ObjectType::Directory), std::pair("notebooks", ObjectType::Notebook),
        std::pair("files", ObjectType::File), std::pair("repos", ObjectType::Repo)})
    permissions_.addType(name, [this, type = type](const std::string& id) { return securedPlace(id, type); });
  permissions_.addType("clusters", [this](const std::string& id) -> Found {
    auto status = compute_.clusters().status(id);
    if (!status) return std::nullopt;
    return SecuredObject{.owner = status->owner};
  });
  permissions_.addType("cluster-policies", [this](const std::string& id) {
    auto policy = compute_.policies().describe(id);
    auto secured = madeBy(policy, "creator_user_name");
    if (policy && core::boolAt(*policy, "is_default")) secured->grants.push_back({"group_name", "users", "CAN_USE"});
    return secured;
  });
  permissions_.addType("instance-pools",
                       [this](const std::string& id) { return madeBy(compute_.pools().describe(id), ""); });
  permissions_.addType("jobs", [this](const std::string& id) -> Found {
    auto number = readId(id);
    auto owner = number ? jobs_.store().ownerOf(*number) : std::nullopt;
    if (!owner) return std::nullopt;
    return SecuredObject{.owner = *owner};
  });
  permissions_.addType("pipelines",
                       [this](const std::string& id) { return madeBy(pipelines_.get(id), "creator_user_name"); });
  permissions_.addType("sql/warehouses", [this](const std::string& id) {
    return madeBy(sql_.warehouses().describe(id, host_), "creator_name");
  });
  for (auto [name, kind] : {std::pair("sql/queries", SavedKind::Query), std::pair("sql/alerts", SavedKind::Alert),
                            std::pair("alertsv2", SavedKind::AlertV2)})
    permissions_.addType(name, [this, kind = kind](const std::string& id) {
      return madeBy(sql_.queries().get(kind, id), "owner_user_name");
    });
  permissions_.addType("dashboards", [this](const std::string& id) -> Found {
    auto dashboard = dashboards_.get(id);
    if (!dashboard) return std::nullopt;
    SecuredObject secured{.owner = dashboards_.creator(id).value_or("")};
    inheritFrom(core::stringAt(*dashboard, "path", "/"), secured);
    return secured;
  });
  permissions_.addType("apps", [this](const std::string& name) { return madeBy(apps_.get(name, host_), "creator"); });
}

}  // namespace trowel::emulator

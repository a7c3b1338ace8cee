// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_access.hpp"

#include "emulator/files/file_path.hpp"

namespace trowel::emulator {

namespace {

bool isCommon(const std::string& path) { return path == "/" || path == "/Users" || path == "/Repos"; }

const char* nameOf(WorkspaceRight right) {
  if (right == WorkspaceRight::Read) return "Read";
  return right == WorkspaceRight::Edit ? "Edit" : "Manage";
}

}  // namespace

bool WorkspaceAccess::allows(const User& user, const WorkspaceObject& object, WorkspaceRight right) const {
  return user.admin || (right == WorkspaceRight::Read && isCommon(object.path)) || grants_(user, object, right);
}

Reply<void> WorkspaceAccess::require(const User& user, const WorkspaceObject& object, WorkspaceRight right) const {
  if (allows(user, object, right)) return {};
  return permissionDenied(user.name + " does not have " + nameOf(right) + " permissions on " + object.path +
                          ". Please contact the owner or an administrator for access.");
}

Reply<ObjectPtr> WorkspaceAccess::find(const User& user, const std::string& path) const {
  auto object = TROWEL_TRY(store_.find(path));
  if (!allows(user, *object, WorkspaceRight::Read)) return doesNotExist("Path (" + path + ") doesn't exist.");
  return object;
}

Reply<std::vector<ObjectPtr>> WorkspaceAccess::list(const User& user, const std::string& path) const {
  auto self = TROWEL_TRY(find(user, path));
  auto found = TROWEL_TRY(store_.list(path));
  // Elsewhere who may read a folder may read what is in it.
  if (isCommon(path)) std::erase_if(found, [&](const auto& one) { return !allows(user, *one, WorkspaceRight::Read); });
  return found;
}

// By the folder that is there already.
Reply<void> WorkspaceAccess::requireMake(const User& user, const std::string& path) const {
  std::string above = path;
  ObjectPtr folder;
  while (!folder) {
    above = parentPath(above);
    folder = TROWEL_TRY(store_.look(above));
  }
  return require(user, *folder, WorkspaceRight::Manage);
}

Reply<void> WorkspaceAccess::requireFolder(const User& user, const std::string& path) const {
  if (user.admin) return {};
  auto object = TROWEL_TRY(store_.look(path));
  return object ? require(user, *object, WorkspaceRight::Read) : requireMake(user, path);
}

Reply<void> WorkspaceAccess::requireWrite(const User& user, const std::string& path) const {
  if (user.admin) return {};
  auto object = TROWEL_TRY(store_.look(path));
  return object ? require(user, *object, WorkspaceRight::Edit) : requireMake(user, path);
}

Reply<void> WorkspaceAccess::requireManage(const User& user, const std::string& path) const {
  auto object = TROWEL_TRY(find(user, path));
  return require(user, *object, WorkspaceRight::Manage);
}

}  // namespace trowel::emulator

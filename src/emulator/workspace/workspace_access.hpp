// SPDX-License-Identifier: Apache-2.0
// Who may see and change what in the workspace: the one place that asks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "emulator/identity/user.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

enum class WorkspaceRight : std::uint8_t { Read, Edit, Manage };  // each includes those before it

// Whether `user` has the right by a grant on the object or on a folder around it. Administrators are not asked for.
using WorkspaceGrants = std::function<bool(const User& user, const WorkspaceObject& object, WorkspaceRight right)>;

// Any thread. The folders that hold the homes and Git folders of everybody are everybody's to see; what is in them is
// not. To make and to remove something takes the right to manage the folder or the thing, to overwrite it that to edit.
// Paths are canonical.
class WorkspaceAccess {
 public:
  // `store` outlives this.
  WorkspaceAccess(const WorkspaceStore& store, WorkspaceGrants grants) : store_(store), grants_(std::move(grants)) {}

  bool allows(const User& user, const WorkspaceObject& object, WorkspaceRight right) const;

  // What the user may read; 404 for what is not there or not his to see.
  Reply<ObjectPtr> find(const User& user, const std::string& path) const;
  // The children that he may read, or the object itself where it is no folder.
  Reply<std::vector<ObjectPtr>> list(const User& user, const std::string& path) const;

  // PERMISSION_DENIED where the user must not do that.
  Reply<void> requireFolder(const User& user, const std::string& path) const;  // make it, if it is not there
  Reply<void> requireWrite(const User& user, const std::string& path) const;   // make or overwrite it
  Reply<void> requireManage(const User& user, const std::string& path) const;  // remove it; 404 as of find

 private:
  Reply<void> require(const User& user, const WorkspaceObject& object, WorkspaceRight right) const;
  Reply<void> requireMake(const User& user, const std::string& path) const;

  const WorkspaceStore& store_;
  WorkspaceGrants grants_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Workspace 2.0: list, get-status, mkdirs, delete; import and export stand in workspace_transfer_api.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "emulator/server/router.hpp"
#include "emulator/workspace/workspace_access.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

// What get-status tells of the Git folder that a path is in, where the client asks for it.
using GitInfo = std::function<std::optional<core::Json>(const std::string& canonicalPath)>;

// The store and the access to it outlive the router.
void addWorkspaceRoutes(Router& router, WorkspaceStore& store, const WorkspaceAccess& access, GitInfo gitInfo);

// A path as a client spelled it: where to look, and what answers put in front.
struct SpelledPath {
  std::string canonical;
  std::string prefix;  // "/Workspace" where the client used the alias

  std::string echo(const std::string& canonicalPath) const {
    return prefix.empty() ? canonicalPath : canonicalPath == "/" ? prefix : prefix + canonicalPath;
  }
};
Reply<SpelledPath> spelledPath(std::string_view path);
Reply<SpelledPath> requiredPath(const Call& call);

// The error with the path, or a folder above it, in its text spelled as the client did.
ApiError respell(ApiError error, const SpelledPath& path);

}  // namespace trowel::emulator

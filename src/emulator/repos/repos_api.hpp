// SPDX-License-Identifier: Apache-2.0
// Repos 2.0, and what other answers tell of a repo.
#pragma once

#include <optional>

#include "emulator/repos/repos.hpp"
#include "emulator/server/router.hpp"
#include "emulator/workspace/workspace_access.hpp"

namespace trowel::emulator {

// All of them outlive the router.
void addRepoRoutes(Router& router, Repos& repos, WorkspaceStore& workspace, const WorkspaceAccess& access);

// The git_info of whatever is in a Git folder; nothing elsewhere.
std::optional<core::Json> gitInfo(Repos& repos, const std::string& canonicalPath);

}  // namespace trowel::emulator

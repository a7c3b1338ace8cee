// SPDX-License-Identifier: Apache-2.0
// Contents in and out of the workspace: import, export, workspace-files.
#pragma once

#include "emulator/server/router.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

// What an import with format AUTO makes of a path and contents; cuts the extension of a notebook off the path.
NewObject sniffObject(std::string& path, std::string content);

// The store outlives the router.
void addWorkspaceTransferRoutes(Router& router, WorkspaceStore& store);

}  // namespace trowel::emulator

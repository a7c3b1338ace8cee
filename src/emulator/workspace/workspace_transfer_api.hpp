// SPDX-License-Identifier: Apache-2.0
// Contents in and out of the workspace: import, export, workspace-files.
#pragma once

#include "emulator/server/router.hpp"
#include "emulator/workspace/workspace_access.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

// The store and the access to it outlive the router.
void addWorkspaceTransferRoutes(Router& router, WorkspaceStore& store, const WorkspaceAccess& access);

}  // namespace trowel::emulator

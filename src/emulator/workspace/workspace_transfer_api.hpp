// SPDX-License-Identifier: Apache-2.0
// Contents in and out of the workspace: import, export, workspace-files.
#pragma once

#include "emulator/server/router.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

// The store outlives the router.
void addWorkspaceTransferRoutes(Router& router, WorkspaceStore& store);

}  // namespace trowel::emulator

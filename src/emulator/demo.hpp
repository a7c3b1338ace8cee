// SPDX-License-Identifier: Apache-2.0
// A small, believable workspace for people who look around and for tests: notebooks, files and clusters.
#pragma once

#include <string>

#include "emulator/compute/clusters.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

// Only where the workspace and the clusters are still empty, so that what users changed or deleted stays so.
void fillDemo(WorkspaceStore& workspace, Clusters& clusters, const std::string& userName);

}  // namespace trowel::emulator

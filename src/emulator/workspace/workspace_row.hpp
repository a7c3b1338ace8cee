// SPDX-License-Identifier: Apache-2.0
// What the state file keeps of an object in the workspace: what its file does not tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

std::string toRow(const WorkspaceObject& object);
// Nothing where the row cannot be read.
std::optional<WorkspaceObject> fromRow(const std::string& path, const std::string& row);

// Whether a Git folder at that path is a Repo: only two levels beneath /Repos.
bool isRepoPath(std::string_view path);

}  // namespace trowel::emulator

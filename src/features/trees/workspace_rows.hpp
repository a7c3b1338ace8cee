// SPDX-License-Identifier: Apache-2.0
// How an object of the workspace is drawn: icon and words for what it is, badge, colour and words for how it stands to
// the local file. Pure.
#pragma once

#include <optional>
#include <string>

#include "features/workspace/workspace_states.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/types.hpp"

namespace trowel::features {

struct WorkspaceRow {
  std::string path;                                       // there
  std::optional<databricks::WorkspaceObject> there = {};  // nothing where it is only here
  sync::SidedObject sides = {};
  bool pending = false;                     // its contents are being compared
  std::optional<FolderCounts> counts = {};  // of a folder on both sides, as far as it is known
  std::string localPath = {};               // absolute; empty where it is not here
};

// There, or here where it is only here.
bool isFolder(const WorkspaceRow& row);

// "Python notebook", "MLflow experiment".
std::string kindWords(const WorkspaceRow& row);
// "changed here", "3 to upload, 1 to download".
std::string stateWords(const WorkspaceRow& row);

// contextValue is object.<kind>, then .there and .here for the sides that have it: object.notebook.there.here.
protocol::TreeNode nodeOf(const WorkspaceRow& row);

}  // namespace trowel::features

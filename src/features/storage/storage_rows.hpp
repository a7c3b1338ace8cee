// SPDX-License-Identifier: Apache-2.0
// The rows of the views DBFS and Volumes. Pure.
#pragma once

#include <string>

#include "features/files/file_uri.hpp"
#include "trowel/protocol/types.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::features {

// `changed`: when, in words; empty where it is not told. The row's id is its path.
protocol::TreeNode storageRow(FileSystemKind kind, const std::string& folder, const sync::Entry& entry,
                              const std::string& changed);

// Whether a row can stand for an entry of the folder: names that lead elsewhere, or are no text, have no address.
bool hasAddress(FileSystemKind kind, const std::string& folder, const std::string& name);

}  // namespace trowel::features

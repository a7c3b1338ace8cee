// SPDX-License-Identifier: Apache-2.0
// What is another between two looks at a folder or a file. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "file_names.hpp"

namespace trowel::features {

// By name: what tells one content from another. Folders are the same as long as they are there.
using FolderSight = std::map<std::string, std::string>;
FolderSight sightOf(const std::vector<ShownEntry>& entries);

struct FileChange {
  enum class Kind : std::uint8_t { Created, Changed, Deleted };
  std::string name;
  Kind kind = Kind::Changed;

  bool operator==(const FileChange&) const = default;
};
// By name.
std::vector<FileChange> changesOf(const FolderSight& before, const FolderSight& after);

}  // namespace trowel::features

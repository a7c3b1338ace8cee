// SPDX-License-Identifier: Apache-2.0
#include "file_changes.hpp"

namespace trowel::features {

FolderSight sightOf(const std::vector<ShownEntry>& entries) {
  FolderSight sight;
  for (const auto& [name, entry] : entries) {
    if (entry.kind == sync::EntryKind::Folder) {
      sight[name] = "folder";
    } else {
      sight[name] = "file " + entry.version;
    }
  }
  return sight;
}

std::vector<FileChange> changesOf(const FolderSight& before, const FolderSight& after) {
  std::vector<FileChange> changes;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->first < now->first)) {
      changes.push_back({(old++)->first, FileChange::Kind::Deleted});
    } else if (old == before.end() || now->first < old->first) {
      changes.push_back({(now++)->first, FileChange::Kind::Created});
    } else {
      if (old->second != now->second) changes.push_back({now->first, FileChange::Kind::Changed});
      ++old;
      ++now;
    }
  }
  return changes;
}

}  // namespace trowel::features

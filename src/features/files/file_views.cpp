// SPDX-License-Identifier: Apache-2.0
#include "file_views.hpp"

#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

std::string_view viewOf(FileSystemKind kind) {
  switch (kind) {
    case FileSystemKind::Workspace:
      return protocol::view::kWorkspace;
    case FileSystemKind::Dbfs:
      return protocol::view::kDbfs;
    case FileSystemKind::Volumes:
      break;
  }
  return protocol::view::kVolumes;
}

std::optional<FileSystemKind> fileSystemOf(std::string_view view) {
  for (const auto kind : {FileSystemKind::Workspace, FileSystemKind::Dbfs, FileSystemKind::Volumes})
    if (viewOf(kind) == view) return kind;
  return std::nullopt;
}

}  // namespace trowel::features

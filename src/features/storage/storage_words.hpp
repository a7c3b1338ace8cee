// SPDX-License-Identifier: Apache-2.0
// What is asked before files of DBFS or of a volume go. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/files/file_uri.hpp"
#include "trowel/sync/remote_totals.hpp"

namespace trowel::features {

struct Doomed {
  std::string path;
  std::uint64_t size = 0;                         // of a file
  std::optional<sync::RemoteTotals> inside = {};  // of a folder
};

struct DeletionWords {
  std::string question;  // "Delete the folder /tmp/a with 12 files and 3 folders (4.2 MiB)?"
  std::string detail;
};
// "dbfs:/tmp/a.csv", "3 objects".
std::string namedAs(FileSystemKind kind, const std::vector<std::string>& paths);

DeletionWords deletionWords(FileSystemKind kind, const std::vector<Doomed>& doomed);

}  // namespace trowel::features

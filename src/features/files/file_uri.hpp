// SPDX-License-Identifier: Apache-2.0
// Addresses of remote files in the editor: wsfs:/Users/me/a.py, dbfs:/tmp/a.csv, volumes:/main/default/raw/a.csv. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::features {

enum class FileSystemKind : std::uint8_t { Workspace, Dbfs, Volumes };

struct FileUri {
  FileSystemKind kind = FileSystemKind::Workspace;
  std::string host;        // as in an origin, "adb-1.azuredatabricks.net"; empty: of the first project's connection
  std::string path = "/";  // absolute, without a slash at its end; of volumes without "/Volumes"

  bool operator==(const FileUri&) const = default;
};

// Also dbws:, as Power Tools calls wsfs:, and any of them with trowel- in front. InvalidParams for every other address,
// and for a path that leads elsewhere than it says.
core::Result<FileUri> parseFileUri(std::string_view uri);
std::string toString(const FileUri& uri);

// An origin, "https://adb-1.azuredatabricks.net", as FileUri::host.
std::string hostOf(std::string_view origin);
// The address with that host where it is one of remote files without any; else as it is.
std::string withHost(std::string uri, const std::string& host);

// As it is headed, and as its subfolder of the local sync folder is called: "Workspace", "DBFS", "Volumes".
std::string titleOf(FileSystemKind kind);
// As people call it: "the workspace", "DBFS", "the volumes".
std::string_view nameOf(FileSystemKind kind);

// The path of a folder's child, and back. Paths are absolute; the root is its own folder and has no name.
std::string childPath(std::string_view folder, std::string_view name);
std::string folderOf(std::string_view path);
// Without those that lie in another of them, and each once: whoever selects a folder and what is in it means the
// folder.
std::vector<std::string> outermost(const std::vector<std::string>& paths);
std::string nameOf(std::string_view path);

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// What a path of DBFS or of the volumes is, and what may be done there. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "features/files/file_uri.hpp"

namespace trowel::features {

// Paths as FileUri has them. Mounts are the folders in /mnt of DBFS.
enum class StorageLevel : std::uint8_t { Top, Catalog, Schema, Volume, Mount, Folder, File };
StorageLevel levelOf(FileSystemKind kind, std::string_view path, bool isFolder);

// Where nobody may write: the sample data of DBFS, and the volumes as DBFS shows them.
bool isReadOnlyPlace(FileSystemKind kind, std::string_view path);

// Why nothing can be put into the folder, as a sentence; empty where it can, as far as that is known.
std::string whyNoFilesIn(FileSystemKind kind, std::string_view folder);
// The same for renaming, moving and deleting what is there.
std::string whyItStays(FileSystemKind kind, std::string_view path);
// PermissionDenied with that sentence where one of them stays.
core::Result<void> checkMovable(FileSystemKind kind, const std::vector<std::string>& paths);
// Why something cannot have that name, as a sentence; empty where it can.
std::string whyNoName(std::string_view name);

// As code names it: "dbfs:/tmp/a.csv", "/Volumes/main/default/raw/a.csv".
std::string codePath(FileSystemKind kind, std::string_view path);

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "storage_place.hpp"

#include "features/files/volume_levels.hpp"

namespace trowel::features {

namespace {

constexpr std::size_t kCatalog = 1;
constexpr std::size_t kSchema = 2;
constexpr std::size_t kVolume = 3;  // deep

constexpr std::string_view kSamples = "/databricks-datasets";
constexpr std::string_view kVolumesInDbfs = "/Volumes";
constexpr std::string_view kMounts = "/mnt";

bool isBelowOrAt(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

StorageLevel levelOf(FileSystemKind kind, std::string_view path, bool isFolder) {
  const auto depth = depthOf(std::string(path));
  if (depth == 0) return StorageLevel::Top;
  if (!isFolder) return StorageLevel::File;
  if (kind == FileSystemKind::Dbfs) return folderOf(path) == kMounts ? StorageLevel::Mount : StorageLevel::Folder;
  switch (depth) {
    case kCatalog:
      return StorageLevel::Catalog;
    case kSchema:
      return StorageLevel::Schema;
    case kVolume:
      return StorageLevel::Volume;
    default:
      return StorageLevel::Folder;
  }
}

bool isReadOnlyPlace(FileSystemKind kind, std::string_view path) {
  return kind == FileSystemKind::Dbfs && (isBelowOrAt(path, kSamples) || isBelowOrAt(path, kVolumesInDbfs));
}

std::string whyNoFilesIn(FileSystemKind kind, std::string_view folder) {
  const std::string path(folder);
  if (isReadOnlyPlace(kind, folder))
    return codePath(kind, folder) + " is read-only in DBFS. " +
           (isBelowOrAt(folder, kSamples) ? "Choose another folder." : "Change volumes in the view Volumes.");
  if (kind == FileSystemKind::Dbfs) {
    if (folder == kMounts) return "/mnt holds mounts, which are made with dbutils.fs.mount. Choose one of them.";
    return {};
  }
  if (depthOf(path) >= kVolume) return {};
  return "Files go into a volume. " + (folder == "/" ? "Choose one." : path.substr(1) + " is none: choose one in it.");
}

std::string whyItStays(FileSystemKind kind, std::string_view path) {
  if (path == "/") return "The root of " + std::string(nameOf(kind)) + " stays as it is. Choose something in it.";
  switch (levelOf(kind, path, true)) {
    case StorageLevel::Catalog:
    case StorageLevel::Schema:
    case StorageLevel::Volume:
      return std::string(path) +
             " belongs to the catalog: it is renamed and dropped there or with SQL, not with files.";
    case StorageLevel::Mount:
      return std::string(path) + " is a mount, which is removed with dbutils.fs.unmount.";
    default:
      break;
  }
  if (path == kMounts) return "/mnt holds the mounts of all. Choose something in one of them.";
  if (isReadOnlyPlace(kind, path)) return whyNoFilesIn(kind, path);
  return {};
}

core::Result<void> checkMovable(FileSystemKind kind, const std::vector<std::string>& paths) {
  for (const auto& path : paths)
    if (auto why = whyItStays(kind, path); !why.empty())
      return core::fail(core::ErrorCode::PermissionDenied, std::move(why));
  return {};
}

std::string whyNoName(std::string_view name) {
  constexpr std::size_t kMaxName = 255;  // bytes
  if (name == "." || name == "..") return "This name means another folder.";
  if (name.contains('/')) return "A name has no slash: the folder stays the same.";
  if (name.size() > kMaxName) return "It is longer than the 255 bytes that a name may have.";
  return {};
}

std::string codePath(FileSystemKind kind, std::string_view path) {
  if (kind == FileSystemKind::Dbfs) return "dbfs:" + std::string(path);
  return path == "/" ? "/Volumes" : "/Volumes" + std::string(path);
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "volume_levels.hpp"

#include <algorithm>
#include <utility>

#include "trowel/core/text.hpp"
#include "trowel/databricks/unity_catalog.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr std::size_t kVolume = 3;

std::string inVolumes(const std::string& path) { return path == "/" ? "/Volumes" : "/Volumes" + path; }

Result<void> needsVolume(const std::string& path) {
  if (VolumeLevels::isInVolume(path)) return {};
  return core::fail(ErrorCode::PermissionDenied,
                    path +
                        " is where catalogs, schemas and volumes are, which are no folders: they are made and "
                        "dropped in the catalog or with SQL. Files go into a volume.");
}

template <typename T>
std::string typeOf(const T&) {
  return {};
}
std::string typeOf(const databricks::Volume& volume) { return volume.type; }

template <typename T>
Result<void> takeFolders(databricks::Listing<T> listing, const sync::RemoteTree::TakeEntry& take) {
  while (auto found = TROWEL_TRY(listing.next()))
    TROWEL_TRY(take({.name = found->name, .kind = sync::EntryKind::Folder, .type = typeOf(*found)}));
  return {};
}

}  // namespace

std::size_t depthOf(const std::string& path) {
  return path == "/" ? 0 : static_cast<std::size_t>(std::ranges::count(path, '/'));
}

bool VolumeLevels::isInVolume(const std::string& path) { return depthOf(path) > kVolume; }

Result<void> VolumeLevels::list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) {
  if (depthOf(folder) >= kVolume) return volumes_.list(inVolumes(folder), take, token);
  auto connection = TROWEL_TRY(connect_(token));
  const http::CallOptions options{.cancel = token, .lane = lane_};
  const auto parts = core::split(folder, '/');  // the first one is empty
  switch (depthOf(folder)) {
    case 0:
      return takeFolders(databricks::Catalogs(connection->rest).list({}, options), take);
    case 1:
      return takeFolders(databricks::Schemas(connection->rest).list({.catalog = parts[1]}, options), take);
    default:
      return takeFolders(databricks::Volumes(connection->rest).list({.catalog = parts[1], .schema = parts[2]}, options),
                         take);
  }
}

// A catalog that may be listed is found in the list of catalogs, and so on: one rule for what is shown and what is
// there.
Result<sync::Entry> VolumeLevels::stat(const std::string& path, const core::CancelToken& token) {
  const auto depth = depthOf(path);
  if (depth > kVolume) return volumes_.stat(inVolumes(path), token);
  if (depth == 0) return sync::Entry{.name = {}, .kind = sync::EntryKind::Folder};
  const auto slash = path.rfind('/');
  const auto folder = slash == 0 ? std::string("/") : path.substr(0, slash);
  const auto name = path.substr(slash + 1);
  bool found = false;
  TROWEL_TRY(list(
      folder,
      [&](const sync::Entry& entry) -> Result<void> {
        found = found || core::equalsIgnoreCase(entry.name, name);
        return {};
      },
      token));
  if (!found) return core::fail(ErrorCode::NotFound, path + " does not exist in Unity Catalog, or you may not see it.");
  return sync::Entry{.name = name, .kind = sync::EntryKind::Folder};
}

Result<void> VolumeLevels::read(const std::string& path, const sync::Form& form, std::uint64_t offset,
                                const sync::ByteSink& sink, const core::CancelToken& token) {
  return volumes_.read(inVolumes(path), form, offset, sink, token);
}

Result<void> VolumeLevels::ensureFolder(const std::string& path, const core::CancelToken& token) {
  TROWEL_TRY(needsVolume(path));
  return volumes_.ensureFolder(inVolumes(path), token);
}

Result<sync::FolderOutcome> VolumeLevels::makeFolder(const std::string& path, const core::CancelToken& token) {
  TROWEL_TRY(needsVolume(path));
  return volumes_.makeFolder(inVolumes(path), token);
}

Result<void> VolumeLevels::put(const std::string& path, const sync::Form& form, sync::ByteSource& bytes, bool overwrite,
                               const core::CancelToken& token) {
  TROWEL_TRY(needsVolume(path));
  return volumes_.put(inVolumes(path), form, bytes, overwrite, token);
}

Result<void> VolumeLevels::remove(const std::string& path, const core::CancelToken& token) {
  TROWEL_TRY(needsVolume(path));
  return volumes_.remove(inVolumes(path), token);
}

}  // namespace trowel::features

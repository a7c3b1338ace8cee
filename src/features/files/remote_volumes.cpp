// SPDX-License-Identifier: Apache-2.0
#include "remote_volumes.hpp"

#include <algorithm>

#include "remote_body.hpp"
#include "trowel/databricks/files.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;
using databricks::Files;

namespace {

constexpr std::uint64_t kMaxFile = std::uint64_t{5} << 40;  // bytes (object storage)

// A listing tells milliseconds, a look at one file whole seconds.
std::string versionOf(std::int64_t size, std::int64_t modifiedAt) {
  constexpr std::int64_t kSecond = 1000;
  return modifiedAt == 0 ? std::string() : std::to_string(size) + "-" + std::to_string(modifiedAt / kSecond);
}

std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

sync::Entry entryOf(const databricks::VolumeEntry& found) {
  sync::Entry entry{.name = found.name, .kind = found.isFolder ? sync::EntryKind::Folder : sync::EntryKind::File};
  if (found.isFolder) return entry;
  entry.size = static_cast<std::uint64_t>(std::max<std::int64_t>(found.size, 0));
  entry.modifiedAt = found.modifiedAt;
  entry.version = versionOf(found.size, found.modifiedAt);
  return entry;
}

}  // namespace

Result<void> RemoteVolumes::list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  auto entries = Files(connection->rest).list(folder, options(token));
  while (auto entry = TROWEL_TRY(entries.next())) TROWEL_TRY(take(entryOf(*entry)));
  return {};
}

Result<sync::Entry> RemoteVolumes::stat(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Files files(connection->rest);
  auto file = files.getStatus(path, options(token));
  if (!file && file.error().code == ErrorCode::NotFound) {
    if (TROWEL_TRY(files.folderExists(path, options(token))))
      return sync::Entry{.name = nameOf(path), .kind = sync::EntryKind::Folder};
  }
  if (!file) return std::unexpected(std::move(file).error());
  sync::Entry entry{.name = nameOf(path)};
  if (file->size >= 0) entry.size = static_cast<std::uint64_t>(file->size);
  entry.modifiedAt = file->modifiedAt;
  entry.version = versionOf(file->size, file->modifiedAt);
  return entry;
}

Result<void> RemoteVolumes::read(const std::string& path, const sync::Form&, std::uint64_t offset,
                                 const sync::ByteSink& sink, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Files(connection->rest).startDownload(path, sink, {}, offset)->run(options(token));
}

Result<void> RemoteVolumes::ensureFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Files(connection->rest).mkdirs(path, options(token));
}

std::uint64_t RemoteVolumes::maxBytes(const sync::Form&) const { return kMaxFile; }

Result<sync::FolderOutcome> RemoteVolumes::makeFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Files files(connection->rest);
  // mkdirs does not tell whether the folder was there.
  if (TROWEL_TRY(files.folderExists(path, options(token)))) return sync::FolderOutcome::Existed;
  TROWEL_TRY(files.mkdirs(path, options(token)));
  return sync::FolderOutcome::Made;
}

Result<void> RemoteVolumes::put(const std::string& path, const sync::Form&, sync::ByteSource& bytes, bool overwrite,
                                const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  RemoteBody body(bytes);
  return Files(connection->rest).upload(path, body, overwrite, options(token));
}

Result<void> RemoteVolumes::remove(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Files files(connection->rest);
  auto removed = files.remove(path, options(token));
  if (removed || removed.error().code != ErrorCode::NotFound) return removed;
  return files.removeFolder(path, options(token));
}

}  // namespace trowel::features

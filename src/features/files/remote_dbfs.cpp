// SPDX-License-Identifier: Apache-2.0
#include "remote_dbfs.hpp"

#include <algorithm>
#include <limits>

#include "remote_body.hpp"
#include "trowel/databricks/dbfs.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;
using databricks::Dbfs;

namespace {

sync::Entry entryOf(const databricks::DbfsFile& file) {
  sync::Entry entry{.name = file.name(), .kind = file.isFolder ? sync::EntryKind::Folder : sync::EntryKind::File};
  if (file.isFolder) return entry;
  entry.size = static_cast<std::uint64_t>(std::max<std::int64_t>(file.size, 0));
  entry.modifiedAt = file.modifiedAt;
  if (file.modifiedAt != 0) entry.version = std::to_string(file.size) + "-" + std::to_string(file.modifiedAt);
  return entry;
}

}  // namespace

Result<void> RemoteDbfs::list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  auto files = Dbfs(connection->rest).list(folder, options(token));
  while (auto file = TROWEL_TRY(files.next())) TROWEL_TRY(take(entryOf(*file)));
  return {};
}

Result<sync::Entry> RemoteDbfs::stat(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return entryOf(TROWEL_TRY(Dbfs(connection->rest).getStatus(path, options(token))));
}

Result<void> RemoteDbfs::read(const std::string& path, const sync::Form&, std::uint64_t offset,
                              const sync::ByteSink& sink, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Dbfs(connection->rest).startDownload(path, sink, {}, offset)->run(options(token));
}

Result<void> RemoteDbfs::ensureFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Dbfs(connection->rest).mkdirs(path, options(token));
}

std::uint64_t RemoteDbfs::maxBytes(const sync::Form&) const { return std::numeric_limits<std::int64_t>::max(); }

Result<sync::FolderOutcome> RemoteDbfs::makeFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Dbfs dbfs(connection->rest);
  // mkdirs does not tell whether the folder was there.
  auto status = dbfs.getStatus(path, options(token));
  if (status && status->isFolder) return sync::FolderOutcome::Existed;
  if (status)
    return core::fail(ErrorCode::AlreadyExists, path + " exists in DBFS and is no folder. Rename one of them.");
  if (status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  TROWEL_TRY(dbfs.mkdirs(path, options(token)));
  return sync::FolderOutcome::Made;
}

Result<void> RemoteDbfs::put(const std::string& path, const sync::Form&, sync::ByteSource& bytes, bool overwrite,
                             const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  RemoteBody body(bytes);
  return Dbfs(connection->rest).upload(path, body, overwrite, options(token));
}

// DBFS takes what is gone for removed; whoever asks wants to know.
Result<void> RemoteDbfs::remove(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Dbfs dbfs(connection->rest);
  TROWEL_TRY(dbfs.getStatus(path, options(token)));
  return dbfs.remove(path, false, options(token));
}

}  // namespace trowel::features

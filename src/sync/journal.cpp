// SPDX-License-Identifier: Apache-2.0
#include "sync/journal.hpp"

#include <cstdint>
#include <cstdio>

#include "trowel/core/hash.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::sync {

namespace {

constexpr std::int64_t kVersion = 1;

constexpr const char* kSchema = R"(
  CREATE TABLE target (host TEXT, workspace_id TEXT, remote_root TEXT, local_root TEXT);
  CREATE TABLE objects (path TEXT PRIMARY KEY, source TEXT NOT NULL, kind INTEGER NOT NULL, extension TEXT NOT NULL,
                        hash TEXT NOT NULL, device INTEGER, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER)
    WITHOUT ROWID;
  CREATE TABLE folders (path TEXT PRIMARY KEY, ours INTEGER NOT NULL) WITHOUT ROWID;
  PRAGMA user_version = 1;
)";

std::string canonicalRoot(std::string_view path) {
  constexpr std::string_view kAlias = "/Workspace/";
  std::string result = core::replaceAll(std::string(path), "//", "/");
  if (result.starts_with(kAlias)) result.erase(0, kAlias.size() - 1);
  while (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

std::string hashName(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (auto part : parts) text.append(part).push_back('\n');
  return core::sha256(text).substr(0, 32);
}

core::Result<std::int64_t> versionOf(os::Database& database) {
  auto query = TROWEL_TRY(database.prepare("PRAGMA user_version"));
  TROWEL_TRY(query.step());
  return query.integer(0);
}

core::Result<os::Database> openDatabase(const std::string& path, const Target& target) {
  auto database = TROWEL_TRY(os::Database::open(path));
  const auto version = TROWEL_TRY(versionOf(database));
  if (version == kVersion) return database;
  if (version != 0)
    return core::fail(core::ErrorCode::DataLoss, "The sync journal was written by another version of Trowel.");
  auto created = database.transaction([&]() -> core::Result<void> {
    TROWEL_TRY(database.execute(kSchema));
    auto insert = TROWEL_TRY(database.prepare("INSERT INTO target VALUES (?, ?, ?, ?)"));
    TROWEL_TRY(insert.bindAll(target.host, target.workspaceId, target.remoteRoot, target.localRoot));
    return insert.run();
  });
  TROWEL_TRY(std::move(created));
  return database;
}

// "a/b" and all that begins with "a/b/": '0' is the byte behind '/'.
constexpr const char* kTree = " WHERE path = ?1 OR (path >= ?1 || '/' AND path < ?1 || '0')";

}  // namespace

std::string lockName(const Target& target) {
  return hashName({target.host, target.workspaceId, canonicalRoot(target.remoteRoot)}) + ".lock";
}

std::string journalName(const Target& target) {
  return hashName({target.host, target.workspaceId, canonicalRoot(target.remoteRoot), target.localRoot}) + ".sqlite";
}

core::Result<std::unique_ptr<Journal>> Journal::open(const std::string& dir, const Target& target) {
  const std::string path = dir + "/" + journalName(target);
  auto database = openDatabase(path, target);
  if (!database && database.error().code == core::ErrorCode::DataLoss) {
    const std::string aside = path + ".damaged-" + core::randomHex(4);
    core::logWarn("sync", database.error().message + " It is kept as " + aside + "; everything is sent again.");
    for (const char* suffix : {"", "-wal", "-shm"}) std::rename((path + suffix).c_str(), (aside + suffix).c_str());
    database = openDatabase(path, target);
  }
  if (!database) return core::failBecause(std::move(database).error(), "The sync cannot keep its journal");
  return std::unique_ptr<Journal>(new Journal(std::move(*database)));
}

core::Result<RemoteState> Journal::load() {
  std::lock_guard lock(mutex_);
  RemoteState state;
  auto objects = TROWEL_TRY(
      database_.prepare("SELECT path, source, kind, extension, hash, device, inode, size, mtime, ctime FROM objects"));
  while (TROWEL_TRY(objects.step())) {
    RemoteObject object;
    object.source = objects.text(1);
    object.kind = static_cast<ObjectKind>(objects.integer(2));
    object.extension = objects.text(3);
    object.hash = objects.text(4);
    object.stamp = {static_cast<std::uint64_t>(objects.integer(5)), static_cast<std::uint64_t>(objects.integer(6)),
                    static_cast<std::uint64_t>(objects.integer(7)), objects.integer(8), objects.integer(9)};
    state.objects.emplace(objects.text(0), std::move(object));
  }
  auto folders = TROWEL_TRY(database_.prepare("SELECT path, ours FROM folders"));
  while (TROWEL_TRY(folders.step())) state.folders.emplace(folders.text(0), folders.integer(1) != 0);
  return state;
}

template <typename... Values>
core::Result<void> Journal::run(std::string_view sql, const Values&... values) {
  auto statement = TROWEL_TRY(database_.prepare(sql));
  TROWEL_TRY(statement.bindAll(values...));
  return statement.run();
}

core::Result<void> Journal::putObject(const std::string& path, const RemoteObject& object) {
  std::lock_guard lock(mutex_);
  const auto& stamp = object.stamp;
  return run("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", path, object.source, object.kind,
             object.extension, object.hash, stamp.device, stamp.inode, stamp.size, stamp.mtime, stamp.ctime);
}

core::Result<void> Journal::removeObject(const std::string& path) {
  std::lock_guard lock(mutex_);
  return run("DELETE FROM objects WHERE path = ?", path);
}

core::Result<void> Journal::putFolder(const std::string& path, bool ours) {
  std::lock_guard lock(mutex_);
  return run("INSERT OR REPLACE INTO folders VALUES (?, ?)", path, ours);
}

core::Result<void> Journal::removeFolder(const std::string& path) {
  std::lock_guard lock(mutex_);
  return run("DELETE FROM folders WHERE path = ?", path);
}

core::Result<void> Journal::forgetTree(const std::string& folder) {
  std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> core::Result<void> {
    if (folder.empty()) return database_.execute("DELETE FROM objects; DELETE FROM folders");
    TROWEL_TRY(run(std::string("DELETE FROM objects") + kTree, folder));
    return run(std::string("DELETE FROM folders") + kTree, folder);
  });
}

core::Result<void> Journal::updateStamps(const std::vector<std::pair<std::string, os::FileStamp>>& stamps) {
  std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> core::Result<void> {
    auto update = TROWEL_TRY(
        database_.prepare("UPDATE objects SET device = ?, inode = ?, size = ?, mtime = ?, ctime = ? WHERE path = ?"));
    for (const auto& [path, stamp] : stamps) {
      TROWEL_TRY(update.bindAll(stamp.device, stamp.inode, stamp.size, stamp.mtime, stamp.ctime, path));
      TROWEL_TRY(update.run());
    }
    return {};
  });
}

}  // namespace trowel::sync

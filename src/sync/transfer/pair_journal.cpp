// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/pair_journal.hpp"

#include <cstdint>
#include <cstdio>

#include "trowel/core/hash.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::sync {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kNotSettled = 0;
constexpr std::int64_t kSettledDown = 1;
constexpr std::int64_t kSettledUp = 2;

constexpr const char* kSchema = R"(
  CREATE TABLE pairs (remote TEXT, local TEXT, device INTEGER, inode INTEGER, size INTEGER, mtime INTEGER,
                      ctime INTEGER, version TEXT NOT NULL, settled INTEGER NOT NULL, PRIMARY KEY (remote, local)) WITHOUT ROWID;
  PRAGMA user_version = 1;
)";

core::Result<os::Database> openAt(const std::string& path) {
  auto database = TROWEL_TRY(os::Database::open(path));
  std::int64_t version = 0;
  {
    auto query = TROWEL_TRY(database.prepare("PRAGMA user_version"));
    TROWEL_TRY(query.step());
    version = query.integer(0);
  }
  if (version == kVersion) return database;
  if (version != 0)
    return core::fail(core::ErrorCode::DataLoss, "The journal of transfers was written by another version of Trowel.");
  auto created = database.transaction([&]() -> core::Result<void> { return database.execute(kSchema); });
  TROWEL_TRY(std::move(created));
  return database;
}

core::Result<os::Database> openIn(const std::string& dir, const std::string& identity) {
  TROWEL_TRY(os::makePrivateDirs(dir));
  const std::string path = dir + "/" + core::sha256(identity).substr(0, 32) + ".sqlite";
  auto database = openAt(path);
  if (database || database.error().code != core::ErrorCode::DataLoss) return database;
  const std::string aside = path + ".damaged-" + core::randomHex(4);
  core::logWarn("sync", database.error().message + " It is kept as " + aside + "; contents are compared instead.");
  for (const char* suffix : {"", "-wal", "-shm"}) std::rename((path + suffix).c_str(), (aside + suffix).c_str());
  return openAt(path);
}

std::int64_t settledOf(const KnownPair& pair) {
  if (!pair.settled) return kNotSettled;
  return *pair.settled == Direction::Down ? kSettledDown : kSettledUp;
}

// What all paths beneath `folder` are between: '0' is the byte behind '/'.
std::pair<std::string, std::string> rangeOf(const std::string& folder) {
  if (folder == "/" || folder.empty()) return {"/", "0"};
  return {folder + "/", folder + "0"};
}

}  // namespace

PairJournal::PairJournal(const std::string& dir, const std::string& identity) {
  auto database = openIn(dir, identity);
  if (database) {
    database_ = std::move(*database);
  } else {
    note(database.error());
  }
}

void PairJournal::note(const core::Error& error) {
  if (trouble_.empty()) core::logError("sync", core::describe(error));
  trouble_ = "The transfer works but cannot write its journal (" + error.message +
             "). A later one has to compare contents instead.";
}

std::string PairJournal::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

KnownPairs PairJournal::load(const std::string& remote, const std::string& local) {
  std::lock_guard lock(mutex_);
  KnownPairs pairs;
  if (!database_) return pairs;
  if (auto done = read(remote, local, pairs); !done) note(done.error());
  return pairs;
}

core::Result<void> PairJournal::read(const std::string& remote, const std::string& local, KnownPairs& into) {
  auto query = TROWEL_TRY(
      database_->prepare("SELECT remote, local, device, inode, size, mtime, ctime, version, settled FROM pairs "
                         "WHERE remote >= ? AND remote < ? AND local >= ? AND local < ?"));
  const auto there = rangeOf(remote);
  const auto here = rangeOf(local);
  TROWEL_TRY(query.bindAll(there.first, there.second, here.first, here.second));
  while (TROWEL_TRY(query.step())) {
    KnownPair pair;
    pair.stamp = {static_cast<std::uint64_t>(query.integer(2)), static_cast<std::uint64_t>(query.integer(3)),
                  static_cast<std::uint64_t>(query.integer(4)), query.integer(5), query.integer(6)};
    pair.version = query.text(7);
    if (const auto settled = query.integer(8); settled != kNotSettled)
      pair.settled = settled == kSettledDown ? Direction::Down : Direction::Up;
    into.emplace(PathPair(query.text(0), query.text(1)), std::move(pair));
  }
  return {};
}

void PairJournal::put(const KnownPairs& pairs) {
  std::lock_guard lock(mutex_);
  if (!database_ || pairs.empty()) return;
  if (auto done = write(pairs); !done) note(done.error());
}

core::Result<void> PairJournal::write(const KnownPairs& pairs) {
  return database_->transaction([&]() -> core::Result<void> {
    auto insert = TROWEL_TRY(database_->prepare("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    for (const auto& [paths, pair] : pairs) {
      const auto& stamp = pair.stamp;
      TROWEL_TRY(insert.bindAll(paths.first, paths.second, stamp.device, stamp.inode, stamp.size, stamp.mtime,
                                stamp.ctime, pair.version, settledOf(pair)));
      TROWEL_TRY(insert.run());
    }
    return {};
  });
}

void PairJournal::forgetSettled(const std::string& remote, const std::string& local) {
  std::lock_guard lock(mutex_);
  if (!database_) return;
  if (auto done = removeSettled(remote, local); !done) note(done.error());
}

void PairJournal::forgetGone(const std::string& remote, const std::string& local) {
  // A drive that is not there just now comes back.
  if (!os::pathExists(local)) return;
  std::vector<PathPair> gone;
  for (const auto& [paths, pair] : load(remote, local))
    if (!os::pathExists(paths.second)) gone.push_back(paths);
  std::lock_guard lock(mutex_);
  if (!database_ || gone.empty()) return;
  if (auto done = removePairs(gone); !done) note(done.error());
}

core::Result<void> PairJournal::removePairs(const std::vector<PathPair>& pairs) {
  return database_->transaction([&]() -> core::Result<void> {
    auto statement = TROWEL_TRY(database_->prepare("DELETE FROM pairs WHERE remote = ? AND local = ?"));
    for (const auto& paths : pairs) {
      TROWEL_TRY(statement.bindAll(paths.first, paths.second));
      TROWEL_TRY(statement.run());
    }
    return {};
  });
}

core::Result<void> PairJournal::removeSettled(const std::string& remote, const std::string& local) {
  auto statement = TROWEL_TRY(database_->prepare(
      "DELETE FROM pairs WHERE remote >= ? AND remote < ? AND local >= ? AND local < ? AND settled <> 0"));
  const auto there = rangeOf(remote);
  const auto here = rangeOf(local);
  TROWEL_TRY(statement.bindAll(there.first, there.second, here.first, here.second));
  return statement.run();
}

}  // namespace trowel::sync

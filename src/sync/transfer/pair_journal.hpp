// SPDX-License-Identifier: Apache-2.0
// Remembers across crashes which local file and which remote object were the same, and in which versions: what a later
// transfer, whichever way, tells changes and conflicts by.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trowel/os/directory.hpp"
#include "trowel/os/sqlite.hpp"
#include "trowel/sync/transfer_plan.hpp"

namespace trowel::sync {

struct KnownPair {
  os::FileStamp stamp;
  std::string version;  // empty: acknowledged, but nobody has asked since which version that made
  // They differ, and an interrupted transfer in this direction has decided what becomes of it.
  std::optional<Direction> settled = {};
};

using PathPair = std::pair<std::string, std::string>;  // remote, local; absolute
using KnownPairs = std::map<PathPair, KnownPair>;

// Without a file it knows nothing and keeps nothing: then contents are compared instead. Any thread.
class PairJournal {
 public:
  // The file in `dir` that belongs to the other end `identity`; a damaged or newer one is set aside.
  PairJournal(const std::string& dir, const std::string& identity);

  // All pairs beneath two folders.
  KnownPairs load(const std::string& remote, const std::string& local);
  // One transaction; survives a power loss.
  void put(const KnownPairs& pairs);

  // Transfers beneath two folders are through: what they decided holds no longer.
  void forgetSettled(const std::string& remote, const std::string& local);

  // What was known of local files beneath `local` that are not there any more is of no use to anybody.
  void forgetGone(const std::string& remote, const std::string& local);

  // What is wrong with it, as a sentence; empty where nothing is.
  std::string trouble() const;

 private:
  core::Result<void> read(const std::string& remote, const std::string& local, KnownPairs& into);
  core::Result<void> write(const KnownPairs& pairs);
  core::Result<void> removePairs(const std::vector<PathPair>& pairs);
  core::Result<void> removeSettled(const std::string& remote, const std::string& local);
  void note(const core::Error& error);

  mutable std::mutex mutex_;  // guards everything below
  std::optional<os::Database> database_;
  std::string trouble_;
};

}  // namespace trowel::sync

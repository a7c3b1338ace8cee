// SPDX-License-Identifier: Apache-2.0
// One run of a transfer's plan: threads that take item after item until all are through or something stops them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/transfer/deliveries.hpp"
#include "sync/transfer/item_copier.hpp"
#include "sync/transfer/setbacks.hpp"
#include "sync/transfer/work_queue.hpp"

namespace trowel::sync {

class TransferRun {
 public:
  TransferRun(const TransferPlan& plan, RemoteTree& remote, PairJournal& journal, core::Clock& clock,
              const TransferOptions& options, TransferObserver& observer, const core::CancelToken& token);

  // Once.
  TransferReport run();

 private:
  // The queue counts folders first, then copies.
  struct Job {
    std::optional<FolderStep> folder = {};  // or
    std::size_t copy = 0;
    std::vector<std::size_t> then = {};  // jobs that wait for the folder
    std::uint32_t folderAttempt = 1;
  };
  // The remote objects of one folder whose versions are asked for when the last of them is through.
  struct Written {
    std::size_t left = 0;
    std::vector<std::pair<std::size_t, os::FileStamp>> items;  // copy, what was sent
  };
  using FolderKey = std::pair<std::size_t, std::string>;  // pair, path

  // What comes of a failure.
  enum class Fate : std::uint8_t { Through, Waits, StopsAll };

  core::Result<void> openRoots();
  void removeStaleParts();
  void enqueue();
  void work();
  bool runNext(std::unique_lock<std::mutex>& lock);
  void runFolder(Job& job, const WorkQueue::Taken& taken);
  void runCopy(std::size_t copy, const WorkQueue::Taken& taken);
  core::Result<void> makeFolder(const FolderStep& step);
  Fate fateOf(const core::Error& error, std::uint32_t& attempt, const WorkQueue::Taken& taken);
  void changed();
  Fate absorb(Item& item, const ItemOutcome& outcome, const WorkQueue::Taken& taken);
  void deliver(std::size_t copy, ItemOutcome outcome);
  void learnVersions(const FolderKey& folder, const Written& written);
  void learn(const CopyStep& step, const os::FileStamp& sent, const Entry& entry, KnownPairs& into) const;
  PathPair pathsOf(const CopyStep& step) const { return {plan_.remotePath(step), plan_.localPath(step)}; }
  WorkQueue::Lane laneOf(const CopyStep& step) const;

  const TransferPlan& plan_;
  RemoteTree& remote_;
  PairJournal& journal_;
  core::Clock& clock_;
  const TransferOptions& options_;
  const core::CancelSource stop_;
  const core::CancelToken token_;
  Questions questions_;
  Deliveries deliveries_;
  std::vector<os::Directory> roots_;
  ItemCopier copier_;
  std::vector<Item> items_;  // each used by whoever has taken it

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  WorkQueue queue_;
  Setbacks setbacks_;
  std::vector<Job> jobs_;
  std::size_t foldersLeft_ = 0;
  std::map<FolderKey, Written> written_;
  TransferReport report_;
  std::uint64_t version_ = 0;  // of all this, for those who wait
};

}  // namespace trowel::sync

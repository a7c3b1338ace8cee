// SPDX-License-Identifier: Apache-2.0
// Folders wait in a queue that several threads work off; each that is listed adds its own. All is done when the queue
// is empty and nobody lists.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "sync/policies.hpp"
#include "sync/transfer/listing.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kFewNames = 8;    // are asked for one by one rather than found in a listing
constexpr std::size_t kMaxPath = 4096;  // bytes; a tree that is deeper has no end

class RemoteWalk {
 public:
  RemoteWalk(RemoteTree& remote, std::string root, const Scope& scope, const core::CancelToken& token)
      : remote_(remote), root_(std::move(root)), scope_(scope), token_(token) {}

  core::Result<RemoteListing> run(std::size_t parallel) {
    if (auto done = begin(); !done) {
      if (done.error().code == core::ErrorCode::NotFound) return RemoteListing{};
      return std::unexpected(std::move(done).error());
    }
    {
      std::vector<std::jthread> threads;
      const auto count = waiting_.empty() ? 0 : std::max<std::size_t>(parallel, 1);
      for (std::size_t number = 1; number <= count; ++number) {
        threads.emplace_back([this, number] {
          core::nameThread("list-" + std::to_string(number));
          work();
        });
      }
    }
    if (failure_) return std::unexpected(std::move(*failure_));
    return std::move(listing_);
  }

 private:
  core::Result<void> begin() {
    if (scope_.names.empty() || scope_.names.size() > kFewNames) return add("", TROWEL_TRY(children("")));
    std::vector<Entry> found;
    for (const auto& name : scope_.names) {
      auto entry = remote_.stat(joinPath(root_, name), token_);
      if (entry) {
        entry->name = name;
        found.push_back(*std::move(entry));
      } else if (entry.error().code != core::ErrorCode::NotFound) {
        return std::unexpected(std::move(entry).error());
      }
    }
    if (found.empty()) TROWEL_TRY(remote_.stat(root_, token_));
    return add("", std::move(found));
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return failure_ || !waiting_.empty() || busy_ == 0; });
      if (failure_ || waiting_.empty()) return;
      auto folder = std::move(waiting_.front());
      waiting_.pop_front();
      ++busy_;
      lock.unlock();
      auto entries = children(folder);
      lock.lock();
      --busy_;
      if (entries) {
        (void)add(folder, *std::move(entries));
      } else if (token_.cancelled() || concernsAll(entries.error().code)) {
        failure_ = std::move(entries).error();
      } else {
        listing_.problems[folder] = entries.error().message;
      }
      changed_.notify_all();
    }
  }

  core::Result<std::vector<Entry>> children(const std::string& folder) {
    std::vector<Entry> entries;
    TROWEL_TRY(remote_.list(
        joinPath(root_, folder),
        [&](Entry entry) -> core::Result<void> {
          entries.push_back(std::move(entry));
          return {};
        },
        token_));
    std::ranges::stable_sort(entries, {}, &Entry::name);
    // A page that came twice.
    entries.erase(std::ranges::unique(entries, {}, &Entry::name).begin(), entries.end());
    return entries;
  }

  core::Result<void> add(const std::string& folder, std::vector<Entry> entries) {
    if (folder.empty() && !scope_.names.empty())
      std::erase_if(entries, [&](const Entry& entry) {
        return std::ranges::find(scope_.names, entry.name) == scope_.names.end();
      });
    for (const auto& entry : entries) {
      if (entry.kind != EntryKind::Folder || remoteNameProblem(entry.name)) continue;
      auto child = joinPath(folder, entry.name);
      if (!scope_.enters(child)) continue;
      if (child.size() > kMaxPath) {
        listing_.problems[child] = "It lies too deep.";
      } else {
        waiting_.push_back(std::move(child));
      }
    }
    listing_.folders[folder] = std::move(entries);
    return {};
  }

  RemoteTree& remote_;
  const std::string root_;
  const Scope& scope_;
  const core::CancelToken token_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::size_t busy_ = 0;
  std::optional<core::Error> failure_;
  RemoteListing listing_;
};

}  // namespace

core::Result<RemoteListing> listRemote(RemoteTree& remote, const std::string& root, const Scope& scope,
                                       std::size_t parallel, const core::CancelToken& token) {
  return RemoteWalk(remote, root, scope, token).run(parallel);
}

}  // namespace trowel::sync

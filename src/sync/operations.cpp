// SPDX-License-Identifier: Apache-2.0
// The workspace first, the journal after: a crash between the two makes the next session do the step once more, which
// is harmless because every step is idempotent. The other order could lose a step.
#include "sync/operations.hpp"

#include <algorithm>
#include <utility>

#include "sync/policies.hpp"
#include "sync/scanner.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/sync/classify.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kLargeFile = std::size_t{16} << 20;

std::optional<core::Error> errorOf(core::Result<void> result) {
  if (result) return std::nullopt;
  return std::move(result).error();
}

// What is gone already is removed.
core::Result<void> orGone(core::Result<void> removed) {
  if (!removed && removed.error().code == core::ErrorCode::NotFound) return {};
  return removed;
}

}  // namespace

std::string Operations::absolute(const std::string& remotePath) const {
  return remotePath.empty() ? remoteRoot_ : remoteRoot_ + "/" + remotePath;
}

core::Result<FolderOutcome> Operations::makeFolder(const std::string& remotePath,
                                                   const core::CancelToken& token) const {
  return remote_.makeFolder(absolute(remotePath), token);
}

Outcome Operations::perform(const Step& step, const os::Directory& root, const LocalFile* local,
                            const core::CancelToken& token) const {
  Outcome outcome;
  outcome.step = step;
  switch (step.action) {
    case Action::RemoveObject:
      outcome.result = orGone(remote_.remove(absolute(step.remotePath), token));
      if (outcome.result) outcome.journal = errorOf(journal_.removeObject(step.remotePath));
      break;
    case Action::RemoveFolder:
      outcome.result = orGone(remote_.remove(absolute(step.remotePath), token));
      if (outcome.result) outcome.journal = errorOf(journal_.removeFolder(step.remotePath));
      break;
    case Action::MakeFolder: {
      auto made = makeFolder(step.remotePath, token);
      if (made) {
        outcome.folder = *made;
        outcome.journal = errorOf(journal_.putFolder(step.remotePath, *made == FolderOutcome::Made));
      } else {
        outcome.result = std::unexpected(std::move(made).error());
      }
      break;
    }
    case Action::Put:
      if (local != nullptr) put(outcome, root, *local, token);
      break;
  }
  return outcome;
}

void Operations::put(Outcome& outcome, const os::Directory& root, const LocalFile& local,
                     const core::CancelToken& token) const {
  const Step& step = outcome.step;
  std::unique_lock large(large_, std::defer_lock);
  if (auto info = root.info(step.source); info && info->stamp.size > kLargeFile) large.lock();
  auto content = root.read(step.source, kMaxFileBytes);
  if (!content) {
    // Gone, being written, unreadable: the scan finds out which and says so.
    outcome.lookAgain = true;
    return;
  }
  const std::string hash = core::sha256(content->bytes);
  if (hash != local.hash) {
    auto now = classify(step.source, content->bytes);
    if (!now || now->kind != local.kind || now->extension != local.extension ||
        (now->kind == ObjectKind::Notebook && content->bytes.size() > kMaxNotebookBytes)) {
      outcome.lookAgain = true;
      return;
    }
  }
  TextSource bytes(content->bytes);
  outcome.result = remote_.put(absolute(step.remotePath), {local.kind, local.extension}, bytes, true, token);
  if (!outcome.result) return;
  // What was sent is what counts, even where it is not what the plan was made from.
  outcome.lookAgain = hash != local.hash;
  outcome.object = RemoteObject{step.source, local.kind, local.extension, hash, {}};
  if (content->stamp == local.stamp) outcome.object->stamp = local.stamp;
  outcome.journal = errorOf(journal_.putObject(step.remotePath, *outcome.object));
}

Wave::Wave(std::vector<Step> steps, std::size_t parallel, Perform perform, const os::WakeFd& wake)
    : steps_(std::move(steps)), perform_(std::move(perform)), wake_(wake) {
  const std::size_t count = std::min(std::max<std::size_t>(parallel, 1), steps_.size());
  std::lock_guard lock(mutex_);
  running_ = count;
  for (std::size_t number = 1; number <= count; ++number) {
    threads_.emplace_back([this, number] {
      core::nameThread("sync-" + std::to_string(number));
      run();
    });
  }
}

Wave::~Wave() {
  stop();
  for (auto& thread : threads_) thread.join();
}

void Wave::run() {
  std::unique_lock lock(mutex_);
  while (next_ < steps_.size()) {
    const Step& step = steps_[next_++];
    lock.unlock();
    Outcome outcome = perform_(step);
    lock.lock();
    // What concerns all steps is known to all threads at once: no storm against a host that is away.
    if (!outcome.result && concernsAll(outcome.result.error().code)) next_ = steps_.size();
    outcomes_.push_back(std::move(outcome));
    wake_.signal();
  }
  --running_;
  wake_.signal();
}

std::vector<Outcome> Wave::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(outcomes_, {});
}

void Wave::stop() {
  std::lock_guard lock(mutex_);
  next_ = steps_.size();
}

bool Wave::finished() const {
  std::lock_guard lock(mutex_);
  return running_ == 0;
}

}  // namespace trowel::sync

// SPDX-License-Identifier: Apache-2.0
// Folders go first and files when theirs is through, whether it could be made or not: a file whose folder is missing
// says so itself, and tries to make it once more.
#include "sync/transfer/transfer_run.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "sync/transfer/naming.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kFewObjects = 3;  // are asked for one by one rather than found in a listing

}  // namespace

TransferRun::TransferRun(const TransferPlan& plan, RemoteTree& remote, PairJournal& journal, core::Clock& clock,
                         const TransferOptions& options, TransferObserver& observer, const core::CancelToken& token)
    : plan_(plan),
      remote_(remote),
      journal_(journal),
      clock_(clock),
      options_(options),
      stop_(token),
      token_(stop_.token()),
      questions_(observer, plan.onConflict),
      deliveries_(journal, observer, clock, plan.copies.size(), plan.bytes),
      copier_(plan, roots_, remote, options.identity, questions_,
              [this](Item& item, std::int64_t bytes) {
                item.counted += bytes;
                deliveries_.count(bytes);
              }),
      queue_(options.parallelLarge),
      setbacks_(options.attempts) {}

TransferReport TransferRun::run() {
  if (auto opened = openRoots(); !opened) {
    report_.stopped = std::move(opened).error();
    report_.untried = plan_.copies.size();
    return std::move(report_);
  }
  removeStaleParts();
  enqueue();
  {
    const auto wake = token_.onCancel([this] {
      std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    std::vector<std::jthread> threads;
    const auto count = std::min(std::max<std::size_t>(options_.parallel, 1), jobs_.size());
    for (std::size_t number = 1; number <= count; ++number) {
      threads.emplace_back([this, number] {
        core::nameThread("move-" + std::to_string(number));
        work();
      });
    }
  }
  deliveries_.finish();
  report_.untried = plan_.copies.size() - report_.copied - report_.equal - report_.kept - report_.failures.size();
  if (token_.cancelled() && !report_.stopped && (report_.untried > 0 || foldersLeft_ > 0))
    report_.stopped = token_.error("The transfer");
  std::ranges::sort(report_.failures, {}, &ItemFailure::copy);
  if (!report_.stopped && report_.failures.empty() && report_.folders.empty()) {
    for (const auto& pair : plan_.pairs) journal_.forgetSettled(pair.remote, pair.local);
  }
  for (const auto& pair : plan_.pairs)
    if (pair.names.empty()) journal_.forgetGone(pair.remote, pair.local);
  report_.trouble = journal_.trouble();
  return std::move(report_);
}

core::Result<void> TransferRun::openRoots() {
  for (const auto& pair : plan_.pairs) {
    auto root = plan_.direction == Direction::Down ? os::Directory::make(pair.local) : os::Directory::open(pair.local);
    roots_.push_back(TROWEL_TRY(std::move(root)));
  }
  return {};
}

void TransferRun::removeStaleParts() {
  if (plan_.parts.empty()) return;
  std::set<std::string> wanted;
  for (const auto& step : plan_.copies) wanted.insert(copier_.partNameOf(step));
  for (const auto& part : plan_.parts) {
    const auto [path, name] = splitPath(part.path);
    if (wanted.contains(name)) continue;
    if (auto folder = roots_[part.pair].child(path)) os::PartFile::removeStale(*folder, name);
  }
}

// Whoever makes a folder makes its parents, too, so only those are asked for that have no other one in them.
void TransferRun::enqueue() {
  std::set<FolderKey> wanted;
  std::set<FolderKey> parents;
  for (const auto& step : plan_.folders) {
    wanted.emplace(step.pair, step.path);
    if (!step.path.empty()) parents.emplace(step.pair, splitPath(step.path).first);
  }
  std::map<FolderKey, std::size_t> makers;  // which job makes a folder
  for (const auto& step : plan_.folders) {
    FolderKey folder(step.pair, step.path);
    if (parents.contains(folder)) continue;
    while (wanted.contains(folder) && makers.try_emplace(folder, jobs_.size()).second && !folder.second.empty())
      folder.second = splitPath(folder.second).first;
    queue_.add(jobs_.size(), WorkQueue::Lane::Small);
    jobs_.push_back({.folder = step});
  }
  foldersLeft_ = jobs_.size();
  for (std::size_t copy = 0; copy < plan_.copies.size(); ++copy) {
    const auto& step = plan_.copies[copy];
    const FolderKey folder(step.pair, splitPath(step.remote).first);
    if (const auto maker = makers.find(folder); maker != makers.end()) {
      jobs_[maker->second].then.push_back(jobs_.size());
    } else {
      queue_.add(jobs_.size(), laneOf(step));
    }
    jobs_.push_back({.folder = {}, .copy = copy});
    items_.push_back({.step = step});
    if (plan_.direction == Direction::Up) ++written_[folder].left;
  }
}

WorkQueue::Lane TransferRun::laneOf(const CopyStep& step) const {
  const bool large = step.size.value_or(0) > options_.large;
  if (step.why == CopyReason::Conflict) return large ? WorkQueue::Lane::LargeConflict : WorkQueue::Lane::Conflict;
  return large ? WorkQueue::Lane::Large : WorkQueue::Lane::Small;
}

void TransferRun::work() {
  std::unique_lock lock(mutex_);
  while (runNext(lock)) {
  }
}

// False when there is nothing more to do.
bool TransferRun::runNext(std::unique_lock<std::mutex>& lock) {
  if (token_.cancelled() || (queue_.empty() && queue_.idle())) return false;
  const auto taken = queue_.take(clock_.now());
  if (!taken) {
    const auto seen = version_;
    clock_.waitUntil(lock, changed_, queue_.next(clock_.now()), [&] { return version_ != seen || token_.cancelled(); });
    return true;
  }
  Job& job = jobs_[taken->item];
  lock.unlock();
  if (job.folder) {
    runFolder(job, *taken);
  } else {
    runCopy(job.copy, *taken);
  }
  lock.lock();
  return true;
}

void TransferRun::changed() {
  ++version_;
  changed_.notify_all();
}

// With the mutex held.
TransferRun::Fate TransferRun::fateOf(const core::Error& error, std::uint32_t& attempt, const WorkQueue::Taken& taken) {
  if (token_.cancelled()) return Fate::Waits;
  const auto now = clock_.now();
  const auto judgement = setbacks_.failed(error.code, attempt, now);
  switch (judgement.verdict) {
    case Setbacks::Verdict::Fail:
      return Fate::Through;
    case Setbacks::Verdict::Again:
      ++attempt;
      queue_.addLater(taken.item, taken.lane, now + judgement.wait);
      return Fate::Waits;
    case Setbacks::Verdict::Hold:
      queue_.hold(now + judgement.wait);
      queue_.addLater(taken.item, taken.lane, now + judgement.wait);
      return Fate::Waits;
    case Setbacks::Verdict::Stop:
      if (!report_.stopped) report_.stopped = error;
      return Fate::StopsAll;
  }
  return Fate::Through;
}

core::Result<void> TransferRun::makeFolder(const FolderStep& step) {
  if (plan_.direction == Direction::Down) {
    TROWEL_TRY(roots_[step.pair].makeChild(step.path));
  } else {
    TROWEL_TRY(remote_.ensureFolder(joinPath(plan_.pairs[step.pair].remote, step.path), token_));
  }
  return {};
}

void TransferRun::runFolder(Job& job, const WorkQueue::Taken& taken) {
  const auto made = makeFolder(*job.folder);
  auto fate = Fate::Through;
  {
    std::lock_guard lock(mutex_);
    queue_.finished(taken.lane);
    if (made) {
      setbacks_.succeeded();
    } else {
      fate = fateOf(made.error(), job.folderAttempt, taken);
      const auto& pair = plan_.pairs[job.folder->pair];
      if (fate == Fate::Through)
        report_.folders.push_back(
            {shown(joinPath(plan_.direction == Direction::Down ? pair.local : pair.remote, job.folder->path)),
             made.error().message});
    }
    if (fate == Fate::Through) {
      --foldersLeft_;
      for (const auto next : job.then) queue_.add(next, laneOf(plan_.copies[jobs_[next].copy]));
    }
    changed();
  }
  if (fate == Fate::StopsAll) stop_.cancel(core::CancelReason::Superseded);
}

void TransferRun::runCopy(std::size_t copy, const WorkQueue::Taken& taken) {
  Item& item = items_[copy];
  auto outcome = copier_.copy(item, token_);
  const bool arrived = outcome.state == ItemOutcome::State::Copied || outcome.state == ItemOutcome::State::Equal;
  if (const auto counted = std::exchange(item.counted, 0); !arrived && counted != 0) deliveries_.count(-counted);
  auto fate = Fate::Through;
  {
    std::lock_guard lock(mutex_);
    queue_.finished(taken.lane);
    fate = absorb(item, outcome, taken);
    if (fate == Fate::Through && outcome.error)
      report_.failures.push_back({copy, *outcome.error, isTransient(outcome.error->code)});
    changed();
  }
  if (fate == Fate::Through) deliver(copy, std::move(outcome));
  if (fate == Fate::StopsAll) stop_.cancel(core::CancelReason::Superseded);
}

// With the mutex held.
TransferRun::Fate TransferRun::absorb(Item& item, const ItemOutcome& outcome, const WorkQueue::Taken& taken) {
  switch (outcome.state) {
    case ItemOutcome::State::Copied:
      ++report_.copied;
      break;
    case ItemOutcome::State::Equal:
      ++report_.equal;
      break;
    case ItemOutcome::State::Kept:
      ++report_.kept;
      break;
    case ItemOutcome::State::Conflicting:
      item.step.why = CopyReason::Conflict;
      queue_.add(taken.item, laneOf(item.step));
      return Fate::Waits;
    case ItemOutcome::State::Failed:
      return fateOf(*outcome.error, item.attempt, taken);
  }
  setbacks_.succeeded();
  return Fate::Through;
}

void TransferRun::deliver(std::size_t copy, ItemOutcome outcome) {
  const auto& step = items_[copy].step;
  const bool written = outcome.state == ItemOutcome::State::Copied && outcome.known && !outcome.known->settled;
  const auto sent = written ? outcome.known->stamp : os::FileStamp();
  deliveries_.add({&step, pathsOf(step), std::move(outcome)});
  if (plan_.direction == Direction::Down) return;
  const FolderKey key(step.pair, splitPath(step.remote).first);
  Written done;
  {
    std::lock_guard lock(mutex_);
    auto& inFolder = written_[key];
    if (written) inFolder.items.emplace_back(copy, sent);
    if (--inFolder.left > 0) return;
    done = std::move(inFolder);
  }
  learnVersions(key, done);
}

// What another one writes in between is taken for ours: the API tells no version with the answer to a write, and a look
// at each object would cost a call for each.
void TransferRun::learnVersions(const FolderKey& folder, const Written& written) {
  KnownPairs known;
  if (written.items.size() <= kFewObjects) {
    for (const auto& [copy, stamp] : written.items) {
      const auto& step = items_[copy].step;
      if (const auto entry = remote_.stat(plan_.remotePath(step), token_)) learn(step, stamp, *entry, known);
    }
  } else {
    std::map<std::string, std::pair<std::size_t, os::FileStamp>> byName;
    for (const auto& item : written.items) byName[splitPath(items_[item.first].step.remote).second] = item;
    auto listed = remote_.list(
        joinPath(plan_.pairs[folder.first].remote, folder.second),
        [&](const Entry& entry) -> core::Result<void> {
          const auto found = byName.find(entry.name);
          if (found != byName.end()) learn(items_[found->second.first].step, found->second.second, entry, known);
          return {};
        },
        token_);
    if (!listed) core::logInfo("sync", "versions not learnt: " + core::describe(listed.error()));
  }
  deliveries_.addKnown(std::move(known));
}

void TransferRun::learn(const CopyStep& step, const os::FileStamp& sent, const Entry& entry, KnownPairs& into) const {
  const bool notebook = step.form.kind == ObjectKind::Notebook;
  if (entry.kind != (notebook ? EntryKind::Notebook : EntryKind::File)) return;
  if (!notebook && entry.size && *entry.size != sent.size) return;
  into.emplace(pathsOf(step), KnownPair{sent, entry.version});
}

}  // namespace trowel::sync

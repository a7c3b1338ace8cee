// SPDX-License-Identifier: Apache-2.0
// A session is a reconciler: it knows what is in the project (a scan, kept up to date by events) and what it has
// written to the workspace (the journal), makes a plan from the difference, and starts over whenever either has
// changed. A plan is never repaired: where something new comes up while one runs, what is in flight ends and a new one
// is made, with what changed last in front. Nothing is in memory that the next session could not find out again.
#include <algorithm>

#include "sync/session.hpp"
#include "trowel/core/log.hpp"

namespace trowel::sync {

namespace {

using namespace std::chrono_literals;

constexpr core::Duration kBlockedRetry = 60s;

}  // namespace

void Session::reconcile() {
  replan_ = false;
  pausedUntil_.reset();
  stopped_.reset();
  if (auto ready = openRemoteRoot(); !ready) return pause(ready.error());
  auto root = openLocalRoot();
  if (!root) return halt(std::move(root).error());
  if (auto looked = look(*root); !looked) {
    if (!stop_.token().cancelled()) halt(std::move(looked).error());
    return;
  }
  const auto kept = keptSources(*root);
  if (looksEmptied(known_, local_, kept)) {
    stopped_ =
        core::fail(core::ErrorCode::Halted,
                   "The project folder is empty all at once, so nothing was removed from the workspace. Bring the "
                   "files back; or, if this is meant, remove " +
                       options_.remoteRoot + " there.")
            .error();
    return publish(SyncState::Failed, stopped_->message);
  }
  const Plan plan = makePlan(known_, local_, kept);
  planProblems_ = plan.problems;
  failures_.keepOnly(plan);
  if (!execute(plan, *root)) return;
  pauses_ = 0;
  if (replan_) return;
  publish(SyncState::Watching, journalTrouble_.empty() ? watchTrouble_ : journalTrouble_);
}

core::Result<void> Session::openRemoteRoot() {
  if (rootReady_) return {};
  auto root = operations_->makeFolder("", stop_.token());
  if (!root) return std::unexpected(std::move(root).error());
  if (*root == FolderOutcome::Made) forgetTree("");  // whatever was there is gone
  rootReady_ = true;
  return {};
}

core::Result<os::Directory> Session::openLocalRoot() {
  auto root = os::Directory::open(options_.localRoot);
  auto info = root ? root->info() : core::Result<os::FileInfo>(std::unexpected(root.error()));
  constexpr const char* kWayOut =
      " Nothing was removed from the workspace. Bring the folder back and start the sync again.";
  if (!info) return core::fail(core::ErrorCode::Halted, info.error().message + kWayOut);
  const std::pair identity(info->stamp.device, info->stamp.inode);
  if (!rootIdentity_) rootIdentity_ = identity;
  // Unmounting leaves the empty folder beneath; cloning anew leaves a half-filled one.
  if (*rootIdentity_ != identity)
    return core::fail(core::ErrorCode::Halted, "The project folder " + options_.localRoot +
                                                   " is not the one that the sync began with." + kWayOut);
  return root;
}

core::Result<void> Session::look(const os::Directory& root) {
  if (rulesStale_) {
    rules_.forget(outerIgnoreRules(options_.localRoot));
    if (watcher_) watcher_->refresh();
    rulesStale_ = false;
  }
  if (changes_.empty()) return {};
  recent_ = changes_.take();
  const bool everything = recent_.contains("");
  auto unsettled = scanner_.refresh(root, local_, recent_, stop_.token());
  if (!unsettled) return std::unexpected(std::move(unsettled).error());
  changes_.add(*unsettled, now());
  if (everything) saveStamps();
  return {};
}

// Removing needs proof that the file is gone: one that is there, but ignored by now or a link, keeps its copy.
std::set<std::string> Session::keptSources(const os::Directory& root) const {
  std::set<std::string> kept;
  for (const auto& [path, object] : known_.objects) {
    if (local_.files.contains(object.source)) continue;
    auto info = root.info(object.source);
    const bool gone = info ? info->type == os::FileType::Directory : info.error().code == core::ErrorCode::NotFound;
    if (!gone) kept.insert(object.source);
  }
  return kept;
}

// A put found no folder to go to, so somebody removed some. Those on its way are planned anew; where one must be made
// again, nothing was in it any more, and what we thought was beneath it is sent again.
void Session::doubtFoldersOf(const std::string& path) {
  rootReady_ = false;
  for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) {
    if (auto known = known_.folders.extract(std::string(folder))) doubted_.insert(std::move(known));
  }
}

void Session::absorbFolder(const std::string& path, bool made) {
  const auto doubted = doubted_.extract(path);
  if (doubted && made) {
    forgetTree(path);
    replan_ = true;
  }
  const bool ours = made || (doubted && doubted.mapped());
  known_.folders[path] = ours;
  if (doubted) noteJournal(journal_->putFolder(path, ours));
}

void Session::forgetTree(const std::string& folder) {
  auto gone = [&](const auto& entry) {
    return folder.empty() || entry.first == folder || isBeneath(entry.first, folder);
  };
  std::erase_if(known_.objects, gone);
  std::erase_if(known_.folders, gone);
  noteJournal(journal_->forgetTree(folder));
}

const LocalFile* Session::localFileOf(const Step& step) const {
  auto file = local_.files.find(step.source);
  return file == local_.files.end() ? nullptr : &file->second;
}

// Without what has failed and need not be tried now; in front what changed last.
std::vector<Step> Session::dueSteps(std::vector<Step> wave) const {
  std::erase_if(wave, [&](const Step& step) {
    const auto* file = step.action == Action::Put ? localFileOf(step) : nullptr;
    return failures_.blocks(step, file != nullptr ? file->hash : std::string(), now());
  });
  std::stable_partition(wave.begin(), wave.end(), [&](const Step& step) { return recent_.contains(step.source); });
  return wave;
}

bool Session::execute(const Plan& plan, const os::Directory& root) {
  std::size_t due = 0;
  for (const auto& wave : plan.waves) due += dueSteps(wave).size();
  {
    std::lock_guard lock(statusMutex_);
    status_.pending = due;
  }
  if (due == 0) return true;
  publish(SyncState::Syncing, watchTrouble_);
  for (const auto& wave : plan.waves) {
    // What failed in one wave may hold back steps of the next.
    const auto steps = dueSteps(wave);
    if (!steps.empty() && !runWave(steps, root)) return false;
  }
  std::lock_guard lock(statusMutex_);
  status_.pending = 0;
  return true;
}

// False where the plan is not to be carried on: stopped, paused or overtaken by new changes.
bool Session::runWave(const std::vector<Step>& steps, const os::Directory& root) {
  const auto token = stop_.token();
  Wave wave(
      steps, options_.parallel,
      [&](const Step& step) { return operations_->perform(step, root, localFileOf(step), token); }, wake_);
  bool goOn = true;
  for (;;) {
    wake_.clear();
    const bool finished = wave.finished();
    for (auto& outcome : wave.take()) goOn = absorb(outcome) && goOn;
    if (finished) return goOn;
    if (goOn) publish(SyncState::Syncing, watchTrouble_, false);
    drain();
    const bool overtaken = changes_.due() && *changes_.due() <= now();
    if (overtaken && goOn) replan_ = true;
    if (overtaken || halted_ || token.cancelled()) goOn = false;
    if (!goOn) wave.stop();
    const auto due = goOn ? changes_.due() : std::nullopt;
    os::waitReadable({wake_.fd(), goOn ? watchFd() : -1}, due ? *due - now() : os::kForever);
  }
}

bool Session::absorb(Outcome& outcome) {
  const Step& step = outcome.step;
  if (outcome.journal) noteJournal(std::unexpected(std::move(*outcome.journal)));
  if (outcome.lookAgain) changes_.add({step.source}, now());
  if (!outcome.result) return absorbFailure(step, outcome.result.error());
  switch (step.action) {
    case Action::RemoveObject:
      known_.objects.erase(step.remotePath);
      break;
    case Action::RemoveFolder:
      known_.folders.erase(step.remotePath);
      break;
    case Action::MakeFolder:
      absorbFolder(step.remotePath, outcome.folder == FolderOutcome::Made);
      break;
    case Action::Put:
      if (outcome.object) known_.objects[step.remotePath] = std::move(*outcome.object);
      homeless_.erase(step.remotePath);
      break;
  }
  failures_.forget(step);
  std::lock_guard lock(statusMutex_);
  if (status_.pending > 0) --status_.pending;
  if (step.action != Action::Put || outcome.object || !outcome.lookAgain) ++status_.done;
  return true;
}

bool Session::absorbFailure(const Step& step, const core::Error& error) {
  if (stop_.token().cancelled()) return false;
  if (concernsAll(error.code)) {
    pause(error);
    return false;
  }
  core::logWarn("sync", step.remotePath + ": " + core::describe(error));
  if (step.action == Action::RemoveFolder && severityOf(error.code) == Severity::Step) {
    // Others have something in it, or guard it: it is theirs now.
    known_.folders.erase(step.remotePath);
    noteJournal(journal_->removeFolder(step.remotePath));
  } else if (step.action == Action::Put && error.code == core::ErrorCode::NotFound &&
             homeless_.insert(step.remotePath).second) {
    doubtFoldersOf(step.remotePath);
    replan_ = true;
  } else {
    const auto* file = step.action == Action::Put ? localFileOf(step) : nullptr;
    failures_.record(step, file != nullptr ? file->hash : std::string(), error, now());
  }
  std::lock_guard lock(statusMutex_);
  if (status_.pending > 0) --status_.pending;
  return true;
}

void Session::pause(const core::Error& error) {
  if (stop_.token().cancelled()) return;
  if (pausedUntil_) return;  // the others of the same wave
  stopped_ = error;
  rootReady_ = false;  // the first call of the next attempt is a probe
  replan_ = true;
  const bool passes = severityOf(error.code) == Severity::Pause;
  if (passes) ++pauses_;
  pausedUntil_ = now() + (passes ? backoff(pauses_) : kBlockedRetry);
  core::logWarn("sync", "paused: " + core::describe(error));
  publish(SyncState::Failed, error.message + (passes ? " The sync goes on by itself when that is over." : ""));
}

void Session::halt(core::Error error) {
  halted_ = true;
  core::logError("sync", core::describe(error));
  stopped_ = std::move(error);
  publish(SyncState::Failed, stopped_->message);
}

// Files that were too young to trust their stamps when they were sent.
void Session::saveStamps() {
  std::vector<std::pair<std::string, os::FileStamp>> stamps;
  for (auto& [path, object] : known_.objects) {
    auto file = local_.files.find(object.source);
    if (file == local_.files.end() || file->second.hash != object.hash || file->second.stamp == object.stamp) continue;
    object.stamp = file->second.stamp;
    stamps.emplace_back(path, object.stamp);
  }
  if (!stamps.empty()) noteJournal(journal_->updateStamps(stamps));
}

// Without the journal the sync goes on; only a restart would send too much.
void Session::noteJournal(const core::Result<void>& result) {
  if (result) {
    journalTrouble_.clear();
    return;
  }
  if (journalTrouble_.empty()) core::logError("sync", core::describe(result.error()));
  journalTrouble_ = "The sync works but cannot write its journal (" + result.error().message +
                    ") After a restart, files may be sent again. Free space in " + options_.stateDir + ".";
}

}  // namespace trowel::sync

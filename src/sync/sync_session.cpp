// SPDX-License-Identifier: Apache-2.0
// A session is a reconciler: it knows what is in the project (a scan, kept up to date by events) and what it has
// written to the workspace (the journal), makes a plan from the difference, and starts over whenever either has
// changed. A plan is never repaired: where something new comes up while one runs, what is in flight ends and a new one
// is made, with what changed last in front. Nothing is in memory that the next session could not find out again.
#include "trowel/sync/sync_session.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "sync/journal.hpp"
#include "sync/operations.hpp"
#include "sync/plan.hpp"
#include "sync/policies.hpp"
#include "sync/scanner.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/watcher.hpp"

namespace trowel::sync {

namespace {

using namespace std::chrono_literals;

constexpr core::Duration kLockRetry = 2s;
constexpr core::Duration kBlockedRetry = 60s;
constexpr core::Duration kSlowScan = 30s;  // where not everything can be watched
constexpr core::Duration kPublishEvery = 100ms;
constexpr std::uint32_t kOnceAttempts = 4;
constexpr std::size_t kMaxIgnoreFile = std::size_t{1} << 20;

bool isIgnoreFile(std::string_view path) { return path == ".gitignore" || path.ends_with("/.gitignore"); }

std::string withoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

class Session final : public SyncSession {
 public:
  Session(SyncOptions options, RemoteStore& remote, core::Clock& clock, Changed changed)
      : options_(std::move(options)),
        target_{options_.host, options_.workspaceId, options_.remoteRoot, options_.localRoot},
        remote_(remote),
        clock_(clock),
        changed_(std::move(changed)),
        rules_([this](const std::string& folder) { return readIgnoreFile(folder); }),
        scanner_(rules_, clock),
        changes_(options_.debounce) {
    status_.destination = options_.remoteRoot;
  }

  ~Session() override { Session::stop(); }

  core::Result<SyncStatus> syncOnce(const core::CancelToken& token) override;
  void start() override;
  void stop() override;
  core::Duration step() override;

  SyncStatus status() const override {
    std::lock_guard lock(statusMutex_);
    return status_;
  }

  int watchFd() const override { return watcher_ ? watcher_->fd() : -1; }

 private:
  core::Result<void> prepare();
  void watch();
  void drain();
  void reconcile();
  core::Result<void> openRemoteRoot();
  core::Result<os::Directory> openLocalRoot();
  core::Result<void> look(const os::Directory& root);
  std::set<std::string> keptSources(const os::Directory& root) const;
  void reviveFolders();
  void forgetTree(const std::string& folder);
  void narrow(Plan& plan) const;
  bool execute(const Plan& plan, const os::Directory& root);
  bool runWave(const std::vector<Step>& steps, const os::Directory& root);
  bool absorb(Outcome& outcome);
  bool absorbFailure(const Step& step, const core::Error& error);
  void pause(const core::Error& error);
  void halt(core::Error error);
  void saveStamps();
  void noteJournal(const core::Result<void>& result);
  const LocalFile* localFileOf(const Step& step) const;
  core::Duration untilNext() const;
  std::optional<std::string> readIgnoreFile(const std::string& folder) const;
  void publish(SyncState state, std::string message, bool always = true);
  core::TimePoint now() const { return clock_.now(); }

  const SyncOptions options_;
  const Target target_;
  RemoteStore& remote_;
  core::Clock& clock_;
  const Changed changed_;
  const core::CancelSource stop_;
  const os::WakeFd wake_;
  std::thread thread_;

  mutable std::mutex statusMutex_;
  SyncStatus status_;  // guarded by statusMutex_; written by the session's thread only

  // All below belongs to the session's thread.
  std::optional<os::FileLock> lock_;
  std::unique_ptr<Journal> journal_;
  std::optional<Operations> operations_;
  IgnoreRules rules_;
  Scanner scanner_;
  std::unique_ptr<os::Watcher> watcher_;
  RemoteState known_;
  LocalTree local_;
  PendingChanges changes_;
  std::set<std::string> recent_;  // what the last look was about: goes first
  Failures failures_;
  std::map<std::string, std::string> planProblems_;
  std::set<std::string> homeless_;  // remote paths whose folder turned out to be missing
  std::set<std::string> revived_;   // the same, once the folders were made again
  std::optional<std::pair<std::uint64_t, std::uint64_t>> rootIdentity_;  // device, inode
  bool rulesStale_ = false;
  bool rootReady_ = false;
  bool replan_ = false;
  std::uint32_t pauses_ = 0;
  std::optional<core::TimePoint> pausedUntil_;
  std::optional<core::TimePoint> slowScanAt_;
  std::optional<core::Error> stopped_;  // why nothing more happens, or not now
  bool halted_ = false;
  std::string watchTrouble_;
  std::string journalTrouble_;
  core::TimePoint published_{};
};

std::optional<std::string> Session::readIgnoreFile(const std::string& folder) const {
  const std::string path = options_.localRoot + (folder.empty() ? "" : "/" + folder) + "/.gitignore";
  auto text = os::readFile(path, kMaxIgnoreFile);
  if (!text) return std::nullopt;
  return std::move(*text);
}

void Session::publish(SyncState state, std::string message, bool always) {
  {
    std::lock_guard lock(statusMutex_);
    status_.state = state;
    status_.message = std::move(message);
    if (!always && now() - published_ < kPublishEvery) return;
    std::map<std::string, std::string> problems = local_.problems;
    problems.insert(planProblems_.begin(), planProblems_.end());
    problems.merge(failures_.problems());
    status_.problems.clear();
    for (auto& [path, text] : problems) status_.problems.push_back({core::toValidUtf8(path), std::move(text)});
  }
  published_ = now();
  if (changed_) changed_(status());
}

// The target is ours from here on, and we know what we have written to it.
core::Result<void> Session::prepare() {
  if (journal_) return {};
  const std::string dir = options_.stateDir + "/sync";
  TROWEL_TRY(os::makePrivateDirs(dir));
  auto lock = os::FileLock::tryAcquire(dir + "/" + lockName(target_), os::LockMode::Exclusive, options_.holder);
  if (!lock && lock.error().code == core::ErrorCode::Conflict) {
    const std::string holder = lock.error().detail.empty() ? "Another process" : lock.error().detail;
    return core::fail(core::ErrorCode::Conflict,
                      holder + " syncs to " + options_.remoteRoot + " already, so this one does not.", holder);
  }
  if (!lock) return std::unexpected(std::move(lock).error());
  auto journal = TROWEL_TRY(Journal::open(dir, target_));
  known_ = TROWEL_TRY(journal->load());
  // What was sent from a file that has not changed since need not be read again.
  for (const auto& [path, object] : known_.objects)
    local_.files[object.source] = {object.stamp, object.hash, object.kind, object.extension};
  rules_.forget(outerIgnoreRules(options_.localRoot));
  lock_ = std::move(*lock);
  operations_.emplace(remote_, *journal, options_.remoteRoot);
  journal_ = std::move(journal);
  changes_.addEverything(now(), true);
  return {};
}

void Session::watch() {
  auto watcher = os::Watcher::create(options_.localRoot, [this](std::string_view folder) {
    rules_.forgetTree(folder);  // it may be another one by now, with an ignore file of its own
    return rules_.ignored(folder, true);
  });
  if (watcher) {
    watcher_ = std::move(*watcher);
    return;
  }
  watchTrouble_ = watcher.error().message + " Until then Trowel looks at the whole project every 30 s.";
  core::logWarn("sync", core::describe(watcher.error()));
  slowScanAt_ = now() + kSlowScan;
}

void Session::drain() {
  if (!watcher_) return;
  auto events = watcher_->step();
  if (events.rootGone)
    return halt(
        core::fail(core::ErrorCode::Halted, "The project folder " + options_.localRoot +
                                                " was removed, moved or unmounted. Nothing was removed from the "
                                                "workspace. Bring it back and start the sync again.")
            .error());
  if (events.incomplete && watchTrouble_.empty()) {
    watchTrouble_ = events.incomplete->message + " Until then Trowel looks at the whole project every 30 s.";
    core::logWarn("sync", core::describe(*events.incomplete));
    slowScanAt_ = now() + kSlowScan;
  }
  if (events.overflow) {
    rulesStale_ = true;
    changes_.addEverything(now());
  }
  std::set<std::string> paths;
  for (const auto& path : events.paths) {
    if (isIgnoreFile(path)) {
      rulesStale_ = true;
      changes_.addEverything(now());
    } else if (!rules_.ignored(path, false)) {
      paths.insert(path);
    }
  }
  changes_.add(paths, now());
}

core::Duration Session::step() {
  if (halted_) return os::kForever;
  if (auto ready = prepare(); !ready) {
    const bool held = ready.error().code == core::ErrorCode::Conflict;
    if (status().message != ready.error().message) {
      core::logWarn("sync", core::describe(ready.error()));
      publish(held ? SyncState::Held : SyncState::Failed, ready.error().message);
    }
    return held ? kLockRetry : kBlockedRetry;
  }
  if (!watcher_ && watchTrouble_.empty()) watch();
  drain();
  if (halted_) return os::kForever;
  if (untilNext() > core::Duration::zero()) return untilNext();
  if (slowScanAt_ && *slowScanAt_ <= now()) {
    slowScanAt_ = now() + kSlowScan;
    rulesStale_ = true;
    changes_.addEverything(now(), true);
  }
  reconcile();
  return halted_ ? os::kForever : untilNext();
}

core::Duration Session::untilNext() const {
  std::optional<core::TimePoint> next;
  auto consider = [&](std::optional<core::TimePoint> time) {
    if (time && (!next || *time < *next)) next = time;
  };
  if (pausedUntil_) {
    next = pausedUntil_;
  } else {
    if (replan_) consider(now());
    consider(changes_.due());
    consider(failures_.nextRetry());
    consider(slowScanAt_);
  }
  if (!next) return os::kForever;
  return std::max(*next - now(), core::Duration::zero());
}

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
  reviveFolders();
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
  Plan plan = makePlan(known_, local_, kept);
  planProblems_ = std::move(plan.problems);
  failures_.keepOnly(plan);
  narrow(plan);
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

// Somebody removed folders in the workspace. A folder that must be made again held nothing any more, so what we thought
// was beneath it is sent again.
void Session::reviveFolders() {
  std::set<std::string> folders;
  for (const auto& path : homeless_) {
    folders.insert("");
    for (auto folder = parentOf(path); !folder.empty(); folder = parentOf(folder)) folders.insert(std::string(folder));
  }
  for (const auto& folder : folders) {
    auto made = operations_->makeFolder(folder, stop_.token());
    if (!made || *made == FolderOutcome::Existed) continue;
    forgetTree(folder);
    if (folder.empty()) continue;
    known_.folders[folder] = true;
    noteJournal(journal_->putFolder(folder, true));
  }
  revived_.merge(homeless_);
  homeless_.clear();
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

// Takes out what has failed and need not be tried now; puts in front what changed last.
void Session::narrow(Plan& plan) const {
  for (auto& wave : plan.waves) {
    std::erase_if(wave, [&](const Step& step) {
      const auto* file = step.action == Action::Put ? localFileOf(step) : nullptr;
      return failures_.blocks(step, file != nullptr ? file->hash : std::string(), now());
    });
    std::stable_partition(wave.begin(), wave.end(), [&](const Step& step) { return recent_.contains(step.source); });
  }
}

bool Session::execute(const Plan& plan, const os::Directory& root) {
  {
    std::lock_guard lock(statusMutex_);
    status_.pending = plan.size();
  }
  if (plan.size() == 0) return true;
  publish(SyncState::Syncing, watchTrouble_);
  for (const auto& wave : plan.waves) {
    if (!wave.empty() && !runWave(wave, root)) return false;
  }
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
      known_.folders[step.remotePath] = outcome.folder == FolderOutcome::Made;
      break;
    case Action::Put:
      if (outcome.object) known_.objects[step.remotePath] = std::move(*outcome.object);
      revived_.erase(step.remotePath);
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
  if (step.action == Action::RemoveFolder) {
    // Others have something in it, or guard it: it is theirs now.
    known_.folders.erase(step.remotePath);
    noteJournal(journal_->removeFolder(step.remotePath));
  } else if (step.action == Action::Put && error.code == core::ErrorCode::NotFound &&
             !revived_.contains(step.remotePath)) {
    homeless_.insert(step.remotePath);
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

core::Result<SyncStatus> Session::syncOnce(const core::CancelToken& token) {
  const auto registration = token.onCancel([this, &token] {
    stop_.cancel(token.reason());
    wake_.signal();
  });
  TROWEL_TRY(prepare());
  changes_.addEverything(now(), true);
  const auto stopToken = stop_.token();
  std::uint32_t retries = 0;
  for (;;) {
    reconcile();
    if (stopToken.cancelled()) return std::unexpected(stopToken.error("The sync"));
    if (stopped_ && !pausedUntil_) return std::unexpected(*stopped_);
    if (stopped_ && (severityOf(stopped_->code) != Severity::Pause || pauses_ >= kOnceAttempts))
      return std::unexpected(*stopped_);
    if (!replan_ && changes_.empty() && (!failures_.nextRetry() || ++retries >= kOnceAttempts)) break;
    const auto wait = untilNext();
    if (wait > core::Duration::zero() && !stopToken.waitFor(clock_, wait))
      return std::unexpected(stopToken.error("The sync"));
  }
  publish(SyncState::Off, journalTrouble_);
  return status();
}

void Session::start() {
  if (thread_.joinable()) return;
  const auto name = "watch-" + options_.localRoot.substr(options_.localRoot.rfind('/') + 1);
  thread_ = std::thread([this, name] {
    core::nameThread(name);
    const auto token = stop_.token();
    while (!token.cancelled()) {
      const auto wait = step();
      os::waitReadable({wake_.fd(), watchFd()}, wait);
      wake_.clear();
    }
    publish(SyncState::Off, {});
  });
}

void Session::stop() {
  stop_.cancel(core::CancelReason::Shutdown);
  wake_.signal();
  if (thread_.joinable()) thread_.join();
  operations_.reset();
  journal_.reset();
  lock_.reset();
}

}  // namespace

core::Result<std::unique_ptr<SyncSession>> SyncSession::create(SyncOptions options, RemoteStore& remote,
                                                               core::Clock& clock, Changed changed) {
  options.localRoot = TROWEL_TRY(os::realPath(options.localRoot));
  options.remoteRoot = withoutTrailingSlash(std::move(options.remoteRoot));
  if (!options.remoteRoot.starts_with('/') || options.remoteRoot == "/")
    return core::fail(core::ErrorCode::InvalidParams,
                      "The destination of a sync must be a folder of the workspace, like /Users/me/project.");
  return std::make_unique<Session>(std::move(options), remote, clock, std::move(changed));
}

}  // namespace trowel::sync

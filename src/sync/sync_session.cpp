// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/sync_session.hpp"

#include <algorithm>

#include "sync/session.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/os/files.hpp"

namespace trowel::sync {

namespace {

using namespace std::chrono_literals;

constexpr core::Duration kLockRetry = 2s;
constexpr core::Duration kTroubleRetry = 60s;
constexpr core::Duration kSlowScan = 30s;  // where not everything can be watched
constexpr core::Duration kPublishEvery = 100ms;
constexpr std::uint32_t kOnceAttempts = 4;
constexpr std::size_t kMaxIgnoreFile = std::size_t{1} << 20;

bool isIgnoreFile(std::string_view path) { return path == ".gitignore" || path.ends_with("/.gitignore"); }

std::string withoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Session::Session(SyncOptions options, RemoteStore& remote, core::Clock& clock, Changed changed)
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

SyncStatus Session::status() const {
  std::lock_guard lock(statusMutex_);
  return status_;
}

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
    return held ? kLockRetry : kTroubleRetry;
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
      if (token.cancelled()) break;  // the step may have taken the signal for one of its own
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

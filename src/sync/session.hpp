// SPDX-License-Identifier: Apache-2.0
// The session behind SyncSession: sync_session.cpp has its life, session_reconcile.cpp its work.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sync/ignore_rules.hpp"
#include "sync/journal.hpp"
#include "sync/operations.hpp"
#include "sync/plan.hpp"
#include "sync/policies.hpp"
#include "sync/scanner.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/watcher.hpp"
#include "trowel/sync/sync_session.hpp"

namespace trowel::sync {

class Session final : public SyncSession {
 public:
  Session(SyncOptions options, RemoteStore& remote, core::Clock& clock, Changed changed);
  ~Session() override { Session::stop(); }

  core::Result<SyncStatus> syncOnce(const core::CancelToken& token) override;
  void start() override;
  void stop() override;
  core::Duration step() override;

  SyncStatus status() const override;
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
  void doubtFoldersOf(const std::string& path);
  void absorbFolder(const std::string& path, bool made);
  void forgetTree(const std::string& folder);
  std::vector<Step> dueSteps(std::vector<Step> wave) const;
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
  std::set<std::string> homeless_;       // remote paths whose folder turned out to be missing
  std::map<std::string, bool> doubted_;  // folders that may be missing, as they were in known_.folders
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

}  // namespace trowel::sync

// SPDX-License-Identifier: Apache-2.0
// Notices that this daemon is started again and again only to crash, so that it can leave out what may be the cause.
#pragma once

#include <optional>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/os/file_lock.hpp"

namespace trowel::app {

// Counts over processes, by files in a folder that all daemons of a user share. Where the folder cannot be written
// nothing is counted: that must not keep anybody from working.
class CrashGuard {
 public:
  // Five starts within three minutes that came to no known end are a loop. An editor gives up about then.
  static constexpr int kCrashes = 5;
  static constexpr core::Duration kWindow = std::chrono::minutes(3);

  // Notes that a process has started now.
  CrashGuard(const std::string& folder, core::Clock& clock);
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

  // Whether the starts before this one ended in a loop of crashes.
  bool looping() const { return crashes_ >= kCrashes; }

  // This process ends as it should.
  void ended();

 private:
  void countCrashes(const std::string& folder, core::Clock& clock);

  int crashes_ = 0;
  std::string file_;  // of this process; empty where it could not be made
  std::optional<os::FileLock> alive_;
};

}  // namespace trowel::app

// SPDX-License-Identifier: Apache-2.0
// Each process holds a lock on a file that is named after the time of its start, and removes it at its end. A file that
// nobody holds is a process that crashed: the kernel drops a lock with its holder, however that dies. So a daemon that
// runs in another window is never taken for a crash, and nothing depends on process ids, which are used again.
#include "crash_guard.hpp"

#include <charconv>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/os/files.hpp"

namespace trowel::app {

namespace {

using Milliseconds = std::chrono::milliseconds;

std::int64_t milliseconds(core::WallTime time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

CrashGuard::CrashGuard(const std::string& folder, core::Clock& clock) {
  if (auto made = os::makePrivateDirs(folder); !made) {
    core::logWarn("app", "crashes are not counted: " + core::describe(made.error()));
    return;
  }
  countCrashes(folder, clock);
  file_ = folder + "/" + std::to_string(milliseconds(clock.wallNow())) + "-" + core::randomHex(4);
  auto lock = os::FileLock::tryAcquire(file_, os::LockMode::Exclusive);
  if (lock) {
    alive_ = *std::move(lock);
  } else {
    core::logWarn("app", "this start is not noted: " + core::describe(lock.error()));
    file_.clear();
  }
}

void CrashGuard::countCrashes(const std::string& folder, core::Clock& clock) {
  auto directory = os::Directory::open(folder);
  auto entries = directory ? directory->entries() : std::unexpected(directory.error());
  if (!entries) return;
  auto now = milliseconds(clock.wallNow());
  for (const auto& entry : *entries) {
    auto path = folder + "/" + entry.name;
    auto unheld = os::FileLock::tryAcquire(path, os::LockMode::Exclusive);
    if (!unheld) continue;
    std::int64_t started = 0;
    std::from_chars(entry.name.data(), entry.name.data() + entry.name.size(), started);
    // A start in the future was noted by a clock that has been set back since.
    bool recent = started <= now && now - started <= std::chrono::duration_cast<Milliseconds>(kWindow).count();
    if (recent) {
      ++crashes_;
    } else {
      static_cast<void>(os::removeFile(path));
    }
  }
}

void CrashGuard::ended() {
  if (file_.empty()) return;
  static_cast<void>(os::removeFile(file_));
  alive_.reset();
}

}  // namespace trowel::app

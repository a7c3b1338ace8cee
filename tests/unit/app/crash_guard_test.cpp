// SPDX-License-Identifier: Apache-2.0
#include "app/crash_guard.hpp"

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

using namespace trowel::test;
using trowel::app::CrashGuard;

namespace {

// A start whose process dies without a word: the lock goes, the file stays.
void crash(const TempDir& dir, ManualClock& clock) {
  CrashGuard guard(dir.path(), clock);
  clock.advance(std::chrono::seconds(1));
}

}  // namespace

TEST_CASE("five crashes within three minutes are a loop") {
  TempDir dir;
  ManualClock clock;
  for (int i = 0; i < CrashGuard::kCrashes; ++i) {
    CHECK_FALSE(CrashGuard(dir / "never-used", clock).looping());
    crash(dir, clock);
  }
  CrashGuard guard(dir.path(), clock);
  CHECK(guard.looping());
}

TEST_CASE("four are not, nor are five over a longer time") {
  TempDir dir;
  ManualClock clock;
  for (int i = 0; i < 4; ++i) crash(dir, clock);
  CHECK_FALSE(CrashGuard(dir.path(), clock).looping());
  for (int i = 0; i < 20; ++i) {
    clock.advance(std::chrono::seconds(50));
    crash(dir, clock);
  }
  CHECK_FALSE(CrashGuard(dir.path(), clock).looping());
}

TEST_CASE("it is over three minutes later") {
  TempDir dir;
  ManualClock clock;
  for (int i = 0; i < 6; ++i) crash(dir, clock);
  CHECK(CrashGuard(dir.path(), clock).looping());
  clock.advance(std::chrono::minutes(4));
  CHECK_FALSE(CrashGuard(dir.path(), clock).looping());
}

TEST_CASE("ends that were meant and daemons that live do not count") {
  TempDir dir;
  ManualClock clock;
  for (int i = 0; i < 10; ++i) {
    CrashGuard guard(dir.path(), clock);
    guard.ended();
  }
  std::vector<std::unique_ptr<CrashGuard>> windows;
  for (int i = 0; i < 10; ++i) windows.push_back(std::make_unique<CrashGuard>(dir.path(), clock));
  CHECK_FALSE(windows.back()->looping());
}

TEST_CASE("a folder that cannot be made stops nobody") {
  ManualClock clock;
  CrashGuard guard("/proc/no/such/folder", clock);
  CHECK_FALSE(guard.looping());
  guard.ended();
}

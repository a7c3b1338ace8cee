// SPDX-License-Identifier: Apache-2.0
// A clock that moves only when the test says so.
#pragma once

#include <set>
#include <vector>

#include "trowel/core/clock.hpp"

namespace trowel::test {

class ManualClock final : public core::Clock {
 public:
  core::TimePoint now() const override;
  core::WallTime wallNow() const override;
  bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, core::TimePoint deadline,
                 const std::function<bool()>& ready) override;

  // Moves the time and wakes whoever is due.
  void advance(core::Duration duration);

  // Moves the calendar alone: the clock was set, or the machine slept.
  void jump(core::Duration duration);

  // From now on a wait that is not ready moves the time to its deadline by itself, so that single-threaded code under
  // test (a retry loop) runs through. `waits` then tells how long each one was.
  void advanceOnWait();
  std::vector<core::Duration> waits() const;

  // Blocks until `count` threads wait on this clock: then nothing moves but the test.
  void awaitWaiters(std::size_t count);

 private:
  struct Waiter {
    std::mutex* mutex;
    std::condition_variable* changed;
    bool operator<(const Waiter& other) const { return changed < other.changed; }
  };

  mutable std::mutex mutex_;  // guards everything below; never taken while holding a waiter's mutex for long
  std::condition_variable waitersChanged_;
  core::TimePoint now_{std::chrono::hours(1)};
  core::WallTime wall_{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
  std::multiset<Waiter> waiters_;
  bool advanceOnWait_ = false;
  std::vector<core::Duration> waits_;
};

}  // namespace trowel::test

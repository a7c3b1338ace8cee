// SPDX-License-Identifier: Apache-2.0
// The clock that the workspace lives by: another clock, which clients can move forward.
#pragma once

#include <atomic>
#include <set>

#include "trowel/core/clock.hpp"

namespace trowel::emulator {

// Clusters, tokens, jobs and delays go by it, so that a client need not wait for what takes its time. Any thread.
class ShiftedClock final : public core::Clock {
 public:
  // `base` outlives the clock.
  explicit ShiftedClock(core::Clock& base) : base_(base) {}

  core::TimePoint now() const override { return base_.now() + offset(); }
  core::WallTime wallNow() const override {
    return base_.wallNow() + std::chrono::duration_cast<core::WallTime::duration>(offset());
  }
  bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, core::TimePoint deadline,
                 const std::function<bool()>& ready) override;

  // Moves the time, never back, and wakes whoever is due.
  void advance(core::Duration duration);
  core::Duration offset() const { return core::Duration(offset_.load()); }

 private:
  struct Waiter {
    std::mutex* mutex;
    std::condition_variable* changed;
    auto operator<=>(const Waiter&) const = default;
  };

  core::Clock& base_;
  std::atomic<core::Duration::rep> offset_{0};
  std::mutex mutex_;  // guards waiters_
  std::multiset<Waiter> waiters_;
};

}  // namespace trowel::emulator

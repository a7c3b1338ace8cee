// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/shifted_clock.hpp"

#include <thread>

namespace trowel::emulator {

bool ShiftedClock::waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                             core::TimePoint deadline, const std::function<bool()>& ready) {
  if (deadline == core::TimePoint::max()) return base_.waitUntil(lock, changed, deadline, ready);
  std::multiset<Waiter>::iterator self;
  {
    std::lock_guard own(mutex_);
    self = waiters_.insert({lock.mutex(), &changed});
  }
  bool isReady = false;
  bool due = false;
  while (!isReady && !due) {
    auto seen = offset_.load();
    bool woken = base_.waitUntil(lock, changed, deadline - core::Duration(seen),
                                 [&] { return (isReady = ready()) || offset_.load() != seen; });
    due = !woken || now() >= deadline;
  }
  std::lock_guard own(mutex_);
  waiters_.erase(self);
  return isReady;
}

// A waiter is told under both mutexes: under its own it is inside the wait, not between its check and its sleep; under
// ours it is still registered, so that what we touch is alive. It takes its own first, so here that one is only tried.
void ShiftedClock::advance(core::Duration duration) {
  if (duration.count() <= 0) return;
  offset_ += duration.count();
  std::set<Waiter> told;
  for (bool missed = true; missed; std::this_thread::yield()) {
    missed = false;
    std::lock_guard own(mutex_);
    for (const auto& waiter : waiters_) {
      if (told.contains(waiter)) continue;
      std::unique_lock theirs(*waiter.mutex, std::try_to_lock);
      if (theirs) {
        waiter.changed->notify_all();
        told.insert(waiter);
      } else {
        missed = true;
      }
    }
  }
}

}  // namespace trowel::emulator

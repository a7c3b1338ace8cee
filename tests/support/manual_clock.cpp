// SPDX-License-Identifier: Apache-2.0
#include "support/manual_clock.hpp"

#include <thread>

namespace trowel::test {

core::TimePoint ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

core::WallTime ManualClock::wallNow() const {
  std::lock_guard lock(mutex_);
  return wall_;
}

bool ManualClock::waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                            core::TimePoint deadline, const std::function<bool()>& ready) {
  if (ready()) return true;
  std::multiset<Waiter>::iterator self;
  {
    std::lock_guard own(mutex_);
    if (advanceOnWait_ && deadline != core::TimePoint::max()) {
      waits_.push_back(deadline - now_);
      if (deadline > now_) {
        wall_ += std::chrono::duration_cast<core::WallTime::duration>(deadline - now_);
        now_ = deadline;
      }
      return false;
    }
    self = waiters_.insert({lock.mutex(), &changed});
    waitersChanged_.notify_all();
  }
  bool result = false;
  changed.wait(lock, [&] { return (result = ready()) || now() >= deadline; });
  std::lock_guard own(mutex_);
  waiters_.erase(self);
  return result;
}

// A waiter is told under both mutexes: under its own it is inside wait(), not between its check and its sleep; under
// ours it is still registered, so that what we touch is alive. It takes its own first, so here the second one is only
// tried.
void ManualClock::advance(core::Duration duration) {
  {
    std::lock_guard own(mutex_);
    now_ += duration;
    wall_ += std::chrono::duration_cast<core::WallTime::duration>(duration);
  }
  std::set<std::condition_variable*> told;
  for (bool missed = true; missed; std::this_thread::yield()) {
    missed = false;
    std::lock_guard own(mutex_);
    for (const auto& waiter : waiters_) {
      if (told.contains(waiter.changed)) continue;
      std::unique_lock theirs(*waiter.mutex, std::try_to_lock);
      if (theirs) {
        waiter.changed->notify_all();
        told.insert(waiter.changed);
      } else {
        missed = true;
      }
    }
  }
}

void ManualClock::jump(core::Duration duration) {
  std::lock_guard own(mutex_);
  wall_ += std::chrono::duration_cast<core::WallTime::duration>(duration);
}

void ManualClock::advanceOnWait() {
  std::lock_guard own(mutex_);
  advanceOnWait_ = true;
}

std::vector<core::Duration> ManualClock::waits() const {
  std::lock_guard own(mutex_);
  return waits_;
}

void ManualClock::awaitWaiters(std::size_t count) {
  std::unique_lock own(mutex_);
  waitersChanged_.wait(own, [&] { return waiters_.size() >= count; });
}

}  // namespace trowel::test

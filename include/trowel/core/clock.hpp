// SPDX-License-Identifier: Apache-2.0
// Time as a dependency: whoever waits or measures takes a Clock, so that tests own the time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace trowel::core {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;

  // Monotonic: for deadlines, backoff and measuring.
  virtual TimePoint now() const = 0;

  // The calendar: for expiry dates and what the user reads. May jump.
  virtual WallTime wallNow() const = 0;

  // Waits on `changed` until `ready()` holds (true) or `deadline` has come (false). `lock` is held on entry, on
  // return and while `ready` runs. Any thread.
  virtual bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, TimePoint deadline,
                         const std::function<bool()>& ready) = 0;
};

// The machine's own clock.
Clock& systemClock();

}  // namespace trowel::core

// SPDX-License-Identifier: Apache-2.0
// Runs short jobs at a time: debouncing, refresh, expiry.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "trowel/core/clock.hpp"

namespace trowel::core {

// One thread named "timer", started with the first job. Jobs must not block: they hand work on.
class Timer {
 public:
  using Id = std::uint64_t;

  explicit Timer(Clock& clock) : clock_(clock) {}
  ~Timer();  // stop()
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Any thread. The id is never 0.
  Id after(Duration delay, std::function<void()> job);
  // False where the job has run, is running or was cancelled before.
  bool cancel(Id id);
  // Drops what waits and joins. Not from a job.
  void stop();

 private:
  void run();

  Clock& clock_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::pair<TimePoint, Id>, std::function<void()>> jobs_;
  Id nextId_ = 1;
  TimePoint wakesAt_ = TimePoint::max();  // when the thread looks next, so that only an earlier job wakes it
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trowel::core

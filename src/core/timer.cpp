// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/timer.hpp"

#include <algorithm>

#include "trowel/core/worker_pool.hpp"

namespace trowel::core {

Timer::~Timer() { stop(); }

Timer::Id Timer::after(Duration delay, std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (stopping_) return nextId_++;
  const auto due = clock_.now() + delay;
  jobs_.emplace(std::pair(due, nextId_), std::move(job));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  // Most jobs are deadlines, later than those before them and cancelled in time: nobody is woken for these.
  if (due < wakesAt_) {
    wakesAt_ = due;
    changed_.notify_all();
  }
  return nextId_++;
}

bool Timer::cancel(Id id) {
  std::lock_guard lock(mutex_);
  return std::erase_if(jobs_, [id](const auto& entry) { return entry.first.second == id; }) > 0;
}

void Timer::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Timer::run() {
  nameThread("timer");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!jobs_.empty() && jobs_.begin()->first.first <= clock_.now()) {
      auto node = jobs_.extract(jobs_.begin());
      lock.unlock();
      node.mapped()();
      lock.lock();
      continue;
    }
    const auto due = jobs_.empty() ? TimePoint::max() : jobs_.begin()->first.first;
    wakesAt_ = due;
    clock_.waitUntil(lock, changed_, due, [this, due] { return stopping_ || wakesAt_ < due; });
  }
}

}  // namespace trowel::core

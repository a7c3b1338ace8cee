// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/timer.hpp"

#include <algorithm>

#include "trowel/core/worker_pool.hpp"

namespace trowel::core {

Timer::~Timer() { stop(); }

Timer::Id Timer::after(Duration delay, std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (stopping_) return nextId_++;
  jobs_.emplace(std::pair(clock_.now() + delay, nextId_), std::move(job));
  ++version_;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
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
    auto due = jobs_.empty() ? TimePoint::max() : jobs_.begin()->first.first;
    clock_.waitUntil(lock, changed_, due, [this, seen = version_] { return stopping_ || version_ != seen; });
  }
}

}  // namespace trowel::core

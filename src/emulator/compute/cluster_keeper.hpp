// SPDX-License-Identifier: Apache-2.0
// Looks after clusters when nobody asks: one that ends for idleness must not leave its processes alive.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "trowel/core/clock.hpp"

namespace trowel::emulator {

class ClusterKeeper {
 public:
  // `look` does what is due and says when to look again. It runs on a thread of its own, which the first wake() starts,
  // and may take as long as it needs.
  ClusterKeeper(core::Clock& clock, std::function<core::TimePoint()> look) : clock_(clock), look_(std::move(look)) {}
  ~ClusterKeeper() { stop(); }

  // Something may be due earlier than `look` knew. Any thread, under any lock: it takes only its own, for a moment.
  void wake();
  void stop();  // joins

 private:
  void run();

  core::Clock& clock_;
  const std::function<core::TimePoint()> look_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trowel::emulator

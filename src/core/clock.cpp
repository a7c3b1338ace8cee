// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/clock.hpp"

namespace trowel::core {

namespace {

class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wallNow() const override { return std::chrono::system_clock::now(); }
  bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, TimePoint deadline,
                 const std::function<bool()>& ready) override {
    if (deadline == TimePoint::max()) {
      changed.wait(lock, ready);
      return true;
    }
    return changed.wait_until(lock, deadline, ready);
  }
};

}  // namespace

Clock& systemClock() {
  static SystemClock clock;
  return clock;
}

}  // namespace trowel::core

// SPDX-License-Identifier: Apache-2.0
// Remembers which requests came and how they were answered.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "trowel/emulator/emulator.hpp"

namespace trowel::emulator {

// Any thread.
class RequestLog {
 public:
  void add(RequestRecord record) {
    std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
    if (records_.size() > kLimit) records_.pop_front();
  }
  std::vector<RequestRecord> all() const {
    std::lock_guard lock(mutex_);
    return {records_.begin(), records_.end()};
  }
  void clear() {
    std::lock_guard lock(mutex_);
    records_.clear();
  }

 private:
  static constexpr std::size_t kLimit = 10'000;
  mutable std::mutex mutex_;
  std::deque<RequestRecord> records_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Waiting on file descriptors, and one that other threads can make readable.
#pragma once

#include <chrono>
#include <initializer_list>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

inline constexpr core::Duration kForever = core::Duration::max();

// True as soon as one of them can be read or is at its end, false when `timeout` has passed. Negative ones are skipped.
bool waitReadable(std::initializer_list<int> fds, core::Duration timeout);

// Wakes a thread that waits on `fd()`. Signals add up to one until they are cleared.
class WakeFd {
 public:
  WakeFd();
  int fd() const { return fd_.get(); }
  void signal() const;  // any thread; safe in a signal handler
  void clear() const;

 private:
  UniqueFd fd_;
};

}  // namespace trowel::os

// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/poll.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <vector>

#include "trowel/core/log.hpp"

namespace trowel::os {

bool waitReadable(std::initializer_list<int> fds, core::Duration timeout) {
  std::vector<pollfd> polled;
  for (int fd : fds)
    if (fd >= 0) polled.push_back({fd, POLLIN, 0});
  const bool forever = timeout == kForever;
  const auto deadline =
      forever ? core::TimePoint::max() : core::systemClock().now() + std::max(timeout, core::Duration::zero());
  for (;;) {
    timespec left{};
    if (!forever) {
      const auto rest = std::max(deadline - core::systemClock().now(), core::Duration::zero());
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
      left.tv_sec = seconds.count();
      left.tv_nsec = (rest - seconds).count();
    }
    const int ready = ::ppoll(polled.data(), polled.size(), forever ? nullptr : &left, nullptr);
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return false;
  }
}

WakeFd::WakeFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) core::logError("os", "cannot make an eventfd: no file descriptors left");
}

void WakeFd::signal() const {
  const std::uint64_t one = 1;
  if (::write(fd_.get(), &one, sizeof one) < 0) return;  // full means signalled already
}

void WakeFd::clear() const {
  std::uint64_t count = 0;
  if (::read(fd_.get(), &count, sizeof count) < 0) return;  // empty means cleared already
}

}  // namespace trowel::os

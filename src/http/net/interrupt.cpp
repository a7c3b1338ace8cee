// SPDX-License-Identifier: Apache-2.0
#include "http/net/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>

namespace trowel::http {

core::Result<Interrupt> Interrupt::create(const core::CancelToken& token) {
  Interrupt interrupt;
  interrupt.token_ = token;
  interrupt.signal_ = std::make_shared<os::UniqueFd>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!*interrupt.signal_)
    return core::fail(core::ErrorCode::Unavailable,
                      "Trowel has too many files and connections open. Close some projects, or raise the limit of open "
                      "files (ulimit -n).");
  interrupt.registration_ = token.onCancel([signal = interrupt.signal_] { ::eventfd_write(signal->get(), 1); });
  return interrupt;
}

Interrupt::Wake Interrupt::wait(std::vector<Watched>& watched, std::optional<std::chrono::milliseconds> limit) const {
  std::vector<pollfd> fds;
  fds.reserve(watched.size() + 1);
  for (const auto& one : watched) fds.push_back({.fd = one.fd, .events = one.events, .revents = 0});
  fds.push_back({.fd = signal_->get(), .events = POLLIN, .revents = 0});
  int count = 0;
  do {
    count = ::poll(fds.data(), fds.size(), limit ? static_cast<int>(limit->count()) : -1);
  } while (count < 0 && errno == EINTR);
  if (interrupted()) return Wake::Interrupted;
  for (std::size_t i = 0; i < watched.size(); ++i) watched[i].ready = fds[i].revents != 0;
  return count == 0 ? Wake::TimedOut : Wake::Ready;
}

Interrupt::Wake Interrupt::wait(int fd, short events) const {
  pollfd fds[] = {{.fd = fd, .events = events, .revents = 0}, {.fd = signal_->get(), .events = POLLIN, .revents = 0}};
  int count = 0;
  do {
    count = ::poll(fds, 2, -1);
  } while (count < 0 && errno == EINTR);
  return interrupted() ? Wake::Interrupted : Wake::Ready;
}

}  // namespace trowel::http

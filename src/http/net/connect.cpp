// SPDX-License-Identifier: Apache-2.0
#include "http/net/connect.hpp"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "http/transport_error.hpp"

namespace trowel::http {

namespace {

constexpr std::chrono::milliseconds kNextAfter{250};

// The system's order, families in alternation.
std::deque<Address> interleaved(const std::vector<Address>& addresses) {
  std::deque<Address> first;
  std::deque<Address> others;
  for (const auto& one : addresses)
    (one.storage.ss_family == addresses.front().storage.ss_family ? first : others).push_back(one);
  std::deque<Address> all;
  while (!first.empty() || !others.empty()) {
    for (auto* list : {&first, &others}) {
      if (list->empty()) continue;
      all.push_back(list->front());
      list->pop_front();
    }
  }
  return all;
}

class Attempts {
 public:
  Attempts(const std::vector<Address>& addresses, const Interrupt& interrupt)
      : waiting_(interleaved(addresses)), interrupt_(interrupt) {}

  // The first socket that is connected; none where all have failed or the wait was interrupted.
  os::UniqueFd first() {
    for (;;) {
      if (!waiting_.empty()) begin();
      if (connected_) return std::move(connected_);
      if (pending_.empty()) {
        if (waiting_.empty()) return {};
        continue;
      }
      if (!await()) return {};
      if (connected_) return std::move(connected_);
    }
  }

  int problem() const { return problem_; }

 private:
  void begin() {
    const Address address = waiting_.front();
    waiting_.pop_front();
    os::UniqueFd socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) {
      problem_ = errno;
      return;
    }
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0)
      connected_ = std::move(socket);
    else if (errno == EINPROGRESS)
      pending_.push_back(std::move(socket));
    else
      problem_ = errno;
  }

  // Until one of the pending ones is decided or it is time for the next; false where interrupted.
  bool await() {
    std::vector<Interrupt::Watched> watched;
    for (const auto& socket : pending_) watched.push_back({.fd = socket.get(), .events = POLLOUT});
    const auto limit = waiting_.empty() ? std::nullopt : std::optional(kNextAfter);
    if (interrupt_.wait(watched, limit) == Interrupt::Wake::Interrupted) return false;
    std::vector<os::UniqueFd> undecided;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if (!watched[i].ready) {
        undecided.push_back(std::move(pending_[i]));
        continue;
      }
      int result = 0;
      socklen_t size = sizeof result;
      if (::getsockopt(pending_[i].get(), SOL_SOCKET, SO_ERROR, &result, &size) != 0) result = errno;
      if (result == 0)
        connected_ = std::move(pending_[i]);
      else
        problem_ = result;
    }
    pending_ = std::move(undecided);
    return true;
  }

  std::deque<Address> waiting_;
  const Interrupt& interrupt_;
  std::vector<os::UniqueFd> pending_;
  os::UniqueFd connected_;
  int problem_ = 0;
};

}  // namespace

std::expected<os::UniqueFd, TransportError> connectTo(const std::vector<Address>& addresses, const std::string& name,
                                                      const Interrupt& interrupt) {
  Attempts attempts(addresses, interrupt);
  if (auto socket = attempts.first()) return socket;
  if (interrupt.interrupted())
    return stopped(
        fmt::format("No connection to {} had come about. Check the address, and whether a firewall or a VPN "
                    "stands in between.",
                    name));
  return transportFailure(
      Stage::Connect, core::ErrorCode::Unavailable,
      fmt::format("Nothing answers at {} ({}). Check that the address is right and the server runs.", name,
                  std::strerror(attempts.problem())));
}

}  // namespace trowel::http

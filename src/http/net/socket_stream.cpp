// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "http/net/stream.hpp"

namespace trowel::http {

namespace {

class SocketStream final : public Stream {
 public:
  explicit SocketStream(os::UniqueFd socket) : socket_(std::move(socket)) {}

  Moved read(std::span<char> into) override {
    auto count = retried([&] { return ::recv(socket_.get(), into.data(), into.size(), 0); });
    if (count == 0) return Moved::end();
    return moved(count, POLLIN);
  }

  Moved write(std::string_view bytes) override {
    return moved(retried([&] { return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }), POLLOUT);
  }

  bool hasInput() override {
    pollfd watched{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) != 0;
  }

  int descriptor() const override { return socket_.get(); }

 private:
  template <typename Call>
  static ssize_t retried(const Call& call) {
    ssize_t count = 0;
    do {
      count = call();
    } while (count < 0 && errno == EINTR);
    return count;
  }

  static Moved moved(ssize_t count, short events) {
    if (count >= 0) return Moved::bytes(static_cast<std::size_t>(count));
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Moved::blocked(events);
    return Moved::failed(std::strerror(errno));
  }

  os::UniqueFd socket_;
};

}  // namespace

std::unique_ptr<Stream> socketStream(os::UniqueFd socket) { return std::make_unique<SocketStream>(std::move(socket)); }

}  // namespace trowel::http

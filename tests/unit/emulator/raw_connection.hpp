// SPDX-License-Identifier: Apache-2.0
// A socket to the emulator, for what no HTTP client would send and none would tell.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator::test {

class RawConnection {
 public:
  explicit RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    connected_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  bool connected() const { return connected_; }
  // All of it; false where the other side is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  // Up to and with `end`; less where the connection ends before.
  std::string readTo(std::string_view end) {
    while (seen_.find(end) == std::string::npos && more()) continue;
    auto at = seen_.find(end);
    std::string text = seen_.substr(0, at == std::string::npos ? at : at + end.size());
    seen_.erase(0, text.size());
    return text;
  }
  std::string read(std::size_t count) {
    while (seen_.size() < count && more()) continue;
    std::string text = seen_.substr(0, count);
    seen_.erase(0, text.size());
    return text;
  }
  std::string readAll() {
    while (more()) continue;
    return std::exchange(seen_, {});
  }
  // What one answer is: head, then as many bytes as it announces.
  std::string readAnswer() {
    std::string head = readTo("\r\n\r\n");
    auto length = head.find("Content-Length: ");
    return length == std::string::npos ? head : head + read(std::stoul(head.substr(length + 16)));
  }
  bool wasReset() const { return reset_; }  // after one of the reads came to the end
  std::size_t reads() const { return reads_; }

 private:
  static constexpr std::size_t kMost = 256UL * 1024 * 1024;  // a body that never ends must not fill the machine

  bool more() {
    if (seen_.size() > kMost) return false;
    char block[65536];
    auto count = ::recv(socket_.get(), block, sizeof block, 0);
    if (count > 0) ++reads_;
    if (count < 0) reset_ = errno == ECONNRESET;
    if (count > 0) seen_.append(block, static_cast<std::size_t>(count));
    return count > 0;
  }

  os::UniqueFd socket_;
  bool connected_ = false;
  std::string seen_;
  bool reset_ = false;
  std::size_t reads_ = 0;
};

}  // namespace trowel::emulator::test

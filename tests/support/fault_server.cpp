// SPDX-License-Identifier: Apache-2.0
#include "support/fault_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

#include "trowel/core/text.hpp"

namespace trowel::test {

using Step = FaultServer::Step;

Step readRequest() { return {.kind = Step::Kind::ReadRequest}; }
Step readSome() { return {.kind = Step::Kind::ReadSome}; }
Step send(std::string bytes) { return {.kind = Step::Kind::Send, .text = std::move(bytes)}; }
Step answer(std::string body) {
  return send(fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                          body.size(), body));
}
Step close() { return {.kind = Step::Kind::Close}; }
Step reset() { return {.kind = Step::Kind::Reset}; }
Step awaitClose() { return {.kind = Step::Kind::AwaitClose}; }
Step mark(std::string name) { return {.kind = Step::Kind::Mark, .text = std::move(name)}; }
Step until(std::string name) { return {.kind = Step::Kind::Await, .text = std::move(name)}; }

namespace {

void must(bool ok) {
  if (!ok) throw std::runtime_error("FaultServer: a system call failed");
}

// Acknowledged by the other side's kernel, a FIN included; or the connection is gone.
void awaitArrival(int socket) {
  int waiting = 0;
  tcp_info info{};
  socklen_t size = sizeof info;
  do {
    std::this_thread::yield();
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_state == TCP_CLOSE) return;
  } while (::ioctl(socket, SIOCOUTQ, &waiting) == 0 && waiting > 0);
}

std::size_t bodyLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  auto lower = core::toLower(head);
  auto at = lower.find(kName);
  if (at == std::string::npos) return 0;
  auto text =
      core::trim(std::string_view(lower).substr(at + kName.size(), lower.find("\r\n", at + 2) - at - kName.size()));
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

}  // namespace

FaultServer::FaultServer(std::vector<Connection> connections) : scripts_(std::move(connections)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(listener_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  must(::listen(listener_, 16) == 0);
  must(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

FaultServer::~FaultServer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    for (int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& player : players_) player.join();
  ::close(listener_);
}

std::string FaultServer::origin() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::vector<std::string> FaultServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void FaultServer::await(const std::string& mark) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return reached(mark); });
}

void FaultServer::set(const std::string& mark) {
  std::lock_guard lock(mutex_);
  marks_.insert(mark);
  changed_.notify_all();
}

void FaultServer::accept() {
  for (std::size_t number = 0;; ++number) {
    int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    std::lock_guard lock(mutex_);
    if (stopping_ || number >= scripts_.size()) {
      ::close(socket);
      continue;
    }
    open_.insert(socket);
    players_.emplace_back([this, socket, number] { play(socket, scripts_[number]); });
  }
}

bool FaultServer::readRequest(int socket, std::string& pending) {
  std::size_t wanted = std::string::npos;
  while (true) {
    if (auto end = pending.find("\r\n\r\n"); wanted == std::string::npos && end != std::string::npos)
      wanted = end + 4 + bodyLength(std::string_view(pending).substr(0, end + 2));
    if (pending.size() >= wanted) break;
    char buffer[16384];
    auto count = ::recv(socket, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    pending.append(buffer, static_cast<std::size_t>(count));
  }
  std::lock_guard lock(mutex_);
  requests_.push_back(pending.substr(0, wanted));
  pending.erase(0, wanted);
  return true;
}

void FaultServer::play(int socket, const Connection& steps) {
  std::string pending;
  bool peerGone = false;
  for (const auto& step : steps) {
    if (peerGone) break;
    switch (step.kind) {
      case Step::Kind::ReadRequest:
        peerGone = !readRequest(socket, pending);
        break;
      case Step::Kind::ReadSome: {
        char buffer[1024];
        peerGone = ::recv(socket, buffer, sizeof buffer, 0) <= 0;
        break;
      }
      case Step::Kind::Send: {
        std::string_view left = step.text;
        while (!left.empty()) {
          auto count = ::send(socket, left.data(), left.size(), MSG_NOSIGNAL);
          if (count <= 0) break;
          left.remove_prefix(static_cast<std::size_t>(count));
        }
        awaitArrival(socket);
        break;
      }
      case Step::Kind::Close:
        ::shutdown(socket, SHUT_WR);
        awaitArrival(socket);
        break;
      case Step::Kind::Reset: {
        linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        // The close itself sends the RST, and marks behind this step promise that it was sent.
        std::lock_guard lock(mutex_);
        open_.erase(socket);
        ::close(socket);
        socket = -1;
        break;
      }
      case Step::Kind::AwaitClose: {
        char buffer[4096];
        while (::recv(socket, buffer, sizeof buffer, 0) > 0) {
        }
        break;
      }
      case Step::Kind::Mark:
        set(step.text);
        break;
      case Step::Kind::Await:
        await(step.text);
        break;
    }
  }

  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_; });
  if (socket < 0) return;
  open_.erase(socket);
  ::close(socket);
}

}  // namespace trowel::test

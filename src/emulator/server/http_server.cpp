// SPDX-License-Identifier: Apache-2.0
// Sockets are ours rather than cpp-httplib's: its server drops bodies of GET, waits forever for a POST without a
// length, queues at most five connections, needs up to a minute to stop while clients keep connections open, and
// cannot misbehave at byte level, which is half of what an emulator is for. One thread per connection: an idle
// client then holds nothing that another one needs.
#include "emulator/server/http_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "emulator/server/request_reader.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxConnections = 512;
constexpr int kBacklog = 512;

bool sendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Sends what a response keeps in a file; the head has gone out.
bool sendFile(int socket, const FileBody& body) {
  os::UniqueFd file(::open(body.file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return false;
  auto offset = static_cast<off_t>(body.offset);
  std::uint64_t left = body.length;
  while (left > 0) {
    auto count = ::sendfile(socket, file.get(), &offset, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    left -= static_cast<std::uint64_t>(count);
  }
  return true;
}

bool sendResponse(int socket, const Response& response, bool keepAlive, bool headOnly) {
  if (!sendAll(socket, serialize(response, keepAlive, headOnly))) return false;
  return !response.file || headOnly || sendFile(socket, *response.file);
}

}  // namespace

core::Result<std::unique_ptr<HttpServer>> HttpServer::start(int port, Handler handler) {
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return core::fail(core::ErrorCode::Internal, "No socket can be made.", std::strerror(errno));
  int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // the socket API's own idiom
  if (::bind(listener, generic, size) != 0 || ::listen(listener, kBacklog) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    int problem = errno;
    ::close(listener);
    return core::fail(core::ErrorCode::Unavailable, "Port " + std::to_string(port) + " of 127.0.0.1 cannot be used (" +
                                                        std::strerror(problem) +
                                                        "). Choose another port, or none to get a free one.");
  }
  auto server = std::unique_ptr<HttpServer>(new HttpServer(listener, ntohs(address.sin_port), std::move(handler)));
  server->acceptor_ = std::thread([raw = server.get()] { raw->acceptLoop(); });
  return server;
}

HttpServer::HttpServer(int listener, int port, Handler handler)
    : listener_(listener), port_(port), handler_(std::move(handler)) {}

HttpServer::~HttpServer() {
  stop();
  ::close(listener_);
}

void HttpServer::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);  // ends the accept
    for (auto& connection : connections_)
      if (!connection.finished) ::shutdown(connection.socket, SHUT_RDWR);
    ended_.notify_all();
  }
  acceptor_.join();
  for (auto& connection : connections_) connection.thread.join();  // nobody adds or removes any more
  connections_.clear();
}

void HttpServer::acceptLoop() {
  core::nameThread("emu-accept");
  while (true) {
    int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    int problem = errno;
    std::unique_lock lock(mutex_);
    if (stopping_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    reap();
    if (socket < 0) {
      bool exhausted = problem == EMFILE || problem == ENFILE;
      if (exhausted && !connections_.empty()) {  // accepting again at once would only spin
        core::logWarn("emulator", "No file descriptor is left; waiting for a connection to end.");
        ended_.wait(lock, [this] { return stopping_ || anyFinished(); });
      }
      continue;
    }
    if (connections_.size() >= kMaxConnections) {
      ::close(socket);
      continue;
    }
    int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto& connection = connections_.emplace_back();
    connection.socket = socket;
    connection.thread = std::thread([this, &connection] { serve(connection); });
  }
}

bool HttpServer::anyFinished() const {
  return std::any_of(connections_.begin(), connections_.end(), [](const auto& one) { return one.finished; });
}

void HttpServer::reap() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (it->finished) {
      it->thread.join();
      it = connections_.erase(it);
    } else {
      ++it;
    }
  }
}

void HttpServer::serve(Connection& connection) {
  core::nameThread("emu-http");
  int socket = connection.socket;  // set before the thread began
  RequestReader reader(socket);
  while (true) {
    Request request;
    auto outcome = reader.readHead(request);
    if (outcome == RequestReader::Outcome::Closed) break;
    if (outcome != RequestReader::Outcome::Ok) {
      int status = outcome == RequestReader::Outcome::HeadTooLarge ? 431 : 400;
      sendAll(socket, serialize({.status = status, .contentType = "text/plain"}, false, false));
      break;
    }
    Response response = handler_(request, reader.body());
    if (response.delivery == Delivery::Dropped) break;
    bool whole = reader.finishBody();
    bool keepAlive = whole && request.keepAlive() && response.delivery == Delivery::Whole;
    if (!sendResponse(socket, response, keepAlive, request.method == "HEAD") || !keepAlive) break;
  }
  std::lock_guard lock(mutex_);
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  connection.finished = true;
  ended_.notify_all();
}

}  // namespace trowel::emulator

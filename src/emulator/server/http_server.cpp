// SPDX-License-Identifier: Apache-2.0
// Sockets are ours rather than cpp-httplib's: its server drops bodies of GET, waits forever for a POST without a
// length, queues at most five connections, needs up to a minute to stop while clients keep connections open, and
// cannot misbehave at byte level, which is half of what an emulator is for. One thread per connection: an idle
// client then holds nothing that another one needs.
#include "emulator/server/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxHead = 64UL * 1024;
constexpr std::size_t kMaxBody = 512UL * 1024 * 1024;
constexpr std::size_t kMaxConnections = 512;
constexpr int kIdleMilliseconds = 120'000;
constexpr int kBacklog = 512;

// Reads one request after the other; keeps what came too early.
class Reader {
 public:
  explicit Reader(int socket) : socket_(socket) {}

  enum class Outcome : std::uint8_t { Ok, Closed, Bad, HeadTooLarge, BodyTooLarge };

  Outcome read(Request& request) {
    std::size_t end = 0;
    std::size_t length = 0;  // of the empty line
    while (!findHeadEnd(end, length)) {
      if (buffer_.size() > kMaxHead) return Outcome::HeadTooLarge;
      if (!more()) return Outcome::Closed;
    }
    auto parsed = parseHead(std::string_view(buffer_).substr(0, end));
    buffer_.erase(0, end + length);
    if (!parsed) return Outcome::Bad;
    request = std::move(*parsed);
    if (core::equalsIgnoreCase(request.header("expect"), "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      if (::send(socket_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) < 0) return Outcome::Closed;
    }
    if (core::toLower(request.header("transfer-encoding")).find("chunked") != std::string::npos)
      return readChunked(request.body);
    auto announced = request.header("content-length");
    if (announced.empty()) return Outcome::Ok;
    std::size_t size = 0;
    auto [rest, problem] = std::from_chars(announced.data(), announced.data() + announced.size(), size);
    if (problem != std::errc() || rest != announced.data() + announced.size()) return Outcome::Bad;
    return take(size, request.body);
  }

 private:
  bool findHeadEnd(std::size_t& end, std::size_t& length) {
    while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);  // RFC 9112 2.2: empty lines before a request
    auto crlf = buffer_.find("\r\n\r\n");
    auto bare = buffer_.find("\n\n");
    if (crlf == std::string::npos && bare == std::string::npos) return false;
    end = std::min(crlf, bare);
    length = crlf < bare ? 4 : 2;
    return true;
  }

  bool more() {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kIdleMilliseconds) <= 0) return false;
    char block[64 * 1024];
    auto count = ::recv(socket_, block, sizeof block, 0);
    if (count <= 0) return count < 0 && errno == EINTR;
    buffer_.append(block, static_cast<std::size_t>(count));
    return true;
  }

  Outcome take(std::size_t size, std::string& body) {
    if (size > kMaxBody || body.size() + size > kMaxBody) return Outcome::BodyTooLarge;
    while (buffer_.size() < size)
      if (!more()) return Outcome::Closed;
    body.append(buffer_, 0, size);
    buffer_.erase(0, size);
    return Outcome::Ok;
  }

  Outcome readLine(std::string& line) {
    std::size_t end = 0;
    while ((end = buffer_.find('\n')) == std::string::npos) {
      if (buffer_.size() > kMaxHead) return Outcome::Bad;
      if (!more()) return Outcome::Closed;
    }
    line = core::trim(std::string_view(buffer_).substr(0, end));
    buffer_.erase(0, end + 1);
    return Outcome::Ok;
  }

  Outcome readChunked(std::string& body) {
    std::string line;
    while (true) {
      if (auto outcome = readLine(line); outcome != Outcome::Ok) return outcome;
      std::size_t size = 0;
      auto [rest, problem] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
      if (problem != std::errc() || (rest != line.data() + line.size() && *rest != ';')) return Outcome::Bad;
      if (size == 0) break;
      if (auto outcome = take(size, body); outcome != Outcome::Ok) return outcome;
      if (auto outcome = readLine(line); outcome != Outcome::Ok) return outcome;
      if (!line.empty()) return Outcome::Bad;
    }
    do {  // trailers
      if (auto outcome = readLine(line); outcome != Outcome::Ok) return outcome;
    } while (!line.empty());
    return Outcome::Ok;
  }

  int socket_;
  std::string buffer_;
};

bool sendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

int statusOf(Reader::Outcome outcome) {
  switch (outcome) {
    case Reader::Outcome::HeadTooLarge:
      return 431;
    case Reader::Outcome::BodyTooLarge:
      return 413;
    default:
      return 400;
  }
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
  Reader reader(socket);
  while (true) {
    Request request;
    auto outcome = reader.read(request);
    if (outcome == Reader::Outcome::Closed) break;
    if (outcome != Reader::Outcome::Ok) {
      sendAll(socket, serialize({.status = statusOf(outcome), .contentType = "text/plain"}, false, false));
      break;
    }
    Response response = handler_(request);
    if (response.delivery == Delivery::Dropped) break;
    bool keepAlive = request.keepAlive() && response.delivery == Delivery::Whole;
    if (!sendAll(socket, serialize(response, keepAlive, request.method == "HEAD")) || !keepAlive) break;
  }
  std::lock_guard lock(mutex_);
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  connection.finished = true;
  ended_.notify_all();
}

}  // namespace trowel::emulator

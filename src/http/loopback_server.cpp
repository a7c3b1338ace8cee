// SPDX-License-Identifier: Apache-2.0
// A thread that accepts and one for each connection: a handler may wait for a token to be fetched, and others must not
// wait for that. Every wait of theirs is one on the socket and on the server's end together.
#include "trowel/http/loopback_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "http/net/interrupt.hpp"
#include "http/net/stream.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::http {

namespace {

constexpr std::size_t kMaxHead = 32UL * 1024;
constexpr std::size_t kMaxConnections = 64;
constexpr int kBacklog = 64;

struct Request {
  std::string method;
  std::string target;
  Headers headers;
};

std::unexpected<core::Error> failSocket(int problem, std::uint16_t port) {
  if (problem == EADDRINUSE)
    return core::fail(core::ErrorCode::Conflict,
                      "Port " + std::to_string(port) + " of this machine is in use by another program.");
  return core::fail(
      core::ErrorCode::Unavailable,
      "Port " + std::to_string(port) + " of this machine cannot be listened on (" + std::strerror(problem) + ").");
}

core::Result<os::UniqueFd> listenOn(const sockaddr* address, socklen_t size, std::uint16_t port) {
  os::UniqueFd listener(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener) return failSocket(errno, port);
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(listener.get(), address, size) != 0 || ::listen(listener.get(), kBacklog) != 0)
    return failSocket(errno, port);
  return listener;
}

core::Result<os::UniqueFd> listenV4(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return listenOn(reinterpret_cast<const sockaddr*>(&address), sizeof address, port);
}

core::Result<os::UniqueFd> listenV6(std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(port);
  return listenOn(reinterpret_cast<const sockaddr*>(&address), sizeof address, port);
}

std::uint16_t portOf(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// Nothing where it is no head of HTTP/1.
std::optional<Request> parseHead(std::string_view head) {
  Request request;
  bool first = true;
  for (auto line : core::split(head, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first) {
      auto words = core::split(line, ' ');
      if (words.size() != 3 || words[0].empty() || !words[1].starts_with('/') || !words[2].starts_with("HTTP/1."))
        return std::nullopt;
      request.method = std::string(words[0]);
      request.target = std::string(words[1]);
      first = false;
      continue;
    }
    if (line.empty()) continue;
    auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    request.headers.emplace_back(std::string(line.substr(0, colon)), std::string(core::trim(line.substr(colon + 1))));
  }
  return request;
}

// Another name for this machine, even one that resolves to it, is a page's trick.
bool namesThisMachine(const Headers& headers, std::uint16_t port) {
  auto origin = parseOrigin("http://" + std::string(headerOf(headers, "Host")));
  return origin && origin->isLoopback() && origin->port == port;
}

HttpResponse plain(int status, std::string text) {
  return {.status = status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::move(text)};
}

std::string_view reasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Answer";
  }
}

std::string serialise(const HttpResponse& response, bool withBody) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(reasonOf(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) text.append(name).append(": ").append(value).append("\r\n");
  text += "Content-Length: " + std::to_string(response.body.size()) +
          "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
  if (withBody) text += response.body;
  return text;
}

// One connection's waits, which end together when its time is over.
class Patience {
 public:
  Patience(const Interrupt& interrupt, core::Duration time)
      : interrupt_(interrupt), end_(std::chrono::steady_clock::now() + time) {}

  bool waitFor(int fd, short events) const {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::vector<Interrupt::Watched> watched{{.fd = fd, .events = events}};
    return interrupt_.wait(watched, left) == Interrupt::Wake::Ready;
  }

 private:
  const Interrupt& interrupt_;
  std::chrono::steady_clock::time_point end_;
};

enum class Came : std::uint8_t { Head, TooLong, Nothing };

Came readHead(Stream& stream, const Patience& patience, std::string& head) {
  std::array<char, 4096> piece;
  for (;;) {
    auto moved = stream.read(piece);
    if (moved.kind == Moved::Kind::Blocked) {
      if (!patience.waitFor(stream.descriptor(), moved.events)) return Came::Nothing;
      continue;
    }
    if (moved.kind != Moved::Kind::Bytes) return Came::Nothing;
    head.append(piece.data(), moved.count);
    if (auto end = head.find("\r\n\r\n"); end != std::string::npos) {
      head.resize(end);
      return Came::Head;
    }
    if (head.size() > kMaxHead) return Came::TooLong;
  }
}

// Sends it, then takes what else comes until the other side closes: closing on bytes that nobody has read would reset
// the connection and with it take back the answer.
void sendAll(Stream& stream, const Patience& patience, std::string_view bytes) {
  while (!bytes.empty()) {
    auto moved = stream.write(bytes);
    if (moved.kind == Moved::Kind::Bytes) {
      bytes.remove_prefix(moved.count);
    } else if (moved.kind != Moved::Kind::Blocked || !patience.waitFor(stream.descriptor(), moved.events)) {
      return;
    }
  }
  ::shutdown(stream.descriptor(), SHUT_WR);
  std::array<char, 4096> ignored;
  for (std::size_t taken = 0; taken < 1UL << 20U;) {
    auto moved = stream.read(ignored);
    if (moved.kind == Moved::Kind::Bytes) {
      taken += moved.count;
    } else if (moved.kind != Moved::Kind::Blocked || !patience.waitFor(stream.descriptor(), moved.events)) {
      return;
    }
  }
}

}  // namespace

class LoopbackServer::Impl {
 public:
  Impl(std::vector<os::UniqueFd> listeners, Interrupt interrupt, core::CancelSource stopped, LoopbackOptions options,
       Handler handler)
      : listeners_(std::move(listeners)),
        port_(portOf(listeners_.front().get())),
        interrupt_(std::move(interrupt)),
        stopped_(std::move(stopped)),
        options_(options),
        handler_(std::move(handler)),
        acceptor_([this] { accept(); }) {}

  ~Impl() {
    stopped_.cancel(core::CancelReason::Shutdown);
    acceptor_.join();
    for (auto& connection : connections_) connection.thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  struct Connection {
    std::thread thread;
    bool ended = false;  // guarded by mutex_
  };

  void accept() {
    core::nameThread("loop-accept");
    for (;;) {
      std::vector<Interrupt::Watched> watched;
      for (const auto& listener : listeners_) watched.push_back({.fd = listener.get(), .events = POLLIN});
      if (interrupt_.wait(watched) == Interrupt::Wake::Interrupted) return;
      reap();
      for (const auto& listener : listeners_) {
        os::UniqueFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket) {
          begin(std::move(socket));
        } else if (errno == EMFILE || errno == ENFILE) {  // accepting again at once would only spin
          std::vector<Interrupt::Watched> nothing;
          if (interrupt_.wait(nothing, std::chrono::milliseconds(100)) == Interrupt::Wake::Interrupted) return;
        }
      }
    }
  }

  void begin(os::UniqueFd socket) {
    if (connections_.size() >= kMaxConnections) {
      core::logWarn("http", "Too many connections to the loopback server; one more is refused.");
      return;
    }
    auto& connection = connections_.emplace_back();
    connection.thread = std::thread([this, &connection, socket = std::move(socket)]() mutable {
      core::nameThread("loopback");
      talk(*socketStream(std::move(socket)));
      std::lock_guard lock(mutex_);
      connection.ended = true;
    });
  }

  void talk(Stream& stream) {
    std::string head;
    auto came = readHead(stream, Patience(interrupt_, options_.headTime), head);
    if (came == Came::Nothing) return;
    auto request = came == Came::Head ? parseHead(head) : std::nullopt;
    HttpResponse response;
    if (!request)
      response = plain(400, "This is no request that can be read.\n");
    else if (!namesThisMachine(request->headers, port_))
      response = plain(403, "This server answers to localhost only.\n");
    else
      response = handler_(request->method, request->target, request->headers, stopped_.token());
    sendAll(stream, Patience(interrupt_, options_.headTime),
            serialise(response, !request || request->method != "HEAD"));
  }

  // On the acceptor's thread, the only one that changes the list.
  void reap() {
    std::list<Connection> ended;
    {
      std::lock_guard lock(mutex_);
      for (auto it = connections_.begin(); it != connections_.end();) {
        auto next = std::next(it);
        if (it->ended) ended.splice(ended.end(), connections_, it);
        it = next;
      }
    }
    for (auto& connection : ended) connection.thread.join();
  }

  const std::vector<os::UniqueFd> listeners_;
  const std::uint16_t port_;
  const Interrupt interrupt_;
  const core::CancelSource stopped_;
  const LoopbackOptions options_;
  const Handler handler_;
  std::mutex mutex_;  // guards `ended` of all connections
  std::list<Connection> connections_;
  std::thread acceptor_;  // last: it uses the others
};

core::Result<std::unique_ptr<LoopbackServer>> LoopbackServer::start(const LoopbackOptions& options, Handler handler) {
  std::vector<os::UniqueFd> listeners;
  listeners.push_back(TROWEL_TRY(listenV4(options.port)));
  if (options.ipv6) {
    auto other = listenV6(portOf(listeners.front().get()));
    if (other) {
      listeners.push_back(*std::move(other));
    } else if (other.error().code == core::ErrorCode::Conflict) {
      // A browser that tries ::1 first would bring the answer to somebody else.
      return std::unexpected(std::move(other.error()));
    }
  }
  core::CancelSource stopped;
  auto interrupt = TROWEL_TRY(Interrupt::create(stopped.token()));
  return std::unique_ptr<LoopbackServer>(new LoopbackServer(std::make_unique<Impl>(
      std::move(listeners), std::move(interrupt), std::move(stopped), options, std::move(handler))));
}

LoopbackServer::LoopbackServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoopbackServer::~LoopbackServer() = default;

std::uint16_t LoopbackServer::port() const { return impl_->port(); }

}  // namespace trowel::http

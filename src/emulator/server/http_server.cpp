// SPDX-License-Identifier: Apache-2.0
// Sockets are ours rather than cpp-httplib's: its server drops bodies of GET, waits forever for a POST without a
// length, queues at most five connections, needs up to a minute to stop while clients keep connections open, and
// cannot misbehave at byte level, which is half of what an emulator is for. One thread per connection: an idle
// client then holds nothing that another one needs.
#include "emulator/server/http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "emulator/server/response_writer.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxConnections = 512;
constexpr int kBacklog = 512;
constexpr std::uint64_t kSmallAnswer = 64UL * 1024;

}  // namespace

core::Result<std::unique_ptr<HttpServer>> HttpServer::listen(ServerSettings settings) {
  os::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener) return core::fail(core::ErrorCode::Internal, "No socket can be made.", std::strerror(errno));
  int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(settings.port));
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // the socket API's own idiom
  if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), kBacklog) != 0 ||
      ::getsockname(listener.get(), generic, &size) != 0) {
    return core::fail(core::ErrorCode::Unavailable, "Port " + std::to_string(settings.port) +
                                                        " of 127.0.0.1 cannot be used (" + std::strerror(errno) +
                                                        "). Choose another port, or none to get a free one.");
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener), ntohs(address.sin_port), std::move(settings)));
}

HttpServer::HttpServer(os::UniqueFd listener, int port, ServerSettings settings)
    : listener_(std::move(listener)), port_(port), settings_(std::move(settings)) {}

void HttpServer::serve(Handler handler) {
  handler_ = std::move(handler);
  acceptor_ = std::thread([this] { acceptLoop(); });
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);  // ends the accept
    for (auto& connection : connections_)
      if (connection.stream) connection.stream->shutDown();
    ended_.notify_all();
  }
  stopped_.cancel(core::CancelReason::Shutdown);
  if (acceptor_.joinable()) acceptor_.join();
  for (auto& connection : connections_) connection.thread.join();  // nobody adds or removes any more
  connections_.clear();
}

void HttpServer::acceptLoop() {
  core::nameThread("emu-accept");
  while (true) {
    os::UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    int problem = errno;
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    reap();
    if (!socket) {
      bool exhausted = problem == EMFILE || problem == ENFILE;
      if (exhausted && !connections_.empty()) {  // accepting again at once would only spin
        core::logWarn("emulator", "No file descriptor is left; waiting for a connection to end.");
        ended_.wait(lock, [this] { return stopping_ || anyFinished(); });
      }
      continue;
    }
    if (connections_.size() >= kMaxConnections) {
      core::logWarn("emulator", "512 connections are open; one more is refused.");
      continue;
    }
    int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto& connection = connections_.emplace_back();
    if (settings_.tls) {
      connection.stream = settings_.tls->wrap(std::move(socket));
    } else {
      connection.stream = std::make_unique<PlainStream>(std::move(socket));
    }
    connection.thread = std::thread([this, &connection] { run(connection); });
  }
}

bool HttpServer::anyFinished() const {
  return std::any_of(connections_.begin(), connections_.end(), [](const auto& one) { return !one.stream; });
}

void HttpServer::reap() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!it->stream) {
      it->thread.join();
      it = connections_.erase(it);
    } else {
      ++it;
    }
  }
}

void HttpServer::run(Connection& connection) {
  core::nameThread("emu-http");
  talk(*connection.stream);  // set before the thread began
  std::lock_guard lock(mutex_);
  connection.stream.reset();
  ended_.notify_all();
}

void HttpServer::talk(Stream& stream) {
  if (!stream.open(std::chrono::steady_clock::now() + settings_.patience.head)) return;
  RequestReader reader(stream, settings_.patience);
  ResponseWriter writer(stream, settings_.clock, stopped_.token());
  auto next = ResponseWriter::Next::Continue;
  while (next == ResponseWriter::Next::Continue) {
    auto head = reader.readHead();
    if (head && !*head) break;
    if (!head) {
      next = writer.send(toResponse(head.error()), {}, false);
      break;
    }
    Request& request = **head;
    Response response = handler_(request, reader.body());
    bool usable = reader.canFinish();
    // A client that hears early that its request is in vain need not send the rest of it. One that does not listen
    // while it sends would stand against us if the answer were large.
    if (response.length() > kSmallAnswer) usable = reader.finishBody();
    next = writer.send(response, request, usable && request.keepAlive());
    if (next == ResponseWriter::Next::Continue && !reader.finishBody()) next = ResponseWriter::Next::Close;
  }
  if (next == ResponseWriter::Next::Abandon) return;
  stream.finish();
  reader.linger();
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Stock cpp-httplib 0.11 with its weak spots covered from outside:
//  - It connects with a time limit but cannot be stopped meanwhile, and hides whether the name or the connection
//  failed.
//    So the connecting is ours (a virtual function of the library), with a socket that another thread can shut down.
//  - The other thread shuts down a duplicate of the socket's number. The library closes its own number whenever it
//    likes, and the kernel may give that to another connection in the same moment.
//  - It reads bodies of answers that have none, and believes any Content-Length. So the head is checked before it goes
//    on to the body.
#include "http/httplib_connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

// Between two pieces of one answer. The call's own time limit comes sooner unless it is a long one.
constexpr auto kInactivity = std::chrono::minutes(2);

TransportError failed(Stage stage, core::ErrorCode code, std::string message, std::string detail = {},
                      std::source_location place = std::source_location::current()) {
  TransportError error;
  error.code = code;
  error.message = std::move(message);
  error.detail = std::move(detail);
  error.place = place;
  error.stage = stage;
  return error;
}

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

bool isDigits(std::string_view text) {
  return !text.empty() && text.size() < 19 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Why the head of an answer cannot be trusted; empty where it can.
std::string problemOf(const httplib::Response& head) {
  if (head.status < 200 || head.status > 599) return fmt::format("the status {} ends no exchange", head.status);
  auto [first, last] = head.headers.equal_range("Content-Length");
  for (auto it = first; it != last; ++it) {
    if (!isDigits(it->second)) return "its Content-Length is not a number";
    if (it->second != first->second) return "it has two different Content-Lengths";
  }
  auto encoding = head.get_header_value("Content-Encoding");
  if (!encoding.empty() && !core::equalsIgnoreCase(encoding, "identity")) return "it is compressed without being asked";
  return {};
}

// What the library calls by itself while it works on one request.
struct Progress {
  bool headSeen = false;
  bool complete = false;  // no body follows
  std::string problem;
};

}  // namespace

class HttplibConnection::Client final : public httplib::ClientImpl {
 public:
  explicit Client(const Origin& server) : ClientImpl(server.host, server.port), origin(server), name(server.text()) {
    set_keep_alive(true);
    set_follow_location(false);
    set_decompress(false);
    set_url_encode(false);
    set_read_timeout(kInactivity);
    set_write_timeout(kInactivity);
  }

  void interrupt() {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (handle_) ::shutdown(handle_.get(), SHUT_RDWR);
  }

  bool idle() const {
    // Not under our lock: the library connects, and so comes to our lock, under the one that it takes here.
    if (!is_socket_open()) return false;
    std::lock_guard lock(mutex_);
    if (interrupted_ || !handle_) return false;
    pollfd watched{.fd = handle_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) == 0;
  }

  const Origin origin;
  const std::string name;                      // for error texts
  std::optional<TransportError> connectError;  // why the last exchange has no connection

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    connectError.reset();
    error = httplib::Error::Connection;
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (int code = ::getaddrinfo(origin.host.c_str(), std::to_string(origin.port).c_str(), &wanted, &found);
        code != 0) {
      connectError = failed(Stage::Lookup, core::ErrorCode::Unavailable,
                            fmt::format("The name of the host {} cannot be resolved ({}). Check the address and the "
                                        "network.",
                                        origin.host, ::gai_strerror(code)));
      return false;
    }
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);

    int problem = 0;
    for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
      auto connected = connect(*address, problem);
      if (!connected) continue;
      socket.sock = connected.release();
      error = httplib::Error::Success;
      return true;
    }
    connectError = failed(Stage::Connect, core::ErrorCode::Unavailable,
                          fmt::format("Nothing answers at {} ({}). Check that the address is right and the server "
                                      "runs.",
                                      name, std::strerror(problem)));
    return false;
  }

  // A connected, blocking socket, or none and the system's number of the problem. Leaves the duplicate in handle_.
  Descriptor connect(const addrinfo& address, int& problem) {
    Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) {
      problem = errno;
      return {};
    }
    int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool pending = false;
    {
      // Under the lock, so that an interruption comes either before the socket connects or finds it connecting.
      std::lock_guard lock(mutex_);
      problem = ECANCELED;
      if (interrupted_) return {};
      handle_ = Descriptor(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
      problem = handle_ ? 0 : errno;
      if (!handle_) return {};
      if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) problem = errno;
      pending = problem == EINPROGRESS;
    }
    if (pending) {
      pollfd watched{.fd = socket.get(), .events = POLLOUT, .revents = 0};
      int ready = 0;
      do {
        ready = ::poll(&watched, 1, static_cast<int>(std::chrono::milliseconds(kInactivity).count()));
      } while (ready < 0 && errno == EINTR);
      socklen_t size = sizeof problem;
      if (ready == 0) {
        problem = ETIMEDOUT;
      } else if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) {
        problem = errno;
      }
    }
    if (problem != 0) return {};
    ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
    return socket;
  }

  mutable std::mutex mutex_;  // guards everything below
  Descriptor handle_;         // another number of the library's socket
  bool interrupted_ = false;
};

HttplibConnection::HttplibConnection(const Origin& origin) : client_(std::make_unique<Client>(origin)) {}
HttplibConnection::~HttplibConnection() = default;

void HttplibConnection::interrupt() { client_->interrupt(); }

bool HttplibConnection::reusable() const { return client_->idle(); }

HttpResult HttplibConnection::exchange(const HttpRequest& request, std::size_t maxBodyBytes) {
  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  for (const auto& [key, value] : request.headers) out.headers.emplace(key, value);
  if (!request.authorization.empty()) out.headers.emplace("Authorization", request.authorization.reveal());
  out.set_header("Host", client_->origin.authority());
  out.set_header("Accept-Encoding", "identity");
  out.body = request.body;

  HttpResponse answer;
  Progress progress;
  out.response_handler = [&](const httplib::Response& head) {
    progress.headSeen = true;
    progress.problem = problemOf(head);
    // The library would wait for the body of a 304 (which never has one) until the server hangs up.
    progress.complete = head.status == 304;
    return progress.problem.empty() && !progress.complete;
  };
  out.content_receiver = [&](const char* data, std::size_t length, std::uint64_t, std::uint64_t) {
    if (length > maxBodyBytes - answer.body.size()) {
      progress.problem = fmt::format("it is larger than {} MiB", maxBodyBytes >> 20U);
      return false;
    }
    answer.body.append(data, length);
    return true;
  };

  httplib::Response in;
  auto error = httplib::Error::Success;
  bool done = client_->send(out, in, error) || (progress.complete && progress.problem.empty());
  if (done) {
    answer.status = in.status;
    for (auto& [key, value] : in.headers) answer.headers.emplace_back(key, value);
    return answer;
  }

  auto detail = fmt::format("{} {}: {}", request.method, client_->name, httplib::to_string(error));
  if (client_->connectError) return std::unexpected(*client_->connectError);
  if (!progress.problem.empty())
    return std::unexpected(failed(Stage::Body, core::ErrorCode::DataLoss,
                                  fmt::format("The answer of {} cannot be used: {}.", client_->name, progress.problem),
                                  detail));
  if (progress.headSeen)
    return std::unexpected(failed(Stage::Body, core::ErrorCode::DataLoss,
                                  fmt::format("The answer of {} broke off in the middle.", client_->name), detail));
  return std::unexpected(failed(Stage::Exchange, core::ErrorCode::Unavailable,
                                fmt::format("The connection to {} was lost before an answer came.", client_->name),
                                detail));
}

}  // namespace trowel::http

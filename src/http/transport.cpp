// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/transport.hpp"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "http/connection.hpp"
#include "http/message/request_writer.hpp"
#include "http/net/connect.hpp"
#include "http/net/lookup.hpp"
#include "http/net/tls.hpp"
#include "http/net/tunnel.hpp"
#include "http/transport_error.hpp"

namespace trowel::http {

namespace {

std::unexpected<TransportError> refuse(core::Error error, Stage stage = Stage::Request) {
  TransportError refused{std::move(error)};
  refused.stage = stage;
  return std::unexpected(std::move(refused));
}

// Cancels when the time is up, or when no byte has moved for long.
class Watch {
 public:
  Watch(core::Timer& timer, const CallOptions& options, const core::CancelSource& stop)
      : timer_(timer), state_(std::make_shared<State>(stop, options.stall)) {
    deadline_ = timer_.after(options.timeout, [state = state_] { state->stop.cancel(core::CancelReason::Deadline); });
    if (options.stall < options.timeout) look(timer_, state_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    timer_.cancel(deadline_);
    std::lock_guard lock(state_->mutex);
    state_->over = true;
    timer_.cancel(state_->job);
  }

  void moved() { state_->moved.store(true, std::memory_order_relaxed); }

 private:
  struct State {
    State(core::CancelSource stopped, core::Duration limit) : stop(std::move(stopped)), stall(limit) {}

    core::CancelSource stop;
    core::Duration stall;
    std::atomic<bool> moved = false;
    std::mutex mutex;  // guards everything below
    core::Timer::Id job = 0;
    bool over = false;
  };

  static void look(core::Timer& timer, const std::shared_ptr<State>& state) {
    std::lock_guard lock(state->mutex);
    if (state->over) return;
    state->job = timer.after(state->stall, [&timer, state] {
      if (state->moved.exchange(false, std::memory_order_relaxed))
        look(timer, state);
      else
        state->stop.cancel(core::CancelReason::Stalled);
    });
  }

  core::Timer& timer_;
  std::shared_ptr<State> state_;
  core::Timer::Id deadline_ = 0;
};

}  // namespace

// Idle connections by server, the last used first: the longest idle are the likeliest to be closed by the server.
class HttpTransport::Pool {
 public:
  // None where no idle one is fit.
  std::unique_ptr<Connection> take(const std::string& server) {
    for (;;) {
      std::unique_ptr<Connection> connection;
      {
        std::lock_guard lock(mutex_);
        auto& kept = idle_[server];
        if (kept.empty()) return nullptr;
        connection = std::move(kept.back());
        kept.pop_back();
      }
      if (connection->reusable()) return connection;
    }
  }

  void giveBack(const std::string& server, std::unique_ptr<Connection> connection) {
    if (!connection->reusable()) return;
    std::lock_guard lock(mutex_);
    if (closed_) return;
    auto& kept = idle_[server];
    if (kept.size() < kMaxIdle) kept.push_back(std::move(connection));
  }

  // From now on nothing is kept.
  void close() {
    decltype(idle_) dropped;
    std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(idle_);
  }

 private:
  static constexpr std::size_t kMaxIdle = 32;  // per server

  std::mutex mutex_;  // guards everything below
  std::map<std::string, std::vector<std::unique_ptr<Connection>>> idle_;
  bool closed_ = false;
};

// The network as one set of options reaches it. Ends when the last call over it has.
class HttpTransport::Route {
 public:
  Route(core::Timer& timer, Resolver& resolver, const NetworkOptions& options)
      : timer_(timer), resolver_(resolver), proxies_(options.proxy), tls_(options.trust) {}

  void retire() { pool_.close(); }

  HttpResult send(const HttpRequest& request, const CallOptions& options) {
    auto server = parseOrigin(request.origin);
    if (!server) return refuse(std::move(server).error());
    if (auto checked = checkRequest(request); !checked) return refuse(std::move(checked).error());

    // The caller's token and the deadlines end the exchange in the same way.
    const core::CancelSource stop(options.cancel);
    auto result = watched(request, options, *server, stop);
    if (!stop.token().cancelled()) return result;
    auto error = stop.token().error(fmt::format("The request to {}", server->text()));
    if (error.code == core::ErrorCode::DeadlineExceeded && !result && result.error().stage == Stage::Stopped)
      error.message += " " + result.error().message;
    return refuse(std::move(error), Stage::Stopped);
  }

 private:
  HttpResult watched(const HttpRequest& request, const CallOptions& options, const Origin& server,
                     const core::CancelSource& stop) {
    auto interrupt = Interrupt::create(stop.token());
    if (!interrupt) return refuse(std::move(interrupt).error());
    Watch watch(timer_, options, stop);
    const std::string key = server.text();
    auto connection = pool_.take(key);
    if (!connection) {
      auto opened = open(server, *interrupt);
      if (!opened) return std::unexpected(std::move(opened).error());
      connection = *std::move(opened);
    }
    auto result = connection->exchange(request, options, kMaxBodyBytes, *interrupt, [&watch] { watch.moved(); });
    if (result && !stop.token().cancelled()) pool_.giveBack(key, std::move(connection));
    return result;
  }

  std::expected<std::unique_ptr<Connection>, TransportError> open(const Origin& server, const Interrupt& interrupt) {
    const Proxy* proxy = proxies_.proxyFor(server);
    auto stream = proxy != nullptr ? openProxy(*proxy, interrupt) : openSocket(server, server.text(), interrupt);
    if (!stream) return std::unexpected(std::move(stream).error());
    const bool secure = server.scheme == "https";
    if (secure) {
      if (proxy != nullptr)
        if (auto tunnel = openTunnel(**stream, *proxy, server, interrupt); !tunnel)
          return std::unexpected(std::move(tunnel).error());
      stream = tls_.connect(*std::move(stream), server.host, server.text(), interrupt);
      if (!stream) return std::unexpected(std::move(stream).error());
    }
    return std::make_unique<Connection>(*std::move(stream), server, secure ? nullptr : proxy);
  }

  using Opened = std::expected<std::unique_ptr<Stream>, TransportError>;

  Opened openProxy(const Proxy& proxy, const Interrupt& interrupt) {
    auto stream = openSocket(proxy.origin, proxy.origin.text(), interrupt);
    if (stream && proxy.origin.scheme == "https")
      stream = tls_.connect(*std::move(stream), proxy.origin.host, "proxy " + proxy.origin.text(), interrupt);
    if (stream || stream.error().stage == Stage::Stopped) return stream;
    TransportError error = std::move(stream).error();
    error.stage = Stage::Proxy;
    error.message =
        fmt::format("The proxy {} (from {}) cannot be used. {}", proxy.origin.text(), proxy.from, error.message);
    return std::unexpected(std::move(error));
  }

  Opened openSocket(const Origin& server, const std::string& name, const Interrupt& interrupt) {
    auto addresses = resolver_.lookUp(server.host, server.port, interrupt);
    if (!addresses) return std::unexpected(std::move(addresses).error());
    auto socket = connectTo(*addresses, name, interrupt);
    if (!socket) return std::unexpected(std::move(socket).error());
    return socketStream(*std::move(socket));
  }

  core::Timer& timer_;
  Resolver& resolver_;
  ProxyRules proxies_;
  TlsContext tls_;
  Pool pool_;
};

HttpTransport::HttpTransport(core::Timer& timer, core::Result<NetworkOptions> options)
    : timer_(timer), resolver_(std::make_unique<Resolver>()), options_(NetworkOptions{}) {
  route_ = std::make_shared<Route>(timer_, *resolver_, *options_);
  setOptions(std::move(options));
}

HttpTransport::~HttpTransport() = default;

void HttpTransport::setOptions(core::Result<NetworkOptions> options) {
  std::shared_ptr<Route> made;
  std::shared_ptr<Route> old;
  if (options) made = std::make_shared<Route>(timer_, *resolver_, *options);
  {
    std::lock_guard lock(mutex_);
    if (options && options_ && *options == *options_) return;
    options_ = std::move(options);
    old = std::exchange(route_, std::move(made));
  }
  if (old) old->retire();
}

HttpResult HttpTransport::send(const HttpRequest& request, const CallOptions& options) {
  std::shared_ptr<Route> route;
  {
    std::lock_guard lock(mutex_);
    if (!options_) return refuse(options_.error());
    route = route_;
  }
  return route->send(request, options);
}

}  // namespace trowel::http

// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/loopback_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "http/httplib_connection.hpp"

namespace trowel::http {

namespace {

std::unexpected<TransportError> refuse(core::Error error, Stage stage = Stage::Request) {
  TransportError refused{std::move(error)};
  refused.stage = stage;
  return std::unexpected(std::move(refused));
}

std::unexpected<TransportError> refuse(core::ErrorCode code, std::string message) {
  return refuse(core::fail(code, std::move(message)).error());
}

// Control characters in a header or a target would start a header or a request of their own.
bool isPlain(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

bool isToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

bool isTarget(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

// The header's value stays out of the text: it may be a credential.
core::Result<void> check(const HttpRequest& request) {
  if (!isToken(request.method) || !isTarget(request.target))
    return core::fail(core::ErrorCode::Internal, "A request with a malformed method or path was not sent.");
  for (const auto& [key, value] : request.headers)
    if (!isToken(key) || !isPlain(value))
      return core::fail(core::ErrorCode::InvalidParams, "A request with line breaks in a header was not sent.", key);
  if (!isPlain(request.authorization.reveal()))
    return core::fail(core::ErrorCode::InvalidParams,
                      "The token contains line breaks or other control characters. Copy it again, without them.");
  return {};
}

}  // namespace

// Idle connections by origin, the last used first: the longest idle are the likeliest to be closed by the server.
class LoopbackClient::Pool {
 public:
  std::unique_ptr<HttplibConnection> take(const Origin& origin) {
    std::vector<std::unique_ptr<HttplibConnection>> stale;  // closed after the lock is gone
    {
      std::lock_guard lock(mutex_);
      auto& kept = idle_[origin.text()];
      while (!kept.empty()) {
        auto connection = std::move(kept.back());
        kept.pop_back();
        if (connection->reusable()) return connection;
        stale.push_back(std::move(connection));
      }
    }
    return std::make_unique<HttplibConnection>(origin);
  }

  void giveBack(const Origin& origin, std::unique_ptr<HttplibConnection> connection) {
    if (!connection->reusable()) return;
    std::lock_guard lock(mutex_);
    auto& kept = idle_[origin.text()];
    if (kept.size() < kMaxIdle) kept.push_back(std::move(connection));
  }

 private:
  static constexpr std::size_t kMaxIdle = 16;  // per origin

  std::mutex mutex_;  // guards everything below
  std::map<std::string, std::vector<std::unique_ptr<HttplibConnection>>> idle_;
};

LoopbackClient::LoopbackClient(core::Timer& timer) : timer_(timer), pool_(std::make_unique<Pool>()) {}
LoopbackClient::~LoopbackClient() = default;

HttpResult LoopbackClient::send(const HttpRequest& request, const CallOptions& options) {
  auto origin = parseOrigin(request.origin);
  if (!origin) return refuse(std::move(origin).error());
  if (origin->scheme != "http" || !origin->isLoopback())
    return refuse(core::ErrorCode::Unsupported,
                  fmt::format("{} is out of reach: this build of Trowel only reaches workspaces on this machine (the "
                              "demo workspace and the emulator). Connections over TLS come with a later version.",
                              origin->text()));
  if (auto checked = check(request); !checked) return refuse(std::move(checked).error());

  // The caller's token and the deadline end the exchange in the same way.
  core::CancelSource stop(options.cancel);
  auto connection = pool_->take(*origin);
  auto deadline = timer_.after(options.timeout, [stop] { stop.cancel(core::CancelReason::Deadline); });
  auto watch = stop.token().onCancel([&connection] { connection->interrupt(); });
  auto result = connection->exchange(request, kMaxBodyBytes);
  watch = {};
  timer_.cancel(deadline);

  // Whatever came before the interruption may be cut off by it without a trace.
  if (stop.token().cancelled())
    return refuse(stop.token().error(fmt::format("The request to {}", origin->text())), Stage::Stopped);
  if (result) pool_->giveBack(*origin, std::move(connection));
  return result;
}

}  // namespace trowel::http

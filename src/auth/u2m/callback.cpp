// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/callback.hpp"

#include <fmt/format.h>

#include "auth/u2m/pkce.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

constexpr std::uint16_t kFirstPort = 8020;
constexpr std::uint16_t kLastPort = 8040;
constexpr core::Duration kPortTime = std::chrono::seconds(45);
constexpr core::Duration kPortPause = std::chrono::seconds(1);

std::string decode(std::string_view text) {
  return core::percentDecode(core::replaceAll(std::string(text), "+", " ")).value_or("");
}

http::HttpResponse page(int status, bool good, std::string_view text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
                      {"Referrer-Policy", "no-referrer"}},
          .body = callbackPage(good, text)};
}

}  // namespace

std::map<std::string, std::string> queryOf(std::string_view target) {
  std::map<std::string, std::string> found;
  auto mark = target.find('?');
  if (mark == std::string_view::npos) return found;
  target = target.substr(mark + 1, target.find('#') - mark - 1);
  for (auto pair : core::split(target, '&')) {
    auto equals = std::min(pair.find('='), pair.size());
    if (equals > 0)
      found.emplace(decode(pair.substr(0, equals)), decode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return found;
}

std::optional<core::Result<std::string>> readCallback(std::string_view target, const std::string& state) {
  auto query = queryOf(target);
  auto code = query["code"];
  const auto problem = query["error"];
  if (code.empty() && problem.empty()) return std::nullopt;
  // First of all: what does not belong to this sign-in says nothing about it.
  if (!sameSecret(query["state"], state))
    return core::fail(core::ErrorCode::Conflict,
                      "The browser came back with the answer to another sign-in. Close older sign-in pages and try "
                      "again.");
  if (problem.empty()) return code;
  if (problem == "access_denied")
    return core::fail(core::ErrorCode::PermissionDenied,
                      "The sign-in was not allowed in the browser. Try again to "
                      "allow it.");
  auto words = core::toValidUtf8(query["error_description"].substr(0, 300));
  if (words.empty()) words = core::toValidUtf8(problem.substr(0, 100));
  return core::fail(core::ErrorCode::Unauthenticated,
                    fmt::format("The workspace refused the sign-in: {}", core::redact(words)));
}

std::string callbackPage(bool good, std::string_view text) {
  return fmt::format(
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Trowel</title><style>"
      "body{{font:16px/1.5 system-ui,sans-serif;background:#f5f4f1;color:#222;margin:0}}"
      "main{{max-width:32rem;margin:15vh auto;background:#fff;border:1px solid #ddd;border-radius:8px;padding:2rem}}"
      "h1{{font-size:1.3rem;margin:0 0 .5rem;color:{}}}</style></head><body><main><h1>{}</h1><p>{}</p></main></body>"
      "</html>\n",
      good ? "#2e6b3a" : "#b5482a", good ? "Signed in" : "Not signed in", core::escapeHtml(text));
}

core::Result<std::unique_ptr<Callback>> Callback::listen(std::uint16_t port, const std::string& state,
                                                         core::Clock& clock, const core::CancelToken& cancel) {
  std::unique_ptr<Callback> callback(new Callback(state, clock));
  auto handler = [self = callback.get()](const std::string& method, const std::string& target,
                                         const http::Headers& /*headers*/, const core::CancelToken& stopped) {
    return self->handle(method, target, stopped);
  };
  const auto first = port == 0 ? kFirstPort : port;
  const auto last = port == 0 ? kLastPort : port;
  for (const auto begun = clock.now();;) {
    for (auto each = first; each <= last; ++each) {
      auto server = http::LoopbackServer::start({.port = each, .ipv6 = true}, handler);
      if (server) {
        callback->server_ = *std::move(server);
        return callback;
      }
      if (server.error().code != core::ErrorCode::Conflict) return std::unexpected(std::move(server.error()));
    }
    if (clock.now() - begun >= kPortTime) break;
    if (!cancel.waitFor(clock, kPortPause)) return std::unexpected(cancel.error("The sign-in"));
  }
  return core::fail(
      core::ErrorCode::Conflict,
      port == 0
          ? fmt::format("The browser has no way back to Trowel: other programs use all ports from {} to {}. Close "
                        "one of them, or set oauth_callback_port to a free port.",
                        kFirstPort, kLastPort)
          : fmt::format("The browser has no way back to Trowel: another program uses port {}. Close it, or change "
                        "oauth_callback_port.",
                        port));
}

std::string Callback::redirectUri() const { return "http://localhost:" + std::to_string(server_->port()); }

http::HttpResponse Callback::handle(const std::string& method, const std::string& target,
                                    const core::CancelToken& stopped) {
  auto answer = method == "GET" ? readCallback(target, state_) : std::nullopt;
  if (!answer) return {.status = 404};
  auto registration = stopped.onCancel([this] {
    std::lock_guard guard(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  if (!answer_) {
    answer_ = *std::move(answer);
    changed_.notify_all();
  }
  // A page that comes twice (a reload) is told the same.
  clock_.waitUntil(lock, changed_, core::TimePoint::max(), [&] { return outcome_ || stopped.cancelled(); });
  if (!outcome_) return page(503, false, "Trowel stopped waiting. Try again.");
  return page(outcome_->first ? 200 : 400, outcome_->first, outcome_->second);
}

core::Result<std::string> Callback::wait(core::Duration patience, const core::CancelToken& cancel) {
  auto registration = cancel.onCancel([this] {
    std::lock_guard guard(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  clock_.waitUntil(lock, changed_, clock_.now() + patience, [&] { return answer_ || cancel.cancelled(); });
  if (answer_) return *answer_;
  if (cancel.cancelled()) return std::unexpected(cancel.error("The sign-in"));
  return core::fail(core::ErrorCode::DeadlineExceeded,
                    "The browser did not come back in time. Try again, and finish the sign-in in the page that opens.");
}

void Callback::finish(bool good, std::string text) {
  {
    std::lock_guard lock(mutex_);
    outcome_.emplace(good, std::move(text));
    changed_.notify_all();
  }
  server_.reset();  // its threads write what they have and end
}

}  // namespace trowel::auth

// SPDX-License-Identifier: Apache-2.0
#include "support/scripted_http.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "trowel/core/json.hpp"

namespace trowel::test {

using Exchange = ScriptedHttp::Exchange;

Exchange& Exchange::withJson(std::string json) {
  json_ = std::move(json);
  return *this;
}

Exchange& Exchange::withBody(std::string body) {
  body_ = std::move(body);
  bodyMatters_ = true;
  return *this;
}

void Exchange::reply(int status, std::string body, http::Headers headers) {
  response_ = {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

Exchange& Exchange::afterReading(std::size_t bytes) {
  readsAtMost_ = bytes;
  return *this;
}

void Exchange::replyInPart(int status, std::string body, http::Headers headers) {
  reply(status, std::move(body), std::move(headers));
  end_ = End::Part;
}

void Exchange::drop(http::Stage stage) {
  end_ = End::Drop;
  stage_ = stage;
}

void Exchange::hang(std::function<void()> then) {
  end_ = End::Hang;
  then_ = std::move(then);
}

std::string Exchange::problemWith(const http::HttpRequest& request) const {
  auto got = request.method + " " + request.target;
  auto wanted = method_ + " " + target_;
  if (got != wanted) return "expected " + wanted + ", got " + got;
  if (bodyMatters_ && request.body != body_) return wanted + ": unexpected body " + request.body;
  if (!json_.empty() && core::parseJson(json_).value() != core::parseJson(request.body).value_or(core::Json()))
    return wanted + ": expected the body " + json_ + ", got " + request.body;
  return {};
}

Exchange& ScriptedHttp::on(std::string method, std::string target) {
  std::lock_guard lock(mutex_);
  return script_.emplace_back(std::move(method), std::move(target));
}

namespace {

core::Result<std::string> readBody(http::BodySource& source, std::size_t atMost) {
  std::string body;
  while (body.size() < source.size() && body.size() < atMost) {
    std::array<char, 1024> block{};
    auto wanted = std::min({block.size(), atMost - body.size(), static_cast<std::size_t>(source.size()) - body.size()});
    body.append(block.data(), TROWEL_TRY(source.read(std::span(block).first(wanted))));
  }
  return body;
}

}  // namespace

http::HttpResult ScriptedHttp::send(const http::HttpRequest& request, const http::CallOptions& options) {
  auto fail = [](core::Error error, http::Stage stage) {
    http::TransportError failure{std::move(error)};
    failure.stage = stage;
    return std::unexpected(std::move(failure));
  };
  auto lost = [&](http::Stage stage) {
    return fail(core::fail(core::ErrorCode::Unavailable, "The connection was lost.").error(), stage);
  };
  auto stopped = [&] { return fail(options.cancel.error("The request"), http::Stage::Stopped); };
  if (options.cancel.cancelled()) return stopped();

  std::unique_lock lock(mutex_);
  auto seen = request;
  seen.source = nullptr;
  if (request.source != nullptr) {
    auto read = readBody(*request.source, script_.empty() ? 0 : script_.front().readsAtMost_);
    if (!read) return fail(std::move(read).error(), http::Stage::Stopped);
    seen.body = *std::move(read);
  }
  requests_.push_back(seen);
  arrived_.notify_all();
  auto problem =
      script_.empty() ? "unexpected " + request.method + " " + request.target : script_.front().problemWith(seen);
  if (!problem.empty()) {
    problems_.push_back(problem);
    return fail(core::fail(core::ErrorCode::Internal, problem).error(), http::Stage::Request);
  }
  auto exchange = std::move(script_.front());
  script_.pop_front();
  lock.unlock();

  switch (exchange.end_) {
    case Exchange::End::Reply:
    case Exchange::End::Part:
      break;
    case Exchange::End::Drop:
      return lost(exchange.stage_);
    case Exchange::End::Hang: {
      std::mutex mutex;
      std::condition_variable changed;
      bool cancelled = false;
      auto registration = options.cancel.onCancel([&] {
        std::lock_guard guard(mutex);
        cancelled = true;
        changed.notify_all();
      });
      if (exchange.then_) {
        auto after = options.cancel.onCancel(exchange.then_);
        std::lock_guard ours(mutex_);
        after_.push_back(std::move(after));
      }
      std::unique_lock guard(mutex);
      changed.wait(guard, [&] { return cancelled; });
      guard.unlock();
      return stopped();
    }
  }
  auto& response = exchange.response_;
  if (response.status >= 200 && response.status < 300 && !response.body.empty()) {
    if (auto head = response; options.onHead) {
      head.body.clear();
      if (auto taken = options.onHead(head); !taken) return fail(std::move(taken).error(), http::Stage::Stopped);
    }
    if (options.onBody) {
      auto taken = options.onBody(std::exchange(response.body, {}));
      if (!taken) return fail(std::move(taken).error(), http::Stage::Stopped);
    }
  }
  if (exchange.end_ == Exchange::End::Part) return lost(http::Stage::Body);
  return std::move(response);
}

std::vector<http::HttpRequest> ScriptedHttp::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedHttp::awaitRequests(std::size_t count) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return requests_.size() >= count; });
}

void ScriptedHttp::verify() const {
  std::lock_guard lock(mutex_);
  for (const auto& problem : problems_) FAIL_CHECK(problem);
  for (const auto& missing : script_) FAIL_CHECK("never came: " + missing.method_ + " " + missing.target_);
}

}  // namespace trowel::test

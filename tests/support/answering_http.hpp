// SPDX-License-Identifier: Apache-2.0
// An HttpClient that answers by a function: for calls that come side by side, in no order that a script could tell.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>

#include "trowel/http/client.hpp"

namespace trowel::test {

class AnsweringHttp final : public http::HttpClient {
 public:
  // `answer` runs on the threads of the calls, one at a time. A status of 0 is a lost connection. What streams as the
  // body of a request has been read into `body`, in pieces of kPiece.
  using Answer = std::function<http::HttpResponse(const http::HttpRequest& request)>;
  static constexpr std::size_t kPiece = 64UL * 1024;

  explicit AnsweringHttp(Answer answer) : answer_(std::move(answer)) {}

  http::HttpResult send(const http::HttpRequest& request, const http::CallOptions& options) override {
    if (options.cancel.cancelled()) return failed(options.cancel.error("The request"), http::Stage::Stopped);
    auto seen = request;
    if (request.source != nullptr)
      if (auto read = readInto(seen.body, *request.source); !read)
        return failed(std::move(read).error(), http::Stage::Stopped);
    http::HttpResponse response;
    {
      std::lock_guard lock(mutex_);
      response = answer_(seen);
    }
    if (response.status == 0)
      return failed(core::fail(core::ErrorCode::Unavailable, "The connection was lost.").error(),
                    http::Stage::Exchange);
    if (response.status < 200 || response.status > 299 || response.body.empty()) return response;
    if (options.onHead)
      if (auto taken = options.onHead({.status = response.status, .headers = response.headers}); !taken)
        return failed(std::move(taken).error(), http::Stage::Stopped);
    if (options.onBody) {
      auto body = std::exchange(response.body, {});
      for (std::size_t at = 0; at < body.size(); at += kPiece)
        if (auto taken = options.onBody(std::string_view(body).substr(at, kPiece)); !taken)
          return failed(std::move(taken).error(), http::Stage::Stopped);
    }
    return response;
  }

 private:
  static core::Result<void> readInto(std::string& body, http::BodySource& source) {
    while (body.size() < source.size()) {
      const auto before = body.size();
      body.resize(std::min<std::size_t>(before + kPiece, source.size()));
      body.resize(before + TROWEL_TRY(source.read(std::span(body).subspan(before))));
    }
    return {};
  }

  static http::HttpResult failed(core::Error error, http::Stage stage) {
    http::TransportError failure{std::move(error)};
    failure.stage = stage;
    return std::unexpected(std::move(failure));
  }

  Answer answer_;
  std::mutex mutex_;  // held while `answer_` runs
};

}  // namespace trowel::test

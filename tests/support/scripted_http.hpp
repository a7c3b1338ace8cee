// SPDX-License-Identifier: Apache-2.0
// An HttpClient that plays a script: the requests it expects, in order, and the answer to each.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "trowel/http/client.hpp"

namespace trowel::test {

//   ScriptedHttp http;
//   http.on("GET", "/api/2.1/clusters/get?cluster_id=1").reply(200, R"({"state":"RUNNING"})");
//   http.on("POST", "/api/2.1/clusters/start").withJson(R"({"cluster_id":"1"})").drop();
//   … http.verify();
class ScriptedHttp final : public http::HttpClient {
 public:
  // One expected request; by default answered with 200 and an empty object.
  class Exchange {
   public:
    Exchange(std::string method, std::string target) : method_(std::move(method)), target_(std::move(target)) {}

    // The body as JSON, whatever the order of its members; or as bytes.
    Exchange& withJson(std::string json);
    Exchange& withBody(std::string body);

    // Answers when this much of a body that is streamed has been read.
    Exchange& afterReading(std::size_t bytes);

    void reply(int status, std::string body, http::Headers headers = {});
    // The same, but the connection is lost after `body`.
    void replyInPart(int status, std::string body, http::Headers headers = {});
    // The transport fails at `stage`.
    void drop(http::Stage stage = http::Stage::Exchange);
    // No answer until the call's token is cancelled. `then` runs on the thread that cancels, when the call is let go.
    void hang(std::function<void()> then = {});

   private:
    friend class ScriptedHttp;
    std::string problemWith(const http::HttpRequest& request) const;

    std::string method_;
    std::string target_;
    std::string json_;
    std::string body_;
    bool bodyMatters_ = false;
    std::size_t readsAtMost_ = SIZE_MAX;
    enum class End { Reply, Part, Drop, Hang } end_ = End::Reply;
    std::function<void()> then_;
    http::Stage stage_ = http::Stage::Exchange;
    http::HttpResponse response_{.status = 200, .headers = {}, .body = "{}"};
  };

  // Before the call that it is for. The reference lives until the next on().
  Exchange& on(std::string method, std::string target);

  // The requests that are kept have what was read of a streamed body as their body.
  http::HttpResult send(const http::HttpRequest& request, const http::CallOptions& options) override;

  // What arrived so far, expected or not.
  std::vector<http::HttpRequest> requests() const;
  // Blocks until `count` requests have arrived.
  void awaitRequests(std::size_t count);

  // Fails the test where a request was not the expected one or an expected one has not come.
  void verify() const;

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable arrived_;
  std::deque<Exchange> script_;
  std::vector<http::HttpRequest> requests_;
  std::vector<std::string> problems_;
  std::vector<core::CancelToken::Registration> after_;  // of calls that were let go
};

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/rest_client.hpp"

#include <nlohmann/json.hpp>
#include <thread>

#include "databricks/client/target.hpp"
#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/core/log.hpp"

using namespace trowel;
using namespace trowel::databricks;
using namespace std::chrono_literals;
using core::ErrorCode;
using core::Json;

namespace {
constexpr Call kRead{Verb::Get, "/r", Safety::Safe};
constexpr Call kSet{Verb::Put, "/s/{name}/at/{path...}", Safety::Safe};
constexpr Call kRun{Verb::Post, "/x", Safety::Unsafe};
constexpr Call kRaw{Verb::Get, "/raw", Safety::Safe};
}  // namespace

TEST_CASE("parameters go into the query or the body, and null ones nowhere") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/r?flag=true&list=1&list=b%20c&n=5&o.p=%C3%BC");
  CHECK(scripted.rest.call(kRead,
                           {{"flag", true}, {"list", {1, "b c"}}, {"n", 5}, {"none", nullptr}, {"o", {{"p", "ü"}}}}));
  scripted.http.on("PUT", "/s/a%2Fb/at/c%20d/e%3F").withJson(R"({"v":1})");
  CHECK(scripted.rest.call(kSet, {{"name", "a/b"}, {"path", "c d/e?"}, {"v", 1}, {"none", nullptr}}));
  scripted.http.on("POST", "/x").withBody("{}");
  CHECK(scripted.rest.call(kRun, {}));
  scripted.http.on("GET", "/r");
  CHECK(scripted.rest.call(kRead, Json::object()));
}

TEST_CASE("F43: ids of 64 bits go both ways exactly, as numbers and as strings") {
  test::ScriptedWorkspace scripted;
  constexpr std::int64_t kId = 9007199254740993;  // the first that a double cannot hold
  scripted.http.on("GET", "/r?id=9007199254740993&text=9223372036854775807")
      .reply(200, R"({"a":9007199254740993,"b":"9007199254740993","c":9223372036854775807,"new":[{}],"none":null})");
  auto answer = scripted.rest.call(kRead, {{"id", kId}, {"text", "9223372036854775807"}});
  REQUIRE(answer);
  CHECK(core::intAt(*answer, "a") == kId);
  CHECK(core::intAt(*answer, "b") == kId);
  CHECK(core::stringAt(*answer, "a") == "9007199254740993");
  CHECK(core::intAt(*answer, "c") == INT64_MAX);
  scripted.http.on("POST", "/x").withBody(R"({"id":9007199254740993})");
  CHECK(scripted.rest.call(kRun, {{"id", kId}}));
}

TEST_CASE("a path may have a query of its own, before the parameters") {
  test::ScriptedWorkspace scripted;
  constexpr Call kComplete{Verb::Post, "/f{path...}?action=complete&token={token}", Safety::Safe};
  constexpr Call kInitiate{Verb::Post, "/f?action=initiate", Safety::Safe};
  scripted.http.on("POST", "/f/a%3Fb?action=complete&token=t%2F%26").withJson(R"({"parts":[1]})");
  CHECK(scripted.rest.call(kComplete, {{"path", "/a?b"}, {"token", "t/&"}, {"parts", {1}}}));
  scripted.http.on("POST", "/f?action=initiate&overwrite=true").withBody("");
  CHECK(scripted.rest.upload(kInitiate, {{"overwrite", true}}, std::string()));
}

TEST_CASE("raw bytes go both ways") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("PUT", "/s/n/at/p?overwrite=true").withBody(std::string("\0{", 2)).reply(204, "");
  CHECK(scripted.rest.upload(kSet, {{"name", "n"}, {"path", "p"}, {"overwrite", true}}, std::string("\0{", 2)));
  scripted.http.on("GET", "/raw").reply(200, "<not json>");
  CHECK(scripted.rest.fetch(kRaw, {})->body == "<not json>");
}

TEST_CASE("every call retries on 429, after the time that the server asks for") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("POST", "/x").reply(429, "", {{"Retry-After", "3"}});
  scripted.http.on("POST", "/x").reply(429, "", {{"Retry-After", "soon"}});
  constexpr const char* kAdvice =
      R"({"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"9s"}]})";
  scripted.http.on("POST", "/x").reply(429, kAdvice, {{"Retry-After", "2"}});
  scripted.http.on("POST", "/x").reply(429, kAdvice);
  scripted.http.on("POST", "/x");
  CHECK(scripted.rest.call(kRun, {}));
  CHECK(scripted.clock.waits() == std::vector<core::Duration>{3187500us, 375ms, 2750ms, 10500ms});
}

TEST_CASE("a safe call outlives lost connections, gateways and damaged answers, and an unsafe one says so") {
  test::ScriptedWorkspace scripted;
  auto& http = scripted.http;
  http.on("GET", "/r").drop();
  http.on("GET", "/r").drop(http::Stage::Body);
  http.on("GET", "/r").reply(502, "<html>");
  http.on("GET", "/r").reply(503, "");
  http.on("GET", "/r").reply(504, "");
  http.on("GET", "/r").reply(200, R"({"a":1)");
  http.on("GET", "/r").reply(200, R"({"a":1})");
  CHECK(core::intAt(scripted.rest.call(kRead, {}).value(), "a") == 1);

  http.on("POST", "/x").drop();
  CHECK(scripted.rest.call(kRun, {}).error().code == ErrorCode::Unavailable);
  http.on("POST", "/x").reply(503, "");
  CHECK(scripted.rest.call(kRun, {}).error().httpStatus == 503);
  http.on("POST", "/x").reply(200, "{");
  CHECK(scripted.rest.call(kRun, {}).error().code == ErrorCode::DataLoss);
}

TEST_CASE("nobody waits for what another attempt does not change") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/r").drop(http::Stage::Connect);
  CHECK_FALSE(scripted.rest.call(kRead, {}));
  scripted.http.on("GET", "/r").reply(500, R"({"error_code":"INTERNAL_ERROR","message":"oops"})");
  CHECK(scripted.rest.call(kRead, {}).error().message ==
        "The workspace http://127.0.0.1:8080 cannot answer now (HTTP 500): oops. Try again later.");
  scripted.http.on("GET", "/r").reply(200, "<!doctype html><title>Login</title>");
  CHECK(scripted.rest.call(kRead, {}).error().message.find("web page instead of data") != std::string::npos);
  CHECK(scripted.clock.waits().empty());
}

TEST_CASE("the last failure is reported when the budget is spent") {
  test::ScriptedWorkspace scripted;
  for (int i = 0; i < 3; ++i) scripted.http.on("GET", "/r").reply(429, "", {{"Retry-After", "50"}});
  CHECK(scripted.rest.call(kRead, {}).error().code == ErrorCode::RateLimited);
  CHECK(scripted.clock.waits().size() == 2);
}

TEST_CASE("the time that signing in takes is not the call's") {
  test::ScriptedWorkspace scripted;
  struct Slow final : http::Credentials {
    explicit Slow(test::ManualClock& ofTest) : clock(ofTest) {}
    core::Result<http::Authorization> authorize(const core::CancelToken&) override {
      if (!std::exchange(signedIn, true)) clock.advance(10min);
      return http::Authorization{};
    }
    bool refused(const http::Authorization&) override { return false; }
    test::ManualClock& clock;
    bool signedIn = false;
  };
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Slow>(scripted.clock);
  config.gate = std::make_shared<http::HostGate>("h", scripted.clock);
  RestClient rest(config, scripted.http, scripted.clock);
  scripted.http.on("GET", "/r").reply(503, "");
  scripted.http.on("GET", "/r");
  CHECK(rest.call(kRead, {}));
}

TEST_CASE("F45: a calendar that jumps moves no wait") {
  struct Jumping final : core::Clock {
    core::TimePoint now() const override { return steady.now(); }
    core::WallTime wallNow() const override { return steady.wallNow() + (jumps++ % 2 == 0 ? 24h : -24h); }
    bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, core::TimePoint deadline,
                   const std::function<bool()>& ready) override {
      return steady.waitUntil(lock, changed, deadline, ready);
    }
    test::ManualClock steady;
    mutable int jumps = 0;
  } clock;
  clock.steady.advanceOnWait();
  test::ScriptedHttp http;
  auto config = test::ScriptedWorkspace::config();
  config.gate = std::make_shared<http::HostGate>("h", clock, config.random);
  RestClient rest(config, http, clock);
  http.on("GET", "/r").reply(429, "", {{"Retry-After", "3"}});
  http.on("GET", "/r")
      .reply(503, "", {{"Date", "Fri, 20 Nov 2026 10:00:00 GMT"}, {"Retry-After", "Fri, 20 Nov 2026 10:00:05 GMT"}});
  http.on("GET", "/r");
  CHECK(rest.call(kRead, {}));
  CHECK(clock.steady.waits() == std::vector<core::Duration>{3187500us, 5375ms});
  http.verify();
}

TEST_CASE("a call that waits for its next attempt can be cancelled") {
  test::ManualClock clock;
  test::ScriptedHttp http;
  RestClient rest(test::ScriptedWorkspace::config(), http, clock);
  http.on("GET", "/r").reply(429, "");
  core::CancelSource source;
  std::thread user([&] {
    http.awaitRequests(1);
    clock.awaitWaiters(1);
    source.cancel(core::CancelReason::Client);
  });
  auto stopped = rest.call(kRead, {}, {.cancel = source.token()});
  user.join();
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  http.verify();
}

TEST_CASE("a call that waits for its answer can be cancelled") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/r").hang();
  core::CancelSource source;
  std::thread user([&] {
    scripted.http.awaitRequests(1);
    source.cancel(core::CancelReason::Superseded);
  });
  auto stopped = scripted.rest.call(kRead, {}, {.cancel = source.token()});
  user.join();
  CHECK(stopped.error().code == ErrorCode::Cancelled);
}

namespace {

// Tokens token-1, token-2, …; the third and later ones cannot be had.
class Numbered final : public http::Credentials {
 public:
  core::Result<http::Authorization> authorize(const core::CancelToken& /*cancel*/) override {
    if (++asked == 3) return core::fail(ErrorCode::NotConfigured, "No token.");
    return http::Authorization{.value = core::SecretString("Bearer token-" + std::to_string(asked)),
                               .more = {{"X-Cloud", core::SecretString("second-" + std::to_string(asked))}}};
  }
  bool refused(const http::Authorization& used) override {
    refusals.push_back(used.value.reveal());
    return true;
  }

  int asked = 0;
  std::vector<std::string> refusals;
};

}  // namespace

TEST_CASE("the credential is asked for before each attempt, and its failure is the call's") {
  test::ScriptedHttp http;
  test::ManualClock clock;
  clock.advanceOnWait();
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Numbered>();
  RestClient rest(config, http, clock);
  http.on("GET", "/r").reply(429, "");
  http.on("GET", "/r").reply(429, "");
  CHECK(rest.call(kRead, {}).error().code == ErrorCode::NotConfigured);
  CHECK(http.requests().at(0).authorization.reveal() == "Bearer token-1");
  CHECK(http.requests().at(1).authorization.reveal() == "Bearer token-2");
  CHECK(http.requests().at(1).secrets.at(0).second.reveal() == "second-2");
}

TEST_CASE("a call whose token is refused goes again with a new one, once, whether it is safe or not") {
  test::ScriptedHttp http;
  test::ManualClock clock;
  auto config = test::ScriptedWorkspace::config();
  auto credentials = std::make_shared<Numbered>();
  config.credentials = credentials;
  RestClient rest(config, http, clock);
  SECTION("the new one is good") {
    http.on("POST", "/x").reply(401, "");
    http.on("POST", "/x").reply(200, "{}");
    CHECK(rest.call(kRun, {}));
  }
  SECTION("the new one is refused too") {
    http.on("POST", "/x").reply(401, "");
    http.on("POST", "/x").reply(403, R"({"error_code":403,"message":"Invalid access token."})");
    CHECK(rest.call(kRun, {}).error().code == ErrorCode::Unauthenticated);
  }
  http.verify();
  CHECK(credentials->refusals == std::vector<std::string>{"Bearer token-1"});
  CHECK(http.requests().back().authorization.reveal() == "Bearer token-2");
}

TEST_CASE("the log tells of calls without tokens and bodies") {
  std::string logged;
  core::setLogSink([&](core::LogLevel, std::string_view, std::string_view line) { logged += line; });
  core::setLogLevels("trace");
  {
    test::ScriptedWorkspace scripted;
    scripted.http.on("POST", "/x").reply(429, "");
    scripted.http.on("POST", "/x").reply(200, R"({"answer":"of the server"})");
    CHECK(scripted.rest.call(kRun, {{"body", "of ours"}}));
  }
  core::setLogSink({});
  core::setLogLevels("info");
  CHECK(logged.find("POST /x") != std::string::npos);
  for (auto secret : {"dapi-of-the-test", "of ours", "of the server"}) CHECK(logged.find(secret) == std::string::npos);
}

TEST_CASE("a path without the parameter that it names keeps nothing in its place") {
  auto [path, rest] = fillPath("/a/{b}/c", Json{{"d", 1}});
  CHECK(path == "/a//c");
  CHECK(rest == Json{{"d", 1}});
}

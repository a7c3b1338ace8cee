// SPDX-License-Identifier: Apache-2.0
// RestClients that share the gate of one host.
#include <future>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using namespace std::chrono_literals;
using core::ErrorCode;

namespace {

constexpr Call kRead{Verb::Get, "/r", Safety::Safe};
constexpr Call kRun{Verb::Post, "/x", Safety::Unsafe};

struct Fixture {
  Fixture() { config.gate = std::make_shared<http::HostGate>(config.host.text(), clock, config.random); }
  ~Fixture() { http.verify(); }

  test::ManualClock clock;
  test::ScriptedHttp http;
  RestConfig config = test::ScriptedWorkspace::config();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "F25: what one call is told holds for all calls to that host") {
  clock.advanceOnWait();
  RestClient one(config, http, clock);
  config.retry.budget = 1s;  // it gives up at once
  RestClient other(config, http, clock);
  http.on("POST", "/x").reply(429, "", {{"Retry-After", "3"}});
  CHECK(other.call(kRun, {}).error().code == ErrorCode::RateLimited);
  CHECK(config.gate->state().slowedDownUntil);

  auto refused = other.call(kRead, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::RateLimited);
  CHECK(refused.error().message ==
        "The host http://127.0.0.1:8080 gets too many requests and asked to slow down for 4 s, longer than this could "
        "wait. Try again then.");

  http.on("GET", "/r");
  CHECK(one.call(kRead, {}));
  CHECK(clock.waits() == std::vector<core::Duration>{3187500us});
}

TEST_CASE_METHOD(Fixture, "a call that is told to slow down waits once, not for itself and then for all") {
  clock.advanceOnWait();
  RestClient rest(config, http, clock);
  http.on("GET", "/r").reply(503, "", {{"Retry-After", "3"}});
  http.on("GET", "/r");
  CHECK(rest.call(kRead, {}));
  CHECK(clock.waits() == std::vector<core::Duration>{3187500us});
  CHECK(config.gate->state().window == 2);
  CHECK(config.gate->state().inFlight == 0);
}

TEST_CASE_METHOD(Fixture, "only what speaks of the host counts: refusals of one request do not slow down others") {
  RestClient rest(config, http, clock);
  struct Row {
    int status;
    const char* body;
    int window;
  };
  auto row = GENERATE(Row{404, "", 4}, Row{401, "", 4}, Row{500, "", 4}, Row{501, "", 4},
                      Row{400, R"({"error_code":"RESOURCE_EXHAUSTED"})", 2}, Row{429, "", 2}, Row{503, "", 2},
                      Row{503, R"({"error_code":"PARTIAL_DELETE"})", 4});
  CAPTURE(row.status, row.body);
  config.retry.budget = 0s;
  RestClient once(config, http, clock);
  http.on("POST", "/x").reply(row.status, row.body);
  CHECK_FALSE(once.call(kRun, {}));
  CHECK(config.gate->state().window == row.window);
  CHECK(config.gate->state().inFlight == 0);
}

TEST_CASE_METHOD(Fixture, "a call that waits for its turn can be cancelled") {
  config.gate->enter({.place = config.gate->place()}, {})->finish(http::HostSign::SlowDown, 30s);
  RestClient rest(config, http, clock);
  core::CancelSource stop;
  auto waiting = std::async(std::launch::async, [&] { return rest.call(kRead, {}, {.cancel = stop.token()}); });
  clock.awaitWaiters(1);
  stop.cancel(core::CancelReason::Client);
  auto stopped = waiting.get();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
}

TEST_CASE_METHOD(Fixture, "F38: of many calls to a host that is offline one goes out, and all say the same") {
  RestClient rest(config, http, clock);
  http.on("GET", "/r").drop(http::Stage::Lookup);
  CHECK_FALSE(rest.call(kRead, {}));
  CHECK(config.gate->state().offline);

  auto probe = config.gate->enter({.place = config.gate->place()}, {});
  std::vector<std::future<core::Result<core::Json>>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(std::async(std::launch::async, [&] { return rest.call(kRead, {}); }));
  clock.awaitWaiters(20);
  SECTION("still offline") {
    probe->unreachable(core::fail(ErrorCode::Unavailable, "The host 127.0.0.1 has no address.").error());
    for (auto& call : calls) {
      auto failed = call.get();
      REQUIRE_FALSE(failed);
      CHECK(failed.error().message == "The host 127.0.0.1 has no address.");
    }
    CHECK(http.requests().size() == 1);
  }
  SECTION("back") {
    for (int i = 0; i < 20; ++i) http.on("GET", "/r");
    probe->finish(http::HostSign::Fine);
    for (auto& call : calls) CHECK(call.get().has_value());
  }
}

TEST_CASE("a signed link passes the workspace's gate by") {
  test::ScriptedWorkspace scripted;
  auto config = test::ScriptedWorkspace::config();
  config.gate = std::make_shared<http::HostGate>(config.host.text(), scripted.clock);
  RestClient rest(config, scripted.http, scripted.clock);
  config.gate->enter({.place = config.gate->place()}, {})->finish(http::HostSign::SlowDown, 30s);
  scripted.http.on("GET", "/x").reply(200, "bytes");
  CHECK(rest.fetch(SignedLink{.url = core::SecretString("http://127.0.0.1:9/x")})->body == "bytes");
  CHECK(scripted.clock.waits().empty());
}

TEST_CASE("F39: many calls whose token ended in mid-work each go again once, with the one new token") {
  struct Workspace final : http::HttpClient {
    http::HttpResult send(const http::HttpRequest& request, const http::CallOptions&) override {
      std::lock_guard lock(mutex);
      const bool old = request.authorization.reveal() == "Bearer 1";
      ++(old ? withOld : withNew);
      return http::HttpResponse{.status = old ? 401 : 200, .body = "{}"};
    }
    std::mutex mutex;  // guards everything below
    int withOld = 0;
    int withNew = 0;
  } workspace;
  struct Renewing final : http::Credentials {
    core::Result<http::Authorization> authorize(const core::CancelToken&) override {
      std::lock_guard lock(mutex);
      return http::Authorization{.value = core::SecretString("Bearer " + std::to_string(number))};
    }
    bool refused(const http::Authorization& used) override {
      std::lock_guard lock(mutex);
      if (used.value.reveal() == "Bearer " + std::to_string(number)) ++number;
      return true;
    }
    std::mutex mutex;  // guards everything below
    int number = 1;
  };
  test::ManualClock clock;
  auto config = test::ScriptedWorkspace::config();
  auto credentials = std::make_shared<Renewing>();
  config.credentials = credentials;
  config.gate = std::make_shared<http::HostGate>(config.host.text(), clock, config.random);
  RestClient rest(config, workspace, clock);
  std::vector<std::future<core::Result<core::Json>>> calls;
  for (int i = 0; i < 16; ++i) calls.push_back(std::async(std::launch::async, [&] { return rest.call(kRun, {}); }));
  for (auto& call : calls) CHECK(call.get().has_value());
  CHECK(credentials->number == 2);
  CHECK(workspace.withNew == 16);
  CHECK(workspace.withOld <= 16);
}

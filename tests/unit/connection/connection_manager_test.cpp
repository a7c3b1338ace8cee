// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/connection_manager.hpp"

#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_http.hpp"

using namespace trowel;
using connection::ConnectionManager;
using connection::State;
using core::ErrorCode;

namespace {

constexpr const char* kMe = "/api/2.0/preview/scim/v2/Me";

struct Fixture {
  test::ManualClock clock;
  test::ScriptedHttp http;
  connection::DemoWorkspace demo{"/nonexistent", "/nonexistent", clock};
  std::string configFile = "[dev]\nhost=http://127.0.0.1:1\ntoken=one\n[prod]\nhost=http://127.0.0.1:2\ntoken=two\n";
  int changes = 0;
  ConnectionManager manager{
      {.http = http,
       .clock = clock,
       .demo = demo,
       .readConfigFile = [this]() -> core::Result<std::string> { return configFile; },
       .settingsToken = [](const std::string& name, const core::CancelToken&) -> core::Result<core::SecretString> {
         return core::SecretString("token of " + name);
       },
       .changed = [this](const std::string&) { ++changes; }}};

  void answerMe(const std::string& user) {
    http.on("GET", kMe).reply(200, R"({"userName":")" + user + R"("})", {{"X-Databricks-Org-Id", "12345678901234567"}});
  }
};

}  // namespace

TEST_CASE("a connection proves itself by asking who we are") {
  Fixture f;
  f.answerMe("ada@example.com");
  auto connected = f.manager.select("/p", "profile:dev", {}, {});
  REQUIRE(connected);
  CHECK((*connected)->me.userName == "ada@example.com");
  CHECK((*connected)->me.workspaceId == 12345678901234567);
  CHECK(f.manager.status("/p").state == State::Ready);
  CHECK(f.manager.require("/p", {}).value() == *connected);
  CHECK(f.changes == 2);
  CHECK(f.http.requests().at(0).authorization.reveal() == "Bearer one");
  f.http.verify();
}

TEST_CASE("projects have connections of their own") {
  Fixture f;
  f.answerMe("ada");
  f.answerMe("bob");
  REQUIRE(f.manager.select("/a", "profile:dev", {}, {}));
  REQUIRE(f.manager.select("/b", "profile:prod", {}, {}));
  CHECK(f.manager.require("/a", {}).value()->me.userName == "ada");
  CHECK(f.manager.require("/b", {}).value()->me.userName == "bob");
  CHECK(f.http.requests().at(1).authorization.reveal() == "Bearer two");
}

TEST_CASE("a token in the settings' connections comes from the secret storage") {
  Fixture f;
  f.answerMe("ada");
  auto settings = core::Json::parse(R"([{"name":"mine","host":"http://127.0.0.1:3"}])");
  REQUIRE(f.manager.select("/p", "settings:mine", settings, {}));
  CHECK(f.http.requests().at(0).authorization.reveal() == "Bearer token of mine");
}

TEST_CASE("changing the connection cancels what runs over the old one") {
  Fixture f;
  f.answerMe("ada");
  f.answerMe("bob");
  auto old = f.manager.select("/p", "profile:dev", {}, {}).value();
  auto next = f.manager.select("/p", "profile:prod", {}, {}).value();
  CHECK(old->cancel.reason() == core::CancelReason::Superseded);
  CHECK_FALSE(next->cancel.cancelled());
  CHECK(next->generation > old->generation);
}

TEST_CASE("an unknown, a broken and a refused connection say what to do") {
  Fixture f;
  CHECK(f.manager.select("/p", "profile:gone", {}, {}).error().code == ErrorCode::NotConfigured);
  CHECK(f.manager.status("/p").state == State::Failed);
  CHECK(f.manager.require("/p", {}).error().message.find("Select Connection") != std::string::npos);

  f.configFile = "[dev]\nhost=http://127.0.0.1:1\n";
  CHECK(f.manager.select("/p", "profile:dev", {}, {}).error().message.find("no token") != std::string::npos);

  f.configFile = "[dev]\nhost=http://127.0.0.1:1\ntoken=bad\n";
  f.http.on("GET", kMe).reply(403, R"({"error_code":"403","message":"Invalid access token. [ReqId: x]"})");
  auto refused = f.manager.select("/p", "profile:dev", {}, {});
  CHECK(refused.error().code == ErrorCode::Unauthenticated);
  CHECK(refused.error().message.find("the profile dev in ~/.databrickscfg") != std::string::npos);
  CHECK(refused.error().message.find("bad") == std::string::npos);
}

TEST_CASE("nothing chosen is an error of its own") {
  Fixture f;
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::NotConfigured);
  f.answerMe("ada");
  REQUIRE(f.manager.select("/p", "profile:dev", {}, {}));
  REQUIRE(f.manager.select("/p", "", {}, {}));
  CHECK(f.manager.status("/p").state == State::None);
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::NotConfigured);
}

TEST_CASE("a later choice wins over one that is still connecting") {
  Fixture f;
  f.http.on("GET", kMe).hang();
  f.answerMe("bob");
  core::Result<connection::ConnectionPtr> slow = connection::ConnectionPtr();
  std::thread first([&] { slow = f.manager.select("/p", "profile:dev", {}, {}); });
  f.http.awaitRequests(1);
  auto fast = f.manager.select("/p", "profile:prod", {}, {});
  first.join();
  REQUIRE(fast);
  CHECK(slow.error().code == ErrorCode::Cancelled);
  CHECK(f.manager.status("/p").user == "bob");
}

TEST_CASE("whoever needs a connection waits for one that is expected") {
  Fixture f;
  f.answerMe("ada");
  f.manager.expect("/p");
  core::Result<connection::ConnectionPtr> got = connection::ConnectionPtr();
  std::thread waiter([&] { got = f.manager.require("/p", {}); });
  REQUIRE(f.manager.select("/p", "profile:dev", {}, {}));
  waiter.join();
  REQUIRE(got);
  CHECK((*got)->me.userName == "ada");

  f.manager.expect("/q");
  core::CancelSource cancel;
  cancel.cancel(core::CancelReason::Client);
  CHECK(f.manager.require("/q", cancel.token()).error().code == ErrorCode::Cancelled);
}

TEST_CASE("what the settings say does not undo what the user has chosen meanwhile") {
  Fixture f;
  f.answerMe("ada");
  f.manager.expect("/p");
  REQUIRE(f.manager.select("/p", "profile:dev", {}, {}));
  f.manager.selectExpected("/p", "", {}, {});
  CHECK(f.manager.status("/p").user == "ada");

  f.manager.expect("/q");
  f.manager.selectExpected("/q", "", {}, {});
  CHECK(f.manager.require("/q", {}).error().code == ErrorCode::NotConfigured);
}

TEST_CASE("a connection that failed can come back without a flicker") {
  Fixture f;
  f.http.on("GET", kMe).drop(http::Stage::Connect);
  f.http.on("GET", kMe).drop(http::Stage::Connect);
  f.answerMe("ada");
  CHECK_FALSE(f.manager.select("/p", "profile:dev", {}, {}));
  int changes = f.changes;
  CHECK_FALSE(f.manager.retry("/p", {}, {}));
  CHECK(f.changes == changes);
  CHECK(f.manager.status("/p").state == State::Failed);
  CHECK(f.manager.retry("/p", {}, {}));
  CHECK(f.manager.status("/p").state == State::Ready);
  CHECK(f.changes == changes + 1);
  // Nothing to do for one that works.
  CHECK(f.manager.retry("/p", {}, {}));
  f.http.verify();
}

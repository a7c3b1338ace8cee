// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/connection_manager.hpp"

#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_http.hpp"

using namespace trowel;
using auth::Attribute;
using connection::ConnectionManager;
using connection::Offer;
using connection::State;
using core::ErrorCode;

namespace {

constexpr const char* kMe = "/api/2.0/preview/scim/v2/Me";

struct Fixture {
  test::ManualClock clock;
  test::ScriptedHttp http;
  std::vector<std::string> paused;
  http::GateTable gates{clock, [this](const std::string& host) { paused.push_back(host); }};
  std::string authType = "pat";
  connection::DemoWorkspace demo{"/nonexistent", "/nonexistent", clock};
  std::map<std::string, std::pair<std::string, std::string>> profiles = {{"dev", {"http://127.0.0.1:1", "one"}},
                                                                         {"prod", {"http://127.0.0.1:2", "two"}}};
  std::string problem;  // of every offer
  int changes = 0;
  struct Later {
    core::Duration delay;
    std::function<void(const core::CancelToken&)> work;
  };
  std::vector<Later> later;
  ConnectionManager manager{{.http = http,
                             .clock = clock,
                             .gates = gates,
                             .demo = demo,
                             .offers = [this](const std::string&, const core::CancelToken&) { return offers(); },
                             .signIn = [this](const Offer& offer, const core::CancelToken&) { return signIn(offer); },
                             .later =
                                 [this](core::Duration delay, std::function<void(const core::CancelToken&)> work) {
                                   later.push_back({delay, std::move(work)});
                                 },
                             .changed = [this](const std::string&) { ++changes; }}};

  core::Result<std::vector<Offer>> offers() const {
    std::vector<Offer> all;
    for (const auto& [name, values] : profiles) {
      Offer offer{.id = "profile:" + name, .name = name, .source = connection::Source::Profile, .host = values.first};
      offer.problem = problem;
      offer.config.set(Attribute::Host, values.first, "the test");
      offer.config.set(Attribute::Token, values.second, "the profile " + name + " in ~/.databrickscfg");
      all.push_back(std::move(offer));
    }
    return all;
  }

  core::Result<auth::SignedIn> signIn(const Offer& offer) const {
    const auto& token = offer.config.get(Attribute::Token);
    if (token.empty()) return core::fail(ErrorCode::Unauthenticated, "Sign in.");
    return auth::SignedIn{.authType = authType,
                          .host = offer.host,
                          .credentials = http::bearer(core::SecretString(token)),
                          .source = offer.config.sourceOf(Attribute::Token)};
  }

  void answerMe(const std::string& user) {
    http.on("GET", kMe).reply(200, R"({"userName":")" + user + R"("})", {{"X-Databricks-Org-Id", "12345678901234567"}});
  }

  core::Result<connection::ConnectionPtr> select(const std::string& folder, const std::string& id) {
    return manager.select(folder, id, {});
  }
  State state(const std::string& folder = "/p") const { return manager.status(folder).state; }

  // Runs what was put off.
  void runLater() {
    REQUIRE(later.size() == 1);
    auto work = std::move(later.front().work);
    later.clear();
    work({});
  }
};

constexpr databricks::Call kRead{databricks::Verb::Get, "/r", databricks::Safety::Safe};

}  // namespace

TEST_CASE("a connection proves itself by asking who we are") {
  Fixture f;
  f.answerMe("ada@example.com");
  auto connected = f.select("/p", "profile:dev");
  REQUIRE(connected);
  CHECK((*connected)->me.userName == "ada@example.com");
  CHECK((*connected)->me.workspaceId == 12345678901234567);
  CHECK(f.state() == State::Ready);
  CHECK(f.manager.require("/p", {}).value() == *connected);
  CHECK(f.changes == 2);
  CHECK(f.http.requests().at(0).authorization.reveal() == "Bearer one");
  f.http.verify();
}

TEST_CASE("projects have connections of their own") {
  Fixture f;
  f.answerMe("ada");
  f.answerMe("bob");
  REQUIRE(f.select("/a", "profile:dev"));
  REQUIRE(f.select("/b", "profile:prod"));
  CHECK(f.manager.require("/a", {}).value()->me.userName == "ada");
  CHECK(f.manager.require("/b", {}).value()->me.userName == "bob");
  CHECK(f.http.requests().at(1).authorization.reveal() == "Bearer two");
}

TEST_CASE("changing the connection cancels what runs over the old one") {
  Fixture f;
  f.answerMe("ada");
  f.answerMe("bob");
  auto old = f.select("/p", "profile:dev").value();
  auto next = f.select("/p", "profile:prod").value();
  CHECK(old->cancel.reason() == core::CancelReason::Superseded);
  CHECK_FALSE(next->cancel.cancelled());
  CHECK(next->generation > old->generation);
}

TEST_CASE("an unknown, a broken and a refused connection say what to do") {
  Fixture f;
  CHECK(f.select("/p", "profile:gone").error().code == ErrorCode::NotConfigured);
  CHECK(f.state() == State::Failed);
  CHECK(f.manager.require("/p", {}).error().message.find("Select Connection") != std::string::npos);

  // What stands for all profiles, where their file cannot be read, stands for this one.
  f.profiles[""] = {"", ""};
  f.problem = "~/.databrickscfg is a folder.";
  CHECK(f.select("/p", "profile:gone").error().message == f.problem);
  CHECK(f.select("/p", "settings:gone").error().message.starts_with("There is no connection 'settings:gone'"));
  f.profiles.erase("");

  f.problem = "Line 7 is no line.";
  CHECK(f.select("/p", "profile:dev").error().message == "Line 7 is no line.");

  f.problem.clear();
  f.profiles["dev"].second = "bad";
  f.http.on("GET", kMe).reply(403, R"({"error_code":"403","message":"Invalid access token. [ReqId: x]"})");
  auto refused = f.select("/p", "profile:dev");
  CHECK(refused.error().code == ErrorCode::Unauthenticated);
  CHECK(f.state() == State::SignIn);
  CHECK(refused.error().message.find("the profile dev in ~/.databrickscfg") != std::string::npos);
  CHECK(refused.error().message.find("bad") == std::string::npos);
}

TEST_CASE("nothing chosen is an error of its own") {
  Fixture f;
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::NotConfigured);
  f.answerMe("ada");
  REQUIRE(f.select("/p", "profile:dev"));
  REQUIRE(f.select("/p", ""));
  CHECK(f.state() == State::None);
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::NotConfigured);
}

TEST_CASE("a later choice wins over one that is still connecting") {
  Fixture f;
  f.http.on("GET", kMe).hang();
  f.answerMe("bob");
  core::Result<connection::ConnectionPtr> slow = connection::ConnectionPtr();
  std::thread first([&] { slow = f.select("/p", "profile:dev"); });
  f.http.awaitRequests(1);
  auto fast = f.select("/p", "profile:prod");
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
  REQUIRE(f.select("/p", "profile:dev"));
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
  REQUIRE(f.select("/p", "profile:dev"));
  f.manager.selectExpected("/p", "", {});
  CHECK(f.manager.status("/p").user == "ada");

  f.manager.expect("/q");
  f.manager.selectExpected("/q", "", {});
  CHECK(f.manager.require("/q", {}).error().code == ErrorCode::NotConfigured);
}

TEST_CASE("a host that cannot be reached is looked for by one probe after the other, without a flicker") {
  Fixture f;
  f.http.on("GET", kMe).drop(http::Stage::Connect);
  CHECK_FALSE(f.select("/p", "profile:dev"));
  CHECK(f.state() == State::Offline);
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::Unavailable);
  int changes = f.changes;
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 7; ++i) {
    REQUIRE(f.later.size() == 1);
    delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(f.later.front().delay).count());
    f.http.on("GET", kMe).drop(http::Stage::Connect);
    f.runLater();
  }
  CHECK(delays == std::vector<std::int64_t>{2, 4, 8, 16, 32, 60, 60});
  CHECK(f.changes == changes);
  f.answerMe("ada");
  f.runLater();
  CHECK(f.state() == State::Ready);
  CHECK(f.changes == changes + 1);
  CHECK(f.later.empty());
  f.http.verify();
}

TEST_CASE("a connection whose host falls silent goes offline, and comes back as the same one") {
  Fixture f;
  f.answerMe("ada");
  auto connection = f.select("/p", "profile:dev").value();
  f.http.on("GET", "/r").drop(http::Stage::Connect);
  CHECK_FALSE(connection->rest.call(kRead, {}));
  CHECK(f.state() == State::Offline);
  CHECK(f.manager.status("/p").error.code == ErrorCode::Unavailable);
  // Many calls that fail at once are one probe.
  f.http.on("GET", "/r").drop(http::Stage::Connect);
  CHECK_FALSE(connection->rest.call(kRead, {}));
  CHECK(f.later.size() == 1);
  CHECK(f.manager.require("/p", {}).value() == connection);

  f.http.on("GET", kMe).drop(http::Stage::Connect);
  f.runLater();
  CHECK(f.state() == State::Offline);
  f.answerMe("ada");
  f.runLater();
  CHECK(f.state() == State::Ready);
  CHECK(f.manager.require("/p", {}).value() == connection);
  CHECK_FALSE(connection->cancel.cancelled());
  CHECK(f.later.empty());
}

TEST_CASE("a call that succeeds ends the offline state before the probe does") {
  Fixture f;
  f.answerMe("ada");
  auto connection = f.select("/p", "profile:dev").value();
  f.http.on("GET", "/r").drop(http::Stage::Lookup);
  CHECK_FALSE(connection->rest.call(kRead, {}));
  f.http.on("GET", "/r").reply(404, "");
  CHECK_FALSE(connection->rest.call(kRead, {}));
  CHECK(f.state() == State::Ready);
  f.runLater();
  CHECK(f.later.empty());
  f.http.verify();
}

TEST_CASE("a token that is revoked in mid-work asks for a sign-in, and nothing is tried in vain") {
  Fixture f;
  f.answerMe("ada");
  auto connection = f.select("/p", "profile:dev").value();
  f.http.on("GET", "/r").reply(401, "");
  CHECK_FALSE(connection->rest.call(kRead, {}));
  CHECK(f.state() == State::SignIn);
  CHECK(f.later.empty());
  CHECK(f.manager.require("/p", {}).error().code == ErrorCode::Unauthenticated);
}

TEST_CASE("calls over a connection that is the project's no longer change nothing") {
  Fixture f;
  f.answerMe("ada");
  auto old = f.select("/p", "profile:dev").value();
  f.answerMe("bob");
  REQUIRE(f.select("/p", "profile:prod"));
  f.http.on("GET", "/r").drop(http::Stage::Connect);
  CHECK_FALSE(old->rest.call(kRead, {}));
  CHECK(f.state() == State::Ready);
  CHECK(f.later.empty());
}

TEST_CASE("a change of what a connection is written down as makes it anew, anything else does not") {
  Fixture f;
  f.answerMe("ada");
  auto first = f.select("/p", "profile:dev").value();
  f.profiles["prod"].second = "other";
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.manager.require("/p", {}).value() == first);

  f.profiles["dev"].first = "http://127.0.0.1:9";
  f.answerMe("eve");
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.manager.status("/p").user == "eve");
  CHECK(f.http.requests().back().origin == "http://127.0.0.1:9");
  CHECK(first->cancel.cancelled());
}

TEST_CASE("a profile that is deleted while it is used says so, and comes back with the profile") {
  Fixture f;
  f.answerMe("ada");
  REQUIRE(f.select("/p", "profile:dev"));
  auto kept = f.profiles.extract("dev");
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.state() == State::Failed);
  CHECK(f.manager.status("/p").error.message.find("profile:dev") != std::string::npos);
  f.profiles.insert(std::move(kept));
  f.answerMe("ada");
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.state() == State::Ready);
}

TEST_CASE("settings that leave a connection as it was do not try again what failed, and files may bring a sign-in") {
  Fixture f;
  f.http.on("GET", kMe).reply(200, "<html></html>");
  CHECK_FALSE(f.select("/p", "profile:dev"));
  CHECK(f.state() == State::Failed);
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.http.requests().size() == 1);

  f.http.on("GET", kMe).reply(401, "");
  CHECK_FALSE(f.select("/p", "profile:dev"));
  CHECK(f.state() == State::SignIn);
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.http.requests().size() == 2);
  f.answerMe("ada");
  f.manager.reconsider("/p", connection::Change::Files, {});
  CHECK(f.state() == State::Ready);
}

TEST_CASE("a sign-in that was made elsewhere is noticed with the next change") {
  Fixture f;
  f.profiles["dev"].second = "";
  CHECK(f.select("/p", "profile:dev").error().code == ErrorCode::Unauthenticated);
  CHECK(f.state() == State::SignIn);
  f.profiles["dev"].second = "fresh";
  f.answerMe("ada");
  f.manager.reconsider("/p", connection::Change::Settings, {});
  CHECK(f.state() == State::Ready);
}

TEST_CASE("testing a connection chooses nothing") {
  Fixture f;
  f.answerMe("ada");
  auto offer = f.manager.offer("/p", "profile:dev", {}).value();
  CHECK(f.manager.test(offer, {}).value().userName == "ada");
  CHECK(f.state() == State::None);
  CHECK(f.changes == 0);
}

TEST_CASE("a host that comes back and refuses the credential asks for a sign-in") {
  Fixture f;
  f.answerMe("ada");
  auto connection = f.select("/p", "profile:dev").value();
  f.http.on("GET", "/r").drop(http::Stage::Connect);
  CHECK_FALSE(connection->rest.call(kRead, {}));
  CHECK(f.state() == State::Offline);
  f.http.on("GET", kMe).reply(401, "");
  f.runLater();
  CHECK(f.state() == State::SignIn);
  CHECK(f.later.empty());
  f.http.verify();
}

TEST_CASE("a connection whose token was replaced is made anew, one that was dropped is not") {
  Fixture f;
  f.answerMe("ada");
  auto old = f.select("/p", "profile:dev").value();
  f.answerMe("ada");
  f.manager.renew("/p", {});
  CHECK(old->cancel.cancelled());
  CHECK(f.manager.require("/p", {}).value()->generation > old->generation);
  REQUIRE(f.select("/p", ""));
  f.manager.renew("/p", {});
  f.manager.renew("/q", {});
  CHECK(f.state() == State::None);
  f.http.verify();
}

TEST_CASE("who is refused is told how to renew that way of signing in") {
  struct Row {
    const char* type;
    const char* sentence;
  };
  for (const auto& row : {
           Row{"pat",
               "The workspace http://127.0.0.1:1 does not accept this token. Create a new one under Settings → "
               "Developer → Access tokens, then update the profile dev in ~/.databrickscfg."},
           Row{"databricks-cli",
               "The workspace http://127.0.0.1:1 does not accept this sign-in. Sign in again with "
               "'Trowel: Sign In…'."},
           Row{"azure-cli",
               "The workspace http://127.0.0.1:1 does not accept this sign-in. Sign in again with "
               "'az login'."},
           Row{"oauth-m2m",
               "The workspace http://127.0.0.1:1 does not accept this sign-in. Renew the credentials in "
               "the profile dev in ~/.databrickscfg, or ask an administrator whether they still count."},
       }) {
    INFO(row.type);
    Fixture f;
    f.authType = row.type;
    f.http.on("GET", kMe).reply(401, "");
    CHECK(f.select("/p", "profile:dev").error().message == row.sentence);
    CHECK(f.state() == State::SignIn);
  }
}

TEST_CASE("a host that asks for a pause is shown as slowed down until it is over") {
  Fixture f;
  f.answerMe("ada");
  REQUIRE(f.select("/p", "profile:dev"));
  CHECK_FALSE(f.manager.status("/p").slowedDownUntil);
  auto gate = f.gates.gateOf(http::parseOrigin("http://127.0.0.1:1").value());
  gate->enter({.place = gate->place()}, {})->finish(http::HostSign::SlowDown, std::chrono::seconds(30));
  CHECK(f.paused == std::vector<std::string>{"http://127.0.0.1:1"});
  auto until = f.manager.status("/p").slowedDownUntil;
  REQUIRE(until);
  CHECK(*until >= f.clock.wallNow() + std::chrono::seconds(30));
  f.clock.advance(std::chrono::minutes(2));
  CHECK_FALSE(f.manager.status("/p").slowedDownUntil);
}

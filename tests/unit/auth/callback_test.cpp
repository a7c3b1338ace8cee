// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/callback.hpp"

#include <csignal>
#include <future>

#include "auth/u2m/pkce.hpp"
#include "auth_fixture.hpp"
#include "trowel/auth/u2m.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::auth;
using namespace std::chrono_literals;
using core::ErrorCode;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

// A browser: asks an address of this machine for a page.
struct Browser {
  core::Timer timer{core::systemClock()};
  http::HttpTransport transport{timer, http::NetworkOptions{}};

  http::HttpResponse open(const std::string& url) {
    auto slash = url.find('/', url.find("://") + 3);
    auto answer = transport.send({.method = "GET", .origin = url.substr(0, slash), .target = url.substr(slash)}, {});
    return answer.value_or(http::HttpResponse{});
  }
};

struct Fixture : test::AuthFixture {
  Browser browser;
  std::string opened;
  std::future<http::HttpResponse> shown;
  core::CancelSource cancel;

  Fixture() {
    keyring.trouble = test::noKeyring();
    expectDiscovery();
  }
  // Comes back with that query, STATE replaced.
  core::Result<SignedInPerson> signInWith(const std::string& query) {
    return signInPerson(
        config, outside,
        [&](const std::string& url) -> core::Result<void> {
          opened = url;
          auto parameters = queryOf(url.substr(url.find('?')));
          auto back = parameters["redirect_uri"] + "/?" + core::replaceAll(query, "STATE", parameters["state"]);
          shown = std::async(std::launch::async, [this, back] { return browser.open(back); });
          return {};
        },
        cancel.token());
  }
};

}  // namespace

TEST_CASE("the verifier's challenge is that of RFC 7636") {
  CHECK(challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  auto one = makePkce();
  CHECK(one.verifier.size() == 86);
  CHECK(one.challenge == challengeOf(one.verifier));
  CHECK(makePkce().verifier != one.verifier);
  CHECK(makeState().size() == 22);
  CHECK(sameSecret("a", "a"));
  CHECK_FALSE(sameSecret("a", "b"));
  CHECK_FALSE(sameSecret("a", "aa"));
}

TEST_CASE("F40: what the browser brings back is told apart") {
  CHECK_FALSE(readCallback("/favicon.ico", "s").has_value());
  CHECK_FALSE(readCallback("/?state=s", "s").has_value());
  CHECK(readCallback("/?code=a%2Fb+c&state=s&iss=x", "s")->value() == "a/b c");
  auto refused = [](const std::string& target) { return readCallback(target, "s").value().error(); };
  CHECK(refused("/?error=access_denied&error_description=no&state=s").message ==
        "The sign-in was not allowed in the browser. Try again to allow it.");
  CHECK(refused("/?error=access_denied&state=s").code == ErrorCode::PermissionDenied);
  CHECK(refused("/?error=invalid_scope&error_description=No+such+scope.&state=s").message ==
        "The workspace refused the sign-in: No such scope.");
  for (auto target : {"/?code=a&state=other", "/?code=a", "/?error=access_denied&state="})
    CHECK(refused(target).message ==
          "The browser came back with the answer to another sign-in. Close older sign-in pages and try again.");
}

TEST_CASE_METHOD(Fixture, "a sign-in in the browser is kept and told there") {
  http.on("POST", "/oidc/v1/token")
      .reply(200, R"({"access_token":"at","refresh_token":"rt","token_type":"Bearer","expires_in":3600})");
  auto person = signInWith("code=the-code&state=STATE");
  REQUIRE(person);
  CHECK(person->host == "https://w.example.com");
  CHECK(person->renewable);
  CHECK(person->inFile);
  CHECK(person->place == home / ".databricks/token-cache.json");
  auto page = shown.get();
  CHECK(page.status == 200);
  CHECK(page.body.find("<h1>Signed in</h1>") != std::string::npos);

  auto asked = queryOf(opened.substr(opened.find('?')));
  CHECK(opened.starts_with("https://w.example.com/oidc/v1/authorize?response_type=code&client_id=databricks-cli&"));
  CHECK(asked["scope"] == "offline_access all-apis");
  CHECK(asked["code_challenge_method"] == "S256");
  auto redirect = asked["redirect_uri"];
  CHECK(redirect.starts_with("http://localhost:80"));
  auto sent = queryOf("?" + http.requests().back().body);
  CHECK(sent["grant_type"] == "authorization_code");
  CHECK(sent["code"] == "the-code");
  CHECK(sent["redirect_uri"] == redirect);
  CHECK(challengeOf(sent["code_verifier"]) == asked["code_challenge"]);
  CHECK(http.requests().back().authorization.empty());
  // Nobody listens any more.
  CHECK(browser.open(redirect + "/").status == 0);
  http.verify();

  CHECK(signIn()->authType == "databricks-cli");
  CHECK(signOutPerson(config, outside, {}).value());
  CHECK_FALSE(signOutPerson(config, outside, {}).value());
}

TEST_CASE_METHOD(Fixture, "scopes are asked for as configured, and offline access only where it is wanted") {
  auto [scopes, disable, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"", "true", "all-apis"},
      {"sql, jobs", "", "offline_access sql jobs"},
      {"offline_access,sql", "true", "sql"},
  }));
  set(Attribute::Scopes, scopes);
  set(Attribute::DisableOauthRefreshToken, disable);
  http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"at","expires_in":3600})");
  auto person = signInWith("code=c&state=STATE");
  REQUIRE(person);
  CHECK_FALSE(person->renewable);
  CHECK(queryOf(opened.substr(opened.find('?')))["scope"] == expected);
}

TEST_CASE_METHOD(Fixture, "F40: who says no, comes with another state or a bad code sees it in the browser too") {
  SECTION("denied") {
    CHECK(signInWith("error=access_denied&state=STATE").error().message ==
          "The sign-in was not allowed in the browser. Try again to allow it.");
  }
  SECTION("another sign-in's answer") {
    CHECK(signInWith("code=c&state=old").error().message ==
          "The browser came back with the answer to another sign-in. Close older sign-in pages and try again.");
  }
  SECTION("a code that the service does not take") {
    http.on("POST", "/oidc/v1/token")
        .reply(400, R"({"error":"invalid_grant","error_description":"The code <b>has</b> expired."})");
    CHECK(signInWith("code=c&state=STATE").error().message ==
          "The sign-in service at https://w.example.com refused: The code <b>has</b> expired.");
  }
  auto page = shown.get();
  CHECK(page.status == 400);
  CHECK(page.body.find("<h1>Not signed in</h1>") != std::string::npos);
  CHECK(page.body.find("<b>has") == std::string::npos);
  CHECK_FALSE(signIn());
}

TEST_CASE_METHOD(Fixture, "nobody is sent to the browser for a sign-in that cannot be kept") {
  SECTION("the keyring was chosen and is not there") {
    variables["DATABRICKS_AUTH_STORAGE"] = "secure";
    CHECK(signInWith("code=c&state=STATE").error().message == "This machine has no keyring.");
  }
  SECTION("the file is broken") {
    home.write(".databricks/token-cache.json", "{");
    CHECK(signInWith("code=c&state=STATE").error().message.find("it is no JSON") != std::string::npos);
  }
  CHECK(opened.empty());
}

TEST_CASE_METHOD(Fixture, "F40: a browser that is closed ends the wait after five minutes, or with the user's cancel") {
  auto waiting = std::async(std::launch::async, [&] {
    return signInPerson(config, outside, [](const std::string&) -> core::Result<void> { return {}; }, cancel.token());
  });
  clock.awaitWaiters(1);
  SECTION("time") {
    clock.advance(5min);
    auto failed = waiting.get();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::DeadlineExceeded);
    CHECK(failed.error().message ==
          "The browser did not come back in time. Try again, and finish the sign-in in the page that opens.");
  }
  SECTION("cancel") {
    cancel.cancel(core::CancelReason::Client);
    CHECK(waiting.get().error().code == ErrorCode::Cancelled);
  }
}

TEST_CASE_METHOD(Fixture, "F40: a port that is configured and busy is waited for, then named") {
  clock.advanceOnWait();
  auto other = http::LoopbackServer::start({}, [](const auto&, const auto&, const auto&, const auto&) {
                 return http::HttpResponse{.status = 404};
               }).value();
  set(Attribute::OauthCallbackPort, std::to_string(other->port()));
  auto failed = signInWith("");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::Conflict);
  CHECK(failed.error().message == "The browser has no way back to Trowel: another program uses port " +
                                      std::to_string(other->port()) + ". Close it, or change oauth_callback_port.");
  CHECK(clock.waits().size() == 45);
  CHECK(opened.empty());
  set(Attribute::OauthCallbackPort, "80x");
  expectDiscovery();
  CHECK(signInWith("").error().message == "oauth_callback_port (the test) must be a number between 1 and 65535.");
}

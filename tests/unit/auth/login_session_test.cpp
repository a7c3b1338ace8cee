// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/login_session.hpp"

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <set>

#include "auth_fixture.hpp"
#include "trowel/http/origin.hpp"

using namespace trowel;
using namespace trowel::auth;
using namespace std::chrono_literals;
using core::ErrorCode;
using core::Json;

namespace {

constexpr const char* kToken = "/oidc/v1/token";

struct Fixture : test::AuthFixture {
  LoginKey key{.profile = "dev", .host = "https://w.example.com"};
  std::unique_ptr<LoginStore> file = fileLoginStore(home / ".databricks/token-cache.json");

  Fixture() {
    variables["DATABRICKS_AUTH_STORAGE"] = "plaintext";
    set(Attribute::Profile, "dev");
  }
  void store(const std::string& name, core::Duration remaining) {
    REQUIRE(file->save(key,
                       {.access = core::SecretString("access-" + name),
                        .refresh = core::SecretString("refresh-" + name),
                        .expiry = clock.wallNow() + std::chrono::duration_cast<core::WallTime::duration>(remaining)},
                       {}, {}));
  }
  std::string stored() { return file->load(key, {}).value()->refresh.reveal(); }
  LoginSession session() {
    return {config, http::parseOrigin("https://w.example.com").value(), key,
            LoginStorage::open(config, outside).value(), outside};
  }
  void expectRefresh(const std::string& from, const std::string& to) {
    auto& exchange = http.on("POST", kToken)
                         .withBody("grant_type=refresh_token&client_id=databricks-cli&refresh_token=refresh-" + from);
    if (to.empty())
      exchange.reply(400, R"({"error":"invalid_grant","error_description":"Refresh token is invalid"})");
    else
      exchange.reply(200, Json{{"access_token", "access-" + to},
                               {"refresh_token", "refresh-" + to},
                               {"token_type", "Bearer"},
                               {"expires_in", "3600"}}
                              .dump());
  }
};

std::string text(const core::Result<AccessToken>& token) {
  return token ? token->value.reveal() : token.error().message;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a stored token that lasts is used without a word to the network") {
  store("a", 6min);
  CHECK(text(session().fetch({})) == "access-a");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a token near its end is refreshed and its successor kept") {
  store("a", 4min);
  expectDiscovery();
  expectRefresh("a", "b");
  CHECK(text(session().fetch({})) == "access-b");
  CHECK(stored() == "refresh-b");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "an answer without a refresh token leaves the old one in force") {
  store("a", 0s);
  expectDiscovery();
  http.on("POST", kToken).reply(200, R"({"access_token":"access-b","expires_in":3600})");
  CHECK(text(session().fetch({})) == "access-b");
  CHECK(stored() == "refresh-a");
}

TEST_CASE_METHOD(Fixture, "a refused token is refreshed even where it lasts, unless somebody else did so") {
  store("a", 50min);
  const Fetch refused{.previous = core::SecretString("access-a")};
  auto one = session();
  expectDiscovery();
  expectRefresh("a", "b");
  CHECK(text(one.fetch(refused)) == "access-b");
  CHECK(text(one.fetch(refused)) == "access-b");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "nobody signed in is an error with the command to run") {
  CHECK(text(session().fetch({})) ==
        "Nobody is signed in to https://w.example.com. Sign in with: trowel auth login "
        "--profile dev");
  config.set(Attribute::Profile, "", "");
  key.profile.clear();
  CHECK(text(session().fetch({})) ==
        "Nobody is signed in to https://w.example.com. Sign in with: trowel auth login "
        "--host https://w.example.com");
}

TEST_CASE_METHOD(Fixture, "F40: a refresh token that is not accepted any more is an error with the command to run") {
  store("a", 0s);
  expectDiscovery();
  expectRefresh("a", "");
  auto failed = session().fetch({});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::Unauthenticated);
  CHECK(failed.error().message ==
        "The sign-in to https://w.example.com has ended: its refresh token is not accepted "
        "any more. Sign in with: trowel auth login --profile dev");
  CHECK(stored() == "refresh-a");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a sign-in without a refresh token ends with its token") {
  REQUIRE(file->save(key, {.access = core::SecretString("access-a"), .expiry = clock.wallNow()}, {}, {}));
  CHECK(text(session().fetch({})) ==
        "The sign-in to https://w.example.com has ended. Sign in with: trowel auth login --profile dev");
}

namespace {

// The CLI, which knows no lock: it writes its successor while ours is on the way and fails.
class RacingHttp final : public http::HttpClient {
 public:
  RacingHttp(http::HttpClient& inner, std::function<void()> race) : inner_(inner), race_(std::move(race)) {}
  http::HttpResult send(const http::HttpRequest& request, const http::CallOptions& options) override {
    if (request.target == kToken) std::exchange(race_, [] {})();
    return inner_.send(request, options);
  }

 private:
  http::HttpClient& inner_;
  std::function<void()> race_;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "where another program was faster, its token is taken") {
  store("a", 0s);
  RacingHttp racing(http, [&] { store("cli", 1h); });
  Outside other{
      .http = racing, .clock = clock, .keyring = keyring, .environment = outside.environment, .home = outside.home};
  LoginSession one(config, http::parseOrigin("https://w.example.com").value(), key,
                   LoginStorage::open(config, other).value(), other);
  expectDiscovery();
  expectRefresh("a", "");
  CHECK(text(one.fetch({})) == "access-cli");
  CHECK(stored() == "refresh-cli");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a refresh that is on its way is not given up: its answer holds the only successor") {
  store("a", 0s);
  core::CancelSource leaving;
  RacingHttp racing(http, [&] { leaving.cancel(core::CancelReason::Shutdown); });
  Outside other{
      .http = racing, .clock = clock, .keyring = keyring, .environment = outside.environment, .home = outside.home};
  LoginSession one(config, http::parseOrigin("https://w.example.com").value(), key,
                   LoginStorage::open(config, other).value(), other);
  expectDiscovery();
  expectRefresh("a", "b");
  CHECK(text(one.fetch({.cancel = leaving.token()})) == "access-b");
  CHECK(stored() == "refresh-b");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a service that is away keeps a token that still lasts in use") {
  clock.advanceOnWait();
  store("a", 4min);
  expectDiscovery();
  http.on("POST", kToken).drop(http::Stage::Connect);
  CHECK(text(session().fetch({})) == "access-a");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a token service that asks to come later is asked again within a minute") {
  clock.advanceOnWait();
  store("a", 0s);
  expectDiscovery();
  http.on("POST", kToken).reply(429, "", {{"Retry-After", "7"}});
  http.on("POST", kToken).reply(503, "");
  http.on("POST", kToken).drop(http::Stage::Exchange);
  expectRefresh("a", "b");
  CHECK(text(session().fetch({})) == "access-b");
  REQUIRE(clock.waits().size() == 3);
  CHECK(clock.waits().at(0) >= 7s);
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a token service that stays away is given up after a minute") {
  clock.advanceOnWait();
  store("a", 0s);
  expectDiscovery();
  http.on("POST", kToken).reply(429, "", {{"Retry-After", "50"}});
  http.on("POST", kToken).reply(429, "", {{"Retry-After", "50"}});
  auto failed = session().fetch({});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::Unavailable);
  CHECK(failed.error().message ==
        "The sign-in to https://w.example.com could not be renewed. The sign-in service at https://w.example.com "
        "refused: HTTP status 429.");
  CHECK(stored() == "refresh-a");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a successor that cannot be written is not lost: it is used and written later") {
  clock.advanceOnWait();
  expectDiscovery();
  expectRefresh("a", "b");
  variables["DATABRICKS_AUTH_STORAGE"] = "secure";
  auto ring = keyringLoginStore(keyring);
  REQUIRE(
      ring->save(key, {.access = core::SecretString("access-a"), .refresh = core::SecretString("refresh-a")}, {}, {}));
  LoginSession locked(config, http::parseOrigin("https://w.example.com").value(), key,
                      LoginStorage::open(config, outside).value(), outside);
  keyring.readOnly = true;
  CHECK(text(locked.fetch({})) == "access-b");
  CHECK(clock.waits() == std::vector<core::Duration>{25ms, 50ms, 100ms, 200ms});
  CHECK(ring->load(key, {}).value()->refresh.reveal() == "refresh-a");

  SECTION("the next time the keyring can be written to") {
    keyring.readOnly = false;
    CHECK(text(locked.fetch({})) == "access-b");
    CHECK(ring->load(key, {}).value()->refresh.reveal() == "refresh-b");
  }
  SECTION("the next refresh goes on from what is in memory") {
    expectRefresh("b", "c");
    CHECK(text(locked.fetch({.previous = core::SecretString("access-b")})) == "access-c");
    keyring.readOnly = false;
    CHECK(text(locked.fetch({.previous = core::SecretString("access-b")})) == "access-c");
    CHECK(ring->load(key, {}).value()->refresh.reveal() == "refresh-c");
  }
  SECTION("a new sign-in counts more") {
    keyring.readOnly = false;
    REQUIRE(ring->save(key,
                       {.access = core::SecretString("access-new"),
                        .refresh = core::SecretString("refresh-new"),
                        .expiry = clock.wallNow() + 1h},
                       {}, {}));
    CHECK(text(locked.fetch({.previous = core::SecretString("access-b")})) == "access-new");
  }
  http.verify();
}

TEST_CASE_METHOD(Fixture,
                 "a lock that its holder does not give back is waited for three minutes, or until the cancel") {
  store("a", 0s);
  auto held = os::FileLock::tryAcquire(home / ".databricks/token-cache.lock", os::LockMode::Exclusive, "a debugger");
  REQUIRE(held);
  SECTION("time") {
    clock.advanceOnWait();
    expectDiscovery();
    expectRefresh("a", "b");
    const auto begun = clock.now();
    CHECK(text(session().fetch({})) == "access-b");
    CHECK(clock.now() - begun == 3min);
  }
  SECTION("cancel") {
    const core::CancelSource cancel;
    auto waiting = std::async(std::launch::async, [&] { return session().fetch({.cancel = cancel.token()}); });
    clock.awaitWaiters(1);
    cancel.cancel(core::CancelReason::Client);
    CHECK(waiting.get().error().code == ErrorCode::Cancelled);
  }
  http.verify();
}

namespace {

// As on a full disk: no file of this process grows.
class FullDisk {
 public:
  FullDisk() {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 64, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

}  // namespace

TEST_CASE_METHOD(Fixture, "on a full disk no refresh token is spent") {
  store("a", 0s);
  expectDiscovery();
  auto one = session();
  const auto failed = [&] {
    const FullDisk disk;
    return one.fetch({});
  }();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.starts_with("The sign-in to https://w.example.com could not be renewed. Cannot write " +
                                           (home / ".databricks/token-cache.json")));
  CHECK(failed.error().message.ends_with(": File too large. Make room on the disk, or the folder of " +
                                         (home / ".databricks/token-cache.json") + " writable."));
  CHECK(stored() == "refresh-a");
  http.verify();
  expectRefresh("a", "b");
  CHECK(text(one.fetch({})) == "access-b");
  CHECK(stored() == "refresh-b");
}

namespace {

// Refresh tokens that work once; a second use ends everything, as with the strictest service.
class RotatingService final : public http::HttpClient {
 public:
  http::HttpResult send(const http::HttpRequest& request, const http::CallOptions& /*options*/) override {
    if (request.method == "GET" && request.target == "/.well-known/databricks-config")
      return http::HttpResponse{.status = 404};
    if (request.method == "GET")
      return http::HttpResponse{.status = 200,
                                .body = R"({"authorization_endpoint":"https://w.example.com/oidc/v1/authorize",)"
                                        R"("token_endpoint":"https://w.example.com/oidc/v1/token"})"};
    std::lock_guard lock(mutex_);
    const auto sent = request.body.substr(request.body.rfind('=') + 1);
    if (sent != "refresh-" + std::to_string(number_)) {
      ++lost;
      number_ = -1;
      return http::HttpResponse{.status = 400,
                                .body = R"({"error":"invalid_grant","error_description":"Refresh token is invalid"})"};
    }
    const auto next = std::to_string(++number_);
    return http::HttpResponse{
        .status = 200,
        .body = Json{{"access_token", "access-" + next}, {"refresh_token", "refresh-" + next}, {"expires_in", 3600}}
                    .dump()};
  }
  std::atomic<int> lost = 0;

 private:
  std::mutex mutex_;
  int number_ = 0;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "two that refresh one sign-in at the same time, 100 times, lose nothing") {
  store("0", 0s);
  RotatingService service;
  // The lock is waited for by the real clock, as by two processes.
  Outside other{.http = service,
                .clock = core::systemClock(),
                .keyring = keyring,
                .environment = outside.environment,
                .home = outside.home};
  auto work = [&] {
    LoginSession one(config, http::parseOrigin("https://w.example.com").value(), key,
                     LoginStorage::open(config, other).value(), other);
    std::set<std::string> tokens;
    Fetch fetch;
    for (int round = 0; round < 100; ++round) {
      auto token = one.fetch(fetch);
      if (!token) return token.error().message;
      fetch.previous = token->value;
      tokens.insert(token->value.reveal());
    }
    return tokens.size() == 100 ? std::string() : "the same token came twice";
  };
  auto first = std::async(std::launch::async, work);
  auto second = std::async(std::launch::async, work);
  CHECK(first.get().empty());
  CHECK(second.get().empty());
  CHECK(service.lost == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "auth/token_source.hpp"

#include <atomic>
#include <future>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::auth;
using namespace std::chrono_literals;
using core::ErrorCode;

TEST_CASE("a token is renewed in the last half of its life, and not before its last 20 minutes") {
  struct Row {
    core::Duration life, remaining, early;
    Freshness expected;
  };
  auto [life, remaining, early, expected] = GENERATE(values<Row>({
      {1h, 1h, 0s, Freshness::Fresh},
      {1h, 20min, 0s, Freshness::Fresh},
      {1h, 19min + 59s, 0s, Freshness::Stale},
      {1h, 1s, 0s, Freshness::Stale},
      {1h, 0s, 0s, Freshness::Expired},
      {1h, -1s, 0s, Freshness::Expired},
      {1h, 41s, 40s, Freshness::Stale},
      {1h, 40s, 40s, Freshness::Expired},
      {10min, 5min, 0s, Freshness::Fresh},
      {10min, 4min + 59s, 0s, Freshness::Stale},
      {15s, 8s, 0s, Freshness::Fresh},
      {15s, 7s, 0s, Freshness::Stale},
      {core::Duration::max(), core::Duration::max(), 40s, Freshness::Fresh},
  }));
  CHECK(freshnessOf(life, remaining, early) == expected);
}

namespace {

struct Fixture {
  test::ManualClock clock;
  std::mutex mutex;  // guards what is below
  std::condition_variable changed;
  int fetches = 0;
  std::vector<Fetch> asked;
  std::vector<core::TimePoint> begun;
  std::optional<core::Error> trouble;
  bool held = false;  // fetches wait until it is let go
  TokenSource source{clock, [this](const Fetch& fetch) { return fetched(fetch); }};

  core::Result<AccessToken> fetched(const Fetch& fetch) {
    std::unique_lock lock(mutex);
    ++fetches;
    asked.push_back(fetch);
    begun.push_back(clock.now());
    changed.notify_all();
    auto registration = fetch.cancel.onCancel([this] { changed.notify_all(); });
    changed.wait(lock, [&] { return !held || fetch.cancel.cancelled(); });
    if (fetch.cancel.cancelled()) return std::unexpected(fetch.cancel.error("The fetch"));
    if (trouble) return std::unexpected(*trouble);
    return AccessToken{.value = core::SecretString("t" + std::to_string(fetches)), .expiry = clock.wallNow() + 1h};
  }
  std::string token() {
    auto token = source.token({});
    return token ? token->value.reveal() : token.error().message;
  }
  void awaitFetches(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return fetches >= count; });
  }
  void let(bool go) {
    std::lock_guard lock(mutex);
    held = !go;
    changed.notify_all();
  }
  void fail(bool failing) {
    std::lock_guard lock(mutex);
    trouble.reset();
    if (failing) trouble = core::fail(ErrorCode::Unavailable, "Nothing answers.").error();
  }
  // The renewal in the background has come in.
  void awaitToken(const std::string& expected) {
    while (token() != expected) std::this_thread::yield();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a fresh token is fetched once") {
  CHECK(token() == "t1");
  clock.advance(39min);
  CHECK(token() == "t1");
  CHECK(fetches == 1);
}

TEST_CASE_METHOD(Fixture, "a stale token is given out while a new one is fetched, once") {
  CHECK(token() == "t1");
  clock.advance(41min);
  let(false);
  CHECK(token() == "t1");
  CHECK(token() == "t1");
  awaitFetches(2);
  CHECK_FALSE(asked.at(1).awaited);
  CHECK(asked.at(1).previous.reveal() == "t1");
  let(true);
  awaitToken("t2");
  CHECK(fetches == 2);
}

TEST_CASE_METHOD(Fixture, "F38: after a renewal ahead of time has failed the next comes a minute later") {
  CHECK(token() == "t1");
  clock.advance(41min);
  fail(true);
  CHECK(token() == "t1");
  awaitFetches(2);
  fail(false);
  while (token() != "t3") {
    clock.advance(1s);
    std::this_thread::yield();
  }
  CHECK(begun.at(2) - begun.at(1) >= 1min);
}

TEST_CASE_METHOD(Fixture, "F39: many wait for one fetch and share its outcome") {
  let(false);
  std::vector<std::future<std::string>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(std::async(std::launch::async, [&] { return token(); }));
  clock.awaitWaiters(50);
  let(true);
  for (auto& one : waiting) CHECK(one.get() == "t1");
  CHECK(fetches == 1);
}

TEST_CASE_METHOD(Fixture, "an error reaches all who wait, and the next one tries again") {
  let(false);
  fail(true);
  auto one = std::async(std::launch::async, [&] { return token(); });
  auto other = std::async(std::launch::async, [&] { return token(); });
  clock.awaitWaiters(2);
  let(true);
  CHECK(one.get() == "Nothing answers.");
  CHECK(other.get() == "Nothing answers.");
  CHECK(fetches == 1);
  fail(false);
  CHECK(token() == "t2");
}

TEST_CASE_METHOD(Fixture, "who gives up waiting stops nobody else") {
  let(false);
  core::CancelSource impatient;
  auto leaving = std::async(std::launch::async, [&] { return source.token(impatient.token()); });
  auto staying = std::async(std::launch::async, [&] { return token(); });
  clock.awaitWaiters(2);
  impatient.cancel(core::CancelReason::Client);
  auto left = leaving.get();
  REQUIRE_FALSE(left);
  CHECK(left.error().code == ErrorCode::Cancelled);
  let(true);
  CHECK(staying.get() == "t1");
}

TEST_CASE_METHOD(Fixture, "F39: a token that the host refuses is replaced, once") {
  CHECK(token() == "t1");
  CHECK(source.refused(core::SecretString("t1")));
  CHECK(source.refused(core::SecretString("t1")));
  CHECK(token() == "t2");
  CHECK(asked.at(1).previous.reveal() == "t1");
  // Others that were sent with it have a better one by now.
  CHECK(source.refused(core::SecretString("t1")));
  CHECK(token() == "t2");
  // It is not the token.
  CHECK_FALSE(source.refused(core::SecretString("t2")));
  CHECK(token() == "t2");
  CHECK(fetches == 2);
  clock.advance(2min);
  CHECK(source.refused(core::SecretString("t2")));
  CHECK(token() == "t3");
}

TEST_CASE_METHOD(Fixture, "F45: neither a sleep nor a clock that is set keeps an old token alive") {
  CHECK(token() == "t1");
  SECTION("the machine slept for two hours: the steady clock did not notice") {
    clock.jump(2h);
    CHECK(token() == "t2");
  }
  SECTION("the calendar was set back a day: the steady clock still counts") {
    clock.jump(-24h);
    CHECK(token() == "t1");
    clock.advance(1h);
    CHECK(token() == "t2");
  }
  SECTION("the calendar was set forward a day: one fetch, and no more") {
    clock.jump(24h);
    CHECK(token() == "t2");
    CHECK(token() == "t2");
    CHECK(fetches == 2);
  }
}

TEST_CASE("a token that is over when it comes is used all the same: the host may know better") {
  test::ManualClock clock;
  TokenSource source(clock, [&](const Fetch&) -> core::Result<AccessToken> {
    return AccessToken{.value = core::SecretString("t"), .expiry = clock.wallNow() - 1h};
  });
  CHECK(source.token({})->value.reveal() == "t");
}

TEST_CASE("the end of a source ends its fetch") {
  test::ManualClock clock;
  std::promise<void> begun;
  std::promise<core::ErrorCode> ended;
  {
    TokenSource source(clock, [&](const Fetch& fetch) -> core::Result<AccessToken> {
      std::promise<void> over;
      auto registration = fetch.cancel.onCancel([&] { over.set_value(); });
      begun.set_value();
      over.get_future().wait();
      // What must not be given up has its two seconds.
      ended.set_value(fetch.finish.cancelled() ? ErrorCode::Internal : fetch.cancel.error("x").code);
      return std::unexpected(fetch.cancel.error("x"));
    });
    core::CancelSource leaving;
    auto waiting = std::async(std::launch::async, [&] { return source.token(leaving.token()); });
    begun.get_future().wait();
    leaving.cancel(core::CancelReason::Client);
    CHECK_FALSE(waiting.get());
  }
  CHECK(ended.get_future().get() == ErrorCode::Cancelled);
}

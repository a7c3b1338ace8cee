// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/retry.hpp"

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel::http;
using namespace std::chrono_literals;
using trowel::core::Duration;

namespace {
constexpr RetryPolicy kPolicy;
std::optional<Duration> first(Safety safety, Verdict verdict) {
  return kPolicy.delay(safety, verdict, 1, 0s, std::nullopt, 0.0);
}
}  // namespace

TEST_CASE("what may be repeated hangs on the verdict and the declared safety") {
  CHECK_FALSE(first(Safety::Safe, Verdict::Final));
  CHECK_FALSE(first(Safety::Unsafe, Verdict::Final));
  CHECK(first(Safety::Safe, Verdict::NotStarted));
  CHECK(first(Safety::Unsafe, Verdict::NotStarted));
  CHECK(first(Safety::Safe, Verdict::Unknown));
  CHECK_FALSE(first(Safety::Unsafe, Verdict::Unknown));
}

TEST_CASE("the backoff doubles up to its limit, with jitter over its upper half") {
  auto wait = [](int attempt, double random) {
    return kPolicy.delay(Safety::Safe, Verdict::Unknown, attempt, 0s, std::nullopt, random).value();
  };
  CHECK(wait(1, 0.0) == 125ms);
  CHECK(wait(1, 0.5) == 187500us);
  CHECK(wait(2, 0.0) == 250ms);
  CHECK(wait(3, 0.0) == 500ms);
  CHECK(wait(7, 0.0) == 5s);
  CHECK(wait(1000, 0.0) == 5s);
  CHECK(wait(1000, 0.999999) < 10s);
}

TEST_CASE("Retry-After is a minimum, cut to a limit, and never beyond the budget") {
  auto wait = [](std::optional<Duration> after, Duration elapsed) {
    return kPolicy.delay(Safety::Unsafe, Verdict::NotStarted, 1, elapsed, after, 0.0);
  };
  CHECK(wait(3s, 0s) == 3125ms);
  CHECK(wait(0s, 0s) == 125ms);
  CHECK(wait(1'000'000'000s, 0s) == 60125ms);
  CHECK_FALSE(wait(60s, 100s));
  CHECK_FALSE(wait(std::nullopt, 120s));
  CHECK(wait(std::nullopt, 119s));
}

TEST_CASE("F25: Retry-After is read as seconds or as a date, and nothing else") {
  const trowel::core::WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  auto read = [&](const char* wish, Headers more = {}) {
    more.emplace_back("retry-after", wish);
    return parseRetryAfter(more, now);
  };
  CHECK(read("3") == 3s);
  CHECK(read(" 0 ") == 0s);
  CHECK(read("1000000000") == 1'000'000'000s);
  CHECK(read("99999999999999999999").value() > 60s);
  CHECK(read("Thu, 01 Jan 2026 00:00:07 GMT") == 7s);
  CHECK(read("Thursday, 01-Jan-26 00:00:07 GMT") == 7s);
  CHECK(read("Thu Jan  1 00:00:07 2026") == 7s);
  CHECK(read("Wed, 31 Dec 2025 23:59:00 GMT") == 0s);
  // Beyond what the clock can count.
  CHECK(read("Fri, 31 Dec 9999 23:59:59 GMT").value() > 60s);
  CHECK(read("Mon, 01 Jan 0001 00:00:00 GMT") == 0s);
  CHECK(read("Fri, 31 Dec 9999 23:59:59 GMT", {{"Date", "Mon, 01 Jan 0001 00:00:00 GMT"}}).value() > 60s);
  // By the server's clock, not by ours.
  CHECK(read("Thu, 01 Jan 2026 10:00:07 GMT", {{"Date", "Thu, 01 Jan 2026 10:00:00 GMT"}}) == 7s);
  CHECK(read("Thu, 01 Jan 2026 00:00:07 GMT", {{"Date", "today"}}) == 7s);
  CHECK_FALSE(parseRetryAfter({}, now));
  for (auto text : {"", "-1", "+1", "1.5", "1e9", "3 s", "soon", "Thu, 32 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026",
                    "Thu, 01 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 2026 24:00:00 GMT", "Thu, 01 Jan 2026 00:00 GMT",
                    "Thu, 29 Feb 2026 00:00:00 GMT", "a b c d e", "Thu, 01 Jan 99999999999 00:00:00 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(read(text));
  }
}

TEST_CASE("a failure of the transport is in doubt only once the request was on its way") {
  auto at = [](Stage stage) {
    TransportError error;
    error.stage = stage;
    return verdictOf(error);
  };
  CHECK(at(Stage::Request) == Verdict::Final);
  CHECK(at(Stage::Lookup) == Verdict::Final);
  CHECK(at(Stage::Connect) == Verdict::Final);
  CHECK(at(Stage::Exchange) == Verdict::Unknown);
  CHECK(at(Stage::Body) == Verdict::Unknown);
  CHECK(at(Stage::Stopped) == Verdict::Final);
}

TEST_CASE("the loop waits on the clock and gives up when the budget is spent") {
  trowel::test::ManualClock clock;
  clock.advanceOnWait();
  Random random = [] { return 0.0; };
  Retry retry(kPolicy, Safety::Safe, clock, random);
  auto begin = clock.now();
  while (retry.again(Verdict::Unknown, std::nullopt, {})) {
  }
  CHECK(clock.now() - begin <= kPolicy.budget);
  CHECK(retry.attempt() == 29);
  CHECK(clock.waits().front() == 125ms);
}

TEST_CASE("a cancelled token ends the loop without a wait") {
  trowel::test::ManualClock clock;
  Random random = [] { return 0.0; };
  trowel::core::CancelSource source;
  source.cancel(trowel::core::CancelReason::Client);
  Retry retry(kPolicy, Safety::Safe, clock, random);
  CHECK_FALSE(retry.again(Verdict::NotStarted, std::nullopt, source.token()));
  CHECK(clock.waits().empty());
}

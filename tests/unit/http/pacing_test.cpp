// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/pacing.hpp"

#include <functional>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <vector>

#include "support/catch.hpp"
#include "trowel/http/retry.hpp"

using namespace trowel;
using namespace trowel::http;
using namespace std::chrono_literals;
using core::Duration;
using core::TimePoint;

namespace {

constexpr TimePoint kNow{1h};

struct Bench {
  Pacing pacing;

  void finish(const Pacing::Ticket& ticket, HostSign sign, std::optional<Duration> retryAfter = {}, TimePoint at = kNow,
              bool crowded = true) {
    pacing.finish(ticket, sign, retryAfter, crowded, at, 0.0);
  }
  // As many interactive calls as may start.
  std::vector<Pacing::Ticket> fill(TimePoint at = kNow) {
    std::vector<Pacing::Ticket> tickets;
    while (pacing.next({.interactive = true}, at)) tickets.push_back(pacing.start(Lane::Interactive, false));
    return tickets;
  }
  void answerAll(const std::vector<Pacing::Ticket>& tickets) {
    for (const auto& ticket : tickets) finish(ticket, HostSign::Fine);
  }
  // One refusal with a pause that is over at once for whoever asks later.
  void refuse() {
    auto ticket = pacing.start(Lane::Interactive, false);
    finish(ticket, HostSign::SlowDown, 0s, kNow - 1h);
  }
};

}  // namespace

TEST_CASE("the window doubles with each round trip, up to its limit") {
  Bench bench;
  for (std::size_t expected : {4U, 8U, 16U, 32U, 64U, 64U}) {
    auto round = bench.fill();
    CHECK(round.size() == expected);
    bench.answerAll(round);
  }
}

TEST_CASE("the window grows only while it holds calls back") {
  Bench bench;
  for (int i = 0; i < 100; ++i)
    bench.finish(bench.pacing.start(Lane::Interactive, false), HostSign::Fine, {}, kNow, false);
  CHECK(bench.pacing.window() == 4);
}

TEST_CASE("after a refusal the window grows by one for each window of answers") {
  Bench bench;
  bench.answerAll(bench.fill());
  CHECK(bench.pacing.window() == 8);
  bench.refuse();
  CHECK(bench.pacing.window() == 4);
  bench.answerAll(bench.fill());
  CHECK(bench.pacing.window() == 5);
  bench.answerAll(bench.fill());
  CHECK(bench.pacing.window() == 6);
}

TEST_CASE("the window halves once a round trip, and never below one") {
  Bench bench;
  bench.answerAll(bench.fill());
  auto round = bench.fill();
  for (const auto& ticket : round) bench.finish(ticket, HostSign::SlowDown, 0s, kNow - 1h);
  CHECK(bench.pacing.window() == 4);
  for (int expected : {2, 1, 1}) {
    bench.refuse();
    CHECK(bench.pacing.window() == expected);
  }
}

TEST_CASE("what was sent before a refusal does not make the window grow again") {
  Bench bench;
  auto round = bench.fill();
  bench.finish(round[0], HostSign::SlowDown, 0s);
  for (std::size_t i = 1; i < round.size(); ++i) bench.finish(round[i], HostSign::Fine);
  CHECK(bench.pacing.window() == 2);
}

TEST_CASE("F25: a refusal stops everybody for the time that the host names, or for one that doubles") {
  Bench bench;
  auto round = bench.fill();
  auto pause = [&] { return bench.pacing.heldUntil() - kNow; };
  SECTION("the host's time, and a little more") {
    bench.finish(round[0], HostSign::SlowDown, 3s);
    CHECK(pause() == 3125ms);
    for (std::size_t i = 1; i < round.size(); ++i) bench.finish(round[i], HostSign::None);
    CHECK_FALSE(bench.pacing.next({.interactive = true, .bulk = true}, kNow + 3s));
    CHECK(bench.pacing.next({.interactive = true}, kNow + 3125ms) == Lane::Interactive);
  }
  SECTION("a later, longer wish counts, a shorter one does not") {
    bench.finish(round[0], HostSign::SlowDown, 3s);
    bench.finish(round[1], HostSign::SlowDown, 5s);
    bench.finish(round[2], HostSign::SlowDown, 1s);
    CHECK(pause() == 5125ms);
  }
  SECTION("a wish that is out of proportion is cut") {
    bench.finish(round[0], HostSign::SlowDown, 1'000'000'000s);
    CHECK(pause() == 60125ms);
  }
  SECTION("none: it doubles with each refusal, up to ten seconds, until an answer comes") {
    bench.answerAll(round);
    Duration expected = 125ms;
    for (int i = 0; i < 9; ++i) {
      auto before = bench.pacing.heldUntil();
      auto at = std::max(kNow, before);
      bench.finish(bench.pacing.start(Lane::Interactive, false), HostSign::SlowDown, {}, at);
      CHECK(bench.pacing.heldUntil() - at == std::min<Duration>(expected, 5s));
      expected *= 2;
    }
    auto at = bench.pacing.heldUntil();
    bench.finish(bench.pacing.start(Lane::Interactive, false), HostSign::Fine, {}, at);
    bench.finish(bench.pacing.start(Lane::Interactive, false), HostSign::SlowDown, {}, at);
    CHECK(bench.pacing.heldUntil() - at == 125ms);
  }
  SECTION("none, from calls of the same round: once") {
    for (const auto& ticket : round) bench.finish(ticket, HostSign::SlowDown);
    CHECK(pause() == 125ms);
  }
}

TEST_CASE("a quarter of the window is kept free for people") {
  Bench bench;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bench.pacing.next({.bulk = true}, kNow) == Lane::Bulk);
    bench.pacing.start(Lane::Bulk, false);
  }
  CHECK_FALSE(bench.pacing.next({.bulk = true}, kNow));
  CHECK(bench.pacing.next({.interactive = true, .bulk = true}, kNow) == Lane::Interactive);
}

TEST_CASE("with a window of one, bulk calls go when nobody else wants to") {
  Bench bench;
  for (int i = 0; i < 2; ++i) bench.refuse();
  REQUIRE(bench.pacing.window() == 1);
  CHECK(bench.pacing.next({.interactive = true, .bulk = true}, kNow) == Lane::Interactive);
  CHECK(bench.pacing.next({.bulk = true}, kNow) == Lane::Bulk);
}

TEST_CASE("people come first, but nobody starves") {
  Bench bench;
  std::string order;
  for (int i = 0; i < 20; ++i) {
    auto lane = bench.pacing.next({.interactive = true, .bulk = true}, kNow).value();
    order += lane == Lane::Bulk ? 'b' : 'i';
    bench.finish(bench.pacing.start(lane, true), HostSign::None);
  }
  CHECK(order == "iiiiiiiibiiiiiiiibii");
}

TEST_CASE("F38: a host that cannot be reached gets one call at a time until one arrives") {
  Bench bench;
  auto round = bench.fill();
  bench.finish(round[0], HostSign::Unreachable);
  CHECK(bench.pacing.offline());
  REQUIRE(bench.pacing.next({.interactive = true}, kNow));
  auto probe = bench.pacing.start(Lane::Interactive, false);
  CHECK(probe.probe);
  bench.finish(round[1], HostSign::Unreachable);
  CHECK_FALSE(bench.pacing.next({.interactive = true, .bulk = true}, kNow));

  SECTION("one fails, the next may try") {
    bench.finish(probe, HostSign::Unreachable);
    CHECK(bench.pacing.next({.bulk = true}, kNow) == Lane::Bulk);
  }
  SECTION("one that was cancelled told nothing") {
    bench.finish(probe, HostSign::None);
    CHECK(bench.pacing.start(Lane::Interactive, false).probe);
  }
  SECTION("it is back") {
    bench.finish(probe, HostSign::Fine);
    CHECK_FALSE(bench.pacing.offline());
    CHECK(bench.fill().size() == 3);  // of a window of five; two of the first round are still on their way
  }
  SECTION("a refusal is an answer, too") {
    bench.finish(probe, HostSign::SlowDown, 0s, kNow - 1h);
    CHECK_FALSE(bench.pacing.offline());
  }
}

namespace {

// A host that serves so many at once and so many a second, and the calls of one client to it, in simulated time.
class Crowd {
 public:
  struct Host {
    int atOnce = 20;
    double perSecond = 30;
    Duration latency = 100ms;
    std::optional<Duration> retryAfter = std::nullopt;
  };
  explicit Crowd(const Host& host, unsigned seed) : host_(host), random_(seed), tokens_(host.perSecond) {}

  void run(int bulk, int interactive) {
    for (int i = 0; i < bulk; ++i) arrive(kNow, {Lane::Bulk, i});
    for (int i = 0; i < interactive; ++i) arrive(kNow + i * 1s, {Lane::Interactive, bulk + i});
    while (!events_.empty()) {
      auto event = events_.top();
      events_.pop();
      now_ = event.at;
      event.what();
      startWhatMay();
    }
  }

  int served = 0;
  int refused = 0;
  int mostAttempts = 1;
  Duration longestInteractive{};
  Duration took() const { return now_ - kNow; }

 private:
  struct Caller {
    Lane lane;
    int number;
    int attempts = 1;
    TimePoint arrived = {};
    bool operator<(const Caller& other) const { return number < other.number; }
  };
  struct Event {
    TimePoint at;
    int order;
    std::function<void()> what;
    bool operator<(const Event& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
  };

  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }
  void at(TimePoint time, std::function<void()> what) { events_.push({time, order_++, std::move(what)}); }
  void arrive(TimePoint time, Caller caller) {
    if (caller.arrived == TimePoint()) caller.arrived = time;
    at(time, [this, caller] { waiting_[caller.lane].insert(caller); });
  }

  void startWhatMay() {
    auto lane = [&] {
      return pacing_.next({!waiting_[Lane::Interactive].empty(), !waiting_[Lane::Bulk].empty()}, now_);
    };
    while (auto next = lane()) {
      auto caller = *waiting_[*next].begin();
      waiting_[*next].erase(waiting_[*next].begin());
      send(caller, pacing_.start(*next, !waiting_[Lane::Bulk].empty()));
    }
    if (pacing_.heldUntil() > now_) at(pacing_.heldUntil(), [] {});
  }

  void send(const Caller& caller, const Pacing::Ticket& ticket) {
    tokens_ =
        std::min(host_.perSecond, tokens_ + host_.perSecond * std::chrono::duration<double>(now_ - filled_).count());
    filled_ = now_;
    if (serving_ >= host_.atOnce || tokens_ < 1) {
      at(now_ + 5ms, [=, this] { refuse(caller, ticket); });
      return;
    }
    tokens_ -= 1;
    ++serving_;
    auto latency =
        host_.latency / 2 + Duration(static_cast<Duration::rep>(static_cast<double>(host_.latency.count()) * random()));
    at(now_ + latency, [=, this] {
      --serving_;
      ++served;
      if (caller.lane == Lane::Interactive) longestInteractive = std::max(longestInteractive, now_ - caller.arrived);
      finish(ticket, HostSign::Fine);
    });
  }

  void refuse(Caller caller, const Pacing::Ticket& ticket) {
    ++refused;
    finish(ticket, HostSign::SlowDown, host_.retryAfter);
    auto wait = RetryPolicy{}.delay(Safety::Unsafe, Verdict::NotStarted, caller.attempts, now_ - caller.arrived,
                                    host_.retryAfter, random());
    if (!wait) return;  // given up: not served
    mostAttempts = std::max(mostAttempts, ++caller.attempts);
    arrive(now_ + *wait, caller);
  }

  void finish(const Pacing::Ticket& ticket, HostSign sign, std::optional<Duration> retryAfter = std::nullopt) {
    bool crowded = !waiting_[Lane::Interactive].empty() || !waiting_[Lane::Bulk].empty();
    pacing_.finish(ticket, sign, retryAfter, crowded, now_, random());
  }

  Host host_;
  std::mt19937 random_;
  Pacing pacing_;
  TimePoint now_ = kNow;
  double tokens_;
  TimePoint filled_ = kNow;
  int serving_ = 0;
  int order_ = 0;
  std::priority_queue<Event> events_;
  std::map<Lane, std::set<Caller>> waiting_;
};

}  // namespace

TEST_CASE(
    "F44: a thousand calls at a host that takes twenty at once and thirty a second converge, and people get through") {
  auto latency = GENERATE(as<Duration>(), 20ms, 100ms, 300ms);
  auto retryAfter = GENERATE(as<std::optional<Duration>>(), std::nullopt, Duration(1s));
  auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(latency.count(), retryAfter.has_value(), seed);
  Crowd crowd({.latency = latency, .retryAfter = retryAfter}, seed);
  crowd.run(1000, 20);
  CAPTURE(crowd.refused, crowd.took().count() / 1'000'000, crowd.longestInteractive.count() / 1'000'000);
  CHECK(crowd.served == 1020);                // nobody is turned away for good
  CHECK(crowd.mostAttempts <= 4);             // the pause is shared: few are refused twice
  CHECK(crowd.refused <= 250);                // a client without it makes thousands
  CHECK(crowd.took() < 1.3 * Duration(33s));  // the host allows no less than 33 seconds
  CHECK(crowd.longestInteractive < 5s);
}

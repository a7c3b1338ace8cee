// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/host_gate.hpp"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::http;
using namespace std::chrono_literals;
using core::ErrorCode;

namespace {

struct Fixture {
  test::ManualClock clock;
  HostGate gate{"https://adb-1.azuredatabricks.net", clock, [] { return 0.0; }};
  core::CancelSource stop;

  using Entered = core::Result<HostGate::Slot>;
  Entered enter(core::Duration budget = 120s, Lane lane = Lane::Interactive) {
    return gate.enter({.place = gate.place(), .lane = lane, .deadline = clock.now() + budget}, stop.token());
  }
  // On a thread of its own; returns when it waits.
  std::future<Entered> waitFor(Lane lane = Lane::Interactive, core::Duration budget = 120s) {
    auto before = gate.state().waiting;
    auto entered = std::async(std::launch::async, [=, this] { return enter(budget, lane); });
    clock.awaitWaiters(static_cast<std::size_t>(before) + 1);
    return entered;
  }
  void refuse(std::optional<core::Duration> retryAfter) { enter()->finish(HostSign::SlowDown, retryAfter); }
  static core::Error offline() {
    return core::fail(ErrorCode::Unavailable, "The host adb-1.azuredatabricks.net has no address.").error();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "F25: when one call is told to slow down, all wait, and it can be seen until when") {
  CHECK_FALSE(gate.state().slowedDownUntil);
  refuse(3s);
  CHECK(gate.state().slowedDownUntil == clock.wallNow() + 3125ms);
  CHECK(gate.state().window == 2);
  auto waiting = waitFor();
  CHECK(gate.state().waiting == 1);
  clock.advance(3s);
  clock.awaitWaiters(1);
  clock.advance(125ms);
  CHECK(waiting.get());
  CHECK_FALSE(gate.state().slowedDownUntil);
  CHECK(gate.state().waiting == 0);
}

TEST_CASE_METHOD(Fixture, "a call whose time does not reach to the end of the pause fails at once") {
  refuse(45s);
  auto refused = enter(20s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::RateLimited);
  CHECK(refused.error().message ==
        "The host https://adb-1.azuredatabricks.net gets too many requests and asked to slow down for 46 s, longer "
        "than this could wait. Try again then.");
}

TEST_CASE_METHOD(Fixture, "a pause that is ordered while a call waits ends it too, if it is too long") {
  std::vector<HostGate::Slot> busy;
  for (int i = 0; i < 4; ++i) busy.push_back(*enter());
  auto waiting = waitFor(Lane::Interactive, 20s);
  busy.back().finish(HostSign::SlowDown, 45s);
  CHECK(waiting.get().error().code == ErrorCode::RateLimited);
}

TEST_CASE_METHOD(Fixture, "the time in the queue has an end") {
  std::vector<HostGate::Slot> busy;
  for (int i = 0; i < 4; ++i) busy.push_back(*enter());
  auto waiting = waitFor(Lane::Interactive, 20s);
  clock.advance(20s);
  auto refused = waiting.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::DeadlineExceeded);
  CHECK(refused.error().message ==
        "The request to https://adb-1.azuredatabricks.net waited too long behind other requests and was not sent. Try "
        "again when less is going on.");
  CHECK(gate.state().waiting == 0);
}

TEST_CASE_METHOD(Fixture, "a call that waits for its turn can be cancelled, and leaves its place to others") {
  refuse(30s);
  auto waiting = waitFor();
  stop.cancel(core::CancelReason::Client);
  CHECK(waiting.get().error().code == ErrorCode::Cancelled);
  CHECK(gate.state().waiting == 0);
  CHECK(enter().error().message == "The request to https://adb-1.azuredatabricks.net stopped: cancelled by the user.");
}

TEST_CASE_METHOD(Fixture, "whoever came first goes first, people before batches, also with a later attempt") {
  std::vector<HostGate::Slot> busy;
  auto early = gate.place();
  for (int i = 0; i < 4; ++i) busy.push_back(*enter());
  std::vector<std::future<Entered>> waiting;
  waiting.push_back(waitFor(Lane::Bulk));
  waiting.push_back(waitFor());
  waiting.push_back(std::async(std::launch::async, [&] { return gate.enter({.place = early}, {}); }));
  clock.awaitWaiters(3);
  for (std::size_t next : {2U, 1U, 0U}) {
    busy.pop_back();
    busy.push_back(*waiting[next].get());
  }
}

TEST_CASE_METHOD(Fixture, "F09: a process that slept through a pause wakes to a window of calls, not to all") {
  refuse(3s);
  std::vector<std::future<Entered>> waiting;
  for (int i = 0; i < 8; ++i) waiting.push_back(waitFor());
  clock.advance(30s);
  auto first = waiting[0].get();
  auto second = waiting[1].get();
  CHECK(gate.state().inFlight == 2);
  CHECK(gate.state().waiting == 6);
  stop.cancel(core::CancelReason::Shutdown);
}

TEST_CASE_METHOD(Fixture, "F38: while the host is offline one call goes to see, and the others share what it finds") {
  enter()->unreachable(offline());
  CHECK(gate.state().offline);
  auto probe = enter();
  REQUIRE(probe);
  std::vector<std::future<Entered>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(waitFor(i == 0 ? Lane::Bulk : Lane::Interactive));

  SECTION("still offline: they fail with its words, and whoever comes next may try again") {
    probe->unreachable(offline());
    for (auto& each : waiting) {
      auto failed = each.get();
      REQUIRE_FALSE(failed);
      CHECK(failed.error().message == "The host adb-1.azuredatabricks.net has no address.");
    }
    CHECK(enter());
  }
  SECTION("the one that went takes longer than the others have: they say what is known") {
    clock.advance(120s);
    for (auto& each : waiting) {
      auto failed = each.get();
      REQUIRE_FALSE(failed);
      CHECK(failed.error().message == "The host adb-1.azuredatabricks.net has no address.");
    }
  }
  SECTION("back: they go on") {
    probe->finish(HostSign::Fine);
    for (auto& each : waiting) CHECK(each.get());
    CHECK_FALSE(gate.state().offline);
  }
  SECTION("nothing found: the next one goes to see") {
    probe->finish(HostSign::None);
    auto next = waiting[1].get();
    CHECK(next);
    CHECK(gate.state().inFlight == 1);
    CHECK(gate.state().waiting == 2);
    stop.cancel(core::CancelReason::Client);
  }
}

TEST_CASE("a crowd of threads passes, never more at once than the window, and nobody is left behind") {
  constexpr int kThreads = 32;
  constexpr int kCalls = 200;
  PacingLimits limits;
  limits.firstPause = 50us;
  limits.maxPause = 200us;
  HostGate gate("h", core::systemClock(), systemRandom(), limits);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, lane = i % 3 == 0 ? Lane::Bulk : Lane::Interactive, i] {
      for (int call = 0; call < kCalls; ++call) {
        auto slot = gate.enter({.place = gate.place(), .lane = lane}, {});
        if (!slot) continue;
        ++passed;
        for (int now = ++inside, seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --inside;
        auto sign = (i * kCalls + call) % 500 == 0 ? HostSign::SlowDown : HostSign::Fine;
        slot->finish(call % 50 == 7 ? HostSign::None : sign);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(passed == kThreads * kCalls);
  CHECK(most <= limits.maxWindow);
  CHECK(gate.state().inFlight == 0);
  CHECK(gate.state().waiting == 0);
}

TEST_CASE("a table has one gate for each host, and knows those that were asked for") {
  test::ManualClock clock;
  GateTable table(clock);
  auto one = parseOrigin("https://one.example.net").value();
  auto two = parseOrigin("https://two.example.net").value();
  CHECK_FALSE(table.stateOf(one));
  auto gate = table.gateOf(one);
  CHECK(table.gateOf(one) == gate);
  CHECK(table.gateOf(two) != gate);
  auto slot = gate->enter({.place = gate->place()}, {});
  CHECK(table.stateOf(one)->inFlight == 1);
  CHECK(table.stateOf(two)->inFlight == 0);
}

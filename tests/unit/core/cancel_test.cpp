// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/cancel.hpp"

#include <atomic>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel::core;
using trowel::test::ManualClock;

TEST_CASE("the first reason wins and call-backs run once") {
  CancelSource source;
  int calls = 0;
  auto registration = source.token().onCancel([&] { ++calls; });
  CHECK(source.cancel(CancelReason::Client));
  CHECK_FALSE(source.cancel(CancelReason::Shutdown));
  CHECK(calls == 1);
  CHECK(source.token().reason() == CancelReason::Client);
  CHECK(source.token().error("List").message == "List stopped: cancelled by the user.");
  auto late = source.token().onCancel([&] { ++calls; });
  CHECK(calls == 2);
}

TEST_CASE("a child is cancelled with its parent and not the other way round") {
  CancelSource parent;
  CancelSource child(parent.token());
  CancelSource sibling(parent.token());
  child.cancel(CancelReason::Superseded);
  CHECK_FALSE(parent.token().cancelled());
  parent.cancel(CancelReason::Shutdown);
  CHECK(sibling.token().reason() == CancelReason::Shutdown);
  CHECK(child.token().reason() == CancelReason::Superseded);
}

TEST_CASE("a dropped registration does not fire") {
  CancelSource source;
  int calls = 0;
  {
    auto registration = source.token().onCancel([&] { ++calls; });
  }
  source.cancel(CancelReason::Client);
  CHECK(calls == 0);
}

TEST_CASE("a wait ends with the token or with the clock") {
  ManualClock clock;
  CancelSource source;
  std::atomic<int> result = -1;
  SECTION("cancelled") {
    std::thread waiter([&] { result = source.token().waitFor(clock, std::chrono::hours(1)); });
    clock.awaitWaiters(1);
    source.cancel(CancelReason::Client);
    waiter.join();
    CHECK(result == 0);
  }
  SECTION("elapsed") {
    std::thread waiter([&] { result = source.token().waitFor(clock, std::chrono::hours(1)); });
    clock.awaitWaiters(1);
    clock.advance(std::chrono::hours(1));
    waiter.join();
    CHECK(result == 1);
  }
}

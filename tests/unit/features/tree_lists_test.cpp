// SPDX-License-Identifier: Apache-2.0
#include "features/tree_lists.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;

const ListKey kKey{.view = "v", .project = "/p", .generation = 1};

Rows rowsOf(const std::string& label) {
  protocol::TreeNode node;
  node.id = label;
  node.label = label;
  return {.nodes = {node}};
}

std::string labelOf(const core::Result<RowsPtr>& rows) { return rows ? (*rows)->nodes.front().label : "error"; }

}  // namespace

TEST_CASE("fifty at once are one load") {
  test::ManualClock clock;
  TreeLists lists(clock);
  std::atomic<int> loads = 0;
  std::latch all(50);
  std::vector<std::jthread> askers;
  std::atomic<int> served = 0;
  for (int i = 0; i < 50; ++i)
    askers.emplace_back([&] {
      all.arrive_and_wait();
      auto rows = lists.get(kKey, {}, [&](const core::CancelToken&) -> core::Result<Rows> {
        return rowsOf("load " + std::to_string(++loads));
      });
      if (labelOf(rows) == "load 1") ++served;
    });
  askers.clear();
  CHECK(loads == 1);
  CHECK(served == 50);
}

TEST_CASE("rows are taken again for a second, unless they are outdated") {
  test::ManualClock clock;
  TreeLists lists(clock);
  int loads = 0;
  auto get = [&](const ListKey& key = kKey) {
    return labelOf(lists.get(
        key, {}, [&](const core::CancelToken&) -> core::Result<Rows> { return rowsOf(std::to_string(++loads)); }));
  };
  CHECK(get() == "1");
  CHECK(get() == "1");
  clock.advance(std::chrono::milliseconds(1100));
  CHECK(get() == "2");
  lists.outdate("other");
  lists.outdate("v", "node");
  CHECK(get() == "2");
  lists.outdate("v");
  CHECK(get() == "3");
  // Neither another connection nor another page is the same list.
  CHECK(get({.view = "v", .project = "/p", .generation = 2}) == "4");
  CHECK(get({.view = "v", .project = "/p", .generation = 2, .node = {}, .page = "x"}) == "5");
}

TEST_CASE("who asks after a change does not get what was loaded before it") {
  test::ManualClock clock;
  TreeLists lists(clock);
  std::promise<void> begun;
  std::promise<void> goOn;
  std::jthread slow([&] {
    auto rows = lists.get(kKey, {}, [&](const core::CancelToken&) -> core::Result<Rows> {
      begun.set_value();
      goOn.get_future().wait();
      return rowsOf("before");
    });
    CHECK(labelOf(rows) == "before");
  });
  begun.get_future().wait();
  lists.outdate("v");
  auto load = [](const core::CancelToken&) -> core::Result<Rows> { return rowsOf("after"); };
  CHECK(labelOf(lists.get(kKey, {}, load)) == "after");
  goOn.set_value();
  slow.join();
  CHECK(lists.last(kKey)->nodes.front().label == "after");
}

TEST_CASE("who waits for somebody who gives up loads by himself, and may give up too") {
  test::ManualClock clock;
  TreeLists lists(clock);
  core::CancelSource gaveUp;
  core::CancelSource impatient;
  std::promise<void> begun;
  std::jthread first([&] {
    auto rows = lists.get(kKey, gaveUp.token(), [&](const core::CancelToken& cancel) -> core::Result<Rows> {
      begun.set_value();
      std::promise<void> stopped;
      auto woken = cancel.onCancel([&] { stopped.set_value(); });
      stopped.get_future().wait();
      return std::unexpected(cancel.error("Loading"));
    });
    CHECK(rows.error().code == ErrorCode::Cancelled);
  });
  begun.get_future().wait();
  std::jthread second([&] {
    auto rows = lists.get(kKey, impatient.token(),
                          [](const core::CancelToken&) -> core::Result<Rows> { return rowsOf("never"); });
    CHECK(rows.error().code == ErrorCode::Cancelled);
  });
  impatient.cancel(core::CancelReason::Client);
  second.join();
  std::jthread third([&] {
    auto load = [](const core::CancelToken&) -> core::Result<Rows> { return rowsOf("own"); };
    CHECK(labelOf(lists.get(kKey, {}, load)) == "own");
  });
  gaveUp.cancel(core::CancelReason::Client);
}

TEST_CASE("a failure is handed to all who wait, and the rows before it are still known") {
  test::ManualClock clock;
  TreeLists lists(clock);
  REQUIRE(lists.get(kKey, {}, [](const core::CancelToken&) -> core::Result<Rows> { return rowsOf("good"); }));
  lists.outdate("v");
  auto fails = [](const core::CancelToken&) -> core::Result<Rows> {
    return core::fail(ErrorCode::Unavailable, "gone");
  };
  CHECK(lists.get(kKey, {}, fails).error().message == "gone");
  CHECK(lists.last(kKey)->nodes.front().label == "good");
  CHECK(lists.last({.view = "v", .project = "/p", .generation = 2}) == nullptr);
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// The decisions of a transfer that need neither a tree nor a disk: what is a conflict, what goes next, what a failure
// means.
#include "support/catch.hpp"
#include "sync/transfer/planner.hpp"
#include "sync/transfer/setbacks.hpp"
#include "sync/transfer/work_queue.hpp"

using namespace trowel;
using namespace trowel::sync;
using namespace std::chrono_literals;
using core::ErrorCode;

namespace {

constexpr core::TimePoint kStart{std::chrono::hours(1)};

}  // namespace

TEST_CASE("what both sides are tells whether there is something to copy") {
  const os::FileStamp stamp{1, 2, 10, 1'700'000'000'123'456'789, 5};
  os::FileStamp touched = stamp;
  touched.ctime = 6;
  const Entry entry{.name = "a", .size = 10, .modifiedAt = 1'700'000'000'999, .version = "7"};
  Entry sameTime = entry;
  sameTime.modifiedAt = 1'700'000'000'123;
  const KnownPair same{stamp, "7"};
  const KnownPair older{stamp, "6"};
  const KnownPair otherFile{touched, "7"};
  const KnownPair neither{touched, "6"};
  const KnownPair unasked{stamp, ""};
  const KnownPair settledDown{stamp, "7", Direction::Down};
  const KnownPair settledBefore{stamp, "6", Direction::Down};
  Entry longer = entry;
  longer.size = 11;

  using enum Verdict;
  struct Row {
    TwoSides sides;
    Verdict down;
    Verdict up;
  };
  for (const auto& [sides, down, up] : std::vector<Row>{
           {{stamp, &entry, &same}, Equal, Equal},
           {{stamp, &entry, &older}, Changed, Conflict},      // it was changed there
           {{stamp, &entry, &otherFile}, Conflict, Changed},  // it was changed here
           {{stamp, &entry, &neither}, Conflict, Conflict},
           {{stamp, &entry, nullptr}, Conflict, Conflict},
           {{stamp, &sameTime, nullptr}, Equal, Equal},
           {{stamp, &entry, &unasked}, Changed, Equal},
           {{stamp, &entry, &settledDown}, Settled, Conflict},
           {{stamp, &entry, &settledBefore}, Conflict, Conflict},
           {{stamp, &longer, &unasked}, Changed, Conflict},
       }) {
    CHECK(judge(Direction::Down, sides) == down);
    CHECK(judge(Direction::Up, sides) == up);
  }
  CHECK(judge(Direction::Down, {std::nullopt, &entry, &same}) == New);
  CHECK(judge(Direction::Up, {stamp, nullptr, &same}) == New);
}

TEST_CASE("large items begin first but few at a time, and conflicts come last") {
  WorkQueue queue(1);
  queue.add(0, WorkQueue::Lane::Conflict);
  queue.add(1, WorkQueue::Lane::Small);
  queue.add(2, WorkQueue::Lane::Large);
  queue.add(3, WorkQueue::Lane::Large);
  CHECK(queue.take(kStart)->item == 2);
  CHECK(queue.take(kStart)->item == 1);
  CHECK(queue.take(kStart)->item == 0);
  CHECK_FALSE(queue.take(kStart));
  CHECK_FALSE(queue.empty());
  CHECK(queue.next(kStart) == core::TimePoint::max());
  queue.finished(WorkQueue::Lane::Large);
  CHECK(queue.take(kStart)->item == 3);
  CHECK(queue.empty());
  queue.add(4, WorkQueue::Lane::LargeConflict);
  CHECK_FALSE(queue.take(kStart));
  CHECK_FALSE(queue.idle());
}

TEST_CASE("what failed waits its time, and while all is held nothing goes") {
  WorkQueue queue(1);
  queue.addLater(0, WorkQueue::Lane::Small, kStart + 2s);
  queue.add(1, WorkQueue::Lane::Small);
  CHECK(queue.take(kStart)->item == 1);
  CHECK(queue.next(kStart) == kStart + 2s);
  queue.hold(kStart + 5s);
  CHECK(queue.next(kStart) == kStart + 5s);
  CHECK_FALSE(queue.take(kStart + 3s));
  CHECK(queue.take(kStart + 5s)->item == 0);
}

TEST_CASE("a failure that is there to stay is the item's own") {
  using Verdict = Setbacks::Verdict;
  for (const auto code : {ErrorCode::PermissionDenied, ErrorCode::NotFound, ErrorCode::InvalidParams,
                          ErrorCode::AlreadyExists, ErrorCode::Unsupported}) {
    CHECK_FALSE(isTransient(code));
    CHECK(Setbacks(3).failed(code, 1, kStart).verdict == Verdict::Fail);
  }
  for (const auto code : {ErrorCode::DataLoss, ErrorCode::Internal, ErrorCode::Conflict, ErrorCode::Unavailable,
                          ErrorCode::RateLimited}) {
    CHECK(isTransient(code));
    Setbacks setbacks(3);
    CHECK(setbacks.failed(code, 1, kStart).wait == 1s);
    CHECK(setbacks.failed(code, 2, kStart).wait == 2s);
    CHECK(setbacks.failed(code, 3, kStart).verdict == Verdict::Fail);
  }
  for (const auto code : {ErrorCode::Unauthenticated, ErrorCode::NotConfigured, ErrorCode::Untrusted, ErrorCode::Halted,
                          ErrorCode::Cancelled})
    CHECK(Setbacks(3).failed(code, 1, kStart).verdict == Verdict::Stop);
}

TEST_CASE("a host that is away holds everything, and after a while ends it") {
  using Verdict = Setbacks::Verdict;
  Setbacks setbacks(3);
  auto now = kStart;
  for (const auto pause : {1s, 2s, 4s}) {
    for (int i = 0; i < 7; ++i) CHECK(setbacks.failed(ErrorCode::Unavailable, 1, now).verdict == Verdict::Again);
    CHECK(setbacks.failed(ErrorCode::Unavailable, 3, now).verdict == Verdict::Hold);
    // What was on its way when it began is no further sign.
    for (int i = 0; i < 50; ++i) CHECK(setbacks.failed(ErrorCode::Unavailable, 3, now).wait == pause);
    now += pause;
  }
  for (int i = 0; i < 7; ++i) CHECK(setbacks.failed(ErrorCode::Unavailable, 1, now).verdict == Verdict::Again);
  CHECK(setbacks.failed(ErrorCode::Unavailable, 1, now).verdict == Verdict::Stop);
}

TEST_CASE("one success says that the host is there") {
  Setbacks setbacks(3);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 7; ++i)
      CHECK(setbacks.failed(ErrorCode::RateLimited, 1, kStart).verdict == Setbacks::Verdict::Again);
    setbacks.succeeded();
  }
}

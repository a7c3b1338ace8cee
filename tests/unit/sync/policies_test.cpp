// SPDX-License-Identifier: Apache-2.0
#include "sync/policies.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::sync;
using namespace std::chrono_literals;

namespace {
const core::TimePoint kStart{1h};
const core::Error kDenied = core::fail(core::ErrorCode::PermissionDenied, "no").error();
const core::Error kFault = core::fail(core::ErrorCode::Internal, "oops").error();
}  // namespace

TEST_CASE("changes wait for quiet, but not for ever") {
  PendingChanges changes(50ms);
  CHECK_FALSE(changes.due());
  changes.add({"a"}, kStart);
  CHECK(changes.due() == kStart + 50ms);
  changes.add({"b"}, kStart + 40ms);
  CHECK(changes.due() == kStart + 90ms);
  changes.add({}, kStart + 60ms);
  CHECK(changes.due() == kStart + 90ms);
  changes.add({"a"}, kStart + 1990ms);
  CHECK(changes.due() == kStart + 2s);
  CHECK(changes.take() == std::set<std::string>{"a", "b"});
  CHECK(changes.empty());
  changes.add({"a"}, kStart);
  changes.addEverything(kStart + 1ms, true);
  CHECK(changes.due() == kStart);
  CHECK(changes.take() == std::set<std::string>{""});
  changes.addEverything(kStart);
  CHECK(changes.due() == kStart + 50ms);
}

TEST_CASE("backoff doubles up to a minute") {
  CHECK(backoff(1) == 1s);
  CHECK(backoff(2) == 2s);
  CHECK(backoff(6) == 32s);
  CHECK(backoff(7) == 60s);
  CHECK(backoff(1000) == 60s);
}

TEST_CASE("a failed step waits for its file to change, a failed folder holds what is beneath it") {
  Failures failures;
  const Step put{Action::Put, "d/a", "d/a.py"};
  failures.record(put, "1", kDenied, kStart);
  CHECK(failures.blocks(put, "1", kStart + 24h));
  CHECK_FALSE(failures.blocks(put, "2", kStart));
  CHECK_FALSE(failures.nextRetry());
  CHECK(failures.problems() == std::map<std::string, std::string>{{"d/a.py", "no"}});

  const Step folder{Action::MakeFolder, "e", {}};
  failures.record(folder, "", kFault, kStart);
  CHECK(failures.nextRetry() == kStart + 1s);
  const Step beneath{Action::Put, "e/f/g", "e/f/g"};
  CHECK(failures.blocks(beneath, "1", kStart));
  CHECK_FALSE(failures.blocks(beneath, "1", kStart + 1s));
  CHECK_FALSE(failures.blocks({Action::RemoveObject, "e/old", "e/old"}, "", kStart));
  failures.record(folder, "", kFault, kStart + 1s);
  CHECK(failures.nextRetry() == kStart + 3s);

  Plan plan;
  plan.waves = {{put}};
  failures.keepOnly(plan);
  CHECK(failures.problems().size() == 1);
  failures.forget(put);
  CHECK(failures.problems().empty());
}

TEST_CASE("a step waits for those that must come before it, and nothing is due before all of them are") {
  Failures failures;
  failures.record({Action::RemoveObject, "d/a", "d/a"}, "", kFault, kStart);
  CHECK(failures.blocks({Action::Put, "d/a", "d/a.py"}, "1", kStart));
  CHECK(failures.blocks({Action::MakeFolder, "d/a", {}}, "", kStart));
  CHECK(failures.blocks({Action::RemoveFolder, "d", {}}, "", kStart));
  CHECK_FALSE(failures.blocks({Action::RemoveFolder, "d2", {}}, "", kStart));
  CHECK_FALSE(failures.blocks({Action::Put, "d/a", "d/a.py"}, "1", kStart + 1s));
  // A put that failed before its folder did waits for the folder, which is due later.
  failures.record({Action::Put, "e/f", "e/f"}, "1", kFault, kStart);
  failures.forget({Action::RemoveObject, "d/a", "d/a"});
  failures.record({Action::MakeFolder, "e", {}}, "", kFault, kStart + 10s);
  CHECK(failures.nextRetry() == kStart + 11s);
  failures.record({Action::MakeFolder, "e", {}}, "", kDenied, kStart + 11s);
  CHECK_FALSE(failures.nextRetry());
}

// SPDX-License-Identifier: Apache-2.0
#include "sync/policies.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::sync;
using namespace std::chrono_literals;

namespace {
const core::TimePoint t0{1h};
const core::Error kDenied = core::fail(core::ErrorCode::PermissionDenied, "no").error();
const core::Error kFault = core::fail(core::ErrorCode::Internal, "oops").error();
}  // namespace

TEST_CASE("changes wait for quiet, but not for ever") {
  PendingChanges changes(50ms);
  CHECK_FALSE(changes.due());
  changes.add({"a"}, t0);
  CHECK(changes.due() == t0 + 50ms);
  changes.add({"b"}, t0 + 40ms);
  CHECK(changes.due() == t0 + 90ms);
  changes.add({}, t0 + 60ms);
  CHECK(changes.due() == t0 + 90ms);
  changes.add({"a"}, t0 + 1990ms);
  CHECK(changes.due() == t0 + 2s);
  CHECK(changes.take() == std::set<std::string>{"a", "b"});
  CHECK(changes.empty());
  changes.add({"a"}, t0);
  changes.addEverything(t0 + 1ms, true);
  CHECK(changes.due() == t0);
  CHECK(changes.take() == std::set<std::string>{""});
  changes.addEverything(t0);
  CHECK(changes.due() == t0 + 50ms);
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
  failures.record(put, "1", kDenied, t0);
  CHECK(failures.blocks(put, "1", t0 + 24h));
  CHECK_FALSE(failures.blocks(put, "2", t0));
  CHECK_FALSE(failures.nextRetry());
  CHECK(failures.problems() == std::map<std::string, std::string>{{"d/a.py", "no"}});

  const Step folder{Action::MakeFolder, "e", {}};
  failures.record(folder, "", kFault, t0);
  CHECK(failures.nextRetry() == t0 + 1s);
  const Step beneath{Action::Put, "e/f/g", "e/f/g"};
  CHECK(failures.blocks(beneath, "1", t0));
  CHECK_FALSE(failures.blocks(beneath, "1", t0 + 1s));
  CHECK_FALSE(failures.blocks({Action::RemoveObject, "e/old", "e/old"}, "", t0));
  failures.record(folder, "", kFault, t0 + 1s);
  CHECK(failures.nextRetry() == t0 + 3s);

  Plan plan;
  plan.waves = {{put}};
  failures.keepOnly(plan);
  CHECK(failures.problems().size() == 1);
  failures.forget(put);
  CHECK(failures.problems().empty());
}

TEST_CASE("a step waits for those that must come before it, and nothing is due before all of them are") {
  Failures failures;
  failures.record({Action::RemoveObject, "d/a", "d/a"}, "", kFault, t0);
  CHECK(failures.blocks({Action::Put, "d/a", "d/a.py"}, "1", t0));
  CHECK(failures.blocks({Action::MakeFolder, "d/a", {}}, "", t0));
  CHECK(failures.blocks({Action::RemoveFolder, "d", {}}, "", t0));
  CHECK_FALSE(failures.blocks({Action::RemoveFolder, "d2", {}}, "", t0));
  CHECK_FALSE(failures.blocks({Action::Put, "d/a", "d/a.py"}, "1", t0 + 1s));
  // A put that failed before its folder did waits for the folder, which is due later.
  failures.record({Action::Put, "e/f", "e/f"}, "1", kFault, t0);
  failures.forget({Action::RemoveObject, "d/a", "d/a"});
  failures.record({Action::MakeFolder, "e", {}}, "", kFault, t0 + 10s);
  CHECK(failures.nextRetry() == t0 + 11s);
  failures.record({Action::MakeFolder, "e", {}}, "", kDenied, t0 + 11s);
  CHECK_FALSE(failures.nextRetry());
}

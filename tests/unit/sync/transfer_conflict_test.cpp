// SPDX-License-Identifier: Apache-2.0
// Files that differ on both sides: who decides, and what then stands where.
#include "support/catch.hpp"
#include "transfer_fixture.hpp"

using namespace trowel;
using namespace trowel::sync;
using test::TransferFixture;

namespace {

using Files = std::map<std::string, std::string>;

struct Fixture : TransferFixture {
  // Three files that differ and one that is the same, though nobody knows it; sizes tell nothing.
  Fixture() {
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) {
      tree.plant(root + "/" + name, "theirs");
      write(name, "mine!!");
    }
    tree.plant(root + "/same.txt", "same");
    write("same.txt", "same");
  }

  TransferReport run(Direction direction, OnConflict policy) {
    auto what = request(direction);
    what.onConflict = policy;
    return transfer(what);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "mine is kept or theirs taken, whichever way the transfer goes") {
  const Files mine{{"a.txt", "mine!!"}, {"b.txt", "mine!!"}, {"c.txt", "mine!!"}, {"same.txt", "same"}};
  const Files theirs{{"a.txt", "theirs"}, {"b.txt", "theirs"}, {"c.txt", "theirs"}, {"same.txt", "same"}};
  SECTION("down, mine") {
    CHECK(run(Direction::Down, OnConflict::KeepMine).kept == 4);
    CHECK(here() == mine);
    CHECK(tree.count("read") == 0);
  }
  SECTION("down, theirs") {
    const auto report = run(Direction::Down, OnConflict::TakeTheirs);
    CHECK(report.copied == 3);
    CHECK(report.equal == 1);
    CHECK(here() == theirs);
  }
  SECTION("up, mine") {
    CHECK(run(Direction::Up, OnConflict::KeepMine).copied == 4);
    CHECK(there() == mine);
    CHECK(here() == mine);
  }
  SECTION("up, theirs") {
    CHECK(run(Direction::Up, OnConflict::TakeTheirs).kept == 4);
    CHECK(there() == theirs);
    CHECK(tree.count("put") == 0);
  }
  CHECK(log.asked().empty());
}

TEST_CASE_METHOD(Fixture, "both keeps both, the one that comes under a name that is free") {
  write("a (2).txt", "older");
  tree.plant(root + "/b (2).txt", "older");
  SECTION("down") {
    CHECK(run(Direction::Down, OnConflict::KeepBoth).copied == 4);
    CHECK(here() == Files{{"a.txt", "mine!!"},
                          {"a (2).txt", "older"},
                          {"a (3).txt", "theirs"},
                          {"b.txt", "mine!!"},
                          {"b (2).txt", "older"},
                          {"b (3).txt", "theirs"},
                          {"c.txt", "mine!!"},
                          {"c (2).txt", "theirs"},
                          {"same.txt", "same"}});
  }
  SECTION("up") {
    CHECK(run(Direction::Up, OnConflict::KeepBoth).copied == 4);
    CHECK(there().at("a.txt") == "theirs");
    CHECK(there().at("a (2).txt") == "older");
    CHECK(there().at("a (3).txt") == "mine!!");
    CHECK(there().at("b.txt") == "theirs");
    CHECK(there().at("b (3).txt") == "mine!!");
    CHECK(there().at("c (2).txt") == "mine!!");
  }
}

TEST_CASE_METHOD(Fixture, "who is asked is asked only about what differs, and may answer for all that is left") {
  log.answer = [](const CopyStep& step) -> core::Result<Resolution> {
    if (step.remote == "a.txt") return Resolution{OnConflict::TakeTheirs, false};
    return Resolution{OnConflict::KeepMine, true};
  };
  options.parallel = 1;
  SECTION("down") {
    const auto report = run(Direction::Down, OnConflict::Ask);
    CHECK(report.copied == 1);
    CHECK(report.kept == 3);  // the rest is not even read
    CHECK(here().at("a.txt") == "theirs");
    CHECK(here().at("c.txt") == "mine!!");
  }
  SECTION("up") {
    const auto report = run(Direction::Up, OnConflict::Ask);
    CHECK(report.kept == 1);
    CHECK(report.copied == 3);  // the rest is not even compared
    CHECK(there() == Files{{"a.txt", "theirs"}, {"b.txt", "mine!!"}, {"c.txt", "mine!!"}, {"same.txt", "same"}});
  }
  CHECK(log.asked() == std::vector<std::string>{"a.txt", "b.txt"});
}

TEST_CASE_METHOD(Fixture, "several threads ask one after the other, and one answer for all spares the others") {
  options.parallel = 8;
  log.answer = [](const CopyStep&) -> core::Result<Resolution> { return Resolution{OnConflict::TakeTheirs, true}; };
  CHECK(run(Direction::Down, OnConflict::Ask).copied == 3);
  CHECK(log.asked().size() == 1);
}

TEST_CASE_METHOD(Fixture, "what needs no answer is through before the first question") {
  for (int i = 0; i < 20; ++i) tree.plant(root + "/new" + std::to_string(i), "x");
  options.parallel = 1;
  log.answer = [&](const CopyStep&) -> core::Result<Resolution> {
    CHECK(log.done().size() >= 20);
    return Resolution{OnConflict::KeepMine, true};
  };
  CHECK(run(Direction::Down, OnConflict::Ask).copied == 20);
}

TEST_CASE_METHOD(Fixture, "a question that is not answered stops the transfer") {
  log.answer = [](const CopyStep&) -> core::Result<Resolution> {
    return core::fail(core::ErrorCode::Cancelled, "Stopped by the user.");
  };
  options.parallel = 1;
  const auto report = run(Direction::Down, OnConflict::Ask);
  REQUIRE(report.stopped);
  CHECK(report.stopped->message == "Stopped by the user.");
  CHECK(report.untried == 4);
  CHECK(here().at("a.txt") == "mine!!");
}

TEST_CASE_METHOD(Fixture, "what changes while the user thinks is asked about again, and is not lost") {
  options.parallel = 1;
  int asked = 0;
  SECTION("down") {
    log.answer = [&](const CopyStep& step) -> core::Result<Resolution> {
      if (step.local == "a.txt" && ++asked == 1) write("a.txt", "newer work");
      return Resolution{step.local == "a.txt" && asked == 2 ? OnConflict::KeepBoth : OnConflict::TakeTheirs, false};
    };
    run(Direction::Down, OnConflict::Ask);
    CHECK(here().at("a.txt") == "newer work");
    CHECK(here().at("a (2).txt") == "theirs");
  }
  SECTION("up") {
    log.answer = [&](const CopyStep& step) -> core::Result<Resolution> {
      if (step.local == "a.txt" && ++asked == 1) tree.plant(root + "/a.txt", "newer work");
      return Resolution{step.local == "a.txt" && asked == 2 ? OnConflict::KeepBoth : OnConflict::KeepMine, false};
    };
    run(Direction::Up, OnConflict::Ask);
    CHECK(there().at("a.txt") == "newer work");
    CHECK(there().at("a (2).txt") == "mine!!");
  }
  CHECK(asked == 2);
}

TEST_CASE_METHOD(TransferFixture, "who changed a file since both were the same decides whether it is a conflict") {
  tree.plant(root + "/a", "1");
  REQUIRE(transfer(request(Direction::Down)).copied == 1);
  SECTION("changed there: down without a question, up with one") {
    tree.plant(root + "/a", "2");
    CHECK(plan(request(Direction::Up)).copies.at(0).why == CopyReason::Conflict);
    CHECK(plan(request(Direction::Down)).copies.at(0).why == CopyReason::Changed);
    CHECK(transfer(request(Direction::Down)).copied == 1);
    CHECK(here().at("a") == "2");
  }
  SECTION("changed here: the other way round") {
    write("a", "2");
    CHECK(plan(request(Direction::Down)).copies.at(0).why == CopyReason::Conflict);
    CHECK(plan(request(Direction::Up)).copies.at(0).why == CopyReason::Changed);
    CHECK(transfer(request(Direction::Up)).copied == 1);
    CHECK(there().at("a") == "2");
    CHECK(plan(request(Direction::Down)).equal == 1);
  }
  SECTION("changed there after the upload was planned") {
    write("a", "mine");
    Transfer fresh(tree, clock, options);
    const auto planned = fresh.plan(request(Direction::Up), {}).value();
    tree.plant(root + "/a", "theirs");
    log.answer = [](const CopyStep&) -> core::Result<Resolution> { return Resolution{OnConflict::KeepBoth, false}; };
    CHECK(fresh.run(planned, log, {}).copied == 1);
    CHECK(there() == Files{{"a", "theirs"}, {"a (2)", "mine"}});
  }
  SECTION("changed here after the download was planned") {
    tree.plant(root + "/a", "theirs");
    Transfer fresh(tree, clock, options);
    const auto planned = fresh.plan(request(Direction::Down), {}).value();
    write("a", "mine");
    log.answer = [](const CopyStep&) -> core::Result<Resolution> { return Resolution{OnConflict::KeepBoth, false}; };
    CHECK(fresh.run(planned, log, {}).copied == 1);
    CHECK(here() == Files{{"a", "mine"}, {"a (2)", "theirs"}});
  }
}

TEST_CASE_METHOD(TransferFixture, "what comes up in the target between plan and run is not overwritten") {
  tree.plant(root + "/a", "theirs");
  Transfer fresh(tree, clock, options);
  log.answer = [](const CopyStep&) -> core::Result<Resolution> { return Resolution{OnConflict::KeepBoth, false}; };
  SECTION("down") {
    const auto planned = fresh.plan(request(Direction::Down), {}).value();
    write("a", "mine");
    CHECK(fresh.run(planned, log, {}).copied == 1);
    CHECK(here() == Files{{"a", "mine"}, {"a (2)", "theirs"}});
  }
  SECTION("up") {
    tree.removeTree(root + "/a");
    write("a", "mine");
    const auto planned = fresh.plan(request(Direction::Up), {}).value();
    tree.plant(root + "/a", "theirs");
    CHECK(fresh.run(planned, log, {}).copied == 1);
    CHECK(there() == Files{{"a", "theirs"}, {"a (2)", "mine"}});
  }
  CHECK(log.asked().size() == 1);
}

TEST_CASE_METHOD(TransferFixture, "an upload whose answer was lost is seen to have arrived") {
  tree.plantFolder(root);
  write("a", "mine");
  bool lost = false;
  tree.after = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb != "put" || std::exchange(lost, true)) return std::nullopt;
    return core::fail(core::ErrorCode::Unavailable, "The connection broke.").error();
  };
  const auto report = transfer(request(Direction::Up));
  CHECK(report.equal == 1);
  CHECK(report.failures.empty());
  CHECK(tree.count("put") == 2);
  CHECK(log.asked().empty());
  CHECK(plan(request(Direction::Up)).equal == 1);
}

TEST_CASE_METHOD(TransferFixture, "a file that is changed while it is sent goes again as a whole") {
  tree.plantFolder(root);
  tree.chunk = 1000;
  write("a", std::string(5000, 'x'));
  bool changed = false;
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put" && call.bytes == 2000 && !std::exchange(changed, true)) write("a", std::string(6000, 'y'));
    return std::nullopt;
  };
  CHECK(transfer(request(Direction::Up)).copied == 1);
  CHECK(there() == Files{{"a", std::string(6000, 'y')}});
}

TEST_CASE_METHOD(Fixture, "what was decided in a run that was interrupted is not asked or done again") {
  options.parallel = 1;
  const core::CancelSource source;
  const auto direction = GENERATE(Direction::Down, Direction::Up);
  log.answer = [&](const CopyStep& step) -> core::Result<Resolution> {
    if (step.remote == "a.txt") return Resolution{OnConflict::KeepBoth, false};
    if (step.remote == "b.txt")
      return Resolution{direction == Direction::Down ? OnConflict::KeepMine : OnConflict::TakeTheirs, false};
    source.cancel(core::CancelReason::Client);
    return core::fail(core::ErrorCode::Cancelled, "Closed.");
  };
  CHECK(transfer(request(direction), source.token()).stopped);
  CHECK(log.asked().size() == 3);
  log.forget();
  log.answer = [&](const CopyStep&) -> core::Result<Resolution> { return Resolution{OnConflict::KeepBoth, false}; };
  CHECK(plan(request(direction)).settled == 2);
  CHECK_FALSE(transfer(request(direction)).stopped);
  CHECK(log.asked() == std::vector<std::string>{"c.txt"});
  const auto target = direction == Direction::Down ? here() : there();
  CHECK(target.size() == 6);
  // That was the end of it: the next one begins with open questions.
  CHECK(plan(request(direction)).settled == 0);
  CHECK(plan(request(direction)).copies.size() == 3);
}

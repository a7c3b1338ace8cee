// SPDX-License-Identifier: Apache-2.0
// Transfers that are stopped: at every step, in every phase, by the user, by a killed process, by a broken connection.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "transfer_fixture.hpp"
#include "trowel/os/part_file.hpp"

using namespace trowel;
using namespace trowel::sync;
using test::TransferFixture;

namespace {

using Files = std::map<std::string, std::string>;

struct Fixture : TransferFixture {
  Fixture() { tree.chunk = 1000; }

  // Two files of several pieces, some small ones, some folders.
  static Files files() {
    Files made{{"big", std::string(4500, 'b')}, {"d/large", std::string(3500, 'l')}};
    for (int i = 0; i < 6; ++i) made["d/e/" + std::to_string(i)] = std::to_string(i);
    for (auto& [path, bytes] : made) bytes += path;
    return made;
  }

  // Cancels at the k-th point. How many there were.
  int runAndCancelAt(const TransferRequest& what, int k) {
    std::atomic<int> points = 0;
    const core::CancelSource source;
    const auto point = [&](const test::MemoryTree::Call&) -> std::optional<core::Error> {
      if (points++ == k) source.cancel(core::CancelReason::Client);
      return std::nullopt;
    };
    tree.before = point;
    tree.after = point;
    const auto report = transfer(what, source.token());
    tree.before = nullptr;
    tree.after = nullptr;
    CHECK((points <= k || report.stopped.has_value() || report.untried == 0));
    CHECK(report.failures.empty());
    return points;
  }

  bool partsLeft() const {
    for (const auto& [path, bytes] : here()) {
      if (os::isPartName(path.substr(path.rfind('/') + 1))) return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a download that is cancelled at any step goes on where it was") {
  for (const auto& [path, bytes] : files()) tree.plant(root + "/" + path, bytes);
  options.parallel = GENERATE(1U, 4U);
  int k = 0;
  for (bool cancelled = true; cancelled; ++k) {
    INFO("step " << k);
    std::filesystem::remove_all(dir / "here");
    std::filesystem::remove_all(dir / "state");
    tree.forgetCalls();
    cancelled = runAndCancelAt(request(Direction::Down), k) > k;
    const auto done = log.done();
    // Nothing half-written stands under its name.
    for (const auto& [path, bytes] : here()) {
      if (!os::isPartName(path.substr(path.rfind('/') + 1))) REQUIRE(bytes == files().at(path));
    }
    tree.forgetCalls();
    CHECK_FALSE(transfer(request(Direction::Down)).stopped);
    CHECK(here() == files());
    for (const auto& call : tree.calls()) {
      if (call.verb == "read") REQUIRE_FALSE(done.contains(call.path.substr(root.size() + 1)));
    }
    REQUIRE_FALSE(partsLeft());
    log.forget();
  }
  CHECK(k > 20);
}

TEST_CASE_METHOD(Fixture, "an upload that is cancelled at any step goes on where it was") {
  for (const auto& [path, bytes] : files()) write(path, bytes);
  options.parallel = GENERATE(1U, 4U);
  int k = 0;
  for (bool cancelled = true; cancelled; ++k) {
    INFO("step " << k);
    tree.removeTree(root);
    tree.plantFolder("/Users/me");
    std::filesystem::remove_all(dir / "state");
    cancelled = runAndCancelAt(request(Direction::Up), k) > k;
    const auto done = log.done();
    for (const auto& [path, bytes] : there()) REQUIRE(bytes == files().at(path));
    tree.forgetCalls();
    CHECK_FALSE(transfer(request(Direction::Up)).stopped);
    CHECK(there() == files());
    for (const auto& call : tree.calls()) {
      if (call.verb == "put") REQUIRE_FALSE(done.contains(call.path.substr(root.size() + 1)));
    }
    CHECK(log.asked().empty());
    log.forget();
  }
  CHECK(k > 20);
}

TEST_CASE_METHOD(Fixture, "a part that is there is gone on with, as long as it is of the same version") {
  tree.plant(root + "/big", std::string(5000, 'x'));
  auto interrupt = [&] {
    const core::CancelSource source;
    tree.before = [&, source](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
      if (call.verb == "read" && call.bytes == 3000) source.cancel(core::CancelReason::Client);
      return std::nullopt;
    };
    CHECK(transfer(request(Direction::Down), source.token()).stopped);
    tree.before = nullptr;
    CHECK(partsLeft());
    tree.forgetCalls();
  };
  auto firstRead = [&] {
    for (const auto& call : tree.calls()) {
      if (call.verb == "read") return call.bytes;
    }
    return std::uint64_t{99};
  };
  SECTION("the same version") {
    interrupt();
    CHECK(transfer(request(Direction::Down)).copied == 1);
    // Only later pieces are asked for: a call at 0 is one that the tree writes down.
    CHECK(firstRead() == 99);
    CHECK(log.last().bytes == 5000);
  }
  SECTION("another version") {
    interrupt();
    tree.plant(root + "/big", std::string(5000, 'y'));
    CHECK(transfer(request(Direction::Down)).copied == 1);
    CHECK(firstRead() == 0);
    CHECK(here() == Files{{"big", std::string(5000, 'y')}});
  }
  SECTION("another version, seen only when the rest has come") {
    interrupt();
    Transfer fresh(tree, clock, options);
    const auto planned = fresh.plan(request(Direction::Down), {}).value();
    tree.plant(root + "/big", std::string(5000, 'y'));
    CHECK(fresh.run(planned, log, {}).copied == 1);
    CHECK(here() == Files{{"big", std::string(5000, 'y')}});
  }
  SECTION("a tree that can only be read as a whole") {
    interrupt();
    tree.ranges = false;
    CHECK(transfer(request(Direction::Down)).copied == 1);
    CHECK(firstRead() == 0);
  }
  CHECK_FALSE(partsLeft());
}

TEST_CASE_METHOD(Fixture, "what an interrupted download leaves is cleared away when nobody needs it any more") {
  tree.plant(root + "/d/a", std::string(5000, 'x'));
  const core::CancelSource source;
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb == "read" && call.bytes == 3000) source.cancel(core::CancelReason::Client);
    return std::nullopt;
  };
  CHECK(transfer(request(Direction::Down), source.token()).stopped);
  tree.before = nullptr;
  REQUIRE(partsLeft());
  tree.removeTree(root + "/d/a");
  tree.plant(root + "/d/b", "1");
  CHECK(plan(request(Direction::Down)).parts.size() == 1);
  CHECK(transfer(request(Direction::Down)).copied == 1);
  CHECK(here() == Files{{"d/b", "1"}});
}

TEST_CASE_METHOD(Fixture, "cancelling ends a wait for a retry, for the user and for the tree") {
  tree.plant(root + "/a", "theirs");
  const core::CancelSource source;
  SECTION("a retry") {
    test::ManualClock still;
    tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
      if (call.verb == "read") return core::fail(core::ErrorCode::DataLoss, "Cut off.").error();
      return std::nullopt;
    };
    options.parallel = 1;
    Transfer fresh(tree, still, options);
    const auto planned = fresh.plan(request(Direction::Down), {}).value();
    TransferReport report;
    std::thread running([&] { report = fresh.run(planned, log, source.token()); });
    still.awaitWaiters(1);
    source.cancel(core::CancelReason::Client);
    running.join();
    CHECK(report.stopped->message == "The transfer stopped: cancelled by the user.");
    CHECK(report.untried == 1);
  }
  SECTION("the user") {
    write("a", "mine!!");
    tree.plant(root + "/b", "theirs");
    write("b", "mine!!");
    options.parallel = 2;
    log.answer = [&](const CopyStep&) -> core::Result<Resolution> {
      source.cancel(core::CancelReason::Client);
      return core::fail(core::ErrorCode::Cancelled, "Closed.");
    };
    const auto report = transfer(request(Direction::Down), source.token());
    CHECK(report.stopped);
    CHECK(report.untried == 2);
    CHECK(log.asked().size() == 1);
  }
  SECTION("before anything") {
    source.cancel(core::CancelReason::Client);
    CHECK(Transfer(tree, clock, options).plan(request(Direction::Down), source.token()).error().code ==
          core::ErrorCode::Cancelled);
  }
}

TEST_CASE_METHOD(Fixture, "kill -9 at every point of a download: the next process repeats nothing that was done") {
  for (const auto& [path, bytes] : files()) tree.plant(root + "/" + path, bytes);
  int k = 0;
  for (bool killed = true; killed; ++k) {
    INFO("point " << k);
    std::filesystem::remove_all(dir / "here");
    std::filesystem::remove_all(dir / "state");
    const std::string noted = dir / "noted";
    std::ofstream(noted).close();
    const pid_t child = ::fork();
    if (child == 0) {
      std::atomic<int> points = 0;
      tree.before = [&](const test::MemoryTree::Call&) -> std::optional<core::Error> {
        if (points++ == k) ::kill(::getpid(), SIGKILL);
        return std::nullopt;
      };
      // What the observer was told is on the disk before anything else happens.
      class Noting final : public TransferObserver {
       public:
        explicit Noting(std::string path) : path_(std::move(path)) {}
        void finished(const CopyStep& step, ItemState, const core::Error*) override {
          std::ofstream(path_, std::ios::app) << step.remote << "\n";
        }
        core::Result<Resolution> resolve(const CopyStep&, const core::CancelToken&) override { return Resolution{}; }

       private:
        std::string path_;
      } noting(noted);
      Transfer fresh(tree, clock, options);
      (void)fresh.run(fresh.plan(request(Direction::Down), {}).value(), noting, {});
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    killed = WIFSIGNALED(status);
    std::set<std::string> done;
    std::ifstream lines(noted);
    for (std::string line; std::getline(lines, line);) done.insert(line);

    tree.forgetCalls();
    CHECK_FALSE(transfer(request(Direction::Down)).stopped);
    CHECK(here() == files());
    for (const auto& call : tree.calls()) {
      if (call.verb == "read") REQUIRE_FALSE(done.contains(call.path.substr(root.size() + 1)));
    }
    REQUIRE_FALSE(partsLeft());
  }
  CHECK(k > 10);
}

namespace {

// A small disk at `folder`, for this process alone, which must have one thread only.
bool mountSmallDisk(const std::string& folder) {
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a full disk stops the transfer, says what to do, and loses nothing") {
  tree.plant(root + "/a", "1");
  tree.plant(root + "/big", std::string(300'000, 'x'));
  std::filesystem::create_directories(dir / "here");
  constexpr int kNoDisk = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    if (!mountSmallDisk(dir / "here")) ::_exit(kNoDisk);
    const auto report = transfer(request(Direction::Down));
    const bool said = report.stopped && report.stopped->message == "There is no room left for the folder " +
                                                                       dir.path() +
                                                                       "/here. Free some and run the transfer again: "
                                                                       "what has arrived stays.";
    const bool kept = partsLeft() && !std::filesystem::exists(at("big"));
    const bool grown = ::mount("tmpfs", (dir / "here").c_str(), "tmpfs", MS_REMOUNT, "size=1m") == 0;
    tree.forgetCalls();
    const auto rest = transfer(request(Direction::Down));
    bool fromTheStart = false;
    for (const auto& call : tree.calls())
      fromTheStart = fromTheStart || (call.verb == "read" && call.path.ends_with("/big"));
    ::_exit(said && kept && grown && !rest.stopped && here().size() == 2 && !fromTheStart ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WEXITSTATUS(status) == kNoDisk)
    WARN("no disk can be mounted here, so a full one was not tried");
  else
    CHECK(status == 0);
}

TEST_CASE_METHOD(TransferFixture, "random trees with faults end equal, with nothing overwritten that was not known") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  const std::vector<std::string> names{"a", "b", "c.txt", "d e", "ü", "A"};
  for (int round = 0; round < 40; ++round) {
    INFO("round " << round);
    std::filesystem::remove_all(dir / "here");
    std::filesystem::remove_all(dir / "state");
    tree.removeTree("/Users");
    tree.plantFolder(root);
    const auto direction = random.chance(50) ? Direction::Down : Direction::Up;
    // Files in folders whose names are no files.
    Files source;
    for (auto count = 1 + random.below(30); count > 0; --count) {
      std::string path;
      for (auto depth = random.below(3); depth > 0; --depth) path += random.of(names) + "-dir/";
      source[path + random.of(names)] = std::string(random.below(3000), static_cast<char>('a' + random.below(26)));
    }
    Files foreign;  // in the target, of which nobody knows
    for (const auto& [path, bytes] : source) {
      if (random.chance(20)) foreign[path] = random.chance(30) ? bytes : "foreign " + path;
    }
    for (const auto& [path, bytes] : direction == Direction::Down ? source : foreign)
      tree.plant(root + "/" + path, bytes);
    std::filesystem::create_directories(dir / "here");
    for (const auto& [path, bytes] : direction == Direction::Down ? foreign : source) write(path, bytes);

    std::mutex mutex;
    auto fault = [&](const test::MemoryTree::Call&) -> std::optional<core::Error> {
      std::lock_guard lock(mutex);
      if (!random.chance(4)) return std::nullopt;
      const auto code = random.of(std::vector<core::ErrorCode>{core::ErrorCode::Unavailable, core::ErrorCode::DataLoss,
                                                               core::ErrorCode::RateLimited});
      return core::fail(code, "A fault.").error();
    };
    tree.chunk = 500;
    tree.before = fault;
    tree.after = fault;
    auto what = request(direction);
    what.onConflict = OnConflict::KeepBoth;
    for (int attempt = 0; attempt < 3; ++attempt) transfer(what);
    tree.before = nullptr;
    tree.after = nullptr;
    const auto report = transfer(what);
    CHECK_FALSE(report.stopped);
    CHECK(report.failures.empty());

    const auto target = direction == Direction::Down ? here() : there();
    for (const auto& [path, bytes] : foreign) REQUIRE(target.at(path) == bytes);
    for (const auto& [path, bytes] : source) {
      if (!foreign.contains(path)) REQUIRE(target.at(path) == bytes);
    }
    // What both sides had comes beside it.
    for (const auto& [path, bytes] : foreign) {
      if (source.at(path) == bytes) continue;
      INFO((direction == Direction::Down ? "down " : "up ") << path);
      bool found = false;
      for (const auto& [other, content] : target) found = found || (other != path && content == source.at(path));
      REQUIRE(found);
    }
    CHECK((direction == Direction::Down ? there() : here()) == source);
  }
}

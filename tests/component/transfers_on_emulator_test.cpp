// SPDX-License-Identifier: Apache-2.0
// Transfers to and from everything that a workspace keeps files in, over the real wire to a workspace that really
// stores.
#include <algorithm>
#include <filesystem>

#include "features/files/remote_dbfs.hpp"
#include "features/files/remote_volumes.hpp"
#include "features/files/remote_workspace.hpp"
#include "support/emulator_workspace.hpp"
#include "support/generated_body.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/sync/transfer.hpp"

using namespace trowel;
using namespace trowel::sync;

namespace {

const std::string kNotebook = "# Databricks notebook source\nprint(1)\n";
const std::string kOdd = "größe 1 % ?#&+日本.bin";

class Observer final : public TransferObserver {
 public:
  OnConflict choice = OnConflict::KeepMine;
  int asked = 0;

  core::Result<Resolution> resolve(const CopyStep&, const core::CancelToken&) override {
    ++asked;
    return Resolution{choice, true};
  }
};

struct Bench : test::EmulatorWorkspace {
  test::TempDir dir;
  Observer observer;
  connection::ConnectionPtr connection = std::make_shared<connection::Connection>(
      connection::Connection{"", "", "", "", "", "", "", {}, rest, nullptr, {}, 0});

  features::Connect connect() {
    return [this](const core::CancelToken&) -> core::Result<connection::ConnectionPtr> { return connection; };
  }

  TransferReport run(RemoteTree& tree, Direction direction, const std::string& remote, const std::string& local,
                     OnConflict policy = OnConflict::Ask, const core::CancelToken& token = {}) {
    Transfer transfer(tree, core::systemClock(), {.identity = emulator->host(), .stateDir = dir / "state"});
    TransferRequest request{.direction = direction, .folders = {{remote, local}}};
    request.onConflict = policy;
    const auto plan = transfer.plan(request, token);
    REQUIRE(plan);
    auto report = transfer.run(*plan, observer, token);
    for (const auto& failure : report.failures) UNSCOPED_INFO(core::describe(failure.error));
    for (const auto& failure : report.folders) UNSCOPED_INFO(failure.path << ": " << failure.why);
    if (report.stopped) UNSCOPED_INFO(core::describe(*report.stopped));
    return report;
  }

  std::size_t countOf(std::string_view start) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        emulator->requests(), [&](const auto& request) { return request.path.starts_with(start); }));
  }

  std::map<std::string, std::string> filesIn(const std::string& folder) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / folder)) {
      const auto path = std::filesystem::relative(entry.path(), dir.path()).string();
      if (entry.is_regular_file()) files[path.substr(folder.size() + 1)] = dir.read(path);
    }
    return files;
  }
};

// The same round for all three: up, again, down, changed on one side, on both.
void roundTrip(Bench& bench, RemoteTree& tree, const std::string& remote) {
  const std::string large = test::bytesAt(0, 3'000'000);
  bench.dir.write("up/a.txt", "hello");
  bench.dir.write("up/deep/er/" + kOdd, large);
  bench.dir.write("up/deep/empty", "");
  bench.dir.write("up/deep/x.log", "no");
  bench.dir.write("up/.gitignore", "*.log\n");
  auto wanted = bench.filesIn("up");
  wanted.erase("deep/x.log");

  CHECK(bench.run(tree, Direction::Up, remote, bench.dir / "up").copied == 4);
  CHECK(bench.run(tree, Direction::Up, remote, bench.dir / "up").copied == 0);
  CHECK(bench.run(tree, Direction::Down, remote, bench.dir / "down").copied == 4);
  CHECK(bench.filesIn("down") == wanted);
  CHECK(bench.run(tree, Direction::Down, remote, bench.dir / "down").copied == 0);

  bench.dir.write("up/a.txt", "changed here");
  CHECK(bench.run(tree, Direction::Up, remote, bench.dir / "up").copied == 1);
  CHECK(bench.run(tree, Direction::Down, remote, bench.dir / "down").copied == 1);
  CHECK(bench.dir.read("down/a.txt") == "changed here");
  CHECK(bench.observer.asked == 0);

  // Changed from two places.
  bench.dir.write("up/a.txt", "again here, and longer");
  CHECK(bench.run(tree, Direction::Up, remote, bench.dir / "up").copied == 1);
  bench.dir.write("down/a.txt", "there");
  bench.observer.choice = OnConflict::KeepBoth;
  CHECK(bench.run(tree, Direction::Up, remote, bench.dir / "down").copied == 1);
  CHECK(bench.observer.asked == 1);
  CHECK(bench.run(tree, Direction::Down, remote, bench.dir / "fresh").copied == 5);
  CHECK(bench.dir.read("fresh/a.txt") == "again here, and longer");
  CHECK(bench.dir.read("fresh/a (2).txt") == "there");
}

}  // namespace

TEST_CASE("a folder goes into the workspace and comes back") {
  Bench bench;
  features::RemoteWorkspace tree(bench.connect());
  roundTrip(bench, tree, "/Shared/transfer");
}

TEST_CASE("a folder goes into DBFS and comes back") {
  Bench bench;
  features::RemoteDbfs tree(bench.connect());
  roundTrip(bench, tree, "/tmp/transfer");
}

TEST_CASE("a folder goes into a volume and comes back") {
  Bench bench;
  features::RemoteVolumes tree(bench.connect());
  roundTrip(bench, tree, "/Volumes/main/default/data/transfer");
}

TEST_CASE("notebooks go and come in the formats that are set, files that look like them stay files") {
  Bench bench;
  features::RemoteWorkspace tree(bench.connect());
  bench.dir.write("up/nb.py", kNotebook);
  bench.dir.write("up/q.sql", "-- Databricks notebook source\nSELECT 1");
  bench.dir.write("up/doc.py.ipynb",
                  R"({"cells":[],"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5})");
  bench.dir.write("up/plain.r", "# Databricks notebook source\n");
  bench.dir.write("up/module.py", "x = 1\n");
  Transfer transfer(tree, core::systemClock(), {.identity = "h", .stateDir = bench.dir / "state"});
  TransferRequest request{.direction = Direction::Up, .folders = {{"/Shared/nb", bench.dir / "up"}}};
  request.formats = {{{"", "PYTHON", {{".py", Format::Source}, {".py.ipynb", Format::Jupyter}}},
                      {"", "SQL", {{".sql", Format::Source}}}}};
  const auto plan = transfer.plan(request, {}).value();
  CHECK(plan.warnings == std::vector<std::string>{
                             "One file looks like a notebook but matches no export format, so it goes as a plain file: "
                             "plain.r."});
  const auto report = transfer.run(plan, bench.observer, {});
  for (const auto& failure : report.failures) UNSCOPED_INFO(core::describe(failure.error));
  CHECK(report.copied == 5);
  std::map<std::string, EntryKind> there;
  REQUIRE(tree.list("/Shared/nb",
                    [&](const Entry& entry) -> core::Result<void> {
                      there[entry.name] = entry.kind;
                      return {};
                    },
                    {}));
  CHECK(there == std::map<std::string, EntryKind>{{"nb", EntryKind::Notebook},
                                                  {"q", EntryKind::Notebook},
                                                  {"doc", EntryKind::Notebook},
                                                  {"plain.r", EntryKind::File},
                                                  {"module.py", EntryKind::File}});

  request.direction = Direction::Down;
  request.folders[0].local = bench.dir / "down";
  REQUIRE(transfer.run(transfer.plan(request, {}).value(), bench.observer, {}).copied == 5);
  CHECK(bench.dir.read("down/nb.py").starts_with("# Databricks notebook source\n"));
  CHECK(bench.dir.read("down/q.sql").starts_with("-- Databricks notebook source\n"));
  CHECK(bench.filesIn("down").contains("doc.py"));
  CHECK(bench.dir.read("down/plain.r") == "# Databricks notebook source\n");

  request.folders[0] = {"/Shared/nb", bench.dir / "jupyter", {"nb"}};
  request.formats.rules[0].formats = {{".py.ipynb", Format::Jupyter}};
  REQUIRE(transfer.run(transfer.plan(request, {}).value(), bench.observer, {}).copied == 1);
  CHECK(bench.dir.read("jupyter/nb.py.ipynb").starts_with("{"));
}

TEST_CASE("what the workspace refuses is one file's trouble, and an answer that is lost is none") {
  Bench bench;
  features::RemoteWorkspace tree(bench.connect());
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) bench.dir.write("up/" + std::string(name), name);
  const auto refuse = [&](int status, const std::string& code) {
    bench.emulator->addFault({.pattern = "POST /api/2.0/workspace-files/import-file/*",
                              .status = status,
                              .body = R"({"error_code":")" + code + R"(","message":"No."})"});
  };
  refuse(403, "PERMISSION_DENIED");
  refuse(413, "MAX_NOTEBOOK_SIZE_EXCEEDED");
  refuse(400, "INVALID_PARAMETER_VALUE");
  bench.emulator->addFault(
      {.pattern = "POST /api/2.0/workspace-files/import-file/*", .afterHandler = true, .drop = true});
  test::ManualClock clock;
  clock.advanceOnWait();
  Transfer transfer(tree, clock, {.identity = "h", .stateDir = bench.dir / "state"});
  const TransferRequest request{.direction = Direction::Up, .folders = {{"/Shared/one", bench.dir / "up"}}};
  auto report = transfer.run(transfer.plan(request, {}).value(), bench.observer, {});
  CHECK(report.copied == 2);
  CHECK(report.equal == 1);
  REQUIRE(report.failures.size() == 3);
  for (const auto& failure : report.failures) CHECK_FALSE(failure.transient);
  CHECK_FALSE(report.stopped);

  // The folder is removed between plan and run; then the rest goes, and only the rest.
  const auto rest = transfer.plan(request, {}).value();
  CHECK(rest.copies.size() == 3);
  REQUIRE(databricks::Workspace(bench.rest).remove("/Shared/one", true));
  CHECK(transfer.run(rest, bench.observer, {}).copied == 3);
  CHECK(transfer.plan(request, {}).value().copies.size() == 3);
  CHECK(bench.observer.asked == 0);
}

TEST_CASE("a large file goes on where the transfer was cancelled") {
  Bench bench;
  features::RemoteVolumes volumes(bench.connect());
  features::RemoteDbfs dbfs(bench.connect());
  const bool volume = GENERATE(true, false);
  RemoteTree& tree = volume ? static_cast<RemoteTree&>(volumes) : dbfs;
  const std::string remote = volume ? "/Volumes/main/default/data/big" : "/big";
  const std::string pieces = volume ? "/api/2.0/fs/files/" : "/api/2.0/dbfs/read";
  const auto bytes = test::bytesAt(0, 40 << 20);
  bench.dir.write("up/f", bytes);
  REQUIRE(bench.run(tree, Direction::Up, remote, bench.dir / "up").copied == 1);

  // Stops in the middle: what the observer sees is what has been written.
  class Stopping final : public TransferObserver {
   public:
    core::CancelSource source;
    void progress(const TransferProgress& progress) override {
      if (progress.bytes > (20U << 20U)) source.cancel(core::CancelReason::Client);
    }
    core::Result<Resolution> resolve(const CopyStep&, const core::CancelToken&) override { return Resolution{}; }
  } stopping;
  class EachTime final : public core::Clock {
   public:
    core::TimePoint now() const override { return core::TimePoint(std::chrono::seconds(++ticks_)); }
    core::WallTime wallNow() const override { return core::systemClock().wallNow(); }
    bool waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, core::TimePoint,
                   const std::function<bool()>& ready) override {
      changed.wait(lock, ready);
      return true;
    }

   private:
    mutable std::atomic<int> ticks_ = 0;
  } clock;  // so that each piece is shown
  Transfer transfer(tree, clock, {.identity = bench.emulator->host(), .stateDir = bench.dir / "state"});
  const TransferRequest request{.direction = Direction::Down, .folders = {{remote, bench.dir / "down"}}};
  CHECK(transfer.run(transfer.plan(request, {}).value(), stopping, stopping.source.token()).stopped);
  CHECK_FALSE(std::filesystem::exists(bench.dir / "down/f"));

  bench.emulator->clearRequests();
  REQUIRE(bench.run(tree, Direction::Down, remote, bench.dir / "down").copied == 1);
  CHECK(bench.dir.read("down/f") == bytes);
  CHECK(bench.countOf(pieces) < (volume ? 5 : 25));
}

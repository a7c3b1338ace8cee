// SPDX-License-Identifier: Apache-2.0
// kill -9 at every point of a sync: a child process syncs to a workspace that is a folder on disk and kills itself
// before or after one of its calls; the next session must finish the work and send nothing twice that was acknowledged.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/random.hpp"
#include "support/temp_dir.hpp"
#include "trowel/sync/sync_session.hpp"

using namespace trowel;
namespace fs = std::filesystem;

namespace {

// Notebooks are files that end in "@".
class DiskRemote final : public sync::RemoteStore {
 public:
  explicit DiskRemote(std::string root) : root_(std::move(root)) {}

  int killAt = -1;  // the call; each has a point before and one after it
  std::atomic<int> points = 0;
  std::atomic<int> puts = 0;

  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken&) override {
    point();
    const bool made = fs::create_directories(root_ + path);
    point();
    return made ? sync::FolderOutcome::Made : sync::FolderOutcome::Existed;
  }

  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& source, bool,
                         const core::CancelToken&) override {
    std::string bytes(source.size(), '\0');
    TROWEL_TRY(source.read(bytes));
    point();
    if (!fs::exists(fs::path(root_ + path).parent_path())) return core::fail(core::ErrorCode::NotFound, "no parent");
    const bool notebook = form.kind == sync::ObjectKind::Notebook;
    if (fs::exists(root_ + path + (notebook ? "" : "@"))) return core::fail(core::ErrorCode::InvalidParams, "mismatch");
    // Complete or not at all, like the workspace.
    const std::string temp = root_ + "/temp" + std::to_string(++puts);
    std::ofstream(temp, std::ios::binary) << bytes;
    fs::rename(temp, root_ + path + (notebook ? "@" : ""));
    point();
    return {};
  }

  core::Result<void> remove(const std::string& path, const core::CancelToken&) override {
    point();
    std::error_code failed;
    const bool removed = fs::remove(root_ + path, failed) || fs::remove(root_ + path + "@", failed);
    point();
    if (failed) return core::fail(core::ErrorCode::Conflict, "not empty");
    if (!removed) return core::fail(core::ErrorCode::NotFound, "not there");
    return {};
  }

 private:
  void point() {
    if (++points == killAt) ::kill(::getpid(), SIGKILL);
  }

  const std::string root_;
};

std::map<std::string, std::string> contents(const std::string& root) {
  std::map<std::string, std::string> result;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    result[fs::relative(entry.path(), root)] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return result;
}

void edit(test::Random& random, const test::TempDir& dir) {
  dir.write("project/always", "here");
  for (int i = 0; i < 12; ++i) {
    const std::string path = "project/" + std::string(1, static_cast<char>('a' + random.below(3))) + "/" +
                             std::string(1, static_cast<char>('p' + random.below(4))) + ".py";
    const std::string body = "print(" + std::to_string(random.below(1000)) + ")\n";
    if (random.chance(25)) {
      fs::remove(dir / path);
    } else {
      dir.write(path, (random.chance(50) ? "# Databricks notebook source\n" : "") + body);
    }
  }
}

// What the workspace must hold.
std::map<std::string, std::string> expected(const std::string& root) {
  std::map<std::string, std::string> result;
  for (const auto& [path, bytes] : contents(root)) {
    const bool notebook = bytes.starts_with("# Databricks");
    result[notebook ? path.substr(0, path.size() - 3) + "@" : path] = bytes;
  }
  return result;
}

}  // namespace

TEST_CASE("killed at any point, the next sync finishes the work") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  test::TempDir dir;
  fs::create_directories(dir / "remote");
  auto sync = [&](DiskRemote& remote, std::size_t parallel) {
    test::ManualClock clock;
    auto session = sync::SyncSession::create({.host = "h",
                                              .workspaceId = "",
                                              .remoteRoot = "/target",
                                              .localRoot = dir / "project",
                                              .stateDir = dir / "state",
                                              .holder = "test",
                                              .parallel = parallel},
                                             remote, clock);
    return session && (*session)->syncOnce({}).has_value();
  };
  int kills = 0;
  for (int round = 0; round < 25; ++round) {
    INFO("round " << round);
    edit(random, dir);
    const std::size_t parallel = random.chance(50) ? 1 : 4;
    const int killAt = 1 + static_cast<int>(random.below(24));
    const pid_t child = ::fork();
    if (child == 0) {
      DiskRemote remote(dir / "remote");
      remote.killAt = killAt;
      ::_exit(sync(remote, parallel) ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    const bool killed = WIFSIGNALED(status);
    if (!killed) REQUIRE(WEXITSTATUS(status) == 0);
    kills += killed;
    for (const auto& entry : fs::directory_iterator(dir / "remote")) {
      if (entry.is_regular_file()) fs::remove(entry.path());
    }
    const auto wanted = expected(dir / "project");
    std::size_t missing = 0;
    if (fs::exists(dir / "remote/target")) {
      const auto there = contents(dir / "remote/target");
      for (const auto& [path, bytes] : wanted) missing += !there.contains(path) || there.at(path) != bytes;
    } else {
      missing = wanted.size();
    }
    DiskRemote remote(dir / "remote");
    REQUIRE(sync(remote, parallel));
    CHECK(contents(dir / "remote/target") == wanted);
    // What is sent again is at most what was in flight.
    CHECK(static_cast<std::size_t>(remote.puts) <= missing + parallel);
    DiskRemote idle(dir / "remote");
    REQUIRE(sync(idle, parallel));
    CHECK(idle.points == 2);  // the look at the destination
  }
  CHECK(kills > 5);
}

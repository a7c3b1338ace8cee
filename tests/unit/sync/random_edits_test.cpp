// SPDX-License-Identifier: Apache-2.0
// Random edits of a watched project while the workspace fails at random: once it is quiet, both sides must be equal.
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_remote.hpp"
#include "support/random.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/sync/sync_session.hpp"

using namespace trowel;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Objects = std::map<std::string, test::MemoryRemote::Object>;

// Names that cannot collide in the workspace: no extension hides a folder or a file.
std::string randomPath(test::Random& random, bool folder) {
  std::string path;
  for (std::size_t depth = random.below(3); depth > 0; --depth) path += "d" + std::to_string(random.below(3)) + "/";
  if (folder) return path + "d" + std::to_string(random.below(3));
  return path + "f" + std::to_string(random.below(4)) + (random.chance(60) ? ".py" : ".txt");
}

void randomEdit(test::Random& random, const test::TempDir& dir) {
  const std::string root = "project/";
  const bool folder = random.chance(40);
  const std::string from = dir / (root + randomPath(random, folder));
  const std::string to = dir / (root + randomPath(random, folder));
  std::error_code ignored;
  switch (random.below(5)) {
    case 0:
    case 1: {
      const std::string header = random.chance(40) ? "# Databricks notebook source\n" : "";
      dir.write(root + randomPath(random, false), header + std::to_string(random.below(50)));
      break;
    }
    case 2:
      fs::rename(from, to, ignored);
      break;
    case 3:
      fs::remove_all(from, ignored);
      break;
    case 4:  // an editor's safe save
      if (folder) {
        fs::create_directories(from, ignored);
      } else if (fs::exists(from)) {
        dir.write(root + "f.swp", std::to_string(random.below(50)));
        fs::rename(dir / (root + "f.swp"), from);
      }
      break;
  }
}

Objects expected(const std::string& root) {
  Objects result;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    std::string path = "/target/" + fs::relative(entry.path(), root).string();
    const bool notebook = path.ends_with(".py") && bytes.starts_with("# Databricks notebook source\n");
    if (notebook) path.resize(path.size() - 3);
    result[path] = {notebook ? sync::ObjectKind::Notebook : sync::ObjectKind::File, std::move(bytes)};
  }
  return result;
}

}  // namespace

TEST_CASE("after random edits and faults, the workspace is equal to the project") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  test::TempDir dir;
  dir.write("project/always.txt", "here");
  test::MemoryRemote remote;
  test::ManualClock clock;
  std::mutex mutex;  // the remote is called from several threads
  unsigned faults = 0;
  const auto fault = [&](const test::MemoryRemote::Call&) -> std::optional<core::Error> {
    std::lock_guard lock(mutex);
    if (!random.chance(faults)) return std::nullopt;
    if (random.chance(70)) return test::errorOf(core::ErrorCode::Internal, "oops");
    return test::errorOf(core::ErrorCode::Unavailable, "not there");
  };
  remote.before = fault;
  remote.after = fault;
  remote.plant("/target/d1/theirs", {sync::ObjectKind::File, "theirs"});
  const sync::SyncOptions options{.host = "h",
                                  .workspaceId = "",
                                  .remoteRoot = "/target",
                                  .localRoot = dir / "project",
                                  .stateDir = dir / "state",
                                  .holder = "test"};
  auto session = sync::SyncSession::create(options, remote, clock).value();
  for (int round = 0; round < 80; ++round) {
    INFO("round " << round);
    {
      std::lock_guard lock(mutex);
      faults = random.chance(50) ? 10 : 0;
    }
    for (std::size_t i = 0, count = random.below(12); i < count; ++i) {
      randomEdit(random, dir);
      // A put whose answer was lost and whose file is removed before it is sent again leaves a copy behind: without an
      // answer nobody knows whose object that is, and nothing is removed on doubt. So faults come between edits only.
      if (faults == 0 && random.chance(20)) clock.advance(session->step() == 0ns ? 0ns : 60ms);
    }
    if (random.chance(10)) {  // the window is reloaded
      session.reset();
      session = sync::SyncSession::create(options, remote, clock).value();
    }
    for (int steps = 0; steps < 1000; ++steps) {
      const auto wait = session->step();
      if (wait == os::kForever && !os::waitReadable({session->watchFd()}, 0s)) break;
      if (wait != os::kForever) clock.advance(wait);
      REQUIRE(steps < 999);
    }
    for (const auto& problem : session->status().problems) FAIL_CHECK(problem.path << ": " << problem.message);
    auto wanted = expected(dir / "project");
    wanted["/target/d1/theirs"] = {sync::ObjectKind::File, "theirs"};
    const auto actual = remote.objects();
    for (const auto& [path, object] : wanted) {
      INFO(path);
      CHECK((actual.contains(path) && actual.at(path) == object));
    }
    for (const auto& [path, object] : actual) {
      INFO(path);
      CHECK(wanted.contains(path));
    }
    REQUIRE(actual == wanted);
  }
}

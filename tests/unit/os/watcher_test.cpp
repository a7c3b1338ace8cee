// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/watcher.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/poll.hpp"

using namespace trowel;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// Steps until `path` has been reported; everything reported on the way.
os::WatchEvents until(os::Watcher& watcher, const std::string& path) {
  os::WatchEvents all;
  while (!all.paths.contains(path) && !all.rootGone && os::waitReadable({watcher.fd()}, 60s)) {
    auto events = watcher.step();
    all.paths.merge(events.paths);
    all.rootGone |= events.rootGone;
  }
  CHECK(all.paths.contains(path));
  return all;
}

}  // namespace

TEST_CASE("a file is reported when it is closed, not while it is written") {
  test::TempDir dir;
  auto watcher = os::Watcher::create(dir.path(), {}).value();
  std::ofstream file(dir / "a.py");
  file << "half" << std::flush;
  CHECK(watcher->step().empty());
  file.close();
  CHECK(until(*watcher, "a.py").paths.size() == 1);
}

TEST_CASE("links and renames are complete at once, and deletion is reported") {
  test::TempDir dir;
  dir.write("a", "1");
  auto watcher = os::Watcher::create(dir.path(), {}).value();
  fs::create_hard_link(dir / "a", dir / "hard");
  until(*watcher, "hard");
  fs::rename(dir / "hard", dir / "moved");
  CHECK(until(*watcher, "moved").paths == std::set<std::string>{"hard", "moved"});
  fs::remove(dir / "moved");
  until(*watcher, "moved");
}

TEST_CASE("new folders are watched, however deep they come") {
  test::TempDir dir;
  auto watcher = os::Watcher::create(dir.path(), {}).value();
  fs::create_directories(dir / "x/y/z");
  until(*watcher, "x");
  CHECK(watcher->watchedFolders() == 4);
  dir.write("x/y/z/a", "1");
  until(*watcher, "x/y/z/a");
}

TEST_CASE("a folder that moves is watched under its new name only") {
  test::TempDir dir;
  dir.write("a/sub/f", "1");
  auto watcher = os::Watcher::create(dir.path(), {}).value();
  fs::rename(dir / "a", dir / "b");
  CHECK(until(*watcher, "b").paths == std::set<std::string>{"a", "b"});
  dir.write("b/sub/f", "2");
  CHECK(until(*watcher, "b/sub/f").paths.size() == 1);
  CHECK(watcher->watchedFolders() == 3);
  // The old name again, while the folder itself leaves the tree.
  test::TempDir elsewhere;
  fs::rename(dir / "b", elsewhere / "b");
  fs::create_directory(dir / "b");
  until(*watcher, "b");
  while (os::waitReadable({watcher->fd()}, 0s)) watcher->step();
  CHECK(watcher->watchedFolders() == 2);
  elsewhere.write("b/sub/f", "3");
  CHECK(watcher->step().empty());
}

TEST_CASE("pruned folders are not watched until the rule changes") {
  test::TempDir dir;
  fs::create_directories(dir / "node_modules/x");
  bool pruning = true;
  auto watcher = os::Watcher::create(dir.path(), [&](std::string_view folder) {
                   return pruning && folder == "node_modules";
                 }).value();
  CHECK(watcher->watchedFolders() == 1);
  pruning = false;
  watcher->refresh();
  CHECK(watcher->watchedFolders() == 3);
}

TEST_CASE("the end of the root is told") {
  test::TempDir dir;
  fs::create_directory(dir / "root");
  auto watcher = os::Watcher::create(dir / "root", {}).value();
  SECTION("deleted") { fs::remove(dir / "root"); }
  SECTION("moved") { fs::rename(dir / "root", dir / "other"); }
  REQUIRE(os::waitReadable({watcher->fd()}, 60s));
  CHECK(watcher->step().rootGone);
}

TEST_CASE("an overflow is told and leaves no folder unwatched") {
  test::TempDir dir;
  std::size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  REQUIRE(limit > 0);
  auto watcher = os::Watcher::create(dir.path(), {}).value();
  // Two names in turn: the kernel merges an event that equals the one before it.
  const std::string names[2] = {dir / "a", dir / "b"};
  for (std::size_t i = 0; i < limit + 1; ++i)
    ::close(::open(names[i % 2].c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  fs::create_directory(dir / "late");
  auto events = watcher->step();
  CHECK(events.overflow);
  dir.write("late/f", "1");
  until(*watcher, "late/f");
}

TEST_CASE("a root that is missing is an error") {
  CHECK(os::Watcher::create("/no/such/folder", {}).error().code == core::ErrorCode::NotFound);
}

// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/places.hpp"

using namespace trowel;
namespace fs = std::filesystem;

namespace {

unsigned modeOf(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a file is read whole, up to the limit") {
  test::TempDir dir;
  dir.write("a", "12345");
  CHECK(os::readFile(dir / "a", 5).value() == "12345");
  CHECK(os::readFile(dir / "a", 4).error().code == core::ErrorCode::InvalidParams);
  CHECK(os::readFile(dir / "none", 4).error().code == core::ErrorCode::NotFound);
  CHECK(os::readFile(dir.path(), 4).error().code == core::ErrorCode::InvalidParams);
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(os::readFile(dir / "fifo", 4).error().code == core::ErrorCode::InvalidParams);
}

TEST_CASE("a file is replaced whole, with its mode, and leaves nothing behind") {
  test::TempDir dir;
  dir.write("a", "old");
  REQUIRE(os::replaceFile(dir / "a", "new", 0644));
  CHECK(dir.read("a") == "new");
  CHECK(modeOf(dir / "a") == 0644);
  CHECK(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()) == 1);
  CHECK(os::replaceFile(dir / "no/a", "x").error().code == core::ErrorCode::NotFound);
}

TEST_CASE("private folders and temporary files are private") {
  test::TempDir dir;
  REQUIRE(os::makePrivateDirs(dir / "x/y"));
  CHECK(modeOf(dir / "x/y") == 0700);
  fs::permissions(dir / "x/y", fs::perms(0755));
  REQUIRE(os::makePrivateDirs(dir / "x/y"));
  CHECK(modeOf(dir / "x/y") == 0700);
  const std::string file = os::writeTempFile(dir / "x", "big-", "content").value();
  CHECK(modeOf(file) == 0600);
  CHECK(os::readFile(file, 100).value() == "content");
  dir.write("plain", "");
  CHECK(os::makePrivateDirs(dir / "plain").error().code == core::ErrorCode::AlreadyExists);
  // Nobody may: the reason is told, not that the folder is missing.
  CHECK(os::makePrivateDirs("/sys/trowel").error().code != core::ErrorCode::NotFound);
  REQUIRE(os::removeTree(dir / "x"));
  CHECK_FALSE(os::pathExists(dir / "x"));
  CHECK(os::removeTree(dir / "x"));
  CHECK(os::removeFile(dir / "x"));
}

TEST_CASE("places follow the XDG variables, where they are absolute") {
  ::setenv("XDG_STATE_HOME", "/s", 1);
  CHECK(os::stateDir() == "/s/trowel");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  ::setenv("HOME", "/home/ada", 1);
  CHECK(os::stateDir() == "/home/ada/.local/state/trowel");
  ::unsetenv("XDG_STATE_HOME");
  ::unsetenv("XDG_RUNTIME_DIR");
  CHECK(os::runtimeDir() == "/home/ada/.local/state/trowel/run");
  CHECK(fs::exists(os::executablePath().value()));
}

TEST_CASE("a lock excludes others, names its holder and ends with it") {
  test::TempDir dir;
  const std::string path = dir / "lock";
  {
    auto first = os::FileLock::tryAcquire(path, os::LockMode::Exclusive, "window 'shop' (pid 1)");
    REQUIRE(first);
    auto second = os::FileLock::tryAcquire(path, os::LockMode::Exclusive, "me");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == core::ErrorCode::Conflict);
    CHECK(second.error().detail == "window 'shop' (pid 1)");
    CHECK(os::FileLock::tryAcquire(path, os::LockMode::Shared).error().code == core::ErrorCode::Conflict);
  }
  auto a = os::FileLock::tryAcquire(path, os::LockMode::Shared);
  auto b = os::FileLock::tryAcquire(path, os::LockMode::Shared);
  CHECK(a);
  CHECK(b);
  CHECK(os::FileLock::holderOf(path) == "window 'shop' (pid 1)");
}

TEST_CASE("waiting for a lock ends when it is cancelled") {
  test::TempDir dir;
  test::ManualClock clock;
  auto first = os::FileLock::tryAcquire(dir / "lock", os::LockMode::Exclusive, "x");
  core::CancelSource source;
  std::thread canceller([&] {
    clock.awaitWaiters(1);
    source.cancel(core::CancelReason::Shutdown);
  });
  auto second = os::FileLock::acquire(dir / "lock", os::LockMode::Exclusive, "y", clock, source.token());
  canceller.join();
  CHECK(second.error().code == core::ErrorCode::Cancelled);
}

TEST_CASE("a directory never leads out of itself") {
  test::TempDir dir;
  dir.write("outside/secret", "s");
  dir.write("root/sub/a", "12");
  fs::create_directory_symlink(dir / "outside", dir / "root/link");
  fs::create_symlink(dir / "outside/secret", dir / "root/file");
  auto root = os::Directory::open(dir / "root").value();
  CHECK(root.read("sub/a", 10).value().bytes == "12");
  CHECK(root.info("sub/a").value().stamp.size == 2);
  CHECK(root.child("sub").value().read("a", 10).value().bytes == "12");
  CHECK(root.read("link/secret", 10).error().code == core::ErrorCode::NotFound);
  CHECK(root.read("file", 10).error().code == core::ErrorCode::NotFound);
  CHECK(root.info("file").value().type == os::FileType::Symlink);
  CHECK(root.child("link").error().code == core::ErrorCode::NotFound);
  for (const char* bad : {"", "..", "../outside/secret", "sub/../sub/a", "/etc/passwd", "sub//a"})
    CHECK(root.read(bad, 10).error().code == core::ErrorCode::InvalidParams);
  auto entries = root.entries().value();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "file");
  CHECK(entries[1].type == os::FileType::Symlink);
  CHECK(entries[2].type == os::FileType::Directory);
  CHECK(root.entries().value().size() == 3);
}

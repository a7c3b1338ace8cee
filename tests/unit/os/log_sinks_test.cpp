// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/log_sinks.hpp"

#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;
namespace fs = std::filesystem;

namespace {

struct SinkGuard {
  ~SinkGuard() { core::setLogSink({}); }
};

}  // namespace

TEST_CASE("the log file is private, limited in size, and one per process") {
  SinkGuard guard;
  test::TempDir dir;
  const os::LogOptions options{.toStderr = false, .dir = dir / "logs", .name = "t", .maxBytes = 1000, .maxFiles = 2};
  const std::string first = os::installLogSinks(options);
  REQUIRE(first == dir / "logs/t-1.log");
  core::logInfo("sync", "hello");
  CHECK(dir.read("logs/t-1.log").find("[info] sync: hello") != std::string::npos);
  CHECK(os::installLogSinks(options) == dir / "logs/t-2.log");  // the first is still in use while this one is set up
  for (int i = 0; i < 200; ++i) core::logInfo("sync", "a line of some length to fill the file");
  std::uintmax_t total = 0;
  for (const auto& entry : fs::directory_iterator(dir / "logs")) {
    total += entry.file_size();
    CHECK((entry.status().permissions() & fs::perms(0077)) == fs::perms::none);
  }
  CHECK(total < 5000);
}

TEST_CASE("a folder that cannot be used costs the file, nothing else") {
  SinkGuard guard;
  test::TempDir dir;
  dir.write("logs", "a file where the folder should be");
  CHECK(os::installLogSinks({.toStderr = false, .dir = dir / "logs"}).empty());
  core::logInfo("sync", "goes nowhere");
}

TEST_CASE("a full disk costs lines, nothing else") {
  SinkGuard guard;
  test::TempDir dir;
  fs::create_directory(dir / "logs");
  fs::permissions(dir / "logs", fs::perms::owner_all);
  fs::create_symlink("/dev/full", dir / "logs/trowel-1.log");
  os::installLogSinks({.toStderr = false, .dir = dir / "logs"});
  for (int i = 0; i < 10; ++i) core::logInfo("sync", std::string(10000, 'x'));
}

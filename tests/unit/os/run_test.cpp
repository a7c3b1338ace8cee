// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/run.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <future>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/poll.hpp"

using namespace trowel;
using namespace trowel::os;
using namespace std::chrono_literals;
using core::ErrorCode;

namespace {

core::Result<RunOutput> sh(const std::string& script, core::Duration timeout = 60s,
                           const core::CancelToken& cancel = {}) {
  return run({.argv = {"sh", "-c", script}, .timeout = timeout, .maxOutput = 1000}, cancel);
}

// A FIFO comes to its end when nobody holds its writing end any more. Death takes a moment to close what was open.
bool endsWithItsWriters(const std::string& fifo) {
  const UniqueFd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  char ignored[64];
  for (;;) {
    const auto count = ::read(reader.get(), ignored, sizeof ignored);
    if (count == 0) return true;
    if (count < 0 && !waitReadable({reader.get()}, 20s)) return false;
  }
}

}  // namespace

TEST_CASE("a program's output and status are collected") {
  auto done = sh("echo out; echo err >&2; exit 3");
  REQUIRE(done);
  CHECK(done->out == "out\n");
  CHECK(done->err == "err\n");
  CHECK(done->status.code == 3);
  CHECK(sh("cat")->out.empty());
}

TEST_CASE("a program that is not there is named") {
  auto failed = run({.argv = {"no-such-program"}}, {});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::NotFound);
}

TEST_CASE("F10: a program that hangs, floods or is not wanted any more ends with all it started") {
  test::TempDir dir;
  const auto fifo = dir / "alive";
  REQUIRE(sh("mkfifo " + fifo)->status.ok());
  // Both hold the FIFO's writing end.
  const auto hold = "exec 3<>" + fifo + "; sh -c 'echo x >&3; exec cat " + dir / "block" + "' & ";
  REQUIRE(sh("mkfifo " + dir / "block")->status.ok());
  SECTION("hangs") {
    auto failed = sh(hold + "wait", 300ms);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::DeadlineExceeded);
    CHECK(failed.error().message == "The program sh did not end in time and was stopped. Run it by hand to see why.");
  }
  SECTION("floods") {
    auto failed = sh(hold + "while :; do echo 0123456789012345678901234567890123456789; done");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::DataLoss);
  }
  SECTION("cancelled") {
    core::CancelSource cancel;
    auto running = std::async(std::launch::async, [&] { return sh(hold + "wait", 60s, cancel.token()); });
    cancel.cancel(core::CancelReason::Client);
    CHECK(running.get().error().code == ErrorCode::Cancelled);
  }
  CHECK(endsWithItsWriters(fifo));
}

TEST_CASE("what a program leaves running holds nobody up") {
  auto done = sh("sleep 1000 & echo done");
  REQUIRE(done);
  CHECK(done->out == "done\n");
}

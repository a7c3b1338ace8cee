// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/process.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/poll.hpp"

using namespace trowel;
using namespace std::chrono_literals;

namespace {

std::string readToEnd(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

os::SpawnOptions shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}, .environment = {}, .cwd = {}, .out = os::Stream::Pipe, .fds = {}};
}

}  // namespace

TEST_CASE("a child gets its arguments, environment, folder and pipes") {
  test::TempDir dir;
  auto options = shell("read x; echo \"$x $WHO $(pwd) $1\"; exit 3");
  options.argv.insert(options.argv.end(), {"name", "two words"});
  options.environment = {{"WHO", "ada"}};
  options.cwd = dir.path();
  options.in = os::Stream::Pipe;
  auto child = os::Process::spawn(options).value();
  REQUIRE(::write(child.in.get(), "hello\n", 6) == 6);
  CHECK(readToEnd(child.out.get()) == "hello ada " + dir.path() + " two words\n");
  auto status = child.wait(os::kForever);
  REQUIRE(status);
  CHECK(status->code == 3);
  CHECK_FALSE(status->ok());
}

TEST_CASE("a child inherits nothing that it was not given") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);  // without O_CLOEXEC, on purpose
  auto options = shell("ls /proc/self/fd | wc -l; echo given >&3");
  options.fds = {ends[1]};
  auto child = os::Process::spawn(options).value();
  // 0, 1, 2, 3 and the one that ls opens itself; 3 is inherited by ls from the shell.
  CHECK(readToEnd(child.out.get()) == "5\n");
  ::close(ends[1]);
  CHECK(readToEnd(ends[0]) == "given\n");
  ::close(ends[0]);
  CHECK(child.wait(os::kForever)->ok());
}

TEST_CASE("a program that is missing is an error, in PATH and by path") {
  CHECK(os::Process::spawn({.argv = {"no-such-program-here"}, .environment = {}, .cwd = {}, .fds = {}}).error().code ==
        core::ErrorCode::NotFound);
  CHECK(os::Process::spawn({.argv = {"/no/such"}, .environment = {}, .cwd = {}, .fds = {}}).error().code ==
        core::ErrorCode::NotFound);
  auto options = shell("true");
  options.cwd = "/no/such";
  CHECK(os::Process::spawn(options).error().code == core::ErrorCode::NotFound);
}

TEST_CASE("killing takes the whole group, and the destructor kills") {
  pid_t pid = 0;
  {
    auto child = os::Process::spawn(shell("sleep 1000 & echo started; wait")).value();
    char byte = 0;
    REQUIRE(::read(child.out.get(), &byte, 1) == 1);
    pid = child.pid();
    CHECK_FALSE(child.wait(0s));
    auto foreign = os::openProcess(pid).value();
    CHECK_FALSE(os::waitReadable({foreign.get()}, 0s));
    child.kill(SIGTERM);
    CHECK(os::waitReadable({foreign.get()}, 60s));
    CHECK(child.wait(os::kForever)->signal == SIGTERM);
    (void)readToEnd(child.out.get());  // ends only because the grandchild is gone too
  }
  {
    auto child = os::Process::spawn(shell("sleep 1000")).value();
    pid = child.pid();
  }
  CHECK(os::openProcess(pid).error().code == core::ErrorCode::NotFound);
}

TEST_CASE("a child has SIGPIPE back to normal") {
  ::signal(SIGPIPE, SIG_IGN);
  auto child = os::Process::spawn(shell("kill -PIPE $$; echo survived")).value();
  CHECK(child.wait(os::kForever)->signal == SIGPIPE);
}

TEST_CASE("a wake descriptor wakes until it is cleared") {
  os::WakeFd wake;
  CHECK_FALSE(os::waitReadable({wake.fd()}, 0s));
  wake.signal();
  wake.signal();
  CHECK(os::waitReadable({-1, wake.fd()}, os::kForever));
  wake.clear();
  CHECK_FALSE(os::waitReadable({wake.fd()}, 0s));
}

// SPDX-License-Identifier: Apache-2.0
// While git works, and while it hangs, everything else goes on.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <thread>

#include "command_context.hpp"
#include "emulator/repos/git.hpp"
#include "support/catch.hpp"
#include "trowel/os/unique_fd.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

// A repository that git never finishes reading: it waits at a pipe that nobody writes to.
struct Hanging {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path / "hanging";
  std::filesystem::path pipe = path / ".git/objects/info/alternates";

  Hanging() {
    auto command = "git init -q -b main '" + path.string() + "' && cd '" + path.string() +
                   "' && echo x > f && git add -A && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false "
                   "commit -q -m x && mkdir -p .git/objects/info >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  }
  // Returns when somebody waits at the pipe; that lets him go on for a moment, until the pipe has no end.
  trowel::os::UniqueFd reached() const { return trowel::os::UniqueFd(::open(pipe.c_str(), O_WRONLY | O_CLOEXEC)); }
};

}  // namespace

TEST_CASE("reads and the stop of the emulator do not wait for a git that hangs") {
  Hanging origin;
  TemporaryFolder data;
  auto emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient client(*emulator);
  const Json wish{
      {"url", origin.path.string()}, {"provider", "gitHub"}, {"path", "/Users/" + emulator->userName() + "/slow"}};
  Reply answer;
  std::thread creator([&] {
    WorkspaceClient other(*emulator);
    answer = other.post("/api/2.0/repos", wish);
  });
  auto held = origin.reached();  // git reads on as long as this is open
  CHECK(client.get("/api/2.0/repos").status == 200);
  CHECK(client.get("/api/2.0/repos/1").status == 404);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Users&return_git_info=true").status == 200);
  emulator->stop();
  creator.join();
  CHECK(answer.status != 200);
  CHECK(std::distance(std::filesystem::directory_iterator(data.path / "git"), {}) == 1);  // nothing is left of it
}

TEST_CASE("git that is told to stop before it begins does not begin") {
  TemporaryFolder folder;
  trowel::core::CancelSource source;
  Git git(folder.path / "git", source.token());
  CHECK(git.run({.metadata = git.newMetadata()}, {"--version"}));
  source.cancel(trowel::core::CancelReason::Shutdown);
  CHECK(git.run({.metadata = git.newMetadata()}, {"--version"}).error().code == trowel::core::ErrorCode::Cancelled);
}

// SPDX-License-Identifier: Apache-2.0
// A cloned repository is somebody else's: git must not run its hooks, filters or helpers, ask anybody for anything, or
// read what our user has configured. So it gets an empty environment, one configuration of ours in place of the user's
// and the system's, and no protocol but files.
#include "emulator/repos/git.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/process.hpp"

namespace trowel::emulator {

namespace {

constexpr auto kLimit = std::chrono::minutes(10);
constexpr std::size_t kMaxOutput = 16UL * 1024 * 1024;

// Symbolic links could lead out of the workspace, and the service has none.
constexpr std::string_view kConfiguration =
    "[core]\n"
    "\thooksPath = /dev/null\n"
    "\tattributesFile = /dev/null\n"
    "\texcludesFile = /dev/null\n"
    "\tfsmonitor = false\n"
    "\tsymlinks = false\n"
    "\tautocrlf = false\n"
    "\tuntrackedCache = false\n"
    "[protocol]\n"
    "\tallow = never\n"
    "[protocol \"file\"]\n"
    "\tallow = always\n"
    "[safe]\n"
    "\tdirectory = *\n"
    "[gc]\n"
    "\tauto = 0\n"
    "[maintenance]\n"
    "\tauto = false\n"
    "[advice]\n"
    "\tdetachedHead = false\n"
    "[fetch]\n"
    "\trecurseSubmodules = false\n"
    "[init]\n"
    "\tdefaultBranch = main\n"
    "[user]\n"
    "\tname = Trowel emulator\n"
    "\temail = emulator@localhost\n";

// Takes what has come; false at the end.
bool readSome(int fd, std::string& into) {
  char block[16 * 1024];
  auto count = ::read(fd, block, sizeof block);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (into.size() < kMaxOutput) into.append(block, static_cast<std::size_t>(count));
  return count > 0;
}

enum class Ending : std::uint8_t { Itself, TooLate, Stopped };

// Both at once: a child that waits for us to read the one never ends the other.
Ending readBoth(os::Process& process, std::string& output, std::string& problems, const core::CancelToken& stopped) {
  os::UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  auto registration = stopped.onCancel([&] { ::eventfd_write(stop.get(), 1); });
  pollfd fds[] = {{.fd = process.out.get(), .events = POLLIN, .revents = 0},
                  {.fd = process.err.get(), .events = POLLIN, .revents = 0},
                  {.fd = stop.get(), .events = POLLIN, .revents = 0}};
  std::string* texts[] = {&output, &problems};
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    int ready = ::poll(fds, 3, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (fds[2].revents != 0) return Ending::Stopped;
    if (ready <= 0) return Ending::TooLate;
    for (int i = 0; i < 2; ++i)
      if (fds[i].revents != 0 && !readSome(fds[i].fd, *texts[i])) fds[i].fd = -1;  // poll skips it from now on
  }
  return Ending::Itself;
}

}  // namespace

core::Result<std::string> localRepository(const std::string& url) {
  if (url.starts_with('/')) return url;
  if (url.starts_with("file://"))
    if (auto path = core::uriToPath(url)) return *path;
  return core::fail(core::ErrorCode::NotFound,
                    "the Trowel emulator reaches only repositories on its own machine. Give a file:// URL or an "
                    "absolute path.");
}

Git::Git(std::filesystem::path home, core::CancelToken stopped) : home_(std::move(home)), stopped_(std::move(stopped)) {
  std::error_code problem;
  std::filesystem::create_directories(home_, problem);
  // Where it fails, git says so at its first command.
  if (auto written = os::replaceFile((home_ / "config").string(), kConfiguration); !written)
    core::logError("emulator", core::describe(written.error()));
}

std::filesystem::path Git::newMetadata() const { return metadata(core::randomHex(16)); }

core::Result<std::string> Git::run(const Repository& repository, std::vector<std::string> arguments) const {
  const char* path = std::getenv("PATH");
  os::SpawnOptions options;
  options.argv = {"env",
                  "-i",
                  std::string("PATH=") + (path ? path : "/usr/local/bin:/usr/bin:/bin"),
                  "HOME=" + home_.string(),
                  "LC_ALL=C.UTF-8",
                  "GIT_CONFIG_NOSYSTEM=1",
                  "GIT_ATTR_NOSYSTEM=1",
                  "GIT_CONFIG_GLOBAL=" + (home_ / "config").string(),
                  "GIT_TERMINAL_PROMPT=0",
                  "GIT_ASKPASS=false",
                  "git",
                  "--git-dir=" + repository.metadata.string()};
  if (!repository.files.empty()) options.argv.push_back("--work-tree=" + repository.files.string());
  options.argv.insert(options.argv.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
  options.cwd = repository.files.empty() ? home_.string() : repository.files.string();
  options.out = os::Stream::Pipe;
  options.err = os::Stream::Pipe;
  auto process = TROWEL_TRY(os::Process::spawn(options));
  std::string output;
  std::string problems;
  auto ending = readBoth(process, output, problems, stopped_);
  // Its helpers go with it: they are of its process group.
  if (ending == Ending::Stopped) return core::fail(core::ErrorCode::Cancelled, "The emulator stops.");
  auto status = ending == Ending::Itself ? process.wait(std::chrono::seconds(10)) : std::nullopt;
  if (!status) return core::fail(core::ErrorCode::DeadlineExceeded, "git did not end in time.");
  if (status->ok()) return output;
  if (status->code == 127) return core::fail(core::ErrorCode::Unavailable, "git is not installed. Install it first.");
  auto said = core::replaceAll(core::replaceAll(problems, repository.metadata.string(), "<repository>"),
                               repository.files.empty() ? "\n\n\n" : repository.files.string(), "<folder>");
  return core::fail(core::ErrorCode::Conflict, std::string(core::trim(core::toValidUtf8(said))));
}

}  // namespace trowel::emulator

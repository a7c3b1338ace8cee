// SPDX-License-Identifier: Apache-2.0
// Between fork and exec the child of a program with threads may only call async-signal-safe functions: everything that
// allocates (argv, environment, the search in PATH) is done before the fork, and what goes wrong after it travels as an
// errno through a pipe that exec closes.
#include "trowel/os/process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "trowel/core/text.hpp"
#include "trowel/os/places.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/system_error.hpp"

extern char** environ;

namespace trowel::os {

namespace {

// Above every number that the child's own descriptors get, so that dup2 never overwrites one it still needs.
constexpr int kFirstSpareFd = 64;

std::string findProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string path = environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (auto dir : core::split(path, ':')) {
    if (dir.empty()) continue;
    std::string candidate = std::string(dir) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

std::vector<std::string> environmentOf(const SpawnOptions& options) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    auto name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& added : options.environment) replaced = replaced || added.first == name;
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointersTo(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

struct ChildPlan {
  const char* program;
  char* const* argv;
  char* const* env;
  const char* cwd;
  const int* fds;  // becomes 0, 1, 2, …; -1 leaves the number as it is
  int fdCount;
  int errorPipe;
  bool dieWithThread;
  pid_t parent;
};

[[noreturn]] void reportAndExit(int pipe) {
  const int number = errno;
  if (::write(pipe, &number, sizeof number) < 0) ::_exit(126);
  ::_exit(127);
}

[[noreturn]] void runChild(const ChildPlan& plan) {
  ::setpgid(0, 0);
  if (plan.dieWithThread) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) ::_exit(126);  // the parent died before the request stood
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (int target = 0; target < plan.fdCount; ++target) {
    if (plan.fds[target] >= 0 && ::dup2(plan.fds[target], target) < 0) reportAndExit(plan.errorPipe);
  }
  const auto first = static_cast<unsigned>(plan.fdCount);
  if (::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    for (int fd = plan.fdCount; fd < 65536; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (*plan.cwd != '\0' && ::chdir(plan.cwd) != 0) reportAndExit(plan.errorPipe);
  ::execve(plan.program, plan.argv, plan.env);
  reportAndExit(plan.errorPipe);
}

// A copy far above the child's numbers, closed in every other child.
core::Result<UniqueFd> spare(int fd) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstSpareFd));
  if (!copy) return failErrno(errno, "Cannot start a program");
  return copy;
}

// The child's end, and ours for a pipe.
core::Result<std::pair<UniqueFd, UniqueFd>> openStream(Stream kind, int number) {
  if (kind == Stream::Inherit) return std::pair(TROWEL_TRY(spare(number)), UniqueFd());
  if (kind == Stream::Null) {
    UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) return failErrno(errno, "Cannot open /dev/null");
    return std::pair(TROWEL_TRY(spare(null.get())), UniqueFd());
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failErrno(errno, "Cannot make a pipe");
  UniqueFd readEnd(ends[0]);
  UniqueFd writeEnd(ends[1]);
  if (number == 0) return std::pair(TROWEL_TRY(spare(readEnd.get())), std::move(writeEnd));
  return std::pair(TROWEL_TRY(spare(writeEnd.get())), std::move(readEnd));
}

// glibc 2.36 declares pidfd_open without C linkage.
int openPidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

ExitStatus toStatus(int waited) {
  if (WIFSIGNALED(waited)) return {-1, WTERMSIG(waited)};
  return {WEXITSTATUS(waited), 0};
}

}  // namespace

core::Result<Process> Process::spawn(const SpawnOptions& options) {
  if (options.argv.empty()) return core::fail(core::ErrorCode::InvalidParams, "No program to start was named.");
  const std::string program = findProgram(options.argv.front());
  if (program.empty())
    return core::fail(core::ErrorCode::NotFound,
                      "The program " + options.argv.front() + " is not installed, or not in PATH.");
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> variables = environmentOf(options);
  const auto argv = pointersTo(arguments);
  const auto env = pointersTo(variables);

  auto [childIn, in] = TROWEL_TRY(openStream(options.in, 0));
  auto [childOut, out] = TROWEL_TRY(openStream(options.out, 1));
  auto [childErr, err] = TROWEL_TRY(openStream(options.err, 2));
  std::vector<UniqueFd> extra;
  std::vector<int> fds{childIn.get(), childOut.get(), childErr.get()};
  for (int fd : options.fds) {
    extra.push_back(TROWEL_TRY(spare(fd)));
    fds.push_back(extra.back().get());
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failErrno(errno, "Cannot make a pipe");
  UniqueFd errorRead(ends[0]);
  UniqueFd errorWrite(ends[1]);
  UniqueFd errorSpare = TROWEL_TRY(spare(errorWrite.get()));
  errorWrite.reset();

  const ChildPlan plan{program.c_str(),  argv.data(),
                       env.data(),       options.cwd.c_str(),
                       fds.data(),       static_cast<int>(fds.size()),
                       errorSpare.get(), options.dieWithThread,
                       ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return failErrno(errno, "Cannot start " + program);
  if (pid == 0) runChild(plan);
  ::setpgid(pid, pid);  // in both, so that neither runs before it is done

  Process process;
  process.pid_ = pid;
  process.exitFd_ = UniqueFd(openPidfd(pid));
  process.in = std::move(in);
  process.out = std::move(out);
  process.err = std::move(err);
  errorSpare.reset();
  int number = 0;
  ssize_t got = 0;
  while ((got = ::read(errorRead.get(), &number, sizeof number)) < 0 && errno == EINTR) {
  }
  if (got == sizeof number) return failErrno(number, "Cannot start " + program);
  return process;
}

Process::Process(Process&& other) noexcept
    : in(std::move(other.in)),
      out(std::move(other.out)),
      err(std::move(other.err)),
      pid_(std::exchange(other.pid_, -1)),
      exitFd_(std::move(other.exitFd_)),
      status_(other.status_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  finish();
  in = std::move(other.in);
  out = std::move(other.out);
  err = std::move(other.err);
  pid_ = std::exchange(other.pid_, -1);
  exitFd_ = std::move(other.exitFd_);
  status_ = other.status_;
  return *this;
}

Process::~Process() { finish(); }

void Process::finish() {
  if (pid_ < 0) return;
  // The group may hold grandchildren even where the child itself has ended, so it is told before the child is reaped.
  if (!status_) ::kill(-pid_, SIGKILL);
  wait(kForever);
  pid_ = -1;
}

std::optional<ExitStatus> Process::poll() {
  if (status_ || pid_ < 0) return status_;
  int waited = 0;
  const pid_t reaped = ::waitpid(pid_, &waited, WNOHANG);
  if (reaped == pid_) status_ = toStatus(waited);
  if (reaped < 0 && errno == ECHILD) status_ = ExitStatus{-1, 0};  // somebody else reaped it
  return status_;
}

std::optional<ExitStatus> Process::wait(core::Duration timeout) {
  if (poll() || pid_ < 0) return status_;
  if (exitFd_) {
    if (!waitReadable({exitFd_.get()}, timeout)) return std::nullopt;
    return poll();
  }
  int waited = 0;  // no descriptor was left for a pidfd: wait the old way
  if (timeout == kForever && ::waitpid(pid_, &waited, 0) == pid_) status_ = toStatus(waited);
  return status_;
}

void Process::kill(int signal) {
  if (pid_ > 0 && !status_) ::kill(-pid_, signal);
}

void Process::detach() { pid_ = -1; }

core::Result<UniqueFd> openProcess(pid_t pid) {
  UniqueFd fd(openPidfd(pid));
  if (!fd && errno == ESRCH) return core::fail(core::ErrorCode::NotFound, "No process " + std::to_string(pid) + ".");
  if (!fd) return failErrno(errno, "Cannot watch process " + std::to_string(pid));
  return fd;
}

}  // namespace trowel::os

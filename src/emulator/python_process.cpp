// SPDX-License-Identifier: Apache-2.0
// The child has its own process group, so that a signal reaches what user code started as well. It speaks over a
// socket that its own children do not inherit: user code may print, close or redirect whatever it likes. It ends with
// us in three ways: on request, when its socket closes, and by the kernel (PR_SET_PDEATHSIG) where we were killed.
#include "emulator/python_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace trowel::emulator {

namespace {

constexpr int kDriverFd = 3;  // the driver's end of the socket, in the child
constexpr std::size_t kMaxLine = 256UL * 1024 * 1024;
constexpr const char* kBootstrap =
    "import sys; sys.path.insert(0, sys.argv[1]); from trowel_cluster.driver import main; main(sys.argv[2])";

// User code gets a small environment: none of our user's secrets, no settings that change how Python behaves.
std::vector<std::string> environment() {
  std::vector<std::string> variables = {"PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8",
                                        "MPLBACKEND=module://trowel_cluster.plots", "LC_ALL=C.UTF-8",
                                        "DATABRICKS_RUNTIME_VERSION=15.4"};
  for (const char* name : {"PATH", "HOME", "USER", "TMPDIR", "TZ", "XDG_CACHE_HOME"})
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Whether the interpreter runs and has the libraries: exit status 0 with them, 3 without.
int probe(const std::string& interpreter) {
  std::vector<std::string> arguments = {
      interpreter, "-c",
      "import sys, importlib.util as u; sys.exit(0 if u.find_spec('pandas') and u.find_spec('matplotlib') else 3)"};
  auto variables = environment();
  auto argv = pointers(arguments);
  auto envp = pointers(variables);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  int problem = posix_spawn(&pid, interpreter.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) return -1;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> candidates() {
  std::vector<std::string> found = {"/usr/bin/python3"};
  const char* path = std::getenv("PATH");
  std::string folders = path ? path : "/usr/local/bin:/usr/bin:/bin";
  std::size_t start = 0;
  while (start <= folders.size()) {
    auto end = std::min(folders.find(':', start), folders.size());
    if (end > start) found.push_back(folders.substr(start, end - start) + "/python3");
    start = end + 1;
  }
  std::erase_if(found, [](const std::string& file) { return ::access(file.c_str(), X_OK) != 0; });
  return found;
}

core::Result<std::string> searchPython() {
  std::string fallback;
  for (const auto& file : candidates()) {
    int answer = probe(file);
    if (answer == 0) return file;
    if (answer == 3 && fallback.empty()) fallback = file;
  }
  if (!fallback.empty()) return fallback;
  return core::fail(core::ErrorCode::NotFound,
                    "No python3 was found, so the emulator cannot run commands. Install python3 (and python3-pandas "
                    "and python3-matplotlib for tables and plots).");
}

// From here to execve only async-signal-safe calls: other threads may have held any lock at the fork.
[[noreturn]] void becomePython(const char* interpreter, char* const* argv, char* const* envp, const char* work,
                               int socket, pid_t parent, const rlimit& memory) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the line above
  int null = ::open("/dev/null", O_RDWR);
  int driver = ::fcntl(socket, F_DUPFD, 10);  // out of the way of the descriptors set below
  ::dup2(null, 0);
  ::dup2(null, 1);
  ::dup2(null, 2);
  ::dup2(driver, kDriverFd);
  ::syscall(SYS_close_range, kDriverFd + 1, ~0U, 0);
  const rlimit noCore{0, 0};
  ::setrlimit(RLIMIT_CORE, &noCore);
  ::setrlimit(RLIMIT_DATA, &memory);
  // Where memory runs out all the same, the kernel should take user code rather than the editor.
  int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) {
    [[maybe_unused]] auto written = ::write(score, "600", 3);
    ::close(score);
  }
  for (int number : {SIGINT, SIGPIPE, SIGTERM, SIGCHLD, SIGHUP}) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(work) != 0) ::_exit(126);
  ::execve(interpreter, argv, envp);
  ::_exit(127);
}

}  // namespace

core::Result<std::string> findPython() {
  static const core::Result<std::string> found = searchPython();
  return found;
}

core::Result<std::unique_ptr<PythonProcess>> PythonProcess::start(const PythonSetup& setup) {
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0)
    return core::fail(core::ErrorCode::Internal, "No socket for a python3 process can be made.", std::strerror(errno));
  std::vector<std::string> arguments = {setup.interpreter, "-c", kBootstrap, setup.modules.string(),
                                        setup.configuration};
  auto variables = environment();
  auto argv = pointers(arguments);
  auto envp = pointers(variables);
  const std::string work = setup.work.string();
  const rlim_t machine = static_cast<rlim_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
  const rlimit memory{machine, machine};
  const pid_t self = ::getpid();

  pid_t pid = ::fork();
  if (pid == 0)
    becomePython(setup.interpreter.c_str(), argv.data(), envp.data(), work.c_str(), sockets[1], self, memory);
  int problem = errno;
  ::close(sockets[1]);
  if (pid < 0) {
    ::close(sockets[0]);
    return core::fail(core::ErrorCode::Internal, "No python3 process can be started.", std::strerror(problem));
  }
  ::setpgid(pid, pid);  // as the child does: whoever comes first, before anybody signals the group
  int pidFd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  return std::unique_ptr<PythonProcess>(new PythonProcess(pid, pidFd, sockets[0]));
}

PythonProcess::~PythonProcess() {
  kill();
  reap();
  if (pidFd_ >= 0) ::close(pidFd_);
  ::close(socket_);
}

bool PythonProcess::send(std::string_view line) {
  std::string bytes = std::string(line) + "\n";
  std::string_view rest = bytes;
  while (!rest.empty()) {
    auto count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> PythonProcess::receive() {
  std::size_t searched = 0;
  while (true) {
    auto end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    searched = buffer_.size();
    if (searched > kMaxLine || !readMore()) {
      kill();  // children of the process that hold its socket, and a driver that talks nonsense
      reap();
      return std::nullopt;
    }
  }
}

// Waits for bytes or the end of the process: a forked child may keep the socket open after it.
bool PythonProcess::readMore() {
  std::array<pollfd, 2> waiting = {pollfd{socket_, POLLIN, 0}, pollfd{pidFd_, POLLIN, 0}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {
  }
  if (waiting[0].revents == 0) return false;
  char block[64 * 1024];
  ssize_t count = 0;
  while ((count = ::recv(socket_, block, sizeof block, 0)) < 0 && errno == EINTR) {
  }
  if (count <= 0) return false;
  buffer_.append(block, static_cast<std::size_t>(count));
  return true;
}

std::string PythonProcess::ending() const {
  std::lock_guard lock(mutex_);
  if (WIFSIGNALED(status_)) return std::string("it was killed by the signal ") + ::sigabbrev_np(WTERMSIG(status_));
  if (WIFEXITED(status_)) return "it exited with status " + std::to_string(WEXITSTATUS(status_));
  return "it ended";
}

void PythonProcess::interrupt() {
  std::lock_guard lock(mutex_);
  if (!reaped_) ::kill(-pid_, SIGINT);
}

void PythonProcess::kill() {
  std::lock_guard lock(mutex_);
  if (!reaped_) ::kill(-pid_, SIGKILL);
}

void PythonProcess::reap() {
  std::lock_guard lock(mutex_);
  if (reaped_) return;
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

}  // namespace trowel::emulator

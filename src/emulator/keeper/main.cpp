// SPDX-License-Identifier: Apache-2.0
// keeper PROGRAM ARGUMENT...: runs a program, and sees to it that nothing which the program started outlives it or the
// process that started us. A program of its own, because only a parent can do that: children that leave the process
// group (setsid) and lose their parent are handed to the nearest ancestor that asks for them
// (PR_SET_CHILD_SUBREAPER), and that one must have no children but these.
//
// SIGINT goes on to the program and its group. SIGTERM, the death of our parent and the end of the program kill all
// that is left; we then end as the program did. Limits of resources are set here too, before the program runs.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

constexpr rlim_t kMaxFiles = 16384;
constexpr unsigned kPatience = 5;  // seconds for killed processes to be gone: those of another user never are

void limit(int resource, rlim_t most) {
  rlimit now{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
  now.rlim_cur = now.rlim_max = most;
  setrlimit(static_cast<__rlimit_resource>(resource), &now);
}

// The beginning of a file of /proc or /sys, with a zero at its end; false where there is none.
template <size_t Size>
bool readBeginning(const char* path, char (&text)[Size]) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t size = read(file, text, Size - 1);
  close(file);
  if (size <= 0) return false;
  text[size] = '\0';
  return true;
}

// The number that stands behind `name` in such a file; 0 where there is none.
rlim_t numberIn(const char* path, const char* name) {
  char text[4096];
  if (!readBeginning(path, text)) return 0;
  const char* line = strstr(text, name);
  return line ? strtoull(line + strlen(name), nullptr, 10) : 0;
}

// What one program may have: three quarters of the machine's memory (the container's, where that is less), and of what
// is free now all but a gigabyte. Enough to import pandas in any case. More fails there, as MemoryError, while the
// machine goes on; the kernel would choose only when all of it suffers.
rlim_t memoryLimit() {
  constexpr rlim_t kGiB = rlim_t{1} << 30;
  rlim_t whole = static_cast<rlim_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  for (const char* group : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
    if (rlim_t most = numberIn(group, ""); most != 0 && most < whole) whole = most;
  rlim_t limit = whole / 4 * 3;
  if (rlim_t available = numberIn("/proc/meminfo", "MemAvailable:") * 1024; available != 0)
    if (rlim_t most = available > kGiB ? available - kGiB : 0; most < limit) limit = most;
  return limit > kGiB ? limit : kGiB;
}

// They keep a mistake from taking the machine along; no security boundary. RLIMIT_NPROC is left alone: it counts all
// processes of the user, so that a small number would refuse the first one.
void setLimits() {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kMaxFiles);
  limit(RLIMIT_DATA, memoryLimit());
  // Where memory runs out all the same, the kernel should take user code rather than the editor.
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, "600", 3) < 0) errno = 0;  // some containers do not allow it
  close(file);
}

[[noreturn]] void runProgram(char** argv, pid_t keeper, const sigset_t& mask) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(126);  // it died before the request stood
  setLimits();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  execv(argv[0], argv);
  _exit(127);
}

// The parent of a process, by /proc; 0 where that is gone.
pid_t parentOf(const char* pid) {
  char path[64];
  char text[512];
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  if (!readBeginning(path, text)) return 0;
  const char* end = strrchr(text, ')');  // of the name, which may hold anything
  // Behind the name: a blank, the letter of the state, a blank, the parent.
  return end && strlen(end) > 4 ? static_cast<pid_t>(strtol(end + 4, nullptr, 10)) : 0;
}

void killChildren() {
  DIR* folder = opendir("/proc");
  if (!folder) return;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (parentOf(entry->d_name) == getpid()) kill(static_cast<pid_t>(strtol(entry->d_name, nullptr, 10)), SIGKILL);
  }
  closedir(folder);
}

// Children of those that die become ours, so that in the end there is none. Returns how the program ended.
int endAll(pid_t program) {
  alarm(kPatience);
  int status = 0;
  kill(-program, SIGKILL);
  waitpid(program, &status, 0);
  while (true) {
    pid_t pid = waitpid(-1, nullptr, WNOHANG);  // mostly there is none, and nobody needs to be looked for
    if (pid == 0) {
      killChildren();
      pid = waitpid(-1, nullptr, 0);
    }
    if (pid < 0 && errno == ECHILD) return status;
  }
}

// Reaps orphans that have ended. True once the program has, which stays for endAll: until it is reaped its number,
// which is its group's too, is nobody else's.
bool reap(pid_t program) {
  while (true) {
    siginfo_t ended{};
    if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return false;
    if (ended.si_pid == program) return true;
    waitpid(ended.si_pid, nullptr, 0);
  }
}

[[noreturn]] void endLike(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  signal(WTERMSIG(status), SIG_DFL);
  sigset_t its;  // and no other: the SIGTERM that asked us to end may still wait
  sigemptyset(&its);
  sigaddset(&its, WTERMSIG(status));
  sigprocmask(SIG_UNBLOCK, &its, nullptr);
  kill(getpid(), WTERMSIG(status));
  _exit(128 + WTERMSIG(status));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  limit(RLIMIT_CORE, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, &before);

  const pid_t keeper = getpid();
  const pid_t program = fork();
  if (program < 0) return 126;
  if (program == 0) runProgram(argv + 1, keeper, before);
  setpgid(program, program);
  syscall(SYS_close_range, 3U, ~0U, 0U);  // what is the program's ends with it

  while (true) {
    int signal = sigwaitinfo(&signals, nullptr);
    if (signal == SIGINT) kill(-program, SIGINT);
    if (signal == SIGTERM || reap(program)) endLike(endAll(program));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Child processes that never outlive what they are for, and news of the death of others.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

enum class Stream : std::uint8_t { Null, Pipe, Inherit };

struct SpawnOptions {
  std::vector<std::string> argv;                                 // argv[0]: a path, or a name to find in PATH
  std::vector<std::pair<std::string, std::string>> environment;  // added to ours, or in place of ours
  std::string cwd;                                               // empty: ours
  Stream in = Stream::Null;
  Stream out = Stream::Null;  // never Inherit in the daemon: its stdout carries frames
  Stream err = Stream::Inherit;
  std::vector<int> fds;       // open in the child as 3, 4, …; every other descriptor is closed there
  bool dieWithThread = true;  // SIGKILL when the thread that spawned it ends, however it ends (PR_SET_PDEATHSIG)
};

struct ExitStatus {
  int code = 0;    // exit code; -1 where a signal ended it
  int signal = 0;  // the signal, or 0
  bool ok() const { return code == 0 && signal == 0; }
};

// A child in a process group of its own. The destructor kills the group and reaps. One thread at a time.
class Process {
 public:
  // NotFound where the program is missing. Signals ignored here (SIGPIPE) are back to normal in the child.
  static core::Result<Process> spawn(const SpawnOptions& options);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  // Our ends of the pipes; without value where none was asked for. Move out what another object shall own.
  UniqueFd in, out, err;

  // Becomes readable when the child has ended.
  int exitFd() const { return exitFd_.get(); }
  // The status once it has ended.
  std::optional<ExitStatus> poll();
  // Waits at most `timeout`; os::kForever waits as long as it takes.
  std::optional<ExitStatus> wait(core::Duration timeout);
  // To the whole group; nothing where the child was reaped already.
  void kill(int signal);
  // Lets it live on without us. Only sensible without dieWithThread.
  void detach();

 private:
  Process() = default;
  void finish();

  pid_t pid_ = -1;
  UniqueFd exitFd_;
  std::optional<ExitStatus> status_;
};

// A descriptor that becomes readable when that process ends (pidfd_open(2)); NotFound where there is none now.
core::Result<UniqueFd> openProcess(pid_t pid);

}  // namespace trowel::os

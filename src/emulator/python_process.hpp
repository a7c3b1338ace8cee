// SPDX-License-Identifier: Apache-2.0
// One python3 that executes commands: started, spoken to over a private socket, interrupted, killed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::emulator {

// The python3 to run: one that has pandas and matplotlib, /usr/bin/python3 first; else any. NotFound, with a way out,
// where there is none. Looks once per process; takes some 20 ms then. Any thread.
core::Result<std::string> findPython();

struct PythonSetup {
  std::string interpreter;
  std::filesystem::path modules;  // the folder that holds the package trowel_cluster
  std::filesystem::path work;     // current directory of user code
  std::string configuration;      // JSON, handed to the driver as its argument
};

class PythonProcess {
 public:
  // On the thread that will outlive the process: the kernel ends a child when the thread that made it is gone.
  static core::Result<std::unique_ptr<PythonProcess>> start(const PythonSetup& setup);

  ~PythonProcess();  // kill()
  PythonProcess(const PythonProcess&) = delete;
  PythonProcess& operator=(const PythonProcess&) = delete;

  // One line to the driver; false where the process is gone. One thread.
  bool send(std::string_view line);
  // The next line of the driver; nothing when the process has ended. Blocks. One thread.
  std::optional<std::string> receive();
  // How it ended, for people. After receive() returned nothing.
  std::string ending() const;

  // SIGINT, or SIGKILL, to the process and everything that it started. Any thread.
  void interrupt();
  void kill();

 private:
  PythonProcess(pid_t pid, int pidFd, int socket) : pid_(pid), pidFd_(pidFd), socket_(socket) {}
  bool readMore();
  void reap();

  const pid_t pid_;
  const int pidFd_;
  const int socket_;
  std::string buffer_;
  mutable std::mutex mutex_;  // guards what follows, and that no signal goes to a pid that was given away again
  bool reaped_ = false;
  int status_ = 0;
};

}  // namespace trowel::emulator

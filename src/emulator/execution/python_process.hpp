// SPDX-License-Identifier: Apache-2.0
// One python3 that executes commands: started, spoken to over a private socket, interrupted, killed.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/process.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

struct PythonSetup {
  std::string interpreter;
  std::string modules;        // the folder that holds the package trowel_cluster, and the keeper
  std::string work;           // current directory of user code
  std::string configuration;  // JSON for the driver's main(); may hold a token
  std::vector<std::pair<std::string, std::string>> environment = {};  // besides ours; see UserPaths
};

class PythonProcess {
 public:
  // On the thread that will outlive the process: the kernel ends a child when the thread that made it is gone.
  static core::Result<std::unique_ptr<PythonProcess>> start(const PythonSetup& setup);

  // One line to the driver: a request, which ends an interrupt that was meant for the one before, or the answer to a
  // question of the driver. False where the process is gone. One thread.
  bool request(std::string_view line);
  bool answer(std::string_view line);
  // The next line of the driver; nothing when the process has ended. Blocks. One thread.
  std::optional<std::string> receive();
  // How it ended, for people. After receive() returned nothing.
  std::string ending();

  ~PythonProcess();  // kill(), and waits until all of it is gone

  // SIGINT to the process and its group; or the end of it and everything that it started, wherever that has gone. Any
  // thread. The interrupt is repeated until the driver answers: one that comes just before a system call that blocks
  // does not end the call.
  void interrupt();
  void kill();

 private:
  PythonProcess(os::Process process, os::UniqueFd socket) : socket_(std::move(socket)), process_(std::move(process)) {}
  bool readMore();
  void sendInterrupt();

  os::UniqueFd socket_;
  std::string buffer_;
  std::atomic<bool> interrupted_ = false;  // since the last request
  os::WakeFd wake_;                        // tells receive() that it is
  std::mutex mutex_;                       // guards process_
  os::Process process_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The shell as an editor: a daemon on one end of a socket pair, and on the other a client that asks for its user. So a
// shell user and an editor get the same answers by the same path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "folder_connection.hpp"
#include "options.hpp"
#include "stdio.hpp"
#include "trowel/core/json.hpp"
#include "trowel/os/unique_fd.hpp"
#include "trowel/rpc/framing.hpp"

namespace trowel::app {

struct ShellOptions {
  std::string folder;        // absolute
  std::string profile;       // --profile; empty: as connectionOf() says
  std::string name;          // of the subcommand, for others that wait for a lock of ours
  bool withSignals = false;  // SIGINT, SIGTERM and SIGHUP end the conversation instead of the process
};

class Shell {
 public:
  // Starts the daemon and initializes the conversation. Fails where there are no file descriptors left.
  static core::Result<std::unique_ptr<Shell>> start(const ShellOptions& options);
  ~Shell();  // shutdown and exit
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // What the folder is connected with.
  const FolderConnection& connection() const { return connection_; }

  // One request and its result. Progress goes to stderr.
  core::Result<core::Json> request(const std::string& method, const core::Json& params);

  // What the daemon tells besides, while a request or listen() runs.
  std::function<void(const std::string& method, const core::Json& params)> onNotification;
  // Returns when the daemon has ended, by a signal for instance.
  void listen();

 private:
  Shell(const ShellOptions& options, os::UniqueFd ours, os::UniqueFd theirs);
  void send(const core::Json& message);
  // The reply to request `id`; null where the daemon ended first.
  core::Json receiveUntil(int id);
  void handle(const core::Json& message);

  os::UniqueFd ours_;
  os::UniqueFd theirs_;
  FolderConnection connection_;
  std::unique_ptr<core::Json> fileSettings_;  // the folder's settings.json
  std::unique_ptr<core::Json> settings_;      // the section trowel of it
  std::unique_ptr<Daemon> daemon_;
  Stdio stdio_;
  std::thread server_;
  rpc::FrameReader frames_;
  int nextId_ = 0;
};

}  // namespace trowel::app

// SPDX-License-Identifier: Apache-2.0
// The demo workspace: one emulator for all windows of a user, started with the first and ended with the last.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/os/file_lock.hpp"

namespace trowel::connection {

struct LocalEndpoint {
  std::string host;
  core::SecretString token;
};

// How an emulator tells where it listens: a private file with host, token and pid, replaced atomically. It counts for
// as long as the lock is held, however the emulator ends. Conflict where another one lives that wrote the same file.
core::Result<os::FileLock> writeEndpointFile(const std::string& path, const LocalEndpoint& endpoint);
// NotFound where whoever wrote it lives no more.
core::Result<LocalEndpoint> readEndpointFile(const std::string& path);

// Every process that uses the demo holds a shared lock on one file; the emulator waits for the exclusive one and ends
// when it gets it. The kernel drops the locks of whoever dies, so nothing is counted and nothing is left over.
class DemoWorkspace {
 public:
  // `folder` holds lock, endpoint and log; `executable` is Trowel's own.
  DemoWorkspace(std::string folder, std::string executable, core::Clock& clock);
  ~DemoWorkspace();
  DemoWorkspace(const DemoWorkspace&) = delete;
  DemoWorkspace& operator=(const DemoWorkspace&) = delete;

  // The running emulator, or a new one. Blocks up to 15 s. Any thread.
  core::Result<LocalEndpoint> ensureRunning(const core::CancelToken& cancel);

  // What the emulator side waits on: `trowel emulator --while-used LOCK`.
  static std::string lockPath(const std::string& folder) { return folder + "/users.lock"; }
  static std::string endpointPath(const std::string& folder) { return folder + "/endpoint.json"; }

 private:
  core::Result<LocalEndpoint> start(const core::CancelToken& cancel);

  struct State;
  const std::string folder_;
  const std::string executable_;
  core::Clock& clock_;
  std::mutex mutex_;  // guards state_
  std::unique_ptr<State> state_;
};

}  // namespace trowel::connection

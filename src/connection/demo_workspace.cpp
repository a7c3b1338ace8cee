// SPDX-License-Identifier: Apache-2.0
// Two locks: users.lock is held shared by every user of the demo for as long as it lives; start.lock is held
// exclusively while somebody looks whether an emulator runs or starts one, so that two windows never start two.
//
// A user takes users.lock before it looks. While an emulator is on its way out it holds users.lock exclusively, so the
// user waits for its end, finds no endpoint and starts a new one.
#include "trowel/connection/demo_workspace.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/process.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Result;

constexpr auto kStartPatience = std::chrono::seconds(15);

// Held by who wrote the endpoint file. A process id would not do: it may be a zombie's, or another program's by now.
std::string lifeLockPath(const std::string& endpointPath) { return endpointPath + ".lock"; }

}  // namespace

Result<os::FileLock> writeEndpointFile(const std::string& path, const LocalEndpoint& endpoint) {
  auto living = TROWEL_TRY(os::FileLock::tryAcquire(lifeLockPath(path), os::LockMode::Exclusive));
  core::Json json{{"host", endpoint.host}, {"token", endpoint.token.reveal()}, {"pid", getpid()}};
  TROWEL_TRY(os::replaceFile(path, core::dumpJson(json), 0600));
  return living;
}

Result<LocalEndpoint> readEndpointFile(const std::string& path) {
  auto json = TROWEL_TRY(core::parseJson(TROWEL_TRY(os::readFile(path, 4096))));
  LocalEndpoint endpoint{core::stringAt(json, "host"), core::SecretString(core::stringAt(json, "token"))};
  auto dead = os::FileLock::tryAcquire(lifeLockPath(path), os::LockMode::Shared);
  if (!dead && dead.error().code != ErrorCode::Conflict) return std::unexpected(dead.error());
  if (dead || endpoint.host.empty() || endpoint.token.empty())
    return core::fail(ErrorCode::NotFound, "No demo workspace is running.");
  return endpoint;
}

struct DemoWorkspace::State {
  os::FileLock using_;
};

DemoWorkspace::DemoWorkspace(std::string folder, std::string executable, core::Clock& clock)
    : folder_(std::move(folder)), executable_(std::move(executable)), clock_(clock) {}

DemoWorkspace::~DemoWorkspace() = default;

Result<LocalEndpoint> DemoWorkspace::ensureRunning(const core::CancelToken& cancel) {
  std::lock_guard lock(mutex_);
  TROWEL_TRY(os::makePrivateDirs(folder_));
  if (!state_) {
    auto inUse = TROWEL_TRY(os::FileLock::acquire(lockPath(folder_), os::LockMode::Shared, {}, clock_, cancel));
    state_ = std::make_unique<State>(State{std::move(inUse)});
  }
  auto starting =
      TROWEL_TRY(os::FileLock::acquire(folder_ + "/start.lock", os::LockMode::Exclusive, {}, clock_, cancel));
  if (auto running = readEndpointFile(endpointPath(folder_))) return running;
  return start(cancel);
}

Result<LocalEndpoint> DemoWorkspace::start(const core::CancelToken& cancel) {
  TROWEL_TRY(os::removeFile(endpointPath(folder_)));
  os::SpawnOptions options;
  options.argv = {executable_,           "emulator",     "--demo",         "--endpoint-file",
                  endpointPath(folder_), "--while-used", lockPath(folder_)};
  // It prints a line when it listens; other windows go on using it when we end.
  options.out = os::Stream::Pipe;
  options.err = os::Stream::Null;
  options.dieWithThread = false;
  auto child = TROWEL_TRY(os::Process::spawn(options));
  core::logInfo("connection", "started the demo workspace, process " + std::to_string(child.pid()));
  os::WakeFd cancelled;
  auto wake = cancel.onCancel([&] { cancelled.signal(); });
  bool spoke = os::waitReadable({child.out.get(), child.exitFd(), cancelled.fd()}, kStartPatience);
  if (cancel.cancelled()) return std::unexpected(cancel.error("Starting the demo workspace"));
  auto endpoint = readEndpointFile(endpointPath(folder_));
  if (!spoke || !endpoint)
    return core::fail(ErrorCode::Unavailable,
                      "The demo workspace did not start. Run 'trowel emulator --demo' in a terminal to see why.");
  child.detach();
  return endpoint;
}

}  // namespace trowel::connection

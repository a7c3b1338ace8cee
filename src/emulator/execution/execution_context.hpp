// SPDX-License-Identifier: Apache-2.0
// One execution context: a queue of commands and the process that works through it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "emulator/execution/python_process.hpp"
#include "trowel/core/timer.hpp"

namespace trowel::emulator {

enum class CommandState : std::uint8_t { Queued, Running, Cancelling, Finished, Cancelled, Error };
std::string_view toString(CommandState state);

struct CommandStatus {
  CommandState state = CommandState::Queued;
  std::string results = "null";  // JSON
};

// Any thread may call any function.
class ExecutionContext {
 public:
  struct Settings {
    PythonSetup python;
    core::TimePoint readyAt;     // Pending before
    core::Duration cancelGrace;  // an interrupted command that goes on longer is killed, and the context with it
    std::function<void(bool running)> working;  // called around every command
  };

  // `clock` and `timer` outlive the context. The process starts with the first command: an idle context costs nothing.
  ExecutionContext(core::Clock& clock, core::Timer& timer, Settings settings);
  ~ExecutionContext();  // stop()
  ExecutionContext(const ExecutionContext&) = delete;
  ExecutionContext& operator=(const ExecutionContext&) = delete;

  std::string_view status() const;  // Pending, Running, Error
  std::string whyBroken() const;    // how the process ended; empty while the context works

  void execute(const std::string& commandId, std::string_view language, std::string_view code);
  std::optional<CommandStatus> command(const std::string& commandId) const;
  // False where there is no such command. A finished one stays finished.
  bool cancel(const std::string& commandId);

  // Kills the process and joins. No command runs afterwards.
  void stop();

 private:
  struct Command {
    CommandStatus status;
    std::string request;   // JSON for the driver
    bool started = false;  // the driver can be interrupted now
  };

  void run();
  void runOne(std::unique_lock<std::mutex>& lock, const std::string& id);
  void broken(std::string why);
  void interruptLocked();
  void finish(Command& command, CommandState state, std::string results);

  core::Clock& clock_;
  core::Timer& timer_;
  const Settings settings_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::string, Command> commands_;
  std::deque<std::string> order_;    // of commands_, oldest first
  std::deque<std::string> waiting_;  // to be run
  std::shared_ptr<PythonProcess> process_;
  std::string whyBroken_;
  core::Timer::Id killTimer_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // started with the first command; owns the process
};

}  // namespace trowel::emulator

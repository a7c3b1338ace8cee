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

#include "emulator/execution/context_setup.hpp"
#include "emulator/execution/python_process.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/timer.hpp"

namespace trowel::emulator {

class HostCalls;

enum class CommandState : std::uint8_t { Queued, Running, Cancelling, Finished, Cancelled, Error };
std::string_view toString(CommandState state);
bool isTerminal(CommandState state);

struct CommandStatus {
  CommandState state = CommandState::Queued;
  std::string results = "null";          // JSON
  std::optional<std::string> exit = {};  // what dbutils.notebook.exit was called with, where that ended it
};

// Any thread may call any function.
class ExecutionContext {
 public:
  struct Settings {
    PythonSetup python;
    core::TimePoint readyAt;     // Pending before
    core::Duration cancelGrace;  // an interrupted command that goes on longer is killed, and the context with it
    std::function<void(bool running)> working;  // called around every command
    ContextOrigin origin = {};
    const HostCalls* hostCalls = nullptr;  // answers what user code asks; outlives the context
  };

  // `clock` and `timer` outlive the context. The process starts with the first command: an idle context costs nothing.
  ExecutionContext(core::Clock& clock, core::Timer& timer, Settings settings);
  ~ExecutionContext();  // stop()
  ExecutionContext(const ExecutionContext&) = delete;
  ExecutionContext& operator=(const ExecutionContext&) = delete;

  const ContextOrigin& origin() const { return settings_.origin; }
  std::string_view status() const;  // Pending, Running, Error
  // Since when nothing runs or waits; nothing while something does.
  std::optional<core::TimePoint> idleSince() const;

  // `request` is what the driver takes, without the id: {"language","command"}, {"kind":"file",...}. An error in the
  // shape of 1.2 where the process is gone or too much waits already.
  Reply<void> execute(const std::string& commandId, core::Json request);
  std::optional<CommandStatus> command(const std::string& commandId) const;
  // Blocks until the command has ended; cancels it when the token is. Nothing where there is no such command.
  std::optional<CommandStatus> await(const std::string& commandId, const core::CancelToken& cancel);
  // False where there is no such command. A finished one stays finished.
  bool cancel(const std::string& commandId);

  // Kills the process; no command runs afterwards. Does not wait.
  void beginStop();
  // And joins. Not from a host call of this context.
  void stop();

 private:
  struct Command {
    CommandStatus status;
    std::string request;   // JSON for the driver
    bool started = false;  // the driver can be interrupted now
  };

  void run();
  void runOne(std::unique_lock<std::mutex>& lock, const std::string& id);
  std::optional<std::string> talk(PythonProcess& process, Command& command);
  std::string answer(std::string_view question, const Command& command);
  void broken(std::string why);
  void interruptLocked();
  void finish(Command& command, CommandState state, std::string results);
  void forgetOldLocked();

  core::Clock& clock_;
  core::Timer& timer_;
  const Settings settings_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::string, Command> commands_;
  std::deque<std::string> order_;    // of commands_, oldest first
  std::deque<std::string> waiting_;  // to be run
  std::size_t waitingBytes_ = 0;     // of their requests
  std::size_t resultBytes_ = 0;      // of all that have ended
  bool busy_ = false;                // a command runs
  core::TimePoint idleSince_;
  std::shared_ptr<PythonProcess> process_;
  std::optional<core::CancelSource> hostCall_;  // that is being answered
  std::string whyBroken_;                       // how the process ended; empty while the context works
  core::Timer::Id killTimer_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // started with the first command; owns the process
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The driver answers a request with a line "S" when user code can be interrupted and "R<json>" with its result, or
// ends with "E<reason>". An interrupt that came before "S" would be lost or hit the driver itself, so it waits until
// then.
#include "emulator/execution/execution_context.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/command_results.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxRemembered = 1000;  // commands per context

bool isTerminal(CommandState state) {
  return state == CommandState::Finished || state == CommandState::Cancelled || state == CommandState::Error;
}

}  // namespace

std::string_view toString(CommandState state) {
  switch (state) {
    case CommandState::Queued:
      return "Queued";
    case CommandState::Running:
      return "Running";
    case CommandState::Cancelling:
      return "Cancelling";
    case CommandState::Finished:
      return "Finished";
    case CommandState::Cancelled:
      return "Cancelled";
    case CommandState::Error:
      return "Error";
  }
  return "Error";
}

ExecutionContext::ExecutionContext(core::Clock& clock, core::Timer& timer, Settings settings)
    : clock_(clock), timer_(timer), settings_(std::move(settings)) {}

ExecutionContext::~ExecutionContext() { stop(); }

std::string_view ExecutionContext::status() const {
  std::lock_guard lock(mutex_);
  if (!whyBroken_.empty()) return "Error";
  return clock_.now() < settings_.readyAt ? "Pending" : "Running";
}

std::string ExecutionContext::whyBroken() const {
  std::lock_guard lock(mutex_);
  return whyBroken_;
}

void ExecutionContext::execute(const std::string& commandId, std::string_view language, std::string_view code) {
  core::Json request{{"id", commandId}, {"language", language}, {"command", code}};
  std::lock_guard lock(mutex_);
  commands_[commandId].request = core::dumpJson(request);
  order_.push_back(commandId);
  waiting_.push_back(commandId);
  if (order_.size() > kMaxRemembered && isTerminal(commands_[order_.front()].status.state)) {
    commands_.erase(order_.front());
    order_.pop_front();
  }
  if (!stopping_ && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

std::optional<CommandStatus> ExecutionContext::command(const std::string& commandId) const {
  std::lock_guard lock(mutex_);
  auto it = commands_.find(commandId);
  if (it == commands_.end()) return std::nullopt;
  return it->second.status;
}

bool ExecutionContext::cancel(const std::string& commandId) {
  std::lock_guard lock(mutex_);
  auto it = commands_.find(commandId);
  if (it == commands_.end()) return false;
  Command& command = it->second;
  if (command.status.state == CommandState::Queued) {
    std::erase(waiting_, commandId);
    finish(command, CommandState::Cancelled, cancelledResult());
  } else if (command.status.state == CommandState::Running) {
    command.status.state = CommandState::Cancelling;
    if (command.started) interruptLocked();
  }
  return true;
}

void ExecutionContext::interruptLocked() {
  if (!process_) return;
  process_->interrupt();
  killTimer_ = timer_.after(settings_.cancelGrace, [process = std::weak_ptr(process_)] {
    if (auto alive = process.lock()) alive->kill();
  });
}

void ExecutionContext::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (process_) process_->kill();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void ExecutionContext::run() {
  core::nameThread("emu-context");
  auto started = PythonProcess::start(settings_.python);
  std::unique_lock lock(mutex_);
  if (!started) {
    broken(started.error().message);
    return;
  }
  process_ = std::move(*started);
  if (stopping_) process_->kill();
  while (whyBroken_.empty()) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) break;
    std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    runOne(lock, id);
  }
  // Ends here rather than with the object: the process must not outlive the thread that made it.
  auto process = std::move(process_);
  lock.unlock();
  process->kill();
  process.reset();
}

void ExecutionContext::runOne(std::unique_lock<std::mutex>& lock, const std::string& id) {
  Command& command = commands_.at(id);
  command.status.state = CommandState::Running;
  auto process = process_;
  std::string request = std::move(command.request);
  lock.unlock();
  settings_.working(true);
  bool alive = process->send(request);
  std::optional<std::string> line;
  while (alive) {
    line = process->receive();
    alive = line.has_value();
    if (!alive || *line != "S") break;
    lock.lock();
    command.started = true;
    if (command.status.state == CommandState::Cancelling) interruptLocked();
    lock.unlock();
  }
  settings_.working(false);
  std::string why;
  if (!alive) why = "The Python process of the context is gone: " + process->ending() + ".";
  if (alive && !line->starts_with('R')) {
    alive = false;
    why = "The Python driver cannot work: " + line->substr(1);
  }
  lock.lock();
  if (killTimer_ != 0) timer_.cancel(std::exchange(killTimer_, 0));
  bool cancelled = command.status.state == CommandState::Cancelling;
  if (alive) {
    finish(command, cancelled ? CommandState::Cancelled : CommandState::Finished,
           cancelled ? cancelledResult() : line->substr(1));
    return;
  }
  if (cancelled) finish(command, CommandState::Cancelled, cancelledResult());
  broken(std::move(why));
}

// Ends every command that is left.
void ExecutionContext::broken(std::string why) {
  whyBroken_ = std::move(why);
  waiting_.clear();
  for (auto& [id, command] : commands_)
    if (!isTerminal(command.status.state)) finish(command, CommandState::Error, driverDiedResult(whyBroken_));
}

void ExecutionContext::finish(Command& command, CommandState state, std::string results) {
  command.status = {.state = state, .results = std::move(results)};
  command.request.clear();
}

}  // namespace trowel::emulator

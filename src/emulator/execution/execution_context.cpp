// SPDX-License-Identifier: Apache-2.0
// The driver answers a request with lines: "S" when user code can be interrupted, "Q<json>" where that asks the
// workspace for something (we answer with one line), "X<json string>" where it ended by dbutils.notebook.exit, and at
// last "R<json>" with the result; or it ends with "E<reason>". An interrupt that came before "S" would be lost or hit
// the driver itself, so it waits until then.
#include "emulator/execution/execution_context.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/command_results.hpp"
#include "emulator/execution/host_calls.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxRemembered = 1000;  // commands per context
constexpr std::size_t kMaxResultBytes = 64UL * 1024 * 1024;
constexpr std::size_t kMaxWaiting = 1000;
constexpr std::size_t kMaxWaitingBytes = 64UL * 1024 * 1024;

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

bool isTerminal(CommandState state) {
  return state == CommandState::Finished || state == CommandState::Cancelled || state == CommandState::Error;
}

ExecutionContext::ExecutionContext(core::Clock& clock, core::Timer& timer, Settings settings)
    : clock_(clock), timer_(timer), settings_(std::move(settings)), idleSince_(clock.now()) {}

ExecutionContext::~ExecutionContext() { stop(); }

std::string_view ExecutionContext::status() const {
  std::lock_guard lock(mutex_);
  if (!whyBroken_.empty()) return "Error";
  return clock_.now() < settings_.readyAt ? "Pending" : "Running";
}

std::optional<core::TimePoint> ExecutionContext::idleSince() const {
  std::lock_guard lock(mutex_);
  if (busy_ || !waiting_.empty()) return std::nullopt;
  return idleSince_;
}

Reply<void> ExecutionContext::execute(const std::string& commandId, Json request) {
  request["id"] = commandId;
  std::string text = core::dumpJson(request);
  std::lock_guard lock(mutex_);
  if (!whyBroken_.empty()) return commandError(500, "InvalidStateException: " + whyBroken_);
  if (stopping_) return commandError(500, "InvalidStateException: The execution context has ended.");
  if (waiting_.size() >= kMaxWaiting || waitingBytes_ + text.size() > kMaxWaitingBytes)
    return commandError(500, "InvalidStateException: Too many commands are waiting in this execution context.");
  waitingBytes_ += text.size();
  commands_[commandId].request = std::move(text);
  order_.push_back(commandId);
  waiting_.push_back(commandId);
  forgetOldLocked();
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
  return {};
}

// Clients poll for a while after the end, so the newest result is never dropped.
void ExecutionContext::forgetOldLocked() {
  while (order_.size() > 1 && (order_.size() > kMaxRemembered || resultBytes_ > kMaxResultBytes)) {
    auto oldest = commands_.find(order_.front());
    if (!isTerminal(oldest->second.status.state)) return;
    resultBytes_ -= oldest->second.status.results.size();
    commands_.erase(oldest);
    order_.pop_front();
  }
}

std::optional<CommandStatus> ExecutionContext::command(const std::string& commandId) const {
  std::lock_guard lock(mutex_);
  auto it = commands_.find(commandId);
  if (it == commands_.end()) return std::nullopt;
  return it->second.status;
}

std::optional<CommandStatus> ExecutionContext::await(const std::string& commandId, const core::CancelToken& token) {
  auto registration = token.onCancel([&] { cancel(commandId); });
  std::unique_lock lock(mutex_);
  auto ended = [&] {
    auto it = commands_.find(commandId);
    return it == commands_.end() || isTerminal(it->second.status.state);
  };
  changed_.wait(lock, ended);
  auto it = commands_.find(commandId);
  if (it == commands_.end()) return std::nullopt;
  return it->second.status;
}

bool ExecutionContext::cancel(const std::string& commandId) {
  std::optional<core::CancelSource> hostCall;
  {
    std::lock_guard lock(mutex_);
    auto it = commands_.find(commandId);
    if (it == commands_.end()) return false;
    Command& command = it->second;
    if (command.status.state == CommandState::Queued) {
      std::erase(waiting_, commandId);
      waitingBytes_ -= command.request.size();
      finish(command, CommandState::Cancelled, cancelledResult());
    } else if (command.status.state == CommandState::Running) {
      command.status.state = CommandState::Cancelling;
      hostCall = hostCall_;
      if (command.started) interruptLocked();
    }
  }
  if (hostCall) hostCall->cancel(core::CancelReason::Client);
  return true;
}

void ExecutionContext::interruptLocked() {
  if (!process_) return;
  process_->interrupt();
  killTimer_ = timer_.after(settings_.cancelGrace, [process = std::weak_ptr(process_)] {
    if (auto alive = process.lock()) alive->kill();
  });
}

void ExecutionContext::beginStop() {
  std::optional<core::CancelSource> hostCall;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (process_) process_->kill();
    hostCall = hostCall_;
    changed_.notify_all();
  }
  if (hostCall) hostCall->cancel(core::CancelReason::Shutdown);
}

void ExecutionContext::stop() {
  beginStop();
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
    busy_ = true;
    runOne(lock, id);
    busy_ = false;
    idleSince_ = clock_.now();
  }
  // Whoever waits for a command must not wait for ever.
  if (whyBroken_.empty()) broken("The execution context has ended.");
  // Ends here rather than with the object: the process must not outlive the thread that made it.
  auto process = std::move(process_);
  lock.unlock();
  process->kill();
  process.reset();
}

void ExecutionContext::runOne(std::unique_lock<std::mutex>& lock, const std::string& id) {
  Command& command = commands_.at(id);
  command.status.state = CommandState::Running;
  waitingBytes_ -= command.request.size();
  auto process = process_;
  std::string request = std::move(command.request);
  lock.unlock();
  settings_.working(true);
  std::optional<std::string> line;
  if (process->request(request)) line = talk(*process, command);
  settings_.working(false);
  std::string why;
  if (!line) why = "The Python process of the context is gone: " + process->ending() + ".";
  if (line && !line->starts_with('R')) why = "The Python driver cannot work: " + line->substr(1);
  lock.lock();
  if (stopping_ && why.empty()) why = "The execution context has ended.";  // its last words are about that alone
  if (killTimer_ != 0) timer_.cancel(std::exchange(killTimer_, 0));
  bool cancelled = command.status.state == CommandState::Cancelling;
  if (cancelled)
    finish(command, CommandState::Cancelled, cancelledResult());
  else if (why.empty())
    finish(command, CommandState::Finished, line->substr(1));
  if (!why.empty()) broken(std::move(why));
}

// The line that ends the command; nothing where the process is gone.
std::optional<std::string> ExecutionContext::talk(PythonProcess& process, Command& command) {
  while (auto line = process.receive()) {
    std::string_view rest = std::string_view(*line).substr(std::min<std::size_t>(1, line->size()));
    if (line->starts_with('S')) {
      std::lock_guard lock(mutex_);
      command.started = true;
      if (command.status.state == CommandState::Cancelling) interruptLocked();
    } else if (line->starts_with('X')) {
      auto value = core::parseJson(rest);
      std::lock_guard lock(mutex_);
      command.status.exit = value && value->is_string() ? value->get<std::string>() : std::string(rest);
    } else if (line->starts_with('Q')) {
      if (!process.answer(answer(rest, command))) return std::nullopt;
    } else {
      return line;
    }
  }
  return std::nullopt;
}

std::string ExecutionContext::answer(std::string_view question, const Command& command) {
  auto asked = core::parseJson(question).value_or(Json());
  std::string name = core::stringAt(asked, "call");
  core::CancelSource source;
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || command.status.state == CommandState::Cancelling) source.cancel(core::CancelReason::Client);
    hostCall_ = source;
  }
  Json reply = Json::object();
  auto answered = settings_.hostCalls
                      ? settings_.hostCalls->answer(name, {settings_.origin, asked, source.token()})
                      : Reply<Json>(refuse(501, "NOT_IMPLEMENTED", "Nothing answers " + name + " here."));
  if (answered)
    reply["result"] = std::move(*answered);
  else
    reply["error"] = {{"code", answered.error().code}, {"message", answered.error().message}};
  std::lock_guard lock(mutex_);
  hostCall_.reset();
  return core::dumpJson(reply);
}

// Ends every command that is left.
void ExecutionContext::broken(std::string why) {
  whyBroken_ = std::move(why);
  waiting_.clear();
  waitingBytes_ = 0;
  for (auto& [id, command] : commands_)
    if (!isTerminal(command.status.state)) finish(command, CommandState::Error, driverDiedResult(whyBroken_));
}

void ExecutionContext::finish(Command& command, CommandState state, std::string results) {
  command.status.state = state;
  command.status.results = std::move(results);
  command.request.clear();
  command.request.shrink_to_fit();
  resultBytes_ += command.status.results.size();
  changed_.notify_all();
}

}  // namespace trowel::emulator

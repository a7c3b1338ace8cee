// SPDX-License-Identifier: Apache-2.0
// Two rules shape this file. First, no command may run on unnoticed: a cancel waits for the answer to a request that is
// being sent, because a request dropped half way leaves a command whose id nobody knows. Second, a failed
// poll says nothing about the cell: only the workspace's word, or ten minutes of its silence, ends the waiting. An
// answer 500 is no such word, since a driver under load sends it as well as a dead one; the context's own status
// decides.
#include "kernel/command_run.hpp"

#include <optional>

#include "kernel/poll_pace.hpp"
#include "kernel/time_limit.hpp"

namespace trowel::kernel {

namespace {

constexpr auto kPatience = std::chrono::minutes(10);
constexpr auto kInterruptWait = std::chrono::seconds(10);
constexpr auto kShutdownWait = std::chrono::seconds(1);

class CommandRun {
 public:
  CommandRun(const RemoteContext& context, const std::string& contextId, const std::string& commandId,
             const core::CancelToken& cancel, const std::function<void(std::string_view)>& report)
      : context_(context), contextId_(contextId), commandId_(commandId), cancel_(cancel), report_(report) {}

  CommandEnd await() {
    auto& clock = context_.environment.clock;
    PollPace pace(kCommandPoll, context_.environment.random);
    lastWord_ = clock.now();
    while (!cancel_.cancelled()) {
      auto status = poll({.cancel = cancel_});
      if (status) {
        lastWord_ = clock.now();
        if (status->isOver()) return {.command = *std::move(status)};
        if (std::exchange(silent_, false)) report_("Running");
      } else if (!cancel_.cancelled()) {
        if (auto end = endAfter(std::move(status).error())) return *std::move(end);
      }
      if (!cancel_.waitFor(clock, pace.next())) break;
    }
    return interrupt();
  }

 private:
  core::Result<databricks::Command> poll(const databricks::CallOptions& options) const {
    return context_.commands.status({context_.clusterId, contextId_, commandId_}, options);
  }

  // Nothing where waiting goes on.
  std::optional<CommandEnd> endAfter(core::Error error) {
    using Kind = CommandEnd::Kind;
    bool aboutUs = error.code == core::ErrorCode::Unauthenticated || error.code == core::ErrorCode::PermissionDenied;
    if (aboutUs) return CommandEnd{.kind = Kind::InDoubt, .error = std::move(error)};
    if (!isTransient(error)) {
      auto health = context_.health(contextId_, cancel_);
      if (health == ContextHealth::Gone) return CommandEnd{.kind = Kind::ContextGone, .error = std::move(error)};
      if (health == ContextHealth::Alive && error.code == core::ErrorCode::NotFound)
        return CommandEnd{.kind = Kind::InDoubt, .error = std::move(error)};
    }
    if (context_.environment.clock.now() - lastWord_ < kPatience) {
      if (!std::exchange(silent_, true)) report_(error.message + " Trowel goes on asking for the cell's result.");
      return std::nullopt;
    }
    return CommandEnd{.kind = Kind::InDoubt, .error = std::move(error)};
  }

  CommandEnd interrupt() const {
    auto& clock = context_.environment.clock;
    const bool shutdown = cancel_.reason() == core::CancelReason::Shutdown;
    const auto wait = shutdown ? core::Duration(kShutdownWait) : core::Duration(kInterruptWait);
    const TimeLimit limit(context_.environment, wait);
    const databricks::CallOptions options{.cancel = limit.token()};
    CommandEnd end{.kind = CommandEnd::Kind::Interrupted, .confirmed = false};
    const auto deadline = clock.now() + wait;
    PollPace pace(kInterruptPoll, context_.environment.random);
    for (bool asked = false;;) {
      if (!asked) asked = context_.commands.cancel({context_.clusterId, contextId_, commandId_}, options).has_value();
      if (shutdown) return end;
      auto status = poll(options);
      if (status && status->isOver()) {
        end.confirmed = true;
        // It was faster than the interruption: then its result is the truth.
        bool whole = status->status == "Finished" && (!status->result || status->result->type != "error");
        if (whole) end.kind = CommandEnd::Kind::Finished;
        end.command = *std::move(status);
        return end;
      }
      if (!status && !isTransient(status.error()) &&
          context_.health(contextId_, limit.token()) == ContextHealth::Gone) {
        end.kind = CommandEnd::Kind::ContextGone;
        return end;
      }
      if (clock.now() >= deadline || !limit.token().waitFor(clock, pace.next())) return end;
    }
  }

  const RemoteContext& context_;
  const std::string& contextId_;
  const std::string& commandId_;
  const core::CancelToken& cancel_;
  const std::function<void(std::string_view)>& report_;
  core::TimePoint lastWord_;
  bool silent_ = false;  // since the last word
};

}  // namespace

CommandEnd runCommand(const RemoteContext& context, const std::string& contextId, const std::string& language,
                      const std::string& code, const core::CancelToken& cancel,
                      const std::function<void(std::string_view)>& report) {
  const Grace grace(context.environment, cancel);
  auto sent = context.commands.execute(context.clusterId, contextId, language, code, {.cancel = grace.token()});
  if (!sent) {
    // The workspace's own answer means that there is no command; a gateway's, or none, means nothing.
    auto status = sent.error().httpStatus;
    bool answered = status != 0 && (status == 429 || !isTransient(sent.error()));
    auto kind = answered ? CommandEnd::Kind::Refused : CommandEnd::Kind::InDoubt;
    return {.kind = kind, .error = std::move(sent).error()};
  }
  return CommandRun(context, contextId, *sent, cancel, report).await();
}

}  // namespace trowel::kernel

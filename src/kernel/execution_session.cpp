// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/execution_session.hpp"

#include <algorithm>

#include "kernel/command_run.hpp"
#include "kernel/remote_context.hpp"
#include "kernel/result_view.hpp"
#include "kernel/time_limit.hpp"
#include "trowel/core/log.hpp"
#include "trowel/databricks/clusters.hpp"

namespace trowel::kernel {

namespace {

constexpr std::string_view kLog = "kernel";
constexpr auto kDestroyTimeout = std::chrono::seconds(10);
constexpr auto kShutdownDestroyTimeout = std::chrono::seconds(1);

constexpr std::string_view kStartedAgain =
    "The session was lost and has been started again: variables are gone. Run the cells above again where this one "
    "needs them.";

RunResult failed(std::vector<notebook::Output> outputs, std::string_view message) {
  outputs.push_back(notebook::errorOutput("Trowel", message, ""));
  return {.state = RunState::Failed, .outputs = std::move(outputs)};
}

bool says(const databricks::CommandResult& result, std::string_view text) {
  return result.cause.find(text) != std::string::npos || result.summary.find(text) != std::string::npos;
}

void report(const RunOptions& options, std::string_view text) {
  if (options.onProgress) options.onProgress(text);
}

}  // namespace

// A place in the queue for as long as it lives.
class ExecutionSession::Turn {
 public:
  // Waits until those before are through, or the token is cancelled.
  Turn(ExecutionSession& session, const core::CancelToken& cancel, const RunOptions& options = {}) : session_(session) {
    auto wake = cancel.onCancel([this] {
      // Empty on purpose: the waiter is either before its check or asleep, never in between.
      {
        std::lock_guard lock(session_.mutex_);
      }
      session_.turns_.notify_all();
    });
    std::unique_lock lock(session_.mutex_);
    ticket_ = session_.nextTicket_++;
    session_.queue_.push_back(ticket_);
    if (session_.queue_.size() > 1) {
      lock.unlock();
      report(options, "Waiting for the cell before");
      lock.lock();
    }
    session_.turns_.wait(lock, [&] { return session_.queue_.front() == ticket_ || cancel.cancelled(); });
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    {
      std::lock_guard lock(session_.mutex_);
      std::erase(session_.queue_, ticket_);
    }
    session_.turns_.notify_all();
  }

 private:
  ExecutionSession& session_;
  std::uint64_t ticket_ = 0;
};

ExecutionSession::ExecutionSession(std::string clusterId, std::shared_ptr<const databricks::RestClient> rest,
                                   Environment environment)
    : clusterId_(std::move(clusterId)), environment_(std::move(environment)), rest_(std::move(rest)) {}

RunResult ExecutionSession::run(std::string_view language, std::string_view source, const RunOptions& options) {
  auto plan = notebook::planCell(language, source);
  if (!plan) return failed({}, plan.error().message);
  if (plan->action == notebook::CellAction::Nothing) return {};
  if (plan->action == notebook::CellAction::Render) return {.outputs = {{{{"text/markdown", plan->code}}}}};

  core::CancelSource ours(options.cancel);
  core::CancelToken session;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return {.state = RunState::Cancelled};
    session = interrupt_.token();
  }
  auto registration = session.onCancel([ours, session] { ours.cancel(session.reason()); });

  Turn turn(*this, ours.token(), options);
  // The turn may come before the call-back above: the cell that an interrupt ends gives its turn to this one.
  if (session.cancelled() || ours.token().cancelled()) return {.state = RunState::Cancelled};
  return runOnCluster(*plan, ours.token(), options);
}

RunResult ExecutionSession::runOnCluster(const notebook::CellPlan& plan, const core::CancelToken& cancel,
                                         const RunOptions& options) {
  const auto rest = client();
  const RemoteContext context{databricks::Commands(*rest), clusterId_, environment_};
  std::vector<notebook::Output> outputs;
  auto ended = [&](const core::Error& error) {
    if (cancel.cancelled()) return RunResult{.state = RunState::Cancelled, .outputs = std::move(outputs)};
    return failed(std::move(outputs), error.message);
  };

  for (bool again = false;; again = true) {
    if (contextId_.empty()) {
      report(options, "Starting a session on the cluster");
      auto cluster = databricks::Clusters(*rest).get(clusterId_, {.cancel = cancel});
      if (!cluster) return ended(cluster.error());
      if (!cluster->isRunning())
        return {.state = RunState::ClusterNotRunning, .outputs = std::move(outputs), .clusterState = cluster->state};
      auto created = context.create(cancel);
      if (!created) return ended(created.error());
      contextId_ = *std::move(created);
      contextReady_ = false;
    }
    if (!contextReady_) {
      auto ready = context.awaitReady(contextId_, cancel);
      if (!ready) {
        if (!cancel.cancelled()) dropContext(kDestroyTimeout);
        return ended(ready.error());
      }
      contextReady_ = true;
    }
    if (std::exchange(lost_, false)) outputs.push_back(notebook::notice(kStartedAgain));
    report(options, "Running");

    auto end = runCommand(context, contextId_, plan.language, plan.code, cancel,
                          [&options](std::string_view text) { report(options, text); });
    using Kind = CommandEnd::Kind;
    if (end.kind == Kind::Refused && !again && context.health(contextId_, cancel) == ContextHealth::Gone) {
      core::logInfo(kLog, "context of cluster " + clusterId_ + " is gone; starting another");
      contextId_.clear();
      lost_ = true;
      continue;
    }
    return settle(context, std::move(end), std::move(outputs), cancel);
  }
}

RunResult ExecutionSession::settle(const RemoteContext& context, CommandEnd end, std::vector<notebook::Output> outputs,
                                   const core::CancelToken& cancel) {
  using Kind = CommandEnd::Kind;
  const auto result = std::move(end.command.result).value_or(databricks::CommandResult{});
  auto forget = [&] {
    contextId_.clear();
    lost_ = true;
  };
  switch (end.kind) {
    case Kind::Refused:
      return failed(std::move(outputs), end.error.message);
    case Kind::InDoubt:
      // A stopped cell must not run on: without an id of the command, ending its context is the one way.
      if (cancel.cancelled()) {
        dropContext(kDestroyTimeout);
        lost_ = true;
        return {.state = RunState::Cancelled, .outputs = std::move(outputs)};
      }
      return failed(std::move(outputs),
                    end.error.message +
                        " The cell may still run on the cluster: to be sure that it does not, restart the session.");
    case Kind::ContextGone:
      forget();
      if (cancel.cancelled()) return {.state = RunState::Cancelled, .outputs = std::move(outputs)};
      return failed(std::move(outputs),
                    "The session was lost while the cell ran: the cluster or its driver was restarted or terminated. "
                    "The next cell starts a new session, without the variables of this one.");
    case Kind::Interrupted:
      if (!end.confirmed) {
        outputs.push_back(notebook::notice(
            "The cluster has not confirmed the interruption yet, so the cell may still run there. Restart the session "
            "to end it."));
      }
      return {.state = RunState::Cancelled, .outputs = std::move(outputs)};
    case Kind::Finished:
      break;
  }

  if (end.command.status == "Cancelled" || says(result, "CommandCancelledException")) {
    if (says(result, "ExecContextState.shutdown")) forget();
    outputs.push_back(notebook::notice("The cell was stopped in the workspace."));
    return {.state = RunState::Cancelled, .outputs = std::move(outputs)};
  }
  std::ranges::move(notebook::toOutputs(toView(result)), std::back_inserter(outputs));
  if (end.command.status == "Error") {
    if (context.health(contextId_, cancel) == ContextHealth::Gone) forget();
    return failed(std::move(outputs),
                  lost_
                      ? "The session ended while the cell ran: the driver of the cluster failed or was restarted. The "
                        "next cell starts a new session, without the variables of this one."
                      : "The cluster failed to run the cell. Run it again; if that does not help, restart the "
                        "session or the cluster.");
  }
  return {.state = result.type == "error" ? RunState::Failed : RunState::Succeeded, .outputs = std::move(outputs)};
}

void ExecutionSession::interrupt(core::CancelReason reason) {
  core::CancelSource running;
  {
    std::lock_guard lock(mutex_);
    running = std::exchange(interrupt_, core::CancelSource());
  }
  running.cancel(reason);
}

void ExecutionSession::restart() {
  interrupt(core::CancelReason::Superseded);
  Turn turn(*this, {});
  dropContext(kDestroyTimeout);
  lost_ = false;  // gone on request
}

void ExecutionSession::close(core::CancelReason reason) {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  interrupt(reason);
  Turn turn(*this, {});
  dropContext(reason == core::CancelReason::Shutdown ? kShutdownDestroyTimeout : kDestroyTimeout);
}

void ExecutionSession::dropContext(core::Duration timeout) {
  if (contextId_.empty()) return;
  auto contextId = std::exchange(contextId_, {});
  const auto rest = client();
  const TimeLimit limit(environment_, timeout);
  auto destroyed = databricks::Commands(*rest).destroyContext(clusterId_, contextId, {.cancel = limit.token()});
  // A cluster that was restarted has dropped it already.
  if (!destroyed) core::logDebug(kLog, "context not destroyed: " + core::describe(destroyed.error()));
}

void ExecutionSession::useClient(std::shared_ptr<const databricks::RestClient> rest) {
  std::lock_guard lock(mutex_);
  rest_ = std::move(rest);
}

std::shared_ptr<const databricks::RestClient> ExecutionSession::client() const {
  std::lock_guard lock(mutex_);
  return rest_;
}

}  // namespace trowel::kernel

// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_states.hpp"

#include <fmt/format.h>

namespace trowel::emulator {

using core::Json;

namespace {

struct Names {
  std::string_view lifeCycle;  // state.life_cycle_state
  std::string_view status;     // status.state
  std::string_view message;
};

Names namesOf(Phase phase) {
  switch (phase) {
    case Phase::Blocked:
      return {"BLOCKED", "BLOCKED", ""};
    case Phase::Queued:
      return {"QUEUED", "QUEUED", ""};
    case Phase::Pending:
      return {"PENDING", "PENDING", "Waiting for cluster"};
    case Phase::Running:
      return {"RUNNING", "RUNNING", "In run"};
    case Phase::Terminating:
      return {"TERMINATING", "TERMINATING", "Terminating the run"};
    case Phase::WaitingForRetry:
      return {"WAITING_FOR_RETRY", "WAITING", "Waiting for retry"};
    case Phase::Ended:
      return {"TERMINATED", "TERMINATED", ""};
  }
  return {};
}

// Ends that are not the code's own count as errors of the machinery. At the level of a job with tasks[] even the
// failure of a task does.
std::string_view endedLifeCycle(Ending ending, bool job) {
  switch (ending) {
    case Ending::MaximumConcurrentRuns:
      return "SKIPPED";
    case Ending::Failed:
      return job ? "INTERNAL_ERROR" : "TERMINATED";
    case Ending::LibraryFailed:
    case Ending::ClusterFailed:
    case Ending::NotFound:
    case Ending::InvalidConfiguration:
    case Ending::Interrupted:
    case Ending::InvalidCluster:
    case Ending::CheckoutFailed:
    case Ending::Unauthorized:
      return "INTERNAL_ERROR";
    default:
      return "TERMINATED";
  }
}

constexpr std::string_view kQueueReason = "Queued due to reaching maximum concurrent runs of the job.";

// `ending` is what the state shows, `cause` what explains it: for a run, the ending of the task that failed.
void describe(Phase phase, Ending ending, Ending cause, const std::string& message, bool job, Json& answer) {
  Names names = namesOf(phase);
  Json state{{"life_cycle_state", phase == Phase::Ended ? endedLifeCycle(ending, job) : names.lifeCycle},
             {"state_message", phase == Phase::Ended ? message : std::string(names.message)},
             {"user_cancelled_or_timedout", ending == Ending::Canceled || ending == Ending::TimedOut}};
  Json status{{"state", names.status}};
  if (phase == Phase::Ended) {
    state["result_state"] = resultState(ending);
    auto termination = terminationOf(cause == Ending::None ? ending : cause);
    status["termination_details"] = {{"code", termination.code}, {"type", termination.type}, {"message", message}};
  }
  if (phase == Phase::Queued) {
    state["queue_reason"] = kQueueReason;
    status["queue_details"] = {{"code", "MAX_CONCURRENT_RUNS_REACHED"}, {"message", kQueueReason}};
  }
  answer["state"] = std::move(state);
  answer["status"] = std::move(status);
}

}  // namespace

std::string_view resultState(Ending ending) {
  switch (ending) {
    case Ending::None:
      return "";
    case Ending::Success:
      return "SUCCESS";
    case Ending::SuccessWithFailures:
      return "SUCCESS_WITH_FAILURES";
    case Ending::TimedOut:
      return "TIMEDOUT";
    case Ending::Canceled:
      return "CANCELED";
    case Ending::Excluded:
      return "EXCLUDED";
    case Ending::UpstreamFailed:
      return "UPSTREAM_FAILED";
    case Ending::UpstreamCanceled:
      return "UPSTREAM_CANCELED";
    case Ending::Disabled:
      return "DISABLED";
    case Ending::MaximumConcurrentRuns:
      return "MAXIMUM_CONCURRENT_RUNS_REACHED";
    case Ending::Failed:
    case Ending::LibraryFailed:
    case Ending::ClusterFailed:
    case Ending::NotFound:
    case Ending::InvalidConfiguration:
    case Ending::Interrupted:
    case Ending::InvalidCluster:
    case Ending::CheckoutFailed:
    case Ending::Unauthorized:
      return "FAILED";
  }
  return "";
}

Termination terminationOf(Ending ending) {
  switch (ending) {
    case Ending::None:
    case Ending::Success:
      return {"SUCCESS", "SUCCESS"};
    case Ending::SuccessWithFailures:
      return {"SUCCESS_WITH_FAILURES", "SUCCESS"};
    case Ending::Failed:
      return {"RUN_EXECUTION_ERROR", "CLIENT_ERROR"};
    case Ending::LibraryFailed:
      return {"LIBRARY_INSTALLATION_ERROR", "CLIENT_ERROR"};
    case Ending::ClusterFailed:
      return {"CLUSTER_ERROR", "CLOUD_FAILURE"};
    case Ending::NotFound:
      return {"RESOURCE_NOT_FOUND", "CLIENT_ERROR"};
    case Ending::InvalidConfiguration:
      return {"INVALID_RUN_CONFIGURATION", "CLIENT_ERROR"};
    case Ending::InvalidCluster:
      return {"INVALID_CLUSTER_REQUEST", "CLIENT_ERROR"};
    case Ending::CheckoutFailed:
      return {"REPOSITORY_CHECKOUT_FAILED", "CLIENT_ERROR"};
    case Ending::Unauthorized:
      return {"UNAUTHORIZED_ERROR", "CLIENT_ERROR"};
    // The reference leaves the types of these two open; nobody did anything wrong when a user cancels.
    case Ending::TimedOut:
      return {"CANCELED", "CLIENT_ERROR"};
    case Ending::Canceled:
      return {"USER_CANCELED", "SUCCESS"};
    case Ending::Excluded:
      return {"SKIPPED", "SUCCESS"};
    case Ending::UpstreamFailed:
    case Ending::UpstreamCanceled:
      return {"SKIPPED", "CLIENT_ERROR"};
    case Ending::Disabled:
      return {"DISABLED", "SUCCESS"};
    case Ending::MaximumConcurrentRuns:
      return {"MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR"};
    case Ending::Interrupted:
      return {"INTERNAL_ERROR", "INTERNAL_ERROR"};
  }
  return {};
}

std::string endingMessage(Ending ending) {
  switch (ending) {
    case Ending::Failed:
      return "Workload failed, see run output for details";
    case Ending::LibraryFailed:
      return "Library installation failed for library due to user error.";
    case Ending::ClusterFailed:
      return "The cluster failed to start";
    case Ending::NotFound:
      return "A resource that the task needs does not exist";
    case Ending::InvalidConfiguration:
      return "The task is not configured in a way that it can run";
    case Ending::InvalidCluster:
      return "The cluster that the task asks for is not possible";
    case Ending::CheckoutFailed:
      return "Failed to checkout Git repository";
    case Ending::Unauthorized:
      return "The identity that the job runs as cannot run it";
    case Ending::TimedOut:
      return "Run timed out.";
    case Ending::Canceled:
      return "Run cancelled.";
    case Ending::Excluded:
      return "The run condition of the task was not met.";
    case Ending::UpstreamFailed:
      return "An upstream task failed.";
    case Ending::UpstreamCanceled:
      return "An upstream task was cancelled.";
    case Ending::Disabled:
      return "The task is disabled.";
    case Ending::MaximumConcurrentRuns:
      return "Run was skipped because this job's limit of maximum concurrent runs was reached.";
    case Ending::Interrupted:
      return "The emulator ended while this run was active; what it was doing is lost.";
    default:
      return "";
  }
}

void describeState(const Attempt& attempt, Json& answer) {
  describe(attempt.phase, attempt.ending, Ending::None, attempt.message, false, answer);
}

void describeState(const JobRun& run, Json& answer) {
  describe(run.phase, run.ending, run.cause, run.message, !run.singleTask(), answer);
}

void describeState(const JobRun& run, const RunPart& part, Json& answer) {
  bool ended = part.ending != Ending::None;
  describe(ended ? Phase::Ended : run.phase, part.ending, Ending::None, part.message, !run.singleTask(), answer);
}

}  // namespace trowel::emulator

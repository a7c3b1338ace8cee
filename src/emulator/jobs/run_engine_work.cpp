// SPDX-License-Identifier: Apache-2.0
// The engine's half that works for single tasks: on threads of the pool, or by starting another job.
#include <fmt/format.h>

#include "emulator/jobs/run_engine.hpp"
#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/run_states.hpp"
#include "emulator/jobs/task_compute.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr int kMaxRunJobDepth = 3;  // run_job tasks may nest three deep
constexpr std::size_t kMaxTaskValue = 48UL * 1024;

Ending endingOf(TaskOutcome::Ending ending) {
  switch (ending) {
    case TaskOutcome::Ending::Success:
      return Ending::Success;
    case TaskOutcome::Ending::Failed:
      return Ending::Failed;
    case TaskOutcome::Ending::LibraryFailed:
      return Ending::LibraryFailed;
    case TaskOutcome::Ending::ClusterFailed:
      return Ending::ClusterFailed;
    case TaskOutcome::Ending::NotFound:
      return Ending::NotFound;
    case TaskOutcome::Ending::InvalidCluster:
      return Ending::InvalidCluster;
    case TaskOutcome::Ending::CheckoutFailed:
      return Ending::CheckoutFailed;
    case TaskOutcome::Ending::Unauthorized:
      return Ending::Unauthorized;
    case TaskOutcome::Ending::InvalidConfiguration:
      return Ending::InvalidConfiguration;
    case TaskOutcome::Ending::TimedOut:
      return Ending::TimedOut;
    case TaskOutcome::Ending::Canceled:
      return Ending::Canceled;
  }
  return Ending::Failed;
}

}  // namespace

// What a task says while it runs, put into its run.
class RunEngine::Host final : public TaskHost {
 public:
  Host(RunEngine& engine, const TaskRequest& request) : engine_(engine), request_(request) {}

  void clusterAssigned(const std::string& clusterId, const std::string& sparkContextId) override {
    engine_.taskEvent(request_.runId, [&](RunGraph&, JobRun& run) {
      Attempt* attempt = run.find(request_.runId);
      attempt->clusterId = clusterId;
      attempt->sparkContextId = sparkContextId;
    });
  }
  void sourceCheckedOut(const std::string& commit) override {
    engine_.taskEvent(request_.runId, [&](RunGraph&, JobRun& run) { run.gitCommit = commit; });
  }
  void executionStarted() override {
    engine_.taskEvent(request_.runId,
                      [&](RunGraph& graph, JobRun&) { graph.executing(request_.runId, engine_.world_.now()); });
  }
  void cleanupStarted() override {
    engine_.taskEvent(request_.runId,
                      [&](RunGraph& graph, JobRun&) { graph.cleaning(request_.runId, engine_.world_.now()); });
  }
  bool setTaskValue(const std::string& key, Json value) override {
    if (core::dumpJson(value).size() > kMaxTaskValue) return false;
    engine_.taskEvent(request_.runId,
                      [&](RunGraph&, JobRun& run) { run.taskValues[request_.taskKey][key] = std::move(value); });
    return true;
  }
  std::optional<Json> taskValue(const std::string& taskKey, const std::string& key) override {
    std::lock_guard lock(engine_.mutex_);
    JobRun* run = engine_.store_.find(request_.jobRunId);
    if (!run) return std::nullopt;
    auto task = run->taskValues.find(taskKey);
    if (task == run->taskValues.end()) return std::nullopt;
    auto value = task->second.find(key);
    if (value == task->second.end()) return std::nullopt;
    return value->second;
  }

 private:
  RunEngine& engine_;
  const TaskRequest& request_;
};

void RunEngine::startTask(JobRun& run, const Attempt& attempt, Effects& effects) {
  auto runAs = users_.find(run.runAs);
  if (!runAs || !runAs->active)
    return endTask(attempt.runId, Ending::Unauthorized,
                   fmt::format("{} cannot run the job: there is no such active user.", run.runAs), effects);
  TaskRequest request{.task = attempt.resolved,
                      .settings = *run.settings,
                      .compute = computeOf(attempt.resolved, *run.settings),
                      .kind = taskKind(attempt.resolved),
                      .taskKey = attempt.taskKey,
                      .jobName = run.name,
                      .parameters = References(run, attempt, workspace_).fill(run.effectiveParameters()),
                      .jobId = run.jobId,
                      .runId = attempt.runId,
                      .jobRunId = run.id,
                      .attempt = attempt.number,
                      .gitCommit = run.gitCommit,
                      .runAs = *std::move(runAs)};
  core::CancelSource source;
  working_.emplace(attempt.runId, source);
  core::Job job = [this, request = std::move(request), token = source.token()] { runTask(request, token); };
  if (!pool_.submit(job)) working_.erase(request.runId);  // only while stopping
}

// On a thread of the pool.
void RunEngine::runTask(const TaskRequest& request, const core::CancelToken& token) {
  Host host(*this, request);
  TaskOutcome outcome{.ending = TaskOutcome::Ending::Canceled};
  if (!token.cancelled()) outcome = runner_.run(request, host, token);
  finishTask(request.runId, std::move(outcome));
}

void RunEngine::finishTask(std::int64_t taskRunId, TaskOutcome outcome) {
  locked([&](Effects& effects) {
    working_.erase(taskRunId);
    JobRun* run = store_.findByTask(taskRunId);
    if (stopped_ || !run) return 0;
    Json output = outcome.output.is_object() ? std::move(outcome.output) : Json::object();
    Ending ending = endingOf(outcome.ending);
    if (isFailure(ending) && !output.contains("error"))
      output["error"] = outcome.message.empty() ? endingMessage(ending) : outcome.message;
    if (!output.empty() || !outcome.exportHtml.empty())
      store_.putOutput(taskRunId, {std::move(output), std::move(outcome.exportHtml)});
    RunGraph graph = graphOf(*run);
    graph.ended(taskRunId, ending, outcome.message, world_.now());
    advance(*run, graph, effects);
    return 0;
  });
}

void RunEngine::taskEvent(std::int64_t taskRunId, const std::function<void(RunGraph& graph, JobRun& run)>& event) {
  locked([&](Effects& effects) {
    JobRun* run = store_.findByTask(taskRunId);
    if (stopped_ || !run) return 0;
    RunGraph graph = graphOf(*run);
    event(graph, *run);
    advance(*run, graph, effects);
    return 0;
  });
}

void RunEngine::startJob(JobRun& run, std::int64_t taskRunId, Effects& effects) {
  const Json& content = core::objectAt(run.find(taskRunId)->resolved, "run_job_task");
  std::int64_t jobId = core::intAt(content, "job_id");
  auto fail = [&](Ending ending, const std::string& message) { endTask(taskRunId, ending, message, effects); };
  auto job = jobs_.find(jobId);
  if (!job) return fail(Ending::NotFound, fmt::format("Job {} does not exist.", jobId));
  auto runAs = users_.find(run.runAs);
  if (!runAs) return fail(Ending::Unauthorized, fmt::format("There is no user {}.", run.runAs));
  if (auto allowed = jobs_.check(*runAs, jobId, JobRight::ManageRun); !allowed)
    return fail(Ending::Unauthorized, allowed.error().message);
  if (run.depth >= kMaxRunJobDepth)
    return fail(Ending::InvalidConfiguration,
                fmt::format("Run Job tasks cannot be nested more than {} deep.", kMaxRunJobDepth));
  if (core::arrayAt(*job->settings, "tasks").empty())
    return fail(Ending::InvalidConfiguration, fmt::format("Job {} does not have any tasks.", jobId));
  RunRequest request = runOf(*job, run.creator, "RUN_JOB_TASK", content);
  request.run.parentTaskRun = taskRunId;
  request.run.depth = run.depth + 1;
  auto child = startLocked(std::move(request), effects);
  if (!child) return fail(Ending::InvalidConfiguration, child.error().message);
  if (Attempt* attempt = run.find(taskRunId)) attempt->childRun = *child;
  store_.putOutput(taskRunId, {Json{{"run_job_output", {{"run_id", *child}}}}, ""});
}

}  // namespace trowel::emulator

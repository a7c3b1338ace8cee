// SPDX-License-Identifier: Apache-2.0
// The engine's part that starts runs: of jobs, of none, from the queue, and those that others carry out.
#include <fmt/format.h>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/run_engine.hpp"
#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/run_states.hpp"

namespace trowel::emulator {

using core::Json;

RunRequest runOf(const Job& job, const std::string& creator, const std::string& trigger, const Json& parameters) {
  RunRequest request{.maxConcurrentRuns = core::intAt(*job.settings, "max_concurrent_runs", 1)};
  JobRun& run = request.run;
  run.jobId = job.id;
  run.name = job.name();
  run.creator = creator;
  run.runAs = job.runAs();
  run.trigger = trigger;
  run.settings = job.settings;
  run.overrides = overridingParameters(parameters);
  run.jobParameters = core::objectAt(parameters, "job_parameters");
  run.idempotencyToken = core::stringAt(parameters, "idempotency_token");
  const Json& queue = core::objectAt(has(parameters, "queue") ? parameters : *job.settings, "queue");
  run.queueing = core::boolAt(queue, "enabled");
  return request;
}

Reply<std::int64_t> RunEngine::start(RunRequest request) {
  return locked([&](Effects& effects) { return startLocked(std::move(request), effects); });
}

Reply<std::int64_t> RunEngine::startOnce(RunRequest request, const Json& accessControlList) {
  std::int64_t job = request.run.jobId;
  TROWEL_TRY(jobs_.addOneTime(job, request.run.creator, accessControlList));
  auto id = start(std::move(request));
  // A token may have led to a run that was there before.
  if (auto run = id ? find(*id) : std::nullopt; !run || run->jobId != job) jobs_.removeOneTime(job);
  return id;
}

void RunEngine::record(JobRun run, const std::string& clusterId, const core::CancelToken& cancel,
                       const std::function<TaskOutcome(const core::CancelToken& token)>& work) {
  core::CancelSource source(cancel);
  run.id = world_.ids.large();
  run.jobId = world_.ids.large();
  run.type = kWorkflowRun;
  (void)jobs_.addOneTime(run.jobId, run.creator, Json::array());
  auto taskRunId = locked([&](Effects& effects) {
    run.startTime = world_.now();
    store_.forgetOld();
    JobRun& added = store_.add(std::move(run));
    begin(added, effects);
    Attempt& attempt = added.attempts.front();
    attempt.clusterId = clusterId;
    graphOf(added).executing(attempt.runId, world_.now());
    working_.emplace(attempt.runId, source);
    return attempt.runId;
  });
  finishTask(taskRunId, work(source.token()));
}

Reply<std::int64_t> RunEngine::startLocked(RunRequest request, Effects& effects) {
  JobRun& asked = request.run;
  if (auto before = store_.withTokenOf(asked)) {
    if (store_.find(*before)) return *before;
    return invalidParameter("The run with the idempotency token " + asked.idempotencyToken + " has been deleted.");
  }
  std::int64_t concurrent = concurrentRuns(asked.jobId);
  const Json& continuous = core::objectAt(*asked.settings, "continuous");
  if (asked.trigger == "ONE_TIME" && concurrent > 0 && !continuous.empty())
    return refuse(409, "CONFLICT", fmt::format("Job {} is continuous and already has an active run.", asked.jobId));

  store_.forgetOld();
  asked.id = world_.ids.large();
  asked.startTime = world_.now();
  JobRun& run = store_.add(std::move(asked));
  if (run.type == "JOB_RUN" && concurrent >= request.maxConcurrentRuns) {
    if (run.queueing && request.maxConcurrentRuns > 0) {
      run.phase = Phase::Queued;
      store_.save(run);
      return run.id;
    }
    run.phase = Phase::Ended;
    run.ending = Ending::MaximumConcurrentRuns;
    run.message = endingMessage(run.ending);
    run.endTime = run.startTime;
    store_.save(run);
    ended(run, effects);
    return run.id;
  }
  begin(run, effects);
  return run.id;
}

// Before anything of the run happens it is written: ids of its tasks lead to it from here on.
void RunEngine::begin(JobRun& run, Effects& effects) {
  RunGraph graph = graphOf(run);
  graph.begin(world_.now());
  store_.save(run);
  advance(run, graph, effects);
}

void RunEngine::startQueued(std::int64_t jobId, Effects& effects) {
  for (auto* run : store_.active()) {
    if (run->jobId != jobId || run->phase != Phase::Queued) continue;
    auto job = jobs_.find(jobId);
    const Json& settings = job ? *job->settings : *run->settings;
    if (concurrentRuns(jobId) >= core::intAt(settings, "max_concurrent_runs", 1)) return;
    begin(*run, effects);
  }
}

}  // namespace trowel::emulator

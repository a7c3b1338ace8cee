// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/run_reading.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "databricks/reading/job_task.hpp"

namespace trowel::databricks {

namespace {

RunState readState(const core::Json& json) {
  RunState state;
  const auto& old = core::objectAt(json, "state");
  state.lifeCycle = core::stringAt(old, "life_cycle_state");
  state.result = core::stringAt(old, "result_state");
  state.message = core::stringAt(old, "state_message");
  state.cancelledOrTimedOut = core::boolAt(old, "user_cancelled_or_timedout");
  state.queueReason = core::stringAt(old, "queue_reason");
  const auto& status = core::objectAt(json, "status");
  state.status = core::stringAt(status, "state");
  if (state.queueReason.empty()) state.queueReason = core::stringAt(core::objectAt(status, "queue_details"), "message");
  const auto& termination = core::objectAt(status, "termination_details");
  state.terminationCode = core::stringAt(termination, "code");
  state.terminationType = core::stringAt(termination, "type");
  state.terminationMessage = core::stringAt(termination, "message");
  return state;
}

RunDurations readDurations(const core::Json& json) {
  return {.setup = core::intAt(json, "setup_duration"),
          .execution = core::intAt(json, "execution_duration"),
          .cleanup = core::intAt(json, "cleanup_duration"),
          .run = core::intAt(json, "run_duration"),
          .queue = core::intAt(json, "queue_duration")};
}

std::string readClusterId(const core::Json& json) {
  return core::stringAt(core::objectAt(json, "cluster_instance"), "cluster_id");
}

RunTask readTask(const core::Json& json) {
  RunTask task;
  task.task = readJobTask(json);
  task.runId = core::intAt(json, "run_id");
  task.attempt = core::intAt(json, "attempt_number");
  task.state = readState(json);
  task.startTime = core::intAt(json, "start_time");
  task.endTime = core::intAt(json, "end_time");
  task.durations = readDurations(json);
  task.pageUrl = core::stringAt(json, "run_page_url");
  task.clusterId = readClusterId(json);
  task.sparkContextId = core::intAt(core::objectAt(json, "cluster_instance"), "spark_context_id");
  task.conditionOutcome = core::stringAt(core::objectAt(json, "condition_task"), "outcome");
  return task;
}

RunParameter readParameter(const core::Json& json) {
  return {.name = core::stringAt(json, "name"),
          .defaultValue = core::stringAt(json, "default"),
          .value = core::stringAt(json, "value")};
}

RunRepair readRepair(const core::Json& json) {
  return {.id = core::intAt(json, "id"),
          .type = core::stringAt(json, "type"),
          .state = readState(json),
          .startTime = core::intAt(json, "start_time"),
          .endTime = core::intAt(json, "end_time")};
}

}  // namespace

bool RunState::isOver() const {
  if (lifeCycle.empty()) return status == "TERMINATED";
  constexpr std::array<std::string_view, 3> kEnds = {"TERMINATED", "SKIPPED", "INTERNAL_ERROR"};
  return std::ranges::find(kEnds, lifeCycle) != kEnds.end();
}

std::vector<RunTask> Run::latestTasks() const {
  std::vector<RunTask> latest;
  for (const auto& task : tasks) {
    auto known = std::ranges::find_if(latest, [&](const RunTask& other) { return other.task.key == task.task.key; });
    if (known == latest.end())
      latest.push_back(task);
    else if (known->attempt <= task.attempt)
      *known = task;
  }
  return latest;
}

Run readRun(const core::Json& json) {
  Run run;
  run.id = core::intAt(json, "run_id");
  run.jobId = core::intAt(json, "job_id");
  run.parentId = core::intAt(json, "parent_run_id");
  run.originalAttemptId = core::intAt(json, "original_attempt_run_id");
  run.attempt = core::intAt(json, "attempt_number");
  run.taskKey = core::stringAt(json, "task_key");
  run.name = core::stringAt(json, "run_name");
  run.creator = core::stringAt(json, "creator_user_name");
  run.type = core::stringAt(json, "run_type");
  run.trigger = core::stringAt(json, "trigger");
  run.state = readState(json);
  run.startTime = core::intAt(json, "start_time");
  run.endTime = core::intAt(json, "end_time");
  run.durations = readDurations(json);
  run.pageUrl = core::stringAt(json, "run_page_url");
  run.clusterId = readClusterId(json);
  run.parameters = listAt(json, "job_parameters", &readParameter);
  run.tasks = listAt(json, "tasks", &readTask);
  run.iterations = listAt(json, "iterations", &readTask);
  run.repairs = listAt(json, "repair_history", &readRepair);
  run.cut = core::boolAt(json, "has_more");
  run.document = documentOf(json);
  return run;
}

}  // namespace trowel::databricks

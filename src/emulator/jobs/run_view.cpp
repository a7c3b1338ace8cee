// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/run_states.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Durations count what is over: a phase that still goes on has none yet.
void addDurations(const Attempt& attempt, Json& answer) {
  std::int64_t setupEnd = attempt.executionTime != 0 ? attempt.executionTime : attempt.endTime;
  std::int64_t executionEnd = attempt.cleanupTime != 0 ? attempt.cleanupTime : attempt.endTime;
  bool ended = !attempt.active();
  answer["setup_duration"] = setupEnd != 0 ? setupEnd - attempt.startTime : 0;
  answer["execution_duration"] = ended && attempt.executionTime != 0 ? executionEnd - attempt.executionTime : 0;
  answer["cleanup_duration"] = ended && attempt.cleanupTime != 0 ? attempt.endTime - attempt.cleanupTime : 0;
  if (ended) answer["run_duration"] = attempt.endTime - attempt.startTime;
}

void addCluster(const Attempt& attempt, Json& answer) {
  if (attempt.clusterId.empty()) return;
  answer["cluster_instance"]["cluster_id"] = attempt.clusterId;
  if (!attempt.sparkContextId.empty()) answer["cluster_instance"]["spark_context_id"] = attempt.sparkContextId;
}

Json clusterSpec(const Json& task) {
  Json spec = Json::object();
  for (auto field : {"existing_cluster_id", "new_cluster", "job_cluster_key", "libraries"})
    if (has(task, field)) spec[field] = task[field];
  return spec;
}

Json forEachStats(const JobRun& run, const Attempt& task) {
  std::int64_t active = 0, succeeded = 0, failed = 0;
  std::vector<const Attempt*> last(task.inputs.size());
  for (const auto& iteration : run.attempts)
    if (iteration.parent == task.runId && iteration.iteration < last.size()) last[iteration.iteration] = &iteration;
  for (const auto* iteration : last) {
    if (!iteration) continue;
    if (iteration->active())
      ++active;
    else
      ++(iteration->ending == Ending::Success ? succeeded : failed);
  }
  return {{"task_run_stats",
           {{"total_iterations", task.inputs.size()},
            {"scheduled_iterations", task.nextInput},
            {"active_iterations", active},
            {"completed_iterations", succeeded + failed},
            {"succeeded_iterations", succeeded},
            {"failed_iterations", failed}}}};
}

Json jobParameters(const JobRun& run) {
  Json list = Json::array();
  Json values = run.effectiveParameters();
  for (const auto& parameter : core::arrayAt(*run.settings, "parameters")) {
    std::string name = core::stringAt(parameter, "name");
    list.push_back({{"name", name}, {"default", core::stringAt(parameter, "default")}, {"value", values[name]}});
    values.erase(name);
  }
  for (const auto& [name, value] : values.items()) list.push_back({{"name", name}, {"value", value}});
  return list;
}

// With the commit, once a task has it.
void addGitSource(const JobRun& run, Json& answer) {
  if (!has(*run.settings, "git_source")) return;
  answer["git_source"] = (*run.settings)["git_source"];
  if (!run.gitCommit.empty()) answer["git_source"]["git_snapshot"] = {{"used_commit", run.gitCommit}};
}

}  // namespace

std::string RunView::pageUrl(const JobRun& run, std::int64_t runId) const {
  return fmt::format("{}/?o={}#job/{}/run/{}", workspace_.url, workspace_.id, run.jobId, runId);
}

Json RunView::common(const JobRun& run) const {
  Json answer{{"job_id", run.jobId},
              {"job_run_id", run.id},
              {"creator_user_name", run.creator},
              {"trigger", run.trigger},
              {"run_type", run.type}};
  if (run.parentTaskRun != 0) answer["trigger_info"] = {{"run_id", run.parentTaskRun}};
  if (!run.overrides.empty()) answer["overriding_parameters"] = run.overrides;
  Json parameters = jobParameters(run);
  if (!parameters.empty()) answer["job_parameters"] = std::move(parameters);
  addGitSource(run, answer);
  if (has(*run.settings, "description")) answer["description"] = (*run.settings)["description"];
  if (run.trigger == "PERIODIC" && has(*run.settings, "schedule")) answer["schedule"] = (*run.settings)["schedule"];
  return answer;
}

Json RunView::task(const JobRun& run, const Attempt& attempt) const {
  Json answer = run.taskOf(attempt);
  for (auto ofTheJob : {"max_retries", "min_retry_interval_millis", "retry_on_timeout", "disabled",
                        "disable_auto_optimization", "health"})
    answer.erase(ofTheJob);
  answer["run_id"] = attempt.runId;
  answer["task_key"] = attempt.taskKey;
  answer["attempt_number"] = attempt.number;
  answer["start_time"] = attempt.startTime;
  answer["end_time"] = attempt.endTime;
  answer["run_page_url"] = pageUrl(run, attempt.runId);
  addDurations(attempt, answer);
  describeState(attempt, answer);
  addCluster(attempt, answer);
  addGitSource(run, answer);
  if (has(answer, "condition_task") && !attempt.outcome.empty()) answer["condition_task"]["outcome"] = attempt.outcome;
  if (has(answer, "for_each_task") && attempt.startTime != 0)
    answer["for_each_task"]["stats"] = forEachStats(run, attempt);
  if (options_.resolved)
    if (Json values = resolvedValues(attempt.resolved); !values.is_null())
      answer["resolved_values"] = std::move(values);
  return answer;
}

// The format of a single task, as 2.0 has it: what the task is, and where it ran, at the top.
void RunView::addTaskOnTop(const JobRun& run, const Attempt& attempt, Json& answer) const {
  const Json& definition = run.taskOf(attempt);
  std::string kind = taskKind(definition);
  answer["task"] = {{kind, core::objectAt(definition, kind.c_str())}};
  if (Json spec = clusterSpec(definition); !spec.empty()) answer["cluster_spec"] = std::move(spec);
  answer["attempt_number"] = attempt.number;
  addCluster(attempt, answer);
  addDurations(attempt, answer);
}

Json RunView::history(const JobRun& run) const {
  Json list = Json::array();
  for (const auto& part : run.parts) {
    Json item{{"type", part.repairId == 0 ? "ORIGINAL" : "REPAIR"},
              {"start_time", part.startTime},
              {"end_time", part.endTime}};
    if (part.repairId != 0) item["id"] = part.repairId;
    describeState(run, part, item);
    for (const auto& attempt : run.attempts)
      if (attempt.repairId == part.repairId && attempt.parent == 0) item["task_run_ids"].push_back(attempt.runId);
    list.push_back(std::move(item));
  }
  return list;
}

Json RunView::ofRun(const JobRun& run) const {
  Json answer = common(run);
  answer["run_id"] = run.id;
  answer["number_in_job"] = run.id;
  answer["original_attempt_run_id"] = run.id;
  answer["run_name"] = run.name;
  answer["run_page_url"] = pageUrl(run, run.id);
  answer["format"] = run.singleTask() ? "SINGLE_TASK" : "MULTI_TASK";
  answer["start_time"] = run.startTime;
  answer["end_time"] = run.endTime;
  answer["attempt_number"] = 0;
  for (auto duration : {"setup_duration", "execution_duration", "cleanup_duration"}) answer[duration] = 0;
  answer["queue_duration"] = run.phase == Phase::Queued ? now_ - run.startTime : run.queuedTime;
  describeState(run, answer);
  const Attempt* first = run.attempts.empty() ? nullptr : run.latest(run.attempts.front().taskKey);
  if (run.singleTask() && first) addTaskOnTop(run, *first, answer);
  if (!run.active()) {
    std::int64_t duration = 0;
    for (const auto& part : run.parts) duration += part.endTime - part.startTime;
    answer["run_duration"] = duration;
  }
  if (options_.history && !run.parts.empty()) answer["repair_history"] = history(run);
  if (options_.version != 20) answer.erase("task");
  if (!options_.tasks || (options_.version == 20 && run.singleTask())) return answer;
  if (has(*run.settings, "job_clusters")) answer["job_clusters"] = (*run.settings)["job_clusters"];
  for (const auto& attempt : run.attempts)
    if (attempt.parent == 0) answer["tasks"].push_back(task(run, attempt));
  return answer;
}

Json RunView::ofTask(const JobRun& run, const Attempt& attempt) const {
  Json answer = common(run);
  auto original = std::ranges::find_if(run.attempts, [&](const Attempt& other) {
    return other.taskKey == attempt.taskKey && other.parent == attempt.parent && other.repairId == attempt.repairId &&
           other.iteration == attempt.iteration;
  });
  answer["run_id"] = attempt.runId;
  answer["parent_run_id"] = attempt.parent != 0 ? attempt.parent : run.id;
  answer["number_in_job"] = attempt.runId;
  answer["original_attempt_run_id"] = original->runId;
  answer["run_name"] = attempt.taskKey;
  answer["task_key"] = attempt.taskKey;
  answer["run_page_url"] = pageUrl(run, attempt.runId);
  answer["format"] = "SINGLE_TASK";
  answer["start_time"] = attempt.startTime;
  answer["end_time"] = attempt.endTime;
  answer["queue_duration"] = 0;
  addTaskOnTop(run, attempt, answer);
  describeState(attempt, answer);
  if (!options_.tasks) return answer;
  answer["tasks"] = Json::array({task(run, attempt)});
  for (const auto& iteration : run.attempts)
    if (iteration.parent == attempt.runId) answer["iterations"].push_back(task(run, iteration));
  return answer;
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/jobs.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "databricks/reading/job_task.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.2/jobs/list", Safety::Safe, byToken("jobs")};
constexpr Call kGet{Verb::Get, "/api/2.2/jobs/get", Safety::Safe, arraysByToken()};
constexpr Call kCreate{Verb::Post, "/api/2.2/jobs/create", Safety::Unsafe};
constexpr Call kReset{Verb::Post, "/api/2.2/jobs/reset", Safety::Safe};
constexpr Call kUpdate{Verb::Post, "/api/2.2/jobs/update", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.2/jobs/delete", Safety::Safe};

constexpr int kPageSize = 100;  // the most that the API gives for jobs

JobParameter readParameter(const core::Json& json) {
  return {.name = core::stringAt(json, "name"), .defaultValue = core::stringAt(json, "default")};
}

std::string readClusterKey(const core::Json& json) { return core::stringAt(json, "job_cluster_key"); }

JobTrigger readTrigger(const core::Json& settings) {
  JobTrigger trigger;
  const core::Json* definition = nullptr;
  for (const char* kind : {"schedule", "continuous", "trigger"}) {
    const auto& found = core::objectAt(settings, kind);
    if (found.empty()) continue;
    trigger.kind = kind;
    definition = &found;
    break;
  }
  if (definition == nullptr) return trigger;
  trigger.cron = core::stringAt(*definition, "quartz_cron_expression");
  trigger.timezone = core::stringAt(*definition, "timezone_id");
  trigger.paused = core::stringAt(*definition, "pause_status") == "PAUSED";
  // "trigger" is only the cover of file_arrival, periodic, table_update, …
  if (trigger.kind == "trigger")
    for (const auto& [name, value] : definition->items())
      if (value.is_object()) trigger.kind = name;
  return trigger;
}

JobSettings readSettings(const core::Json& json) {
  JobSettings settings;
  settings.name = core::stringAt(json, "name");
  settings.description = core::stringAt(json, "description");
  settings.format = core::stringAt(json, "format");
  settings.editMode = core::stringAt(json, "edit_mode");
  settings.trigger = readTrigger(json);
  settings.maxConcurrentRuns = core::intAt(json, "max_concurrent_runs", 1);
  settings.timeoutSeconds = core::intAt(json, "timeout_seconds");
  settings.queued = core::boolAt(core::objectAt(json, "queue"), "enabled");
  settings.tags = textMapAt(json, "tags");
  settings.parameters = listAt(json, "parameters", &readParameter);
  settings.jobClusterKeys = listAt(json, "job_clusters", &readClusterKey);
  settings.tasks = listAt(json, "tasks", &readJobTask);
  settings.document = documentOf(json);
  return settings;
}

Job readJob(const core::Json& json) {
  Job job;
  job.id = core::intAt(json, "job_id");
  job.creator = core::stringAt(json, "creator_user_name");
  job.runAs = core::stringAt(json, "run_as_user_name");
  job.createdTime = core::intAt(json, "created_time");
  job.cut = core::boolAt(json, "has_more");
  job.settings = readSettings(core::objectAt(json, "settings"));
  return job;
}

}  // namespace

Listing<Job> Jobs::list(const JobFilter& filter, const CallOptions& options) const {
  core::Json params = {{"limit", kPageSize}};
  if (!filter.name.empty()) params["name"] = filter.name;
  if (filter.tasks) params["expand_tasks"] = true;
  return rest_.list(kList, params, &readJob, options);
}

core::Result<Job> Jobs::get(std::int64_t id, const CallOptions& options) const {
  return readJob(TROWEL_TRY(rest_.gather(
      kGet, {{"job_id", id}},
      {"settings.tasks", "settings.job_clusters", "settings.parameters", "settings.environments"}, options)));
}

core::Result<std::int64_t> Jobs::create(const core::Json& settings, const CallOptions& options) const {
  return core::intAt(TROWEL_TRY(rest_.call(kCreate, settings, options)), "job_id");
}

core::Result<void> Jobs::reset(std::int64_t id, const core::Json& settings, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kReset, {{"job_id", id}, {"new_settings", settings}}, options));
  return {};
}

core::Result<void> Jobs::update(std::int64_t id, const core::Json& changes,
                                const std::vector<std::string>& fieldsToRemove, const CallOptions& options) const {
  core::Json params = {{"job_id", id}, {"new_settings", changes}};
  if (!fieldsToRemove.empty()) params["fields_to_remove"] = fieldsToRemove;
  TROWEL_TRY(rest_.call(kUpdate, params, options));
  return {};
}

core::Result<void> Jobs::remove(std::int64_t id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"job_id", id}}, options));
  return {};
}

}  // namespace trowel::databricks

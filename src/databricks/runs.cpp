// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/runs.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "databricks/reading/run_reading.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

// Both starts always carry an idempotency token: asked twice, the workspace names the run that it has.
constexpr Call kRunNow{Verb::Post, "/api/2.2/jobs/run-now", Safety::Safe};
constexpr Call kSubmit{Verb::Post, "/api/2.2/jobs/runs/submit", Safety::Safe};
constexpr Call kList{Verb::Get, "/api/2.2/jobs/runs/list", Safety::Safe, byToken("runs")};
constexpr Call kGet{Verb::Get, "/api/2.2/jobs/runs/get", Safety::Safe, arraysByToken()};
constexpr Call kGetOutput{Verb::Get, "/api/2.2/jobs/runs/get-output", Safety::Safe};
constexpr Call kExport{Verb::Get, "/api/2.2/jobs/runs/export", Safety::Safe};
constexpr Call kCancel{Verb::Post, "/api/2.2/jobs/runs/cancel", Safety::Safe};
constexpr Call kCancelAll{Verb::Post, "/api/2.2/jobs/runs/cancel-all", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.2/jobs/runs/delete", Safety::Safe};
// The second of two repairs finds the run active and is refused, which would hide that the first worked.
constexpr Call kRepair{Verb::Post, "/api/2.2/jobs/runs/repair", Safety::Unsafe};

constexpr int kPageSize = 25;            // the most that the API gives for runs
constexpr std::size_t kTokenBytes = 16;  // twice as many characters, of 64 that are allowed

void addParameters(core::Json& params, const RunParameters& given) {
  if (!given.job.empty()) params["job_parameters"] = given.job;
  if (!given.notebook.empty()) params["notebook_params"] = given.notebook;
  if (!given.python.empty()) params["python_params"] = given.python;
  if (!given.jar.empty()) params["jar_params"] = given.jar;
  if (!given.sparkSubmit.empty()) params["spark_submit_params"] = given.sparkSubmit;
  if (!given.pythonNamed.empty()) params["python_named_params"] = given.pythonNamed;
  if (!given.sql.empty()) params["sql_params"] = given.sql;
  if (!given.dbtCommands.empty()) params["dbt_commands"] = given.dbtCommands;
  if (given.pipelineFullRefresh) params["pipeline_params"] = {{"full_refresh", *given.pipelineFullRefresh}};
}

ExportedView readView(const core::Json& json) {
  return {.name = core::stringAt(json, "name"),
          .type = core::stringAt(json, "type"),
          .content = core::stringAt(json, "content")};
}

RunOutput readOutput(const core::Json& json) {
  RunOutput output;
  output.run = readRun(core::objectAt(json, "metadata"));
  const auto& notebook = core::objectAt(json, "notebook_output");
  if (notebook.contains("result")) output.notebookResult = core::stringAt(notebook, "result");
  output.notebookResultTruncated = core::boolAt(notebook, "truncated");
  output.logs = core::stringAt(json, "logs");
  output.logsTruncated = core::boolAt(json, "logs_truncated");
  output.error = core::stringAt(json, "error");
  output.errorTrace = core::stringAt(json, "error_trace");
  output.info = core::stringAt(json, "info");
  output.sqlOutputLink =
      core::stringAt(core::objectAt(core::objectAt(json, "sql_output"), "query_output"), "output_link");
  output.startedRunId = core::intAt(core::objectAt(json, "run_job_output"), "run_id");
  return output;
}

}  // namespace

Listing<Run> Runs::list(const RunFilter& filter, const CallOptions& options) const {
  core::Json params = {{"limit", kPageSize}};
  if (filter.jobId != 0) params["job_id"] = filter.jobId;
  if (filter.activity == RunActivity::Active) params["active_only"] = true;
  if (filter.activity == RunActivity::Completed) params["completed_only"] = true;
  if (!filter.type.empty()) params["run_type"] = filter.type;
  if (filter.startedFrom != 0) params["start_time_from"] = filter.startedFrom;
  if (filter.startedUntil != 0) params["start_time_to"] = filter.startedUntil;
  if (filter.tasks) params["expand_tasks"] = true;
  return rest_.list(kList, params, &readRun, options);
}

core::Result<Run> Runs::get(std::int64_t runId, const CallOptions& options) const {
  return readRun(
      TROWEL_TRY(rest_.gather(kGet, {{"run_id", runId}, {"include_history", true}},
                              {"tasks", "job_clusters", "job_parameters", "repair_history", "iterations"}, options)));
}

core::Result<std::int64_t> Runs::runNow(const RunRequest& request, const CallOptions& options) const {
  core::Json params = {{"job_id", request.jobId}};
  addParameters(params, request.parameters);
  if (!request.only.empty()) params["only"] = request.only;
  if (request.queue) params["queue"] = {{"enabled", *request.queue}};
  params["idempotency_token"] =
      request.idempotencyToken.empty() ? core::randomHex(kTokenBytes) : request.idempotencyToken;
  return core::intAt(TROWEL_TRY(rest_.call(kRunNow, params, options)), "run_id");
}

core::Result<std::int64_t> Runs::submit(const core::Json& definition, const CallOptions& options) const {
  core::Json params = definition;
  if (core::stringAt(params, "idempotency_token").empty()) params["idempotency_token"] = core::randomHex(kTokenBytes);
  return core::intAt(TROWEL_TRY(rest_.call(kSubmit, params, options)), "run_id");
}

core::Result<RunOutput> Runs::output(std::int64_t taskRunId, const CallOptions& options) const {
  return readOutput(TROWEL_TRY(rest_.call(kGetOutput, {{"run_id", taskRunId}}, options)));
}

core::Result<std::vector<ExportedView>> Runs::exportViews(std::int64_t taskRunId, std::string_view views,
                                                          const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kExport, {{"run_id", taskRunId}, {"views_to_export", views}}, options));
  return listAt(json, "views", &readView);
}

core::Result<void> Runs::cancel(std::int64_t runId, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kCancel, {{"run_id", runId}}, options));
  return {};
}

core::Result<void> Runs::cancelAll(std::int64_t jobId, bool queued, const CallOptions& options) const {
  core::Json params = {{"all_queued_runs", queued || jobId == 0}};
  if (jobId != 0) params["job_id"] = jobId;
  TROWEL_TRY(rest_.call(kCancelAll, params, options));
  return {};
}

core::Result<void> Runs::remove(std::int64_t runId, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"run_id", runId}}, options));
  return {};
}

core::Result<std::int64_t> Runs::repair(const RepairRequest& request, const CallOptions& options) const {
  core::Json params = {{"run_id", request.runId}};
  if (request.tasks.empty())
    params["rerun_all_failed_tasks"] = true;
  else
    params["rerun_tasks"] = request.tasks;
  if (request.dependentTasks) params["rerun_dependent_tasks"] = true;
  if (request.latestRepairId != 0) params["latest_repair_id"] = request.latestRepairId;
  addParameters(params, request.parameters);
  return core::intAt(TROWEL_TRY(rest_.call(kRepair, params, options)), "repair_id");
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// The endpoints that look at runs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/jobs/array_pages.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/job_api.hpp"
#include "emulator/jobs/run_api.hpp"
#include "emulator/jobs/run_view.hpp"
#include "emulator/server/paging.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr const char* kArrays[] = {"tasks", "job_clusters", "job_parameters", "repair_history", "iterations"};
constexpr std::int64_t kListLimit = 20;

std::int64_t maxListLimit(const Call& call) { return apiVersion(call) == 20 ? 1000 : 25; }

// Of what is only wrong when it is there and not one of `choices`.
Reply<void> checkChoice(const Call& call, const char* field, const char* choices) {
  if (call.text(field).empty() && has(call.params(), field) && call.params()[field].is_string()) return {};
  FieldRule rule[] = {{field, Shape::Text, false, choices}};
  return checkFields(call.params(), rule, "");
}

Reply<Page> listPage(const Call& call) {
  auto limit = TROWEL_TRY(optionalNumber(call, "limit", kListLimit));
  auto maximum = maxListLimit(call);
  if (limit < 0 || limit > maximum)
    return invalidParameter(
        fmt::format("Invalid limit {}. The limit must be greater than 0 and at most {}.", limit, maximum));
  auto most = static_cast<std::size_t>(maximum);
  // Unlike elsewhere 0 asks for as many as there may be.
  bool zero = limit == 0;
  Page page = TROWEL_TRY(readPage(call, "limit", zero ? most : kListLimit, most));
  auto offset = TROWEL_TRY(optionalNumber(call, "offset"));
  if (offset < 0) return invalidParameter("offset must not be negative.");
  if (call.text("page_token").empty()) page.offset = static_cast<std::size_t>(offset);
  return page;
}

Reply<Response> list(RunApi& api, const Call& call) {
  Page page = TROWEL_TRY(listPage(call));
  TROWEL_TRY(checkChoice(call, "run_type", "JOB_RUN WORKFLOW_RUN SUBMIT_RUN"));
  bool active = call.flag("active_only");
  bool completed = call.flag("completed_only");
  if (active && completed) return invalidParameter("active_only and completed_only cannot both be true.");
  std::int64_t job = 0;
  if (has(call.params(), "job_id") && !call.text("job_id").empty()) {
    job = TROWEL_TRY(requiredId(call, "job_id"));
    TROWEL_TRY(api.jobs.check(call.caller(), job, JobRight::View));
  }
  std::string type = call.text("run_type");
  auto from = TROWEL_TRY(optionalNumber(call, "start_time_from"));
  auto to = TROWEL_TRY(optionalNumber(call, "start_time_to"));
  auto wanted = [&](const JobRun& run) {
    return (job == 0 || run.jobId == job) && (!active || run.active()) && (!completed || !run.active()) &&
           (type.empty() || run.type == type) && run.startTime >= from && (to == 0 || run.startTime <= to) &&
           checkRunRight(api, call.caller(), run, JobRight::View).has_value();
  };
  api.startDue();
  bool more = false;
  auto runs = api.engine.list(wanted, page.offset, page.size, more);
  if (job != 0 && runs.empty() && page.offset == 0) TROWEL_TRY(api.jobs.get(job));
  auto workspace = api.engine.workspace();
  RunView view(workspace, {.version = apiVersion(call), .tasks = call.flag("expand_tasks")}, api.world.now());
  Json items = Json::array();
  for (const auto& run : runs) {
    Json item = view.ofRun(run);
    if (cutArrays(item, kArrays)) item["has_more"] = true;
    items.push_back(std::move(item));
  }
  Json answer{{"has_more", more}};
  if (!items.empty()) answer["runs"] = std::move(items);
  if (apiVersion(call) == 20) return jsonResponse(answer);
  if (more) answer["next_page_token"] = pageToken(page.offset + page.size);
  if (page.offset > 0) answer["prev_page_token"] = pageToken(page.offset - std::min(page.offset, page.size));
  return jsonResponse(answer);
}

Reply<Response> get(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  JobRun run = TROWEL_TRY(runOfCall(api, call, JobRight::View));
  auto workspace = api.engine.workspace();
  RunView view(workspace,
               {.version = apiVersion(call),
                .history = call.flag("include_history"),
                .resolved = call.flag("include_resolved_values")},
               api.world.now());
  Json answer = id == run.id ? view.ofRun(run) : view.ofTask(run, *run.find(id));
  TROWEL_TRY(pageArrays(call, answer, kArrays, answer));
  return jsonResponse(answer);
}

// The attempt whose output a call asks for: a run of several tasks has none itself.
Reply<const Attempt*> outputOf(const JobRun& run, std::int64_t id, const char* refusal) {
  if (id != run.id) return run.find(id);
  if (!run.singleTask()) return invalidParameter(refusal);
  const Attempt* only = run.attempts.empty() ? nullptr : run.latest(run.attempts.front().taskKey);
  return only;
}

Reply<Response> getOutput(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  JobRun run = TROWEL_TRY(runOfCall(api, call, JobRight::View));
  const Attempt* attempt =
      TROWEL_TRY(outputOf(run, id,
                          "Retrieving the output of runs with multiple tasks is not supported. Please retrieve the "
                          "output of each individual task run instead."));
  auto workspace = api.engine.workspace();
  RunView view(workspace, {.version = apiVersion(call)}, api.world.now());
  Json answer = Json::object();
  if (attempt) {
    auto output = api.engine.output(attempt->runId);
    if (output && output->output.is_object()) answer = std::move(output->output);
    // A notebook that has ended has an output, though it may have nothing in it.
    if (!attempt->active() && attempt->executionTime != 0 && has(run.taskOf(*attempt), "notebook_task") &&
        !has(answer, "notebook_output"))
      answer["notebook_output"] = Json::object();
  }
  answer["metadata"] = id == run.id ? view.ofRun(run) : view.ofTask(run, *attempt);
  return jsonResponse(answer);
}

Reply<Response> exportRun(RunApi& api, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "run_id"));
  TROWEL_TRY(checkChoice(call, "views_to_export", "CODE DASHBOARDS ALL"));
  JobRun run = TROWEL_TRY(runOfCall(api, call, JobRight::View));
  const Attempt* attempt =
      TROWEL_TRY(outputOf(run, id,
                          "Exporting runs with multiple tasks is not supported. Please export each individual task "
                          "run instead."));
  Json notebook = attempt ? core::objectAt(run.taskOf(*attempt), "notebook_task") : Json::object();
  if (notebook.empty())
    return invalidParameter(fmt::format("Run {} is not a notebook run and cannot be exported.", id));
  if (attempt->active()) return invalidParameter(fmt::format("Run {} has not ended yet and cannot be exported.", id));
  auto output = api.engine.output(attempt->runId);
  bool code = call.text("views_to_export", "CODE") != "DASHBOARDS";  // the emulator has no notebook dashboards
  if (!code || !output || output->exportHtml.empty()) return emptyResponse();
  std::string path = core::stringAt(notebook, "notebook_path");
  Json view{{"content", output->exportHtml}, {"name", path.substr(path.rfind('/') + 1)}, {"type", "NOTEBOOK"}};
  return jsonResponse({{"views", Json::array({std::move(view)})}});
}

}  // namespace

void addRunReadRoutes(Router& router, RunApi& api, const std::string& root) {
  auto add = [&](const char* name, auto endpoint) {
    router.add("GET", root + name, [&api, endpoint](const Call& call) { return endpoint(api, call); });
  };
  add("runs/list", list);
  add("runs/get", get);
  add("runs/get-output", getOutput);
  add("runs/export", exportRun);
}

}  // namespace trowel::emulator

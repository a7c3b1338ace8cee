// SPDX-License-Identifier: Apache-2.0
#include "job_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "job_node.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/runs.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr const char* kNoJob = "This workspace has no job that you may see. Create one first.";

bool any(const databricks::Job&) { return true; }
bool canPause(const databricks::Job& job) { return !job.settings.trigger.kind.empty() && !job.settings.trigger.paused; }
bool canResume(const databricks::Job& job) { return !job.settings.trigger.kind.empty() && job.settings.trigger.paused; }

// A value that a run can have instead of the job's own.
struct Parameter {
  enum class Of : std::uint8_t { Job, Notebooks, Python };
  Of of = Of::Job;
  std::string name;
  std::string value;  // of Python a line of arguments
  bool changed = false;
};

// Jobs that define parameters take those; others what their notebooks and Python files are given.
std::vector<Parameter> parametersOf(const databricks::Job& job) {
  std::vector<Parameter> found;
  for (const auto& parameter : job.settings.parameters)
    found.push_back({.of = Parameter::Of::Job, .name = parameter.name, .value = parameter.defaultValue});
  if (!found.empty() || !job.settings.document) return found;
  std::optional<std::string> arguments;
  for (const auto& task : core::arrayAt(*job.settings.document, "tasks")) {
    for (const auto& [name, value] : core::objectAt(core::objectAt(task, "notebook_task"), "base_parameters").items()) {
      bool known = std::ranges::any_of(found, [&](const Parameter& other) { return other.name == name; });
      if (!known && value.is_string())
        found.push_back({.of = Parameter::Of::Notebooks, .name = name, .value = value.get<std::string>()});
    }
    for (const char* kind : {"spark_python_task", "python_wheel_task"})
      if (auto all = core::arrayAt(core::objectAt(task, kind), "parameters"); !all.empty() && !arguments)
        arguments = lineOf(all);
  }
  if (arguments)
    found.push_back({.of = Parameter::Of::Python, .name = "Arguments of Python files", .value = *std::move(arguments)});
  return found;
}

// Lets the user change values until he runs it. An empty value is one, too.
Result<void> askFor(Action& action, const std::string& jobName, std::vector<Parameter>& parameters) {
  while (true) {
    std::vector<protocol::PickItem> items;
    items.push_back({.id = "run",
                     .label = "Run now",
                     .description = "with the values below",
                     .detail = {},
                     .icon = "play",
                     .picked = {}});
    for (std::size_t i = 0; i < parameters.size(); ++i)
      items.push_back({.id = "parameter/" + std::to_string(i),
                       .label = parameters[i].name,
                       .description = parameters[i].value,
                       .detail = parameters[i].changed ? "changed for this run" : "the job's own value",
                       .icon = "symbol-parameter",
                       .picked = {}});
    auto chosen = TROWEL_TRY(
        action.pick({.title = "Run " + jobName, .placeholder = "Choose a parameter to change it"}, std::move(items)));
    if (chosen == "run") return {};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (chosen != "parameter/" + std::to_string(i)) continue;
      protocol::InputParams ask;
      ask.title = parameters[i].name;
      ask.prompt = "The value for this run";
      ask.value = parameters[i].value;
      const bool words = parameters[i].of == Parameter::Of::Python;
      auto answer = action.anyLine(ask, [&](const std::string& line) {
        auto read = words ? wordsOf(line) : Result<std::vector<std::string>>();
        return read ? std::string() : read.error().message;
      });
      if (!answer && (answer.error().code != ErrorCode::Cancelled || action.cancel().cancelled()))
        return std::unexpected(std::move(answer).error());
      if (!answer) break;  // back to the list
      parameters[i].value = *std::move(answer);
      parameters[i].changed = true;
    }
  }
}

bool isQueued(const databricks::RunState& state) { return state.status == "QUEUED" || state.lifeCycle == "QUEUED"; }

// The field of the settings that holds the pause, with everything else that stands in it.
std::string triggerField(const databricks::Job& job) {
  const auto& kind = job.settings.trigger.kind;
  return kind == "schedule" || kind == "continuous" ? kind : "trigger";
}

}  // namespace

Action::Offer JobActions::offer(const Action& action, Fits fits) {
  return [&action, fits]() -> Result<std::vector<protocol::PickItem>> {
    auto connection = TROWEL_TRY(action.connection());
    auto all = TROWEL_TRY(databricks::Jobs(connection->rest).list({}, {.cancel = action.cancel()}).all());
    std::ranges::sort(all, {},
                      [](const databricks::Job& job) { return std::tuple(core::toLower(job.settings.name), job.id); });
    std::vector<protocol::PickItem> items;
    for (const auto& job : all)
      if (fits(job))
        items.push_back({.id = idOf({.kind = JobNode::Kind::Job, .jobId = job.id}),
                         .label = job.settings.name,
                         .description = triggerWords(job.settings.trigger),
                         .detail = fmt::format("Job {}{}", job.id, job.creator.empty() ? "" : ", by " + job.creator),
                         .icon = "tools",
                         .picked = {}});
    return items;
  };
}

Result<std::vector<std::int64_t>> JobActions::jobs(Action& action, const Action::Question& question, Fits fits) {
  auto ids = TROWEL_TRY(action.someRows(protocol::view::kJobs, question, offer(action, fits)));
  std::vector<std::int64_t> all;
  for (const auto& id : ids)
    if (auto node = jobNodeOf(id); node && node->jobId != 0 && std::ranges::find(all, node->jobId) == all.end())
      all.push_back(node->jobId);
  if (all.empty()) return core::fail(ErrorCode::InvalidParams, "This is no job. Choose one in the view Jobs.");
  return all;
}

Result<std::int64_t> JobActions::job(Action& action, const Action::Question& question, Fits fits) {
  auto id = TROWEL_TRY(action.row(protocol::view::kJobs, question, offer(action, fits)));
  auto node = jobNodeOf(id);
  if (!node || node->jobId == 0)
    return core::fail(ErrorCode::InvalidParams, "This is no job. Choose one in the view Jobs.");
  return node->jobId;
}

Result<Json> JobActions::run(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(job(action, {.title = "Run Job", .placeholder = "Choose a job", .none = kNoJob}, any));
  auto connection = TROWEL_TRY(action.connection());
  auto found = TROWEL_TRY(databricks::Jobs(connection->rest).get(id, {.cancel = action.cancel()}));
  auto parameters = parametersOf(found);
  if (!parameters.empty()) TROWEL_TRY(askFor(action, found.settings.name, parameters));
  databricks::RunRequest request;
  request.jobId = id;
  for (const auto& parameter : parameters) {
    if (!parameter.changed) continue;
    if (parameter.of == Parameter::Of::Python) {
      request.parameters.python = TROWEL_TRY(wordsOf(parameter.value));
    } else {
      auto& values = parameter.of == Parameter::Of::Job ? request.parameters.job : request.parameters.notebook;
      values[parameter.name] = parameter.value;
    }
  }
  auto runId = TROWEL_TRY(databricks::Runs(connection->rest).runNow(request, {.cancel = action.cancel()}));
  watch_.watch(connection, runId);
  tree_.changed(protocol::view::kJobs);
  return Json{{"runId", std::to_string(runId)}};
}

Result<Json> JobActions::pause(protocol::CommandCall& call) { return setPaused(call, true); }
Result<Json> JobActions::resume(protocol::CommandCall& call) { return setPaused(call, false); }

Result<Json> JobActions::setPaused(protocol::CommandCall& call, bool paused) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto ids = TROWEL_TRY(
      jobs(action,
           {.title = paused ? "Pause Schedule of Job" : "Resume Schedule of Job",
            .placeholder = "Choose jobs",
            .none = paused ? "No job of this workspace starts by itself." : "No job of this workspace is paused."},
           paused ? canPause : canResume));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Jobs service(connection->rest);
  std::vector<Action::Item> items;
  for (auto id : ids) items.push_back({.id = std::to_string(id), .name = fmt::format("job {}", id)});
  auto done =
      action.each(items, paused ? "Pausing jobs" : "Resuming jobs", [&](const Action::Item& item) -> Result<void> {
        const auto id = std::stoll(item.id);
        // Read anew: what stands beside the pause is sent back with it, and somebody may have changed it.
        auto found = TROWEL_TRY(service.get(id, {.cancel = action.cancel()}));
        if (found.settings.trigger.kind.empty() || !found.settings.document)
          return core::fail(ErrorCode::Conflict, found.settings.name +
                                                     " starts by hand only, so there is nothing to pause. "
                                                     "Give it a schedule in its definition first.");
        if (found.settings.trigger.paused == paused) return {};
        const auto field = triggerField(found);
        Json definition = core::objectAt(*found.settings.document, field.c_str());
        definition["pause_status"] = paused ? "PAUSED" : "UNPAUSED";
        Json changes = Json::object();
        changes[field] = std::move(definition);
        return service.update(id, changes, {}, {.cancel = action.cancel()});
      });
  tree_.changed(protocol::view::kJobs);
  if (!done) return std::unexpected(done.error());
  return Json();
}

Result<Json> JobActions::cancelRuns(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id =
      TROWEL_TRY(job(action, {.title = "Cancel All Runs of Job", .placeholder = "Choose a job", .none = kNoJob}, any));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Runs runs(connection->rest);
  auto found = TROWEL_TRY(databricks::Jobs(connection->rest).get(id, {.cancel = action.cancel()}));
  auto active = TROWEL_TRY(
      runs.list({.jobId = id, .activity = databricks::RunActivity::Active}, {.cancel = action.cancel()}).all());
  if (active.empty()) {
    action.tell("Nothing of " + found.settings.name + " runs or waits.");
    return Json();
  }
  TROWEL_TRY(action.confirm(
      fmt::format("Cancel {} of {}?", active.size() == 1 ? "the run" : fmt::format("{} runs", active.size()),
                  found.settings.name),
      "What waits in the queue is cancelled as well. What has been written until then stays.", "Cancel Runs"));
  // Whether those that wait count as active, the reference does not tell; so they are named as well.
  auto done = runs.cancelAll(id, false, {.cancel = action.cancel()});
  if (done && std::ranges::any_of(active, [](const databricks::Run& run) { return isQueued(run.state); }))
    done = runs.cancelAll(id, true, {.cancel = action.cancel()});
  tree_.changed(protocol::view::kJobs);
  if (!done) return std::unexpected(done.error());
  return Json();
}

Result<Json> JobActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto ids = TROWEL_TRY(jobs(action, {.title = "Delete Job", .placeholder = "Choose jobs", .none = kNoJob}, any));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Jobs service(connection->rest);
  std::vector<Action::Item> items;
  for (auto id : ids) {
    auto found = service.get(id, {.cancel = action.cancel()});
    // Deleted meanwhile, by an earlier attempt of this very command.
    if (!found && found.error().code == ErrorCode::NotFound) continue;
    if (!found) return std::unexpected(std::move(found).error());
    items.push_back({.id = std::to_string(id), .name = found->settings.name});
  }
  if (items.empty()) {
    tree_.changed(protocol::view::kJobs);
    return Json();
  }
  auto what = items.size() == 1 ? "the job " + items.front().name : fmt::format("{} jobs", items.size());
  TROWEL_TRY(action.confirm("Delete " + what + "?",
                            "Its runs are cancelled, and its history goes with it. This cannot be undone.", "Delete"));
  auto done = action.each(items, "Deleting jobs", [&](const Action::Item& item) {
    auto gone = service.remove(std::stoll(item.id), {.cancel = action.cancel()});
    return !gone && gone.error().code == ErrorCode::NotFound ? Result<void>() : gone;
  });
  tree_.changed(protocol::view::kJobs);
  if (!done) return std::unexpected(done.error());
  return Json();
}

Result<Json> JobActions::openInBrowser(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id =
      TROWEL_TRY(job(action, {.title = "Open Job in Browser", .placeholder = "Choose a job", .none = kNoJob}, any));
  auto connection = TROWEL_TRY(action.connection());
  // One address may serve many workspaces.
  auto which = connection->me.workspaceId == 0 ? "" : fmt::format("?o={}", connection->me.workspaceId);
  TROWEL_TRY(action.openUrl(fmt::format("{}/jobs/{}{}", connection->host, id, which)));
  return Json();
}

}  // namespace trowel::features

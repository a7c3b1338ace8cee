// SPDX-License-Identifier: Apache-2.0
#include "run_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "features/transfers/transfer_words.hpp"
#include "run_words.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr std::size_t kOffered = 50;  // recent runs to pick from

bool any(const databricks::Run&) { return true; }
bool active(const databricks::Run& run) { return !run.state.isOver(); }
bool repairable(const databricks::Run& run) {
  auto kind = lookOf(run.state).kind;
  return run.state.isOver() && (run.type.empty() || run.type == "JOB_RUN") && kind != RunKind::Succeeded;
}

// A run of the oldest format is its own task.
databricks::RunTask taskOfRun(const databricks::Run& run) {
  databricks::RunTask task;
  task.runId = run.id;
  task.task.key = run.taskKey;
  task.state = run.state;
  task.startTime = run.startTime;
  task.endTime = run.endTime;
  task.attempt = run.attempt;
  task.clusterId = run.clusterId;
  return task;
}

Result<std::vector<databricks::RunTask>> tasksOf(const databricks::Runs& runs, const databricks::Run& run,
                                                 const JobNode& node, const core::CancelToken& cancel) {
  if (run.tasks.empty()) return std::vector{taskOfRun(run)};
  if (node.task.empty()) return run.latestTasks();
  if (node.taskRunId == 0) {
    for (auto& task : run.latestTasks())
      if (task.task.key == node.task) return std::vector{task};
  } else {
    for (const auto& task : run.tasks)
      if (task.runId == node.taskRunId) return std::vector{task};
    // An iteration stands in the run of its loop only.
    auto iteration = TROWEL_TRY(runs.get(node.taskRunId, {.cancel = cancel}));
    return std::vector{taskOfRun(iteration)};
  }
  return core::fail(ErrorCode::NotFound,
                    fmt::format("{} has no task {} any more. Refresh the view.", nameOf(run), node.task));
}

// The id by which a task is cancelled, or the run's.
Result<std::int64_t> runIdOf(const databricks::Runs& runs, const JobNode& node, const core::CancelToken& cancel) {
  if (node.task.empty()) return node.runId;
  if (node.taskRunId != 0) return node.taskRunId;
  auto run = TROWEL_TRY(runs.get(node.runId, {.cancel = cancel}));
  auto tasks = TROWEL_TRY(tasksOf(runs, run, node, cancel));
  return tasks.front().runId;
}

bool needsRepair(const databricks::RunTask& task) {
  auto kind = lookOf(task.state).kind;
  return kind == RunKind::Failed || kind == RunKind::Cancelled;
}

std::int64_t latestRepair(const databricks::Run& run) {
  const databricks::RunRepair* latest = nullptr;
  for (const auto& repair : run.repairs)
    if (repair.id != 0 && (latest == nullptr || repair.startTime >= latest->startTime)) latest = &repair;
  return latest == nullptr ? 0 : latest->id;
}

// What the cells of a notebook gave; the API has it when the run is over.
Result<std::vector<RunCell>> cellsOf(const databricks::Runs& runs, const databricks::RunTask& task,
                                     const core::CancelToken& cancel) {
  if (task.task.kind != "notebook_task" || !task.state.isOver()) return {};
  auto views = TROWEL_TRY(runs.exportViews(task.runId, "CODE", {.cancel = cancel}));
  if (views.empty()) return {};
  return cellsOfPage(views.front().content);
}

std::int64_t nowOf(const Session& session) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(session.clock().wallNow().time_since_epoch()).count();
}

}  // namespace

Result<RunReport> readReport(const databricks::RestClient& rest, const JobNode& node, const core::CancelToken& cancel) {
  databricks::Runs runs(rest);
  RunReport report;
  report.run = TROWEL_TRY(runs.get(node.runId, {.cancel = cancel}));
  for (auto& task : TROWEL_TRY(tasksOf(runs, report.run, node, cancel))) {
    // What never began has no run to ask about.
    if (task.startTime == 0 || task.runId == 0) {
      report.tasks.push_back({std::move(task), core::fail(ErrorCode::NotFound, "It has not run.")});
      continue;
    }
    auto output = runs.output(task.runId, {.cancel = cancel});
    if (!output && output.error().code == ErrorCode::Cancelled) return std::unexpected(std::move(output).error());
    auto cells = cellsOf(runs, task, cancel);
    report.tasks.push_back({std::move(task), std::move(output), std::move(cells)});
  }
  return report;
}

Result<std::vector<JobNode>> RunActions::targets(Action& action, const Action::Question& question, Fits fits,
                                                 bool many) {
  auto offer = [&]() -> Result<std::vector<protocol::PickItem>> {
    auto connection = TROWEL_TRY(action.connection());
    databricks::RunFilter filter;
    if (fits == &active) filter.activity = databricks::RunActivity::Active;
    auto listing = databricks::Runs(connection->rest).list(filter, {.cancel = action.cancel()});
    std::vector<protocol::PickItem> items;
    for (std::size_t seen = 0; seen < kOffered; ++seen) {
      auto run = TROWEL_TRY(listing.next());
      if (!run) break;
      if (!fits(*run)) continue;
      auto look = lookOf(run->state);
      auto time = runningTime(run->startTime, run->endTime, nowOf(session_));
      items.push_back({.id = idOf({.kind = JobNode::Kind::Run, .runId = run->id}),
                       .label = nameOf(*run),
                       .description = look.word + (time.empty() ? "" : " · " + time),
                       .detail = fmt::format("Run {}", run->id),
                       .icon = look.icon == "sync~spin" ? "sync" : look.icon,
                       .picked = {}});
    }
    return items;
  };
  std::vector<std::string> ids;
  if (many)
    ids = TROWEL_TRY(action.someRows(protocol::view::kJobs, question, offer));
  else
    ids.push_back(TROWEL_TRY(action.row(protocol::view::kJobs, question, offer)));
  std::vector<JobNode> nodes;
  for (const auto& id : ids)
    if (auto node = jobNodeOf(id); node && node->isRun()) nodes.push_back(*std::move(node));
  if (nodes.empty())
    return core::fail(ErrorCode::InvalidParams, "This is no run. Open the job, and choose one of its runs.");
  return nodes;
}

Result<JobNode> RunActions::target(Action& action, const Action::Question& question, Fits fits) {
  auto all = TROWEL_TRY(targets(action, question, fits, false));
  return std::move(all.front());
}

Result<Json> RunActions::output(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto node = TROWEL_TRY(target(action,
                                {.title = "Show Output of Run",
                                 .placeholder = "Choose a run",
                                 .none = "This workspace has no run that you may see. Run a job first."},
                                any));
  auto connection = TROWEL_TRY(action.connection());
  auto report = TROWEL_TRY(readReport(connection->rest, node, action.cancel()));
  TROWEL_TRY(action.show(nameOf(report.run), "markdown", reportText(report.run, report.tasks, nowOf(session_))));
  return Json();
}

Result<Json> RunActions::outputJson(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto node = TROWEL_TRY(target(action,
                                {.title = "Show Output of Run as JSON",
                                 .placeholder = "Choose a run",
                                 .none = "This workspace has no run that you may see. Run a job first."},
                                any));
  auto connection = TROWEL_TRY(action.connection());
  auto report = TROWEL_TRY(readReport(connection->rest, node, action.cancel()));
  TROWEL_TRY(
      action.show(nameOf(report.run) + ".json", "json", core::dumpJsonPretty(reportJson(report.run, report.tasks))));
  return Json();
}

Result<Json> RunActions::cancel(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto nodes = TROWEL_TRY(
      targets(action, {.title = "Cancel Run", .placeholder = "Choose runs", .none = "Nothing runs in this workspace."},
              active, true));
  // A task goes with its run.
  const auto isWhole = [](const JobNode& node) { return node.task.empty(); };
  std::set<std::int64_t> wholes;
  for (const auto& node : nodes)
    if (isWhole(node)) wholes.insert(node.runId);
  std::erase_if(nodes, [&](const JobNode& node) { return !isWhole(node) && wholes.contains(node.runId); });
  auto connection = TROWEL_TRY(action.connection());
  databricks::Runs runs(connection->rest);
  std::vector<Action::Item> items;
  for (const auto& node : nodes) {
    auto id = TROWEL_TRY(runIdOf(runs, node, action.cancel()));
    auto name = node.task.empty() ? fmt::format("the run {}", node.runId)
                                  : fmt::format("the task {} of the run {}", node.task, node.runId);
    items.push_back({.id = std::to_string(id), .name = std::move(name)});
  }
  const auto whole = static_cast<std::size_t>(std::ranges::count_if(nodes, isWhole));
  const auto tasks = nodes.size() - whole;
  auto what = whole == 0 ? countOf(tasks, "task") : countOf(whole, "run");
  if (whole > 0 && tasks > 0) what += " and " + countOf(tasks, "task");
  if (items.size() == 1) what = items.front().name;
  TROWEL_TRY(action.confirm("Cancel " + what + "?", "What has been written until then stays.", "Cancel Run"));
  auto done = action.each(items, "Cancelling runs", [&](const Action::Item& item) {
    return runs.cancel(std::stoll(item.id), {.cancel = action.cancel()});
  });
  tree_.changed(protocol::view::kJobs);
  if (!done) return std::unexpected(done.error());
  return Json();
}

Result<Json> RunActions::repair(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto node = TROWEL_TRY(target(action,
                                {.title = "Repair Run",
                                 .placeholder = "Choose a run that failed",
                                 .none = "None of the recent runs has failed, so there is nothing to repair."},
                                repairable));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Runs runs(connection->rest);
  auto run = TROWEL_TRY(runs.get(node.runId, {.cancel = action.cancel()}));
  if (!run.state.isOver())
    return core::fail(ErrorCode::Conflict,
                      nameOf(run) + " still runs. Wait for its end, or cancel it, then repair it.");
  databricks::RepairRequest request;
  request.runId = run.id;
  request.latestRepairId = latestRepair(run);
  if (!node.task.empty()) {
    request.tasks = {node.task};
    request.dependentTasks = true;
  } else {
    std::vector<protocol::PickItem> items;
    for (const auto& task : run.latestTasks())
      if (needsRepair(task))
        items.push_back({.id = task.task.key,
                         .label = task.task.key,
                         .description = lookOf(task.state).word,
                         .detail = task.task.target,
                         .icon = "tools",
                         .picked = true});
    if (items.empty())
      return core::fail(ErrorCode::Conflict, "No task of " + nameOf(run) +
                                                 " failed, so there is nothing to repair. Run the job again instead.");
    const auto failed = items.size();
    if (failed > 1)
      request.tasks = TROWEL_TRY(
          action.pickSome({.title = "Repair " + nameOf(run), .placeholder = "Tasks to run again"}, std::move(items)));
    // All that failed: the workspace knows best which those are.
    if (request.tasks.size() == failed) request.tasks.clear();
    request.dependentTasks = !request.tasks.empty();
  }
  TROWEL_TRY(runs.repair(request, {.cancel = action.cancel()}));
  watch_.watch(connection, run.id);
  tree_.changed(protocol::view::kJobs);
  return Json();
}

Result<Json> RunActions::watch(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto nodes = TROWEL_TRY(
      targets(action, {.title = "Watch Run", .placeholder = "Choose runs", .none = "Nothing runs in this workspace."},
              active, true));
  auto connection = TROWEL_TRY(action.connection());
  for (const auto& node : nodes) watch_.watch(connection, node.runId);
  return Json();
}

Result<Json> RunActions::openInBrowser(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto node = TROWEL_TRY(target(action,
                                {.title = "Open Run in Browser",
                                 .placeholder = "Choose a run",
                                 .none = "This workspace has no run that you may see. Run a job first."},
                                any));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Runs runs(connection->rest);
  auto run = TROWEL_TRY(runs.get(node.runId, {.cancel = action.cancel()}));
  auto url = run.pageUrl;
  if (!node.task.empty())
    for (const auto& task : TROWEL_TRY(tasksOf(runs, run, node, action.cancel())))
      if (!task.pageUrl.empty()) url = task.pageUrl;
  if (url.empty())
    return core::fail(ErrorCode::NotFound,
                      "The workspace names no page for this run. Look for it under Job Runs there.");
  TROWEL_TRY(action.openUrl(url));
  return Json();
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// The list of jobs is fetched without tasks, which makes it many times faster; what runs at the moment comes with one
// more call for all jobs. Tasks and runs are asked for when somebody opens a row.
#include "jobs.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "features/jobs/run_words.hpp"
#include "features/markdown_text.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/jobs.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Result;
using protocol::TreeNode;

constexpr std::size_t kRunsShown = 24;    // of the 25 that come at once: the last one tells that there are more
constexpr std::size_t kMostActive = 500;  // runs that are looked through for what runs now

std::int64_t nowOf(const RowsRequest& request) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             request.connection->rest.clock().wallNow().time_since_epoch())
      .count();
}

std::string localMoment(std::int64_t epochMilliseconds, std::int64_t now) {
  if (epochMilliseconds == 0) return "not started";
  return momentWords(fmt::localtime(static_cast<std::time_t>(epochMilliseconds / 1000)),
                     fmt::localtime(static_cast<std::time_t>(now / 1000)));
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += " · ";
    text += part;
  }
  return text;
}

void drawState(TreeNode& row, const databricks::RunState& state, const std::string& prefix) {
  auto look = lookOf(state);
  row.icon = look.icon;
  if (!look.color.empty()) row.iconColor = look.color;
  row.contextValue = prefix + look.context;
}

TreeNode jobRow(const databricks::Job& job, std::size_t active) {
  const auto& trigger = job.settings.trigger;
  TreeNode row;
  row.id = idOf({.kind = JobNode::Kind::Job, .jobId = job.id});
  row.label = job.settings.name.empty() ? fmt::format("Job {}", job.id) : job.settings.name;
  auto running = active == 0 ? "" : active == 1 ? "running" : fmt::format("{} runs", active);
  row.description = joined({running, triggerWords(trigger)});
  row.tooltip =
      fmt::format("**{}**\n\nStarts {}{}{}\n\nJob {}", plainMarkdown(row.label), plainMarkdown(triggerWords(trigger)),
                  job.creator.empty() ? "" : "\n\nby " + plainMarkdown(job.creator),
                  job.settings.description.empty() ? "" : "\n\n" + plainMarkdown(job.settings.description), job.id);
  row.icon = active > 0 ? "sync~spin" : trigger.kind.empty() ? "tools" : trigger.paused ? "debug-pause" : "calendar";
  if (active > 0) row.iconColor = "charts.blue";
  row.contextValue = fmt::format("job.{}{}",
                                 trigger.kind.empty() ? "manual"
                                 : trigger.paused     ? "paused"
                                                      : "scheduled",
                                 active > 0 ? ".active" : "");
  row.collapsible = protocol::Collapsible::Collapsed;
  return row;
}

TreeNode runRow(const databricks::Run& run, bool named, std::int64_t now) {
  auto look = lookOf(run.state);
  TreeNode row;
  row.id = idOf({.kind = JobNode::Kind::Run, .runId = run.id});
  auto moment = localMoment(run.startTime, now);
  row.label = named && !run.name.empty() ? run.name : moment;
  auto time = runningTime(run.startTime, run.endTime, now);
  row.description = joined(
      {look.word, run.state.isOver() ? time : "", named && !run.name.empty() ? moment : "", triggerWord(run.trigger)});
  auto reason = withoutColours(reasonOf(run.state));
  row.tooltip = fmt::format("**{}** {}{}\n\nRun {}", look.word, time,
                            reason.empty() ? "" : "\n\n" + plainMarkdown(reason), run.id);
  drawState(row, run.state, "run.");
  row.collapsible = protocol::Collapsible::Collapsed;
  row.command = protocol::TreeCommand{std::string(protocol::command::kRunOutput), "Show Output"};
  return row;
}

TreeNode taskRow(const databricks::RunTask& task, const JobNode& node, std::int64_t now) {
  auto look = lookOf(task.state);
  TreeNode row;
  row.id = idOf(node);
  row.label = task.task.key;
  auto time = task.state.isOver() ? runningTime(task.startTime, task.endTime, now) : "";
  auto attempt = task.attempt > 0 ? fmt::format("attempt {}", task.attempt + 1) : "";
  row.description = joined({look.word, time, attempt, taskWord(task.task.kind)});
  auto reason = withoutColours(reasonOf(task.state));
  row.tooltip = fmt::format("**{}** {}{}\n\n{} {}\n\n{}\n\nRun {}", plainMarkdown(task.task.key), look.word,
                            reason.empty() ? "" : "\n\n" + plainMarkdown(reason), taskWord(task.task.kind),
                            plainMarkdown(task.task.target), plainMarkdown(computeWords(task.task)), task.runId);
  drawState(row, task.state, "runTask.");
  row.command = protocol::TreeCommand{std::string(protocol::command::kRunOutput), "Show Output"};
  return row;
}

}  // namespace

Result<Rows> JobsView::children(const RowsRequest& request) {
  if (!request.node) return jobs(request);
  auto node = jobNodeOf(*request.node);
  if (!node) return Rows{};
  switch (node->kind) {
    case JobNode::Kind::Job:
      return runs(request, node->jobId);
    case JobNode::Kind::Submitted:
      return runs(request, 0);
    case JobNode::Kind::Tasks:
      return tasks(request, node->jobId);
    case JobNode::Kind::Run:
      return runTasks(request, node->runId);
    case JobNode::Kind::RunTask:
      return attempts(request, *node);
    case JobNode::Kind::Task:
    case JobNode::Kind::Attempt:
      break;
  }
  return Rows{};
}

bool JobsView::matches(const TreeNode& node, const std::optional<std::string>& below, std::string_view text) const {
  return below || node.id == "submitted" || core::toLower(node.label).contains(core::toLower(text));
}

Result<Rows> JobsView::jobs(const RowsRequest& request) const {
  auto all = TROWEL_TRY(databricks::Jobs(request.connection->rest).list({}, {.cancel = request.cancel}).all());
  std::ranges::sort(all, {}, [](const databricks::Job& job) {
    return std::tuple(core::toLower(job.settings.name), job.settings.name, job.id);
  });
  std::map<std::int64_t, std::size_t> active;
  std::size_t alone = 0;
  std::string problem;  // jobs are shown also where what runs cannot be told
  auto listing = databricks::Runs(request.connection->rest)
                     .list({.activity = databricks::RunActivity::Active}, {.cancel = request.cancel});
  for (std::size_t seen = 0; seen < kMostActive; ++seen) {
    auto next = listing.next();
    if (!next && next.error().code == core::ErrorCode::Cancelled) return std::unexpected(std::move(next).error());
    if (!next) problem = next.error().message;
    if (!next || !*next) break;
    const auto& run = **next;
    if (run.type.empty() || run.type == "JOB_RUN")
      ++active[run.jobId];
    else
      ++alone;
  }
  Rows rows;
  rows.moving = alone > 0 || !active.empty();
  for (const auto& job : all) {
    auto running = active.find(job.id);
    rows.nodes.push_back(jobRow(job, running == active.end() ? 0 : running->second));
  }
  TreeNode submitted;
  submitted.id = idOf({.kind = JobNode::Kind::Submitted});
  submitted.label = "Runs Without a Job";
  if (alone > 0) submitted.description = alone == 1 ? "1 running" : fmt::format("{} running", alone);
  submitted.tooltip = "What was started once, by notebooks, tools or *Run Notebook or File as Job…*";
  if (!problem.empty()) {
    submitted.description = "cannot tell what runs";
    *submitted.tooltip += "\n\nWhat runs cannot be listed: " + plainMarkdown(core::redact(problem));
  }
  submitted.icon = "history";
  submitted.contextValue = "submitted";
  submitted.collapsible = protocol::Collapsible::Collapsed;
  rows.nodes.push_back(std::move(submitted));
  return rows;
}

Result<Rows> JobsView::tasks(const RowsRequest& request, std::int64_t jobId) const {
  auto job = TROWEL_TRY(databricks::Jobs(request.connection->rest).get(jobId, {.cancel = request.cancel}));
  Rows rows;
  for (const auto& task : job.settings.tasks) {
    TreeNode row;
    row.id = idOf({.kind = JobNode::Kind::Task, .jobId = jobId, .task = task.key});
    row.label = task.key;
    std::string after;
    for (const auto& dependency : task.dependsOn)
      after += (after.empty() ? "after " : ", ") + dependency.task +
               (dependency.outcome.empty() ? "" : " (" + dependency.outcome + ")");
    row.description = joined({taskWord(task.kind), task.target, after});
    row.tooltip = joined({plainMarkdown(task.description), plainMarkdown(computeWords(task))});
    row.icon = task.kind == "notebook_task" ? "notebook" : task.kind == "sql_task" ? "database" : "gear";
    row.contextValue = "jobTask";
    rows.nodes.push_back(std::move(row));
  }
  return rows;
}

Result<Rows> JobsView::runs(const RowsRequest& request, std::int64_t jobId) const {
  auto page = runPageOf(request.page);
  const auto now = nowOf(request);
  Rows rows;
  if (jobId != 0 && page.until == 0) {
    TreeNode tasks;
    tasks.id = idOf({.kind = JobNode::Kind::Tasks, .jobId = jobId});
    tasks.label = "Tasks";
    tasks.icon = "list-tree";
    tasks.contextValue = "jobTasks";
    tasks.collapsible = protocol::Collapsible::Collapsed;
    rows.nodes.push_back(std::move(tasks));
  }
  databricks::RunFilter filter;
  filter.jobId = jobId;
  filter.startedUntil = page.until;
  if (jobId == 0) filter.type = "SUBMIT_RUN";
  auto listing = databricks::Runs(request.connection->rest).list(filter, {.cancel = request.cancel});
  std::vector<databricks::Run> shown;
  bool more = false;
  while (!more) {
    auto run = TROWEL_TRY(listing.next());
    if (!run) break;
    if (std::ranges::find(page.shown, run->id) != page.shown.end()) continue;
    more = shown.size() == kRunsShown;
    if (!more) shown.push_back(*std::move(run));
  }
  for (const auto& run : shown) {
    rows.moving = rows.moving || !run.state.isOver();
    rows.nodes.push_back(runRow(run, jobId == 0, now));
  }
  if (more && shown.back().startTime != 0) {
    RunPage next{.until = shown.back().startTime};
    if (next.until == page.until) next.shown = page.shown;
    for (const auto& run : shown)
      if (run.startTime == next.until) next.shown.push_back(run.id);
    rows.more = textOf(next);
  }
  return rows;
}

Result<Rows> JobsView::runTasks(const RowsRequest& request, std::int64_t runId) const {
  auto run = TROWEL_TRY(databricks::Runs(request.connection->rest).get(runId, {.cancel = request.cancel}));
  const auto now = nowOf(request);
  std::map<std::string, int> attempts;
  for (const auto& task : run.tasks) ++attempts[task.task.key];
  Rows rows;
  rows.moving = !run.state.isOver();
  for (const auto& task : run.latestTasks()) {
    rows.nodes.push_back(taskRow(task, {.kind = JobNode::Kind::RunTask, .runId = runId, .task = task.task.key}, now));
    if (attempts[task.task.key] > 1 || task.task.kind == "for_each_task")
      rows.nodes.back().collapsible = protocol::Collapsible::Collapsed;
  }
  return rows;
}

Result<Rows> JobsView::attempts(const RowsRequest& request, const JobNode& node) const {
  const auto now = nowOf(request);
  databricks::Runs service(request.connection->rest);
  auto run = TROWEL_TRY(service.get(node.runId, {.cancel = request.cancel}));
  Rows rows;
  auto add = [&](const databricks::RunTask& task) {
    rows.moving = rows.moving || !task.state.isOver();
    rows.nodes.push_back(taskRow(
        task, {.kind = JobNode::Kind::Attempt, .runId = node.runId, .task = node.task, .taskRunId = task.runId}, now));
  };
  std::vector<databricks::RunTask> all;
  std::ranges::copy_if(run.tasks, std::back_inserter(all),
                       [&](const databricks::RunTask& task) { return task.task.key == node.task; });
  std::ranges::sort(all, std::greater(),
                    [](const databricks::RunTask& task) { return std::pair(task.attempt, task.runId); });
  if (all.size() > 1) std::ranges::for_each(all, add);
  if (!all.empty() && all.front().task.kind == "for_each_task" && all.front().runId != 0) {
    auto loop = TROWEL_TRY(service.get(all.front().runId, {.cancel = request.cancel}));
    std::ranges::for_each(loop.iterations, add);
  }
  return rows;
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// A notebook or file as a job, for good or once. What a single run needs lies in a folder of its own, which goes when
// the run is over, however it ends: also when it is cancelled, and when Trowel ends meanwhile, for as long as that
// waits. What a killed Trowel left goes with the next run.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "job_actions.hpp"
#include "job_node.hpp"
#include "run_actions.hpp"
#include "run_folder.hpp"
#include "run_report.hpp"
#include "run_words.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr auto kTidyingTime = std::chrono::seconds(10);  // for each call that ends something
constexpr int kMostFailures = 5;                         // of looks at a run, one after the other

std::string progressOf(const databricks::Run& run) {
  auto tasks = run.latestTasks();
  const auto& state = tasks.empty() ? run.state : tasks.front().state;
  auto words = lookOf(state).word;
  if (auto reason = reasonOf(state); !reason.empty() && !state.isOver()) words += ": " + reason;
  return words;
}

// The run when it is over, with progress.
Result<databricks::Run> follow(Action& action, const databricks::RestClient& rest, std::int64_t runId,
                               const std::string& title) {
  databricks::Runs runs(rest);
  const auto since = rest.clock().now();
  int failures = 0;
  while (true) {
    auto run = runs.get(runId, {.cancel = action.cancel()});
    if (!run && (run.error().code == ErrorCode::Cancelled || ++failures >= kMostFailures)) return run;
    if (run) {
      failures = 0;
      if (run->state.isOver()) return run;
      action.report(title, progressOf(*run));
    }
    if (!action.cancel().waitFor(
            rest.clock(), std::min<core::Duration>(nextRunLook(rest.clock().now() - since), std::chrono::seconds(5))))
      return std::unexpected(action.cancel().error(title));
  }
}

}  // namespace

Result<Json> JobActions::createFromFile(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto source = TROWEL_TRY(scriptSource(action));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Jobs service(connection->rest);
  protocol::InputParams askName;
  askName.title = "Name of the job";
  askName.value = source.script.name;
  auto name = TROWEL_TRY(action.line(askName));
  auto path = source.path;
  if (path.empty()) {
    protocol::InputParams askPath;
    askPath.title = "Where in the workspace is " + source.script.name + " to lie?";
    askPath.value = connection->me.homeFolder() + "/" + source.script.name;
    path = TROWEL_TRY(action.line(askPath, [](const std::string& line) {
      return line.starts_with('/') && !line.ends_with('/') ? "" : "Write a path from / on, as in /Users/you/notebook.";
    }));
  }
  auto task = TROWEL_TRY(askTask(action, *connection, source.script, source.key()));
  auto definition = TROWEL_TRY(definitionOf(source.script, path, task.compute, task.parameters));
  auto starts = TROWEL_TRY(askStart(action));
  definition["name"] = name;
  definition.update(starts);
  auto same = TROWEL_TRY(service.list({.name = name}, {.cancel = action.cancel()}).all());
  if (!same.empty())
    TROWEL_TRY(action.confirm("There is a job named " + name + " already. Create another one?",
                              "Jobs are told apart by their number; people tell them apart by their name.", "Create"));
  if (source.path.empty()) {
    auto parent = path.substr(0, path.rfind('/'));
    if (!parent.empty())
      TROWEL_TRY(databricks::Workspace(connection->rest).mkdirs(parent, {.cancel = action.cancel()}));
    auto imported = importScript(connection->rest, source.script, path, false, action.cancel());
    if (!imported && imported.error().code == ErrorCode::AlreadyExists) {
      TROWEL_TRY(action.confirm("Replace " + path + "?", "The workspace has something there already.", "Replace"));
      imported = importScript(connection->rest, source.script, path, true, action.cancel());
    }
    if (!imported) return std::unexpected(std::move(imported).error());
  }
  auto id = TROWEL_TRY(service.create(definition, {.cancel = action.cancel()}));
  tree_.changed(protocol::view::kJobs);
  action.tell("The job " + name + " is created.");
  return Json{{"jobId", std::to_string(id)}};
}

Result<Json> JobActions::runFile(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto source = TROWEL_TRY(scriptSource(action));
  auto connection = TROWEL_TRY(action.connection());
  const auto& rest = connection->rest;
  auto task = TROWEL_TRY(askTask(action, *connection, source.script, source.key()));
  RunFolder folder(rest, connection->me.homeFolder(), ending_);
  const auto title = "Running " + source.script.name;
  std::int64_t runId = 0;

  const auto work = [&]() -> Result<databricks::Run> {
    auto path = source.path;
    if (path.empty()) {
      path = folder.path() + "/" + source.script.name;
      action.report(title, "Sending it to the workspace");
      TROWEL_TRY(folder.make(action.cancel()));
      TROWEL_TRY(importScript(rest, source.script, path, true, action.cancel()));
    }
    auto definition = TROWEL_TRY(definitionOf(source.script, path, task.compute, task.parameters));
    definition["run_name"] = source.script.name;
    // Known before the call, so that a run whose start was cancelled under way is found, and ended.
    const auto token = core::randomHex(16);
    definition["idempotency_token"] = token;
    auto started = databricks::Runs(rest).submit(definition, {.cancel = action.cancel()});
    if (!started && started.error().code == ErrorCode::Cancelled)
      started = databricks::Runs(rest).submit(definition, {.cancel = ending_, .timeout = kTidyingTime});
    if (!started) return std::unexpected(std::move(started).error());
    runId = *started;
    tree_.changed(protocol::view::kJobs);
    return follow(action, rest, runId, title);
  };
  auto run = work();
  // Whoever stops waiting does not want the run either; and without its folder it could not go on.
  std::string leftRunning;
  if (!run && runId != 0) {
    auto cancelled = databricks::Runs(rest).cancel(runId, {.cancel = ending_, .timeout = kTidyingTime});
    if (!cancelled) leftRunning = fmt::format("The run {} may go on in the workspace. Cancel it there.", runId);
  }
  auto tidied = folder.remove();
  tree_.changed(protocol::view::kJobs);
  // What others left, who could not tidy up, is no affair of this run: nobody waits for it.
  session_.background([connection](const core::CancelToken& cancel) {
    if (auto swept = sweepRunFolders(connection->rest, connection->me.homeFolder(), cancel); !swept)
      core::logWarn("jobs", "folders of former runs were not removed: " + swept.error().message);
  });
  if (!run && (!leftRunning.empty() || !tidied))
    return core::failBecause(
        run.error(), fmt::format("{} {} {}", run.error().message, leftRunning, tidied ? "" : tidied.error().message));
  if (!run) return std::unexpected(std::move(run).error());

  auto report = readReport(rest, {.kind = JobNode::Kind::Run, .runId = runId}, action.cancel());
  if (report) {
    auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(session_.clock().wallNow().time_since_epoch()).count();
    TROWEL_TRY(action.show(source.script.name, "markdown", reportText(report->run, report->tasks, now)));
  }
  if (!tidied) return std::unexpected(std::move(tidied).error());
  if (!report) return std::unexpected(std::move(report).error());
  if (lookOf(run->state).kind == RunKind::Succeeded)
    action.tell(endSentence(*run));
  else
    session_.editor().lifecycleShowMessage({2, core::redact(endSentence(*run))});
  return Json{{"runId", std::to_string(runId)}, {"result", run->state.result}};
}

}  // namespace trowel::features

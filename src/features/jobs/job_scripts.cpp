// SPDX-License-Identifier: Apache-2.0
// A notebook or file as a job, for good or once. What a single run needs lies in a folder of its own beside the user's
// things, which goes when the run is over, however it ends: also when it is cancelled, and when Trowel ends meanwhile,
// for as long as that waits.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "job_actions.hpp"
#include "job_node.hpp"
#include "run_actions.hpp"
#include "run_report.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr auto kTidyingTime = std::chrono::seconds(10);  // for each call that removes something
constexpr int kMostFailures = 5;                         // of looks at a run, one after the other
constexpr std::size_t kFolderBytes = 8;                  // of its name; twice as many characters

// The folder of one run. `remove` is not left to a destructor: its failure must be told.
class RunFolder {
 public:
  RunFolder(const databricks::RestClient& rest, std::string path, core::CancelToken ending)
      : workspace_(rest), path_(std::move(path)), ending_(std::move(ending)) {}

  const std::string& path() const { return path_; }

  Result<void> make(const core::CancelToken& cancel) {
    made_ = true;  // even where the answer is lost
    return workspace_.mkdirs(path_, {.cancel = cancel});
  }

  Result<void> remove() {
    if (!made_) return {};
    auto done = workspace_.remove(path_, true, {.cancel = ending_, .timeout = kTidyingTime});
    if (done || done.error().code == ErrorCode::NotFound) return {};
    return core::failBecause(
        done.error(), fmt::format("The folder {} of the workspace could not be removed. Delete it there. {}", path_,
                                  done.error().message));
  }

 private:
  databricks::Workspace workspace_;
  std::string path_;
  core::CancelToken ending_;
  bool made_ = false;
};

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

std::vector<protocol::PickItem> startKinds() {
  struct Kind {
    const char* id;
    const char* label;
    const char* icon;
  };
  constexpr std::array<Kind, 6> kKinds = {{{"0", "By hand only", "play"},
                                           {"1", "Each day at a time", "calendar"},
                                           {"2", "By a cron expression", "calendar"},
                                           {"3", "Every few hours, days or weeks", "history"},
                                           {"4", "When files arrive", "file-add"},
                                           {"5", "Continuously", "sync"}}};
  std::vector<protocol::PickItem> items;
  for (const auto& kind : kKinds)
    items.push_back(
        {.id = kind.id, .label = kind.label, .description = {}, .detail = {}, .icon = kind.icon, .picked = {}});
  return items;
}

const char* promptOf(StartKind kind) {
  switch (kind) {
    case StartKind::Daily:
      return "At what time, as in 6:30";
    case StartKind::Cron:
      return "Quartz cron, from seconds on: 0 30 6 * * ? is each day at 6:30";
    case StartKind::Periodic:
      return "How often, as in 4 hours";
    case StartKind::FileArrival:
      return "Where: /Volumes/catalog/schema/name/ or the address of an external location";
    case StartKind::ByHand:
    case StartKind::Continuous:
      break;
  }
  return "";
}

std::string problemOf(const Result<Json>& result) { return result ? std::string() : result.error().message; }

}  // namespace

Result<TaskCompute> JobActions::compute(Action& action, const connection::Connection& connection,
                                        const Script& script) {
  databricks::Clusters clusters(connection.rest);
  auto all = TROWEL_TRY(clusters.list({}, {.cancel = action.cancel()}).all());
  std::erase_if(all, [](const databricks::Cluster& cluster) { return !cluster.isAllPurpose(); });
  auto own = session_.cluster(action.project());
  std::ranges::sort(all, {}, [&](const databricks::Cluster& cluster) {
    return std::tuple(cluster.id != own, !cluster.isRunning(), core::toLower(cluster.name));
  });
  std::vector<protocol::PickItem> items;
  if (script.language == "PYTHON" || script.language == "SQL")
    items.push_back({.id = "serverless",
                     .label = "Serverless",
                     .description = "with the packages that you name",
                     .detail = {},
                     .icon = "cloud",
                     .picked = {}});
  for (const auto& cluster : all)
    items.push_back({.id = "cluster/" + cluster.id,
                     .label = cluster.name,
                     .description = core::toLower(cluster.state) + (cluster.id == own ? " · this project's" : ""),
                     .detail = cluster.sparkVersion,
                     .icon = "server",
                     .picked = {}});
  for (const auto& cluster : all)
    items.push_back({.id = "like/" + cluster.id,
                     .label = "A job cluster like " + cluster.name,
                     .description = "made for each run, and ended with it",
                     .detail = cluster.sparkVersion,
                     .icon = "server-process",
                     .picked = {}});
  auto chosen = TROWEL_TRY(action.pick({.title = "Run " + script.name + " on",
                                        .placeholder = "Choose compute",
                                        .none = "There is no cluster for " + script.language +
                                                ". Create one in the workspace, or ask for access to one."},
                                       std::move(items)));
  TaskCompute compute;
  if (chosen == "serverless") {
    protocol::InputParams ask;
    ask.title = "Packages";
    ask.prompt = "As pip takes them, with commas between; nothing for none";
    ask.placeholder = "pandas==2.2.3, /Volumes/main/default/wheels/mine.whl";
    auto answer = TROWEL_TRY(action.editor().uiInput(ask, action.cancel()));
    if (!answer.value) return core::fail(ErrorCode::Cancelled, "Nothing was chosen.");
    compute.dependencies = dependenciesOf(*answer.value);
    return compute;
  }
  auto id = chosen.substr(chosen.find('/') + 1);
  compute.kind = chosen.starts_with("like/") ? TaskCompute::Kind::JobCluster : TaskCompute::Kind::Cluster;
  if (compute.kind == TaskCompute::Kind::JobCluster) {
    auto model = TROWEL_TRY(clusters.get(id, {.cancel = action.cancel()}));
    compute.newCluster = std::make_shared<const Json>(jobClusterLike(databricks::specOf(model)));
  }
  compute.clusterId = std::move(id);
  return compute;
}

Result<Json> JobActions::start(Action& action) {
  auto chosen =
      TROWEL_TRY(action.pick({.title = "When does it start?", .placeholder = "By hand, or by itself"}, startKinds()));
  const auto kind = static_cast<StartKind>(chosen.front() - '0');
  if (kind == StartKind::ByHand || kind == StartKind::Continuous) return startOf(kind, "", "");
  protocol::InputParams ask;
  ask.title = "When does it start?";
  ask.prompt = promptOf(kind);
  auto text =
      TROWEL_TRY(action.line(ask, [&](const std::string& line) { return problemOf(startOf(kind, line, "UTC")); }));
  std::string timezone = "UTC";
  if (kind == StartKind::Daily || kind == StartKind::Cron) {
    protocol::InputParams zone;
    zone.title = "Time zone";
    zone.prompt = "As in Europe/Vienna";
    zone.value = timezone;
    timezone = TROWEL_TRY(action.line(zone));
  }
  return startOf(kind, text, timezone);
}

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
  auto on = TROWEL_TRY(compute(action, *connection, source.script));
  auto definition = TROWEL_TRY(definitionOf(source.script, path, on));
  auto starts = TROWEL_TRY(start(action));
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
  auto on = TROWEL_TRY(compute(action, *connection, source.script));
  RunFolder folder(rest, fmt::format("{}/.trowel-run-{}", connection->me.homeFolder(), core::randomHex(kFolderBytes)),
                   ending_);
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
    auto definition = TROWEL_TRY(definitionOf(source.script, path, on));
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
  if (!run && (!leftRunning.empty() || !tidied))
    return core::failBecause(
        run.error(), fmt::format("{} {} {}", run.error().message, leftRunning, tidied ? "" : tidied.error().message));
  if (!run) return std::unexpected(std::move(run).error());

  auto report = readReport(rest, {.kind = JobNode::Kind::Run, .runId = runId}, action.cancel());
  if (report) {
    auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(session_.clock().wallNow().time_since_epoch()).count();
    TROWEL_TRY(action.show(source.script.name + ".md", "markdown", reportText(report->run, report->tasks, now)));
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

// SPDX-License-Identifier: Apache-2.0
// What is asked before a notebook or file becomes a job or a run: compute, parameters, and when it starts.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "job_actions.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/clusters.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

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

// What is wrong with an answer; empty: nothing.
std::string problemOf(const Result<Json>& result) { return result ? std::string() : result.error().message; }

}  // namespace

Result<JobActions::Task> JobActions::askTask(Action& action, const connection::Connection& connection,
                                             const Script& script, const std::string& key) {
  const auto place = action.project().path + "\n" + key;
  Choice choice;
  {
    std::lock_guard lock(mutex_);
    if (auto it = choices_.find(place); it != choices_.end()) choice = it->second;
  }
  Task task;
  task.compute = TROWEL_TRY(askCompute(action, connection, script, choice));
  protocol::InputParams ask;
  ask.title = "Parameters of " + script.name;
  ask.prompt = script.notebook ? "name=value for each, with blanks between; nothing for none"
                               : "Arguments as on a command line; nothing for none";
  ask.placeholder = script.notebook ? "date=2026-01-31 city=\"New York\"" : "--date 2026-01-31 \"New York\"";
  ask.value = choice.parameters;
  choice.parameters =
      TROWEL_TRY(action.anyLine(ask, [&](const std::string& line) { return problemOf(parametersOf(script, line)); }));
  task.parameters = TROWEL_TRY(parametersOf(script, choice.parameters));
  std::lock_guard lock(mutex_);
  choices_[place] = std::move(choice);
  return task;
}

Result<TaskCompute> JobActions::askCompute(Action& action, const connection::Connection& connection,
                                           const Script& script, Choice& choice) {
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
  std::ranges::stable_partition(items, [&](const protocol::PickItem& item) { return item.id == choice.compute; });
  auto chosen = TROWEL_TRY(action.pick({.title = "Run " + script.name + " on",
                                        .placeholder = "Choose compute",
                                        .none = "There is no cluster for " + script.language +
                                                ". Create one in the workspace, or ask for access to one."},
                                       std::move(items)));
  choice.compute = chosen;
  TaskCompute compute;
  if (chosen == "serverless") {
    protocol::InputParams ask;
    ask.title = "Packages";
    ask.prompt = "As pip takes them, with commas between; nothing for none";
    ask.placeholder = "pandas==2.2.3, /Volumes/main/default/wheels/mine.whl";
    ask.value = choice.packages;
    choice.packages = TROWEL_TRY(action.anyLine(ask));
    compute.dependencies = dependenciesOf(choice.packages);
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

Result<Json> JobActions::askStart(Action& action) {
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

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/text.hpp"
#include "trowel/kernel/cluster_start.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

// How soon clusters in transition are looked at again.
constexpr auto kFollowInterval = std::chrono::seconds(1);

bool any(const databricks::Cluster&) { return true; }
bool canStart(const databricks::Cluster& cluster) { return cluster.state == "TERMINATED" || cluster.state == "ERROR"; }
bool canStop(const databricks::Cluster& cluster) { return cluster.isRunning() || cluster.isStarting(); }
bool canRestart(const databricks::Cluster& cluster) { return cluster.isRunning(); }
protocol::ClusterInfo toWire(const databricks::Cluster& cluster, const std::string& attached) {
  protocol::ClusterInfo info;
  info.id = cluster.id;
  info.name = cluster.name;
  info.state = cluster.state;
  if (!cluster.stateMessage.empty()) info.stateMessage = cluster.stateMessage;
  if (!cluster.sparkVersion.empty()) info.sparkVersion = cluster.sparkVersion;
  if (!cluster.creator.empty()) info.creator = cluster.creator;
  info.attached = cluster.id == attached;
  return info;
}

constexpr const char* kNoneFits = "No cluster of this workspace is in a state for that.";

}  // namespace

bool isMoving(const databricks::Cluster& cluster) { return cluster.isStarting() || cluster.state == "TERMINATING"; }

Result<std::vector<databricks::Cluster>> Cluster::clusters(const connection::Connection& connection,
                                                           const Project& project, const core::CancelToken& cancel) {
  auto all = TROWEL_TRY(databricks::Clusters(connection.rest).list({}, {.cancel = cancel}).all());
  std::erase_if(all, [](const databricks::Cluster& cluster) { return !cluster.isAllPurpose(); });
  std::ranges::sort(all, {}, [](const databricks::Cluster& cluster) {
    return std::tuple(!cluster.isRunning(), core::toLower(cluster.name), cluster.id);
  });
  Seen now{.states = {}, .at = session_.clock().now()};
  for (const auto& cluster : all) now.states[cluster.id] = {cluster.state, cluster.stateMessage};
  bool others = false;
  {
    std::lock_guard lock(mutex_);
    auto& before = seen_[project.path];
    others = before.at != core::TimePoint() && before.states != now.states;
    before = std::move(now);
  }
  if (others) tellKernels(project);
  return all;
}

Result<std::vector<databricks::Cluster>> Cluster::followedClusters(const Project& project,
                                                                   const core::CancelToken& cancel) {
  auto connection = TROWEL_TRY(session_.connection(project, cancel));
  auto all = TROWEL_TRY(clusters(*connection, project, cancel));
  if (std::ranges::any_of(all, isMoving)) follow(project);
  return all;
}

// One look ahead at a time for each project. Where somebody else has looked meanwhile, as the view does while it is in
// sight, there is nothing to do.
void Cluster::follow(const Project& project) {
  {
    std::lock_guard lock(mutex_);
    if (!followed_.insert(project.path).second) return;
  }
  session_.timer().after(kFollowInterval, [this, project] {
    session_.background([this, project](const core::CancelToken& cancel) {
      bool seenJustNow = false;
      {
        std::lock_guard lock(mutex_);
        followed_.erase(project.path);
        seenJustNow = session_.clock().now() - seen_[project.path].at < kFollowInterval;
      }
      auto connection = session_.connections().current(project.path);
      if (!connection) return;
      if (seenJustNow) return follow(project);
      auto now = clusters(*connection, project, cancel);
      if (now && std::ranges::any_of(*now, isMoving)) follow(project);
    });
  });
}

void Cluster::tellKernels(const Project& project) {
  protocol::KernelChangedParams kernels;
  if (!project.uri.empty()) kernels.folder = project.uri;
  session_.editor().kernelChanged(kernels);
}

void Cluster::changed(const Project& project) {
  tree_.changed(protocol::view::kClusters);
  tellKernels(project);
}

Result<void> Cluster::ensureRunning(const Project& project, const std::string& id, rpc::CallContext& call) {
  auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  std::string shown;
  kernel::ClusterStartOptions options;
  options.cancel = call.cancel;
  options.onProgress = [&](const databricks::Cluster& cluster) {
    auto message = cluster.stateMessage.empty() ? core::toLower(cluster.state) : cluster.stateMessage;
    call.progress.report("Starting " + cluster.name, message);
    if (std::exchange(shown, cluster.state) != cluster.state) changed(project);
  };
  auto started = kernel::ensureRunning(connection->rest, id, environment_, options);
  changed(project);
  return started;
}

Result<protocol::ClusterListResult> Cluster::list(const protocol::ClusterListParams& params, rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto attached = session_.cluster(project);
  protocol::ClusterListResult result;
  for (const auto& cluster : TROWEL_TRY(followedClusters(project, call.cancel)))
    result.clusters.push_back(toWire(cluster, attached));
  return result;
}

Result<protocol::ClusterInfo> Cluster::start(const protocol::ClusterStartParams& params, rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  TROWEL_TRY(ensureRunning(project, params.id, call));
  auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  auto cluster = TROWEL_TRY(databricks::Clusters(connection->rest).get(params.id, {.cancel = call.cancel}));
  return toWire(cluster, session_.cluster(project));
}

Action::Offer Cluster::offer(const Action& action, bool (*fits)(const databricks::Cluster&)) {
  return [this, &action, fits]() -> Result<std::vector<protocol::PickItem>> {
    auto connection = TROWEL_TRY(action.connection());
    std::vector<protocol::PickItem> items;
    for (const auto& cluster : TROWEL_TRY(clusters(*connection, action.project(), action.cancel())))
      if (fits(cluster))
        items.push_back({.id = cluster.id,
                         .label = cluster.name,
                         .description = core::toLower(cluster.state),
                         .detail = cluster.sparkVersion,
                         .icon = "server",
                         .picked = {}});
    return items;
  };
}

Result<Json> Cluster::start(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(action.row(protocol::view::kClusters,
                                  {.title = "Start Cluster", .placeholder = "Choose a cluster", .none = kNoneFits},
                                  offer(action, canStart)));
  TROWEL_TRY(ensureRunning(action.project(), id, call.context));
  return Json();
}

Result<Json> Cluster::stop(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto ids = TROWEL_TRY(action.someRows(protocol::view::kClusters,
                                        {.title = "Stop Cluster", .placeholder = "Choose clusters", .none = kNoneFits},
                                        offer(action, canStop)));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Clusters service(connection->rest);
  std::vector<Action::Item> items;
  for (const auto& id : ids)
    items.push_back({.id = id, .name = TROWEL_TRY(service.get(id, {.cancel = action.cancel()})).name});
  auto what = items.size() == 1 ? "the cluster " + items.front().name : fmt::format("{} clusters", items.size());
  TROWEL_TRY(action.confirm("Stop " + what + "?", "Everything that runs there ends, for everybody.", "Stop"));
  auto done = action.each(items, "Stopping clusters",
                          [&](const Action::Item& item) { return service.stop(item.id, {.cancel = action.cancel()}); });
  changed(action.project());
  if (!done) return std::unexpected(done.error());
  return Json();
}

Result<Json> Cluster::restart(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(action.row(protocol::view::kClusters,
                                  {.title = "Restart Cluster", .placeholder = "Choose a cluster", .none = kNoneFits},
                                  offer(action, canRestart)));
  auto connection = TROWEL_TRY(action.connection());
  TROWEL_TRY(databricks::Clusters(connection->rest).restart(id, {.cancel = action.cancel()}));
  changed(action.project());
  return Json();
}

Result<Json> Cluster::attach(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto id = TROWEL_TRY(action.row(protocol::view::kClusters,
                                  {.title = "Attach Cluster", .placeholder = "Choose a cluster", .none = kNoneFits},
                                  offer(action, any)));
  session_.choose(action.project(), Session::Choice::Cluster, id);
  TROWEL_TRY(session_.keepChoice(action.project(), Session::Choice::Cluster));
  changed(action.project());
  return Json();
}

}  // namespace trowel::features

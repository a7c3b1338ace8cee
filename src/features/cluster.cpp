// SPDX-License-Identifier: Apache-2.0
#include "cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/text.hpp"
#include "trowel/kernel/cluster_start.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

// How soon clusters in transition are looked at again.
constexpr auto kFollowInterval = std::chrono::seconds(1);

bool any(const databricks::Cluster&) { return true; }
bool canStart(const databricks::Cluster& cluster) { return cluster.state == "TERMINATED" || cluster.state == "ERROR"; }
bool canStop(const databricks::Cluster& cluster) { return cluster.isRunning() || cluster.isStarting(); }
bool canRestart(const databricks::Cluster& cluster) { return cluster.isRunning(); }
bool isMoving(const databricks::Cluster& cluster) { return cluster.isStarting() || cluster.state == "TERMINATING"; }

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

}  // namespace

Result<std::vector<databricks::Cluster>> Cluster::clusters(const Project& project, const core::CancelToken& cancel) {
  auto connection = TROWEL_TRY(session_.connection(project, cancel));
  auto all = TROWEL_TRY(databricks::Clusters(connection->rest).list({}, {.cancel = cancel}).all());
  std::erase_if(all, [](const databricks::Cluster& cluster) { return !cluster.isAllPurpose(); });
  std::ranges::sort(all, {}, [](const databricks::Cluster& cluster) {
    return std::tuple(!cluster.isRunning(), core::toLower(cluster.name), cluster.id);
  });
  follow(project, all);
  return all;
}

// One look ahead at a time for each project; it goes on by itself, since its own listing follows again.
void Cluster::follow(const Project& project, const std::vector<databricks::Cluster>& seen) {
  if (std::ranges::none_of(seen, isMoving)) return;
  {
    std::lock_guard lock(mutex_);
    if (!followed_.insert(project.path).second) return;
  }
  session_.timer().after(kFollowInterval, [this, project, seen] {
    session_.background([this, project, seen](const core::CancelToken& cancel) {
      {
        std::lock_guard lock(mutex_);
        followed_.erase(project.path);
      }
      auto now = clusters(project, cancel);
      if (now && !std::ranges::equal(seen, *now, [](const auto& a, const auto& b) {
            return a.id == b.id && a.state == b.state && a.stateMessage == b.stateMessage;
          }))
        changed(project);
    });
  });
}

void Cluster::changed(const Project& project) {
  session_.editor().treeChanged({std::string(protocol::view::kClusters), {}});
  protocol::KernelChangedParams kernels;
  if (!project.uri.empty()) kernels.folder = project.uri;
  session_.editor().kernelChanged(kernels);
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
  for (const auto& cluster : TROWEL_TRY(clusters(project, call.cancel)))
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

Result<std::string> Cluster::target(protocol::CommandCall& call, const Project& project, const std::string& title,
                                    bool (*fits)(const databricks::Cluster&)) {
  if (call.target.node) return *call.target.node;
  protocol::PickParams pick{.title = title, .placeholder = "Choose a cluster", .many = {}, .items = {}};
  for (const auto& cluster : TROWEL_TRY(clusters(project, call.context.cancel))) {
    if (!fits(cluster)) continue;
    pick.items.push_back({.id = cluster.id,
                          .label = cluster.name,
                          .description = core::toLower(cluster.state),
                          .detail = cluster.sparkVersion,
                          .icon = "server",
                          .picked = {}});
  }
  if (pick.items.empty())
    return core::fail(ErrorCode::Conflict, "No cluster of this workspace is in a state for that.");
  auto chosen = TROWEL_TRY(session_.editor().uiPick(pick, call.context.cancel));
  return chosen.ids && !chosen.ids->empty() ? chosen.ids->front() : std::string();
}

Result<Json> Cluster::start(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto id = TROWEL_TRY(target(call, project, "Start Cluster", canStart));
  if (!id.empty()) TROWEL_TRY(ensureRunning(project, id, call.context));
  return Json();
}

Result<Json> Cluster::stop(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto id = TROWEL_TRY(target(call, project, "Stop Cluster", canStop));
  if (id.empty()) return Json();
  auto connection = TROWEL_TRY(session_.connection(project, call.context.cancel));
  databricks::Clusters service(connection->rest);
  auto cluster = TROWEL_TRY(service.get(id, {.cancel = call.context.cancel}));
  auto answer = TROWEL_TRY(session_.editor().uiConfirm({.severity = protocol::Severity::Warning,
                                                        .message = "Stop the cluster " + cluster.name + "?",
                                                        .detail = "Everything that runs on it ends, for everybody.",
                                                        .modal = true,
                                                        .actions = {"Stop"}},
                                                       call.context.cancel));
  if (answer.action != "Stop") return Json();
  TROWEL_TRY(service.stop(id, {.cancel = call.context.cancel}));
  changed(project);
  return Json();
}

Result<Json> Cluster::restart(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto id = TROWEL_TRY(target(call, project, "Restart Cluster", canRestart));
  if (id.empty()) return Json();
  auto connection = TROWEL_TRY(session_.connection(project, call.context.cancel));
  TROWEL_TRY(databricks::Clusters(connection->rest).restart(id, {.cancel = call.context.cancel}));
  changed(project);
  return Json();
}

Result<Json> Cluster::attach(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto id = TROWEL_TRY(target(call, project, "Attach Cluster", any));
  if (id.empty()) return Json();
  session_.choose(project, Session::Choice::Cluster, id);
  TROWEL_TRY(session_.keepChoice(project, Session::Choice::Cluster));
  changed(project);
  return Json();
}

}  // namespace trowel::features

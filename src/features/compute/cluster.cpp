// SPDX-License-Identifier: Apache-2.0
#include "cluster.hpp"

#include <algorithm>

#include "trowel/core/text.hpp"
#include "trowel/kernel/cluster_start.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Result;

// How soon clusters in transition are looked at again.
constexpr auto kFollowInterval = std::chrono::seconds(1);

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

bool isMoving(const databricks::Cluster& cluster) { return cluster.isStarting() || cluster.state == "TERMINATING"; }

Result<std::vector<databricks::Cluster>> Cluster::clusters(const connection::Connection& connection,
                                                           const Project& project, const core::CancelToken& cancel) {
  auto all = TROWEL_TRY(lists_.get(
      {.project = project.path, .generation = connection.generation}, cancel,
      [&](const core::CancelToken& token) { return load(connection, project, token); },
      [&](const ListKey& each) { return each.project == project.path && each.generation < connection.generation; }));
  return *all;
}

Result<std::vector<databricks::Cluster>> Cluster::load(const connection::Connection& connection, const Project& project,
                                                       const core::CancelToken& cancel) {
  auto all = TROWEL_TRY(databricks::Clusters(connection.rest).list({}, {.cancel = cancel}).all());
  std::ranges::sort(all, {}, [](const databricks::Cluster& cluster) {
    return std::tuple(!cluster.isRunning(), core::toLower(cluster.name), cluster.id);
  });
  Seen now{.states = {}, .at = session_.clock().now()};
  for (const auto& cluster : all)
    if (cluster.isAllPurpose()) now.states[cluster.id] = {cluster.state, cluster.stateMessage};
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
  std::erase_if(all, [](const databricks::Cluster& cluster) { return !cluster.isAllPurpose(); });
  if (std::ranges::any_of(all, isMoving)) follow(project);
  return all;
}

bool Cluster::wasRunning(const Project& project, const std::string& id) {
  std::lock_guard lock(mutex_);
  auto it = seen_.find(project.path);
  if (it == seen_.end()) return false;
  auto state = it->second.states.find(id);
  return state != it->second.states.end() && (state->second.first == "RUNNING" || state->second.first == "RESIZING");
}

// One look ahead at a time for each project. Where somebody else has looked meanwhile, as the view does while it is in
// sight, there is nothing to do.
void Cluster::follow(const Project& project) {
  {
    std::lock_guard lock(mutex_);
    if (!followed_.insert(project.path).second) return;
  }
  session_.timer().after(kFollowInterval, [this, project] {
    const bool began = session_.background([this, project](const core::CancelToken& cancel) {
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
    if (began) return;
    // Nobody had time for it.
    {
      std::lock_guard lock(mutex_);
      followed_.erase(project.path);
    }
    follow(project);
  });
}

void Cluster::tellKernels(const Project& project) {
  protocol::KernelChangedParams kernels;
  if (!project.uri.empty()) kernels.folder = project.uri;
  session_.editor().kernelChanged(kernels);
}

void Cluster::changed(const Project& project) {
  lists_.outdate([&](const ListKey& each) { return each.project == project.path; });
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

}  // namespace trowel::features

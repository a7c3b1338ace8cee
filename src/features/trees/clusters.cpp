// SPDX-License-Identifier: Apache-2.0
#include "clusters.hpp"

#include <algorithm>
#include <array>

#include "cluster_rows.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Result;

// Clusters that jobs and pipelines make for themselves stand below a row of their own.
struct Group {
  std::string_view id;
  std::string_view label;
  std::array<std::string_view, 2> sources;
};

constexpr std::array kGroups = {Group{"#jobs", "Job Clusters", {"JOB", "JOB"}},
                                Group{"#pipelines", "Pipeline Clusters", {"PIPELINE", "PIPELINE_MAINTENANCE"}}};

bool isIn(const Group& group, const databricks::Cluster& cluster) {
  return std::ranges::find(group.sources, cluster.source) != group.sources.end();
}

bool passes(const databricks::Cluster& cluster, const ViewState& state) {
  auto wants = [&](const char* key, const std::string& value) {
    auto it = state.filters.find(key);
    return it == state.filters.end() || it->second == value;
  };
  return wants("creator", cluster.creator) && wants("state", core::toLower(cluster.state));
}

}  // namespace

Result<Rows> ClustersView::children(const RowsRequest& request) {
  if (!request.node) return roots(request);
  return request.node->starts_with('#') ? group(request) : libraries(request);
}

bool ClustersView::matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
                           std::string_view text) const {
  if (node.id.starts_with('#')) return true;
  // What a group holds are clusters like those at the top; what a cluster has below it belongs to it.
  return below && !below->starts_with('#') ? true : TreeView::matches(node, std::nullopt, text);
}

Result<Rows> ClustersView::roots(const RowsRequest& request) {
  Rows rows;
  auto all = TROWEL_TRY(clusters_.clusters(*request.connection, request.project, request.cancel));
  auto attached = session_.cluster(request.project);
  auto forSql = sqlClusterAmong(all, session_.sqlCluster(request.project));
  for (const auto& cluster : all) {
    if (!cluster.isAllPurpose() || !passes(cluster, request.state)) continue;
    rows.moving = rows.moving || isMoving(cluster);
    rows.nodes.push_back(rowOf(cluster, {.attached = cluster.id == attached, .forSql = cluster.id == forSql}));
  }
  for (const auto& group : kGroups) {
    auto count = std::ranges::count_if(
        all, [&](const auto& cluster) { return isIn(group, cluster) && passes(cluster, request.state); });
    if (count == 0) continue;
    protocol::TreeNode row;
    row.id = group.id;
    row.label = group.label;
    row.description = std::to_string(count);
    row.icon = "trowel-job-cluster";
    row.contextValue = "clusterGroup";
    row.collapsible = protocol::Collapsible::Collapsed;
    rows.nodes.push_back(std::move(row));
  }
  return rows;
}

Result<Rows> ClustersView::group(const RowsRequest& request) {
  Rows rows;
  auto group = std::ranges::find(kGroups, *request.node, &Group::id);
  if (group == kGroups.end()) return rows;
  databricks::ClusterFilter filter;
  for (auto source : group->sources)
    if (std::ranges::find(filter.sources, source) == filter.sources.end()) filter.sources.emplace_back(source);
  for (const auto& cluster :
       TROWEL_TRY(databricks::Clusters(request.connection->rest).list(filter, {.cancel = request.cancel}).all())) {
    if (!isIn(*group, cluster) || !passes(cluster, request.state)) continue;
    rows.moving = rows.moving || isMoving(cluster);
    rows.nodes.push_back(rowOf(cluster, {}));
  }
  return rows;
}

Result<Rows> ClustersView::libraries(const RowsRequest& request) {
  Rows rows;
  for (const auto& status : TROWEL_TRY(
           databricks::Libraries(request.connection->rest).list(*request.node, {.cancel = request.cancel}).all())) {
    rows.nodes.push_back(rowOf(*request.node, status));
    // What waits on a stopped cluster waits for its start, however long that may be.
    bool begins = status.status == "PENDING" && clusters_.wasRunning(request.project, *request.node);
    rows.moving = rows.moving || begins || isInstalling(status);
  }
  if (!rows.nodes.empty()) return rows;
  protocol::TreeNode none;
  none.id = *request.node + "#none";
  none.label = "No library is installed";
  none.contextValue = "note";
  rows.nodes.push_back(std::move(none));
  return rows;
}

}  // namespace trowel::features

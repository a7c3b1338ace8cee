// SPDX-License-Identifier: Apache-2.0
#include "cluster_rows.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "features/markdown_text.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using databricks::Cluster;
using protocol::TreeNode;

std::string timeOf(std::int64_t epochMilliseconds) {
  if (epochMilliseconds <= 0) return {};
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", std::chrono::sys_seconds(std::chrono::seconds(epochMilliseconds / 1000)));
}

std::string sizeOf(const Cluster& cluster) {
  if (cluster.autoscale)
    return fmt::format("{} to {} workers", cluster.autoscale->minWorkers, cluster.autoscale->maxWorkers);
  return cluster.workers == 0 ? "single node"
                              : fmt::format("{} worker{}", cluster.workers, cluster.workers == 1 ? "" : "s");
}

std::string tooltipOf(const Cluster& cluster) {
  std::string text = fmt::format("**{}**\n\n", plainMarkdown(cluster.name));
  auto line = [&](const char* what, const std::string& value) {
    if (!value.empty()) text += fmt::format("- {}: {}\n", what, plainMarkdown(core::redact(value)));
  };
  line("State", core::toLower(cluster.state) + (cluster.stateMessage.empty() ? "" : ": " + cluster.stateMessage));
  if (cluster.terminationReason) line("Ended because of", cluster.terminationReason->code);
  line("Runtime", cluster.sparkVersion);
  line("Size", sizeOf(cluster));
  line("Workers", cluster.nodeType);
  if (cluster.driverNodeType != cluster.nodeType) line("Driver", cluster.driverNodeType);
  line("Access mode", cluster.dataSecurityMode);
  line("Only for", cluster.singleUser);
  line("Created by", cluster.creator);
  line("Pinned by", cluster.pinnedBy);
  if (cluster.autoterminationMinutes > 0)
    line("Stops by itself", fmt::format("after {} minutes without work", cluster.autoterminationMinutes));
  if (cluster.isRunning()) line("Running since", timeOf(std::max(cluster.startTime, cluster.lastRestartTime)));
  if (!cluster.isRunning()) line("Ended", timeOf(cluster.terminatedTime));
  line("Last activity", timeOf(cluster.lastActivityTime));
  line("Id", cluster.id);
  return text;
}

}  // namespace

std::optional<LibraryRow> LibraryRow::parse(std::string_view text) {
  auto slash = text.find('/');
  auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
  if (slash == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  return LibraryRow{.cluster = std::string(text.substr(0, slash)),
                    .type = std::string(text.substr(slash + 1, colon - slash - 1)),
                    .name = std::string(text.substr(colon + 1))};
}

std::string sqlClusterAmong(std::span<const Cluster> clusters, const std::string& wanted) {
  auto it = wanted.empty() ? clusters.end() : std::ranges::find(clusters, wanted, &Cluster::id);
  if (it == clusters.end())
    it = std::ranges::find_if(clusters, [](const Cluster& each) { return each.isAllPurpose() && each.isRunning(); });
  return it == clusters.end() ? std::string() : it->id;
}

TreeNode rowOf(const Cluster& cluster, const ClusterUse& use) {
  auto state = core::toLower(cluster.state);
  TreeNode row;
  row.id = cluster.id;
  row.label = cluster.name;
  row.description = state;
  if (use.attached) *row.description += " · this project's";
  if (use.forSql) *row.description += " · for SQL";
  *row.description += " · " + sizeOf(cluster);
  row.tooltip = tooltipOf(cluster);
  row.collapsible = protocol::Collapsible::Collapsed;
  row.contextValue = (cluster.isAllPurpose() ? "cluster." : "jobCluster.") + state;
  if (!cluster.pinnedBy.empty()) {
    *row.contextValue += ".pinned";
    row.decoration = protocol::TreeDecoration{
        .badge = "P", .color = {}, .tooltip = "Pinned by " + cluster.pinnedBy, .propagate = {}};
  }
  if (cluster.isStarting() || cluster.state == "TERMINATING") {
    row.icon = "sync~spin";
    row.iconColor = "charts.yellow";
  } else if (cluster.isRunning()) {
    row.icon = "trowel-cluster-running";
  } else {
    row.icon = cluster.state == "ERROR" ? "trowel-cluster-error" : "trowel-cluster-stopped";
  }
  return row;
}

bool isInstalling(const databricks::LibraryStatus& status) {
  return status.status == "RESOLVING" || status.status == "INSTALLING";
}

TreeNode rowOf(const std::string& clusterId, const databricks::LibraryStatus& status) {
  const auto& library = status.library;
  auto state = core::toLower(status.status);
  TreeNode row;
  row.id = LibraryRow{clusterId, library.type, library.name}.text();
  row.label = library.name;
  row.description = library.type + " · " + (state == "uninstall_on_restart" ? "goes with the next restart" : state);
  row.contextValue = status.onAllClusters ? "library.ofAll" : "library." + state;
  row.icon = "package";
  if (state == "failed") {
    row.icon = "error";
    row.iconColor = "list.errorForeground";
  } else if (state == "pending") {
    row.icon = "clock";
  } else if (isInstalling(status)) {
    row.icon = "sync~spin";
  }
  for (const auto& message : status.messages)
    row.tooltip = row.tooltip.value_or("") + plainMarkdown(core::redact(message)) + "\n\n";
  return row;
}

}  // namespace trowel::features

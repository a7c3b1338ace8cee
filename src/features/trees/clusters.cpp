// SPDX-License-Identifier: Apache-2.0
#include "clusters.hpp"

#include <fmt/format.h>

#include "trowel/core/text.hpp"

namespace trowel::features {

core::Result<Rows> ClustersView::children(const RowsRequest& request) {
  Rows rows;
  if (request.node) return rows;
  auto attached = session_.cluster(request.project);
  for (const auto& cluster : TROWEL_TRY(clusters_.clusters(*request.connection, request.project, request.cancel))) {
    auto state = core::toLower(cluster.state);
    protocol::TreeNode row;
    row.id = cluster.id;
    row.label = cluster.name;
    row.description = state + (cluster.id == attached ? " · this project's" : "");
    row.tooltip = fmt::format("**{}**\n\n{}{}\n\n{}\n\n{}", cluster.name, state,
                              cluster.stateMessage.empty() ? "" : ": " + cluster.stateMessage, cluster.sparkVersion,
                              cluster.creator.empty() ? "" : "by " + cluster.creator);
    row.contextValue = "cluster." + state;
    if (cluster.isRunning()) {
      row.icon = "vm-running";
      row.iconColor = "charts.green";
    } else if (cluster.isStarting() || cluster.state == "TERMINATING") {
      row.icon = "sync~spin";
      row.iconColor = "charts.yellow";
    } else {
      row.icon = cluster.state == "ERROR" ? "error" : "vm";
    }
    rows.moving = rows.moving || isMoving(cluster);
    rows.nodes.push_back(std::move(row));
  }
  return rows;
}

}  // namespace trowel::features

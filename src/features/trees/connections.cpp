// SPDX-License-Identifier: Apache-2.0
#include "connections.hpp"

#include <fmt/format.h>

#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

using connection::State;

core::Result<std::vector<protocol::TreeNode>> ConnectionsView::children(const Project& project,
                                                                        const std::optional<std::string>& node,
                                                                        const core::CancelToken&) {
  std::vector<protocol::TreeNode> nodes;
  if (node) return nodes;
  auto status = session_.connections().status(project.path);
  for (const auto& offer : TROWEL_TRY(session_.connections().offers(session_.settings(project).connections))) {
    bool active = offer.id == status.id && status.state != State::None;
    protocol::TreeNode row;
    row.id = offer.id;
    row.label = offer.name;
    row.description = offer.host.empty() ? "on this machine" : offer.host;
    row.tooltip = offer.problem.empty() ? fmt::format("**{}** {}", offer.name, offer.host) : offer.problem;
    row.icon = offer.source == connection::Source::Demo ? "beaker" : "plug";
    row.contextValue = "connection";
    if (!offer.problem.empty()) {
      row.icon = "warning";
      row.description = offer.problem;
    } else if (active && status.state == State::Connecting) {
      row.icon = "sync~spin";
      row.description = "connecting…";
    } else if (active && status.state == State::Ready) {
      row.icon = "pass-filled";
      row.iconColor = "charts.green";
      row.description = fmt::format("connected as {}", status.user);
      row.tooltip = fmt::format("**{}** {}\n\nConnected as {}", offer.name, status.host, status.user);
      row.contextValue = "connection.active";
    } else if (active) {
      row.icon = "error";
      row.iconColor = "charts.red";
      row.description = status.error.message;
      row.tooltip = status.error.message;
    }
    row.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSelect), "Connect"};
    nodes.push_back(std::move(row));
  }
  return nodes;
}

}  // namespace trowel::features

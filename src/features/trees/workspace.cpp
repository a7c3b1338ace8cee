// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include "features/workspace.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

std::string iconOf(const databricks::WorkspaceObject& object) {
  if (object.type == "REPO" || object.gitFolder) return "repo";
  if (object.type == "DIRECTORY") return "folder";
  if (object.type == "NOTEBOOK") return "notebook";
  if (object.type == "LIBRARY") return "library";
  if (object.type == "DASHBOARD") return "dashboard";
  return "file";
}

}  // namespace

core::Result<Rows> WorkspaceView::children(const RowsRequest& request) {
  Rows rows;
  for (const auto& object : TROWEL_TRY(listFolder(*request.connection, request.node.value_or("/"), request.cancel))) {
    protocol::TreeNode row;
    row.id = object.path;
    row.label = object.name();
    row.tooltip = object.path;
    row.icon = iconOf(object);
    if (object.isFolder()) {
      row.collapsible = protocol::Collapsible::Collapsed;
      row.contextValue = "object.folder";
    } else {
      row.contextValue = object.type == "NOTEBOOK" ? "object.notebook" : "object.file";
      row.command = protocol::TreeCommand{std::string(protocol::command::kWorkspaceOpen), "Open"};
    }
    if (!object.language.empty()) row.description = object.language;
    rows.nodes.push_back(std::move(row));
  }
  return rows;
}

bool WorkspaceView::matches(const protocol::TreeNode& node, const std::optional<std::string>&,
                            std::string_view text) const {
  return node.collapsible != protocol::Collapsible::None || core::toLower(node.label).contains(core::toLower(text));
}

}  // namespace trowel::features

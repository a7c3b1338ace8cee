// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include "features/workspace.hpp"
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

core::Result<std::vector<protocol::TreeNode>> WorkspaceView::children(const Project& project,
                                                                      const std::optional<std::string>& node,
                                                                      const core::CancelToken& cancel) {
  auto connection = TROWEL_TRY(session_.connection(project, cancel));
  std::vector<protocol::TreeNode> nodes;
  for (const auto& object : TROWEL_TRY(listFolder(*connection, node.value_or("/"), cancel))) {
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
    nodes.push_back(std::move(row));
  }
  return nodes;
}

}  // namespace trowel::features

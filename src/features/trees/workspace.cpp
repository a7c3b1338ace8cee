// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "features/files/remote_workspace.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"
#include "workspace_rows.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using databricks::WorkspaceObject;

// How each object stands to the local files. Without a usable local sync folder the view shows the workspace alone.
WorkspaceStates::Look lookAt(WorkspaceStates& states, const RowsRequest& request, const Result<TransferPlace>& place,
                             const std::string& folder, const std::vector<WorkspaceObject>& objects) {
  std::vector<sync::Entry> there;
  there.reserve(objects.size());
  for (const auto& object : objects) there.push_back(entryOf(object));
  if (place) {
    auto look = states.look(request.project, request.connection, *place, folder, there, request.cancel);
    if (look) return *std::move(look);
    core::logWarn("tree", "the local files of " + folder + ": " + core::describe(look.error()));
  } else {
    core::logInfo("tree", core::describe(place.error()));
  }
  WorkspaceStates::Look look;
  for (auto& entry : there) {
    sync::SidedObject object{.name = entry.name};
    object.remote = std::move(entry);
    look.objects.push_back(std::move(object));
  }
  return look;
}

bool hasChildren(const protocol::TreeNode& node) { return node.collapsible != protocol::Collapsible::None; }

}  // namespace

Result<Rows> WorkspaceView::children(const RowsRequest& request) {
  const auto place = parts_.transfers.place(request.project, *request.connection, FileSystemKind::Workspace);
  // A root that cannot be meant is said; a local folder that cannot be used does not keep anybody from looking.
  auto root = parts_.transfers.remoteRoot(request.project, *request.connection);
  if (!root) return std::unexpected(std::move(root).error());
  const auto folder = request.node.value_or(*root);
  auto listed = listFolder(*request.connection, folder, request.cancel);
  const bool missing = !listed && listed.error().code == ErrorCode::NotFound;
  if (!listed && !missing) return std::unexpected(std::move(listed).error());
  const std::vector<WorkspaceObject> none;
  auto look = lookAt(parts_.states, request, place, folder, missing ? none : *listed);
  if (missing && look.objects.empty()) {
    if (request.node) return std::unexpected(std::move(listed).error());
    return core::fail(ErrorCode::NotFound, "The folder " + folder +
                                               " is not in the workspace yet. Upload something to it, or change the "
                                               "setting trowel.workspace.root.");
  }
  std::unordered_map<std::string, WorkspaceObject> objects;  // by name
  if (listed)
    for (auto& object : *listed) objects.emplace(object.name(), std::move(object));
  std::vector<WorkspaceRow> found;
  // What is moved to be sorted is small, however much a row says.
  std::vector<std::tuple<bool, std::string, std::string, std::size_t>> order;
  found.reserve(look.objects.size());
  order.reserve(look.objects.size());
  for (auto& sides : look.objects) {
    WorkspaceRow row{.path = childPath(folder, sides.name)};
    if (auto there = objects.find(sides.name); there != objects.end()) row.there = std::move(there->second);
    row.pending = look.pending.contains(sides.name);
    if (auto counts = look.folders.find(sides.name); counts != look.folders.end()) row.counts = counts->second;
    if (!sides.local.empty()) row.localPath = childPath(*place->localOf(folder), sides.local);
    row.sides = std::move(sides);
    order.emplace_back(!isFolder(row), core::toLower(row.sides.name), row.sides.name, found.size());
    found.push_back(std::move(row));
  }
  std::ranges::sort(order);
  Rows rows;
  rows.nodes.reserve(found.size());
  for (const auto& key : order) rows.nodes.push_back(nodeOf(found[std::get<std::size_t>(key)]));
  return rows;
}

bool WorkspaceView::matches(const protocol::TreeNode& node, const std::optional<std::string>&,
                            std::string_view text) const {
  return hasChildren(node) || core::toLower(node.label).contains(core::toLower(text));
}

Result<void> WorkspaceView::drop(const Drop& drop) {
  const auto root = TROWEL_TRY(parts_.transfers.remoteRoot(drop.action.project(), *drop.connection));
  std::vector<std::string> paths;
  for (const auto& row : drop.rows)
    if (row.view == protocol::view::kWorkspace && row.node) paths.push_back(*row.node);
  return parts_.workspace.drop(drop.action, drop.connection, drop.node.value_or(root), paths, drop.uris);
}

}  // namespace trowel::features

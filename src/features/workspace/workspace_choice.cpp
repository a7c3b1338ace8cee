// SPDX-License-Identifier: Apache-2.0
#include "workspace_choice.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr const char* kThis = "#this";  // no path begins with it
constexpr const char* kUp = "#up";

protocol::PickItem item(std::string id, std::string label, std::string icon) {
  return {.id = std::move(id),
          .label = std::move(label),
          .description = {},
          .detail = {},
          .icon = std::move(icon),
          .picked = {}};
}

}  // namespace

Result<std::vector<databricks::WorkspaceObject>> listFolder(const connection::Connection& connection,
                                                            const std::string& path, const core::CancelToken& cancel) {
  core::CancelSource either(cancel);
  auto changed = connection.cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  auto objects = TROWEL_TRY(databricks::Workspace(connection.rest).list(path, {.cancel = either.token()}).all());
  // By keys that are made once: of ten thousand objects each is compared a dozen times.
  std::vector<std::tuple<bool, std::string, std::string, std::size_t>> order;
  order.reserve(objects.size());
  for (const auto& object : objects)
    order.emplace_back(!object.isFolder(), core::toLower(object.name()), object.name(), order.size());
  std::ranges::sort(order);
  std::vector<databricks::WorkspaceObject> sorted;
  sorted.reserve(objects.size());
  for (const auto& key : order) sorted.push_back(std::move(objects[std::get<std::size_t>(key)]));
  return sorted;
}

Result<std::vector<std::string>> WorkspaceChoice::objects(Action& action, const connection::Connection& connection,
                                                          const std::string& title, Wanted wanted) const {
  if (auto rows = action.rows(protocol::view::kWorkspace); !rows.empty()) return rows;
  std::vector<std::string> paths(1);
  paths.front() = TROWEL_TRY(walk(action, connection, title, wanted));
  return paths;
}

Result<std::string> WorkspaceChoice::object(Action& action, const connection::Connection& connection,
                                            const std::string& title, Wanted wanted) const {
  auto paths = TROWEL_TRY(objects(action, connection, title, wanted));
  return std::move(paths.front());
}

Result<std::string> WorkspaceChoice::walk(Action& action, const connection::Connection& connection,
                                          const std::string& title, Wanted wanted) const {
  auto path = TROWEL_TRY(transfers_.remoteRoot(action.project(), connection));
  while (true) {
    std::vector<protocol::PickItem> items;
    std::vector<std::string> folders;
    if (wanted != Wanted::Object) items.push_back(item(kThis, "This Folder", "check"));
    for (const auto& object : TROWEL_TRY(listFolder(connection, path, action.cancel()))) {
      if (!object.isFolder() && wanted == Wanted::Folder) continue;
      items.push_back(item(object.path, object.name(), object.isFolder() ? "folder" : "file"));
      items.back().description = object.language;
      if (object.isFolder()) folders.push_back(object.path);
    }
    if (path != "/") items.push_back(item(kUp, "..", "arrow-up"));
    const auto chosen =
        TROWEL_TRY(action.pick({.title = title + ": " + path,
                                .placeholder = wanted == Wanted::Folder ? "Choose a folder of the workspace"
                                                                        : "Choose an object of the workspace",
                                .none = "The folder " + path + " is empty."},
                               std::move(items)));
    if (chosen == kThis) return path;
    if (chosen == kUp) {
      path = folderOf(path);
      continue;
    }
    path = chosen;
    if (std::ranges::find(folders, path) == folders.end()) return path;
  }
}

Result<std::string> WorkspaceChoice::folderAt(const connection::Connection& connection, const std::string& path,
                                              const core::CancelToken& cancel) const {
  if (path == "/") return path;
  auto object = databricks::Workspace(connection.rest).getStatus(path, {.cancel = cancel});
  if (object) return object->isFolder() ? path : folderOf(path);
  if (object.error().code != ErrorCode::NotFound) return std::unexpected(std::move(object).error());
  return folderOf(path);
}

Result<std::string> WorkspaceChoice::target(Action& action, const connection::Connection& connection,
                                            const std::string& title) const {
  const auto rows = action.rows(protocol::view::kWorkspace);
  if (rows.empty()) return walk(action, connection, title, Wanted::Folder);
  return folderAt(connection, rows.front(), action.cancel());
}

}  // namespace trowel::features

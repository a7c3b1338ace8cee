// SPDX-License-Identifier: Apache-2.0
#include "projects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "action.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Json;
using core::Result;

Result<Json> Projects::add(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto files = action.files();
  std::optional<std::string> uri = files.empty() ? std::nullopt : std::optional(files.front());
  if (!uri) {
    protocol::ChooseFileParams choose{.title = "Make a project of", .kind = protocol::FileKind::Folder, .start = {}};
    if (!action.project().uri.empty()) choose.start = action.project().uri;
    uri = TROWEL_TRY(action.editor().uiChooseFile(choose, action.cancel())).uri;
  }
  if (!uri) return Json();
  auto path = TROWEL_TRY(os::realPath(TROWEL_TRY(core::uriToPath(*uri))));
  for (const auto& folder : session_.folders()) {
    auto root = os::realPath(folder.path);
    if (folder.path.empty() || !root || !path.starts_with(*root + "/")) continue;
    auto subfolders = session_.subfolders(folder);
    auto relative = path.substr(root->size() + 1);
    if (std::ranges::find(subfolders, relative) != subfolders.end()) return Json();
    subfolders.push_back(std::move(relative));
    TROWEL_TRY(session_.setSubfolders(folder, std::move(subfolders)));
    session_.pullSettings(call.context.cancel);
    changed_();
    return Json();
  }
  return core::fail(ErrorCode::InvalidParams,
                    path + " is not beneath a folder of this window. Open the folder around it first.");
}

Result<Json> Projects::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  std::vector<protocol::PickItem> items;
  auto projects = session_.projects();
  for (const auto& project : projects)
    if (project.isSubfolder())
      items.push_back({.id = project.path,
                       .label = project.name,
                       .description = {},
                       .detail = {},
                       .icon = "root-folder",
                       .picked = {}});
  auto path = TROWEL_TRY(action.pick({.title = "Make Project a Plain Folder Again",
                                      .placeholder = {},
                                      .none = "No sub-folder of this window is a project."},
                                     std::move(items)));
  auto it = std::ranges::find(projects, path, &Project::path);
  if (it == projects.end()) return Json();
  const Project parent{.uri = {}, .path = it->parent, .name = {}};
  auto subfolders = session_.subfolders(parent);
  auto relative = it->path.substr(it->parent.size() + 1);
  if (std::erase(subfolders, relative) == 0)
    return core::fail(ErrorCode::Conflict, "The setting trowel.projects makes " + relative +
                                               " a project. Remove it there, in the folder's settings.json.");
  TROWEL_TRY(session_.setSubfolders(parent, std::move(subfolders)));
  session_.pullSettings(call.context.cancel);
  changed_();
  return Json();
}

}  // namespace trowel::features

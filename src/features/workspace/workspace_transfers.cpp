// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"
#include "workspace.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using Wanted = WorkspaceChoice::Wanted;

Result<std::vector<std::string>> pathsOf(const std::vector<std::string>& uris) {
  std::vector<std::string> paths;
  for (const auto& uri : uris) {
    auto path = TROWEL_TRY(core::uriToPath(uri));
    paths.push_back(std::move(path));
  }
  return paths;
}

// Files of the local sync folder where nothing is selected: the one in front, or those that the user chooses.
Result<std::vector<std::string>> chooseHere(Action& action, const TransferPlace& place) {
  if (auto files = action.files(); !files.empty()) return pathsOf(files);
  const auto document = TROWEL_TRY(action.editor().uiActiveDocument({}, action.cancel()));
  if (document.uri) {
    auto path = core::uriToPath(*document.uri);
    if (path && place.remoteOf(*path)) return std::vector<std::string>{*std::move(path)};
  }
  const auto chosen = TROWEL_TRY(action.editor().uiChooseFile({.title = "Upload to the Workspace",
                                                               .kind = protocol::FileKind::File,
                                                               .many = true,
                                                               .start = core::pathToUri(place.local)},
                                                              action.cancel()));
  auto uris = chosen.uris.value_or(std::vector<std::string>());
  if (uris.empty() && chosen.uri) uris.push_back(*chosen.uri);
  if (uris.empty()) return core::fail(ErrorCode::Cancelled, "Nothing was chosen.");
  return pathsOf(uris);
}

}  // namespace

Result<Json> Workspace::download(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto paths = TROWEL_TRY(choice_.objects(task.action, *task.connection, "Download from Workspace", Wanted::Any));
  bool folders = false;
  for (const auto& path : paths)
    folders = folders || TROWEL_TRY(choice_.folderAt(*task.connection, path, task.action.cancel())) == path;
  const auto report =
      parts_.transfers.download(task.action, task.connection, FileSystemKind::Workspace, paths, folders);
  if (!report) return std::unexpected(report.error());
  return Json();
}

Result<Json> Workspace::upload(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto place = TROWEL_TRY(placeOf(task));
  const auto rows = task.action.rows(protocol::view::kWorkspace);
  const auto paths = rows.empty()
                         ? TROWEL_TRY(chooseHere(task.action, place))
                         : TROWEL_TRY(parts_.states.localFilesOf(*task.connection, place, rows, task.action.cancel()));
  const bool folders =
      std::ranges::any_of(paths, [](const auto& path) { return os::Directory::open(path).has_value(); });
  const auto report = parts_.transfers.upload(task.action, task.connection, FileSystemKind::Workspace, paths, folders);
  if (!report) return std::unexpected(report.error());
  return Json();
}

Result<Json> Workspace::downloadAll(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto place = TROWEL_TRY(placeOf(task));
  const auto report =
      parts_.transfers.download(task.action, task.connection, FileSystemKind::Workspace, {place.remote}, true);
  if (!report) return std::unexpected(report.error());
  return Json();
}

Result<Json> Workspace::uploadAll(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto place = TROWEL_TRY(placeOf(task));
  if (!os::Directory::open(place.local))
    return core::fail(ErrorCode::NotFound, "There is nothing to upload: the folder " + place.local +
                                               " is not there. Download something first, or put files into it.");
  const auto report =
      parts_.transfers.upload(task.action, task.connection, FileSystemKind::Workspace, {place.local}, true);
  if (!report) return std::unexpected(report.error());
  return Json();
}

Result<void> Workspace::drop(Action& action, const connection::ConnectionPtr& connection, const std::string& onto,
                             const std::vector<std::string>& paths, const std::vector<std::string>& uris) {
  const auto folder = TROWEL_TRY(choice_.folderAt(*connection, onto, action.cancel()));
  if (paths.empty() && uris.empty())
    return core::fail(ErrorCode::Unsupported, "Only files, and rows of this view, can be dropped there.");
  if (!uris.empty()) {
    const auto files = TROWEL_TRY(pathsOf(uris));
    const auto report = parts_.transfers.uploadInto(action, connection, FileSystemKind::Workspace, folder, files);
    if (!report) return std::unexpected(report.error());
    return {};
  }
  std::vector<std::pair<std::string, std::string>> moves;
  for (const auto& path : paths)
    if (folderOf(path) != folder) moves.emplace_back(path, childPath(folder, nameOf(path)));
  Task task{.action = action, .connection = connection};
  return moveEach(task, moves);
}

}  // namespace trowel::features

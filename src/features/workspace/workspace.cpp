// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "features/files/file_names.hpp"
#include "features/files/remote_workspace.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using protocol::WorkspaceObjectKind;
using Wanted = WorkspaceChoice::Wanted;

// Deeper trees than this are a loop of the service's, not somebody's work.
constexpr std::size_t kMaxDepth = 100;
constexpr auto kDoubleClick = std::chrono::milliseconds(600);

WorkspaceObjectKind kindOf(const std::string& type) {
  if (type == "NOTEBOOK") return WorkspaceObjectKind::Notebook;
  if (type == "FILE") return WorkspaceObjectKind::File;
  if (type == "DIRECTORY") return WorkspaceObjectKind::Directory;
  if (type == "REPO") return WorkspaceObjectKind::Repo;
  if (type == "LIBRARY") return WorkspaceObjectKind::Library;
  if (type == "DASHBOARD") return WorkspaceObjectKind::Dashboard;
  return WorkspaceObjectKind::Other;
}

std::string rfc3339(std::int64_t epochMilliseconds) {
  auto seconds = std::chrono::sys_seconds(std::chrono::seconds(epochMilliseconds / 1000));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", seconds, epochMilliseconds % 1000);
}

protocol::WorkspaceObject toWire(const databricks::WorkspaceObject& object) {
  protocol::WorkspaceObject wire;
  wire.path = object.path;
  wire.kind = kindOf(object.type);
  wire.objectId = std::to_string(object.id);
  if (!object.language.empty()) wire.language = object.language;
  if (object.type == "FILE") wire.size = object.size;
  if (object.modifiedAt > 0) wire.modifiedAt = rfc3339(object.modifiedAt);
  return wire;
}

Result<void> listInto(const connection::Connection& connection, const std::string& path, bool recursive,
                      std::size_t depth, const core::CancelToken& cancel, std::vector<protocol::WorkspaceObject>& out) {
  for (const auto& object : TROWEL_TRY(listFolder(connection, path, cancel))) {
    out.push_back(toWire(object));
    if (recursive && object.isFolder() && depth < kMaxDepth)
      TROWEL_TRY(listInto(connection, object.path, true, depth + 1, cancel, out));
  }
  return {};
}

// The page of an object in the workspace's own pages.
std::string pageOf(const connection::Connection& connection, const databricks::WorkspaceObject& object) {
  const auto query = connection.me.workspaceId == 0 ? std::string() : fmt::format("?o={}", connection.me.workspaceId);
  const auto page = [&](std::string_view kind) { return fmt::format("{}/{}{}", connection.host, kind, query); };
  if (object.type == "DASHBOARD" && !object.resourceId.empty()) return page("dashboardsv3/" + object.resourceId);
  if (object.type == "QUERY" && !object.resourceId.empty()) return page("sql/editor/" + object.resourceId);
  if (object.type == "ALERT" && !object.resourceId.empty()) return page("sql/alerts/" + object.resourceId);
  if (object.type == "MLFLOW_EXPERIMENT") return page("ml/experiments/" + std::to_string(object.id));
  const auto at = [&](const char* kind) { return fmt::format("{}/{}#{}/{}", connection.host, query, kind, object.id); };
  if (object.type == "NOTEBOOK") return at("notebook");
  if (object.type == "FILE") return at("files");
  if (object.isFolder() && object.path != "/") return at("folder");
  return fmt::format("{}/{}#workspace{}", connection.host, query, core::percentEncode(object.path, "/@"));
}

}  // namespace

Workspace::~Workspace() {
  if (!scratch_.empty()) static_cast<void>(os::removeTree(scratch_));
}

Result<protocol::WorkspaceListResult> Workspace::list(const protocol::WorkspaceListParams& params,
                                                      rpc::CallContext& call) {
  auto connection = TROWEL_TRY(parts_.session.connection(params.folder, call.cancel));
  protocol::WorkspaceListResult result;
  TROWEL_TRY(listInto(*connection, params.path.value_or("/"), params.recursive.value_or(false), 0, call.cancel,
                      result.objects));
  return result;
}

Result<Workspace::Task> Workspace::begin(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  return Task{.action = std::move(action), .connection = std::move(connection)};
}

Result<TransferPlace> Workspace::placeOf(const Task& task) const {
  return parts_.transfers.place(task.action.project(), *task.connection, FileSystemKind::Workspace);
}

// All of the view: what is rolled up to folders is drawn with the folders around.
void Workspace::drawAnew() {
  parts_.states.outdate();
  parts_.changed();
  parts_.tree.changed(protocol::view::kWorkspace);
}

// ---- opening

bool Workspace::isDoubleClick(const std::string& path) {
  std::lock_guard lock(mutex_);
  const auto now = parts_.session.clock().now();
  const bool again = clicked_ == path && now - clickedAt_ < kDoubleClick;
  clicked_ = again ? std::string() : path;
  clickedAt_ = now;
  return again;
}

Result<std::string> Workspace::addressOf(const Task& task, const std::string& path) const {
  const auto folder = folderOf(path);
  std::vector<sync::Entry> entries;
  for (const auto& object : TROWEL_TRY(listFolder(*task.connection, folder, task.action.cancel())))
    entries.push_back(entryOf(object));
  FileUri uri{.kind = FileSystemKind::Workspace, .host = {}, .path = {}};
  if (parts_.session.projects().size() > 1) uri.host = hostOf(task.connection->host);
  for (const auto& shown : shownEntries(std::move(entries), folder, sync::ExportFormats::standard())) {
    if (shown.entry.name != nameOf(path)) continue;
    if (shown.isFolder() || shown.entry.kind == sync::EntryKind::Other)
      return core::fail(ErrorCode::Unsupported,
                        path + " is no notebook and no file, so it cannot be opened as text. Open it in the browser.");
    uri.path = childPath(folder, shown.name);
    return toString(uri);
  }
  return core::fail(ErrorCode::NotFound, path + " is not in the workspace (any more).");
}

// Of what the workspace has, that; of what is only here, the file.
Result<Json> Workspace::open(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const bool byRow = !task.action.rows(protocol::view::kWorkspace).empty();
  const auto path = TROWEL_TRY(choice_.object(task.action, *task.connection, "Open from Workspace", Wanted::Object));
  if (byRow && isDoubleClick(path)) return openHere(task, path);
  auto address = addressOf(task, path);
  if (!address && address.error().code == ErrorCode::NotFound) {
    const auto place = placeOf(task);
    auto files = place ? parts_.states.localFilesOf(*task.connection, *place, {path}, task.action.cancel())
                       : Result<std::vector<std::string>>(std::unexpected(place.error()));
    if (files) address = core::pathToUri(files->front());
  }
  if (!address) return std::unexpected(std::move(address).error());
  TROWEL_TRY(task.action.openFile(*address));
  return Json();
}

Result<Json> Workspace::openLocal(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto path = TROWEL_TRY(choice_.object(task.action, *task.connection, "Download and Open", Wanted::Object));
  return openHere(task, path);
}

// Downloads what is not here, or newer there; what was changed here is asked about before it is replaced.
Result<Json> Workspace::openHere(Task& task, const std::string& path) {
  const auto place = TROWEL_TRY(placeOf(task));
  const auto& cancel = task.action.cancel();
  const auto object = TROWEL_TRY(parts_.states.objectAt(task.connection, place, path, cancel));
  if (object.isFolder())
    return core::fail(ErrorCode::InvalidParams, path + " is a folder. Download it, or open something in it.");
  using sync::SideState;
  if (object.state == SideState::Clash) return core::fail(ErrorCode::Conflict, object.problem);
  const bool stays =
      object.state == SideState::Same || object.state == SideState::LocalChanged || object.state == SideState::OnlyHere;
  if (!stays) {
    auto folders = TROWEL_TRY(pairsOf(place, sync::Direction::Down, {path}));
    const auto report = TROWEL_TRY(parts_.transfers.run(task.action, task.connection,
                                                        {.kind = FileSystemKind::Workspace,
                                                         .direction = sync::Direction::Down,
                                                         .folders = std::move(folders),
                                                         .formats = place.formats,
                                                         .quiet = true}));
    static_cast<void>(report);
  }
  const auto files = TROWEL_TRY(parts_.states.localFilesOf(*task.connection, place, {path}, cancel));
  TROWEL_TRY(task.action.openFile(core::pathToUri(files.front())));
  return Json();
}

Result<Json> Workspace::copyPath(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto paths = TROWEL_TRY(choice_.objects(task.action, *task.connection, "Copy Workspace Path", Wanted::Any));
  std::string text;
  for (const auto& path : paths) text += (text.empty() ? "" : "\n") + path;
  TROWEL_TRY(task.action.copy(text));
  return Json();
}

Result<Json> Workspace::openInBrowser(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto path = TROWEL_TRY(choice_.object(task.action, *task.connection, "Open in Browser", Wanted::Any));
  const auto object = TROWEL_TRY(task.service().getStatus(path, task.options()));
  TROWEL_TRY(task.action.openUrl(pageOf(*task.connection, object)));
  return Json();
}

// ---- the local sync folder

Result<Json> Workspace::showInFolder(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto place = TROWEL_TRY(placeOf(task));
  auto file = place.local;
  if (const auto rows = task.action.rows(protocol::view::kWorkspace); !rows.empty()) {
    const auto files =
        TROWEL_TRY(parts_.states.localFilesOf(*task.connection, place, {rows.front()}, task.action.cancel()));
    file = files.front();
  } else {
    TROWEL_TRY(os::Directory::make(file));
  }
  TROWEL_TRY(task.action.editor().uiShowInFolder({core::pathToUri(file)}, task.action.cancel()));
  return Json();
}

Result<Json> Workspace::addLocalFolder(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto folder = TROWEL_TRY(parts_.transfers.localFolder(task.action.project()));
  TROWEL_TRY(os::Directory::make(folder));
  TROWEL_TRY(task.action.editor().uiAddFolder(
      {.uri = core::pathToUri(folder), .name = task.connection->name + " (local sync folder)"}, task.action.cancel()));
  return Json();
}

}  // namespace trowel::features

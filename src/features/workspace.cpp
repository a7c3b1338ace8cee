// SPDX-License-Identifier: Apache-2.0
#include "workspace.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;
using protocol::WorkspaceObjectKind;

// Well beneath what goes over the wire in one message.
constexpr std::size_t kMaxShown = 32UL * 1024 * 1024;

std::string notText(const std::string& path) { return path + " is not text, so it cannot be shown."; }

// Deeper trees than this are a loop of the service's, not somebody's work.
constexpr std::size_t kMaxDepth = 100;

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

// Of a file the bytes as they are, of anything else what the workspace makes of it.
Result<databricks::WorkspaceExport> contentOf(const databricks::Workspace& workspace, const std::string& path,
                                              const core::CancelToken& cancel) {
  auto object = TROWEL_TRY(workspace.getStatus(path, {.cancel = cancel}));
  if (object.type != "FILE") return workspace.exportObject(path, "AUTO", {.cancel = cancel});
  databricks::WorkspaceExport file;
  // What the workspace says of the size may be old.
  const auto take = [&](std::string_view piece) -> Result<void> {
    if (file.content.size() + piece.size() > kMaxShown)
      return core::fail(core::ErrorCode::Unsupported,
                        path + " is larger than the 32 MiB that are shown as text. Download it in the browser.");
    // Nobody reads on in what is no text.
    if (piece.contains('\0')) return core::fail(core::ErrorCode::Unsupported, notText(path));
    file.content += piece;
    return {};
  };
  TROWEL_TRY(workspace.readFile(path, take, {.cancel = cancel}));
  file.fileType = std::filesystem::path(path).extension().string();
  if (!file.fileType.empty()) file.fileType.erase(0, 1);
  return file;
}

std::string editorLanguage(const std::string& fileType) {
  if (fileType == "py" || fileType == "r" || fileType == "sql" || fileType == "scala")
    return fileType == "py" ? "python" : fileType;
  return fileType == "ipynb" || fileType == "json" ? "json" : fileType == "md" ? "markdown" : "plaintext";
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

Result<protocol::WorkspaceListResult> Workspace::list(const protocol::WorkspaceListParams& params,
                                                      rpc::CallContext& call) {
  auto connection = TROWEL_TRY(session_.connection(params.folder, call.cancel));
  protocol::WorkspaceListResult result;
  TROWEL_TRY(listInto(*connection, params.path.value_or("/"), params.recursive.value_or(false), 0, call.cancel,
                      result.objects));
  return result;
}

Result<std::string> Workspace::object(Action& action) {
  if (auto rows = action.rows(protocol::view::kWorkspace); !rows.empty()) return std::move(rows.front());
  auto connection = TROWEL_TRY(action.connection());
  std::string path = "/";
  while (true) {
    std::vector<protocol::PickItem> items;
    std::vector<std::string> folders;
    for (const auto& object : TROWEL_TRY(listFolder(*connection, path, action.cancel()))) {
      items.push_back({.id = object.path,
                       .label = object.name(),
                       .description = object.language,
                       .detail = {},
                       .icon = object.isFolder() ? "folder" : "file",
                       .picked = {}});
      if (object.isFolder()) folders.push_back(object.path);
    }
    path = TROWEL_TRY(action.pick({.title = path,
                                   .placeholder = "Choose an object of the workspace",
                                   .none = "The folder " + path + " is empty."},
                                  std::move(items)));
    if (std::ranges::find(folders, path) == folders.end()) return path;
  }
}

Result<Json> Workspace::open(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto path = TROWEL_TRY(object(action));
  auto connection = TROWEL_TRY(action.connection());
  auto exported = TROWEL_TRY(contentOf(databricks::Workspace(connection->rest), path, action.cancel()));
  if (!core::isUtf8(exported.content)) return core::fail(core::ErrorCode::Unsupported, notText(path));
  TROWEL_TRY(action.show(path.substr(path.rfind('/') + 1), editorLanguage(exported.fileType), exported.content));
  return Json();
}

Result<Json> Workspace::copyPath(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  TROWEL_TRY(action.copy(TROWEL_TRY(object(action))));
  return Json();
}

}  // namespace trowel::features

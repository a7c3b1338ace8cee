// SPDX-License-Identifier: Apache-2.0
#include "file_system.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "contents.hpp"
#include "features/repos/repo_list.hpp"
#include "features/trees/repos.hpp"
#include "file_views.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Json;
using core::Result;

namespace {

constexpr auto kLookEvery = std::chrono::seconds(15);
constexpr std::array<FileSystemKind, 3> kKinds{FileSystemKind::Workspace, FileSystemKind::Dbfs,
                                               FileSystemKind::Volumes};

protocol::FsKind kindOf(bool isFolder) { return isFolder ? protocol::FsKind::Folder : protocol::FsKind::File; }

protocol::FsChangeKind toWire(FileChange::Kind kind) {
  switch (kind) {
    case FileChange::Kind::Created:
      return protocol::FsChangeKind::Created;
    case FileChange::Kind::Changed:
      return protocol::FsChangeKind::Changed;
    case FileChange::Kind::Deleted:
      break;
  }
  return protocol::FsChangeKind::Deleted;
}

protocol::FsStat toWire(const FileStat& stat) {
  protocol::FsStat wire{.kind = kindOf(stat.isFolder),
                        .size = static_cast<std::int64_t>(stat.size),
                        .modifiedAt = stat.modifiedAt,
                        .readOnly = {},
                        .etag = {}};
  if (stat.readOnly) wire.readOnly = true;
  if (!stat.etag.empty()) wire.etag = stat.etag;
  return wire;
}

Result<FileUri> askFileSystem(Action& action) {
  std::vector<protocol::PickItem> items;
  for (const auto kind : kKinds)
    items.push_back({.id = std::to_string(static_cast<int>(kind)),
                     .label = titleOf(kind),
                     .description = toString({.kind = kind, .host = {}}),
                     .detail = {},
                     .icon = "root-folder",
                     .picked = {}});
  const auto chosen = TROWEL_TRY(action.pick(
      {.title = "Add Databricks Files to this VS Code Workspace", .placeholder = "Which files?", .none = {}},
      std::move(items)));
  const auto* kind =
      std::ranges::find(kKinds, chosen, [](auto each) { return std::to_string(static_cast<int>(each)); });
  return FileUri{.kind = kind == kKinds.end() ? FileSystemKind::Workspace : *kind, .host = {}};
}

// The row that the command was called on, the view by its title, or what the user picks.
Result<FileUri> folderToMount(Action& action, const protocol::CommandCall& call,
                              const connection::Connection& connection) {
  FileUri uri;
  const auto repos = action.rows(protocol::view::kRepos);
  if (const auto id = repos.empty() ? 0 : ReposView::numberOf("repo", repos.front()); id != 0) {
    uri.path = plainPath(TROWEL_TRY(databricks::Repos(connection.rest).get(id, {.cancel = action.cancel()})).path);
    return uri;
  }
  for (const auto kind : kKinds) {
    if (!std::ranges::any_of(call.targets, [&](const auto& target) { return target.view == viewOf(kind); })) continue;
    uri.kind = kind;
    if (const auto rows = action.rows(viewOf(kind)); !rows.empty()) uri.path = rows.front();
    return uri;
  }
  return askFileSystem(action);
}

}  // namespace

struct FileSystem::Place {
  Place(connection::ConnectionPtr over, FileUri where, FileCache& cache, const core::CancelToken& cancel)
      : connection(std::move(over)),
        uri(std::move(where)),
        either(cancel),
        ended(connection->cancel.onCancel([source = either] { source.cancel(core::CancelReason::Superseded); })),
        files(fileTree(uri.kind, connection), cache, std::to_string(connection->generation) + " " + titleOf(uri.kind),
              connection->host + " " + titleOf(uri.kind)) {}

  core::CancelToken cancel() const { return either.token(); }

  connection::ConnectionPtr connection;
  FileUri uri;
  core::CancelSource either;  // of the call, or of the connection
  core::CancelToken::Registration ended;
  RemoteFiles files;
};

// ---- whose

Result<Project> FileSystem::projectOf(const FileUri& uri) const {
  if (uri.host.empty()) return session_.project(std::nullopt);
  auto projects = session_.projects();
  if (projects.empty()) projects.push_back(Project{});
  for (auto& project : projects)
    if (hostOf(session_.connections().status(project.path).host) == uri.host) return std::move(project);
  return core::fail(ErrorCode::NotConfigured, "No project of this window is connected with " + uri.host +
                                                  ". Connect one with 'Trowel: Select Connection…'.");
}

std::unique_ptr<FileSystem::Place> FileSystem::placeOver(connection::ConnectionPtr connection, FileUri uri,
                                                         const core::CancelToken& cancel) {
  return std::make_unique<Place>(std::move(connection), std::move(uri), cache_, cancel);
}

Result<std::unique_ptr<FileSystem::Place>> FileSystem::place(const std::string& uri, const core::CancelToken& cancel) {
  auto where = TROWEL_TRY(parseFileUri(uri));
  const auto project = TROWEL_TRY(projectOf(where));
  auto connection = TROWEL_TRY(session_.connection(project, cancel));
  return placeOver(std::move(connection), std::move(where), cancel);
}

// ---- looking

Result<protocol::FsStat> FileSystem::stat(const protocol::FsUriParams& params, rpc::CallContext& call) {
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  return toWire(TROWEL_TRY(at->files.stat(at->uri.path, at->cancel())));
}

Result<protocol::FsListResult> FileSystem::list(const protocol::FsUriParams& params, rpc::CallContext& call) {
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  const auto entries = TROWEL_TRY(at->files.list(at->uri.path, at->cancel()));
  watches_.listed(at->uri, sightOf(*entries));
  protocol::FsListResult result;
  for (const auto& each : *entries)
    if (core::isUtf8(each.name)) result.entries.push_back({each.name, kindOf(each.isFolder())});
  return result;
}

Result<protocol::FsReadResult> FileSystem::read(const protocol::FsUriParams& params, rpc::CallContext& call) {
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  const auto content = TROWEL_TRY(at->files.read(at->uri.path, at->cancel()));
  protocol::FsReadResult result;
  result.stat = toWire(content.stat);
  if (content.bytes->size() > kMaxInline) {
    result.path = TROWEL_TRY(putContents(*content.bytes));
  } else {
    result.base64 = core::toBase64(*content.bytes);
  }
  return result;
}

// ---- changing

void FileSystem::drawTree(const FileUri& changed) {
  const auto folder = folderOf(changed.path);
  if (folder == "/") {
    tree_.changed(viewOf(changed.kind));
  } else {
    tree_.changed(viewOf(changed.kind), folder);
  }
}

Result<protocol::FsStat> FileSystem::write(const protocol::FsWriteParams& params, rpc::CallContext& call) {
  // First of all, so that the private file does not stay where something else fails.
  auto bytes = TROWEL_TRY(takeContents(params.base64, params.path));
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  const RemoteFiles::WriteOptions options{.create = params.create, .overwrite = params.overwrite, .etag = params.etag};
  const auto stat = TROWEL_TRY(at->files.write(at->uri.path, std::move(bytes), options, at->cancel()));
  // The other views show sizes and times.
  if (stat.isNew || at->uri.kind != FileSystemKind::Workspace) drawTree(at->uri);
  return toWire(stat);
}

Result<Json> FileSystem::mkdir(const protocol::FsUriParams& params, rpc::CallContext& call) {
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  TROWEL_TRY(at->files.makeFolder(at->uri.path, at->cancel()));
  drawTree(at->uri);
  return Json();
}

Result<Json> FileSystem::remove(const protocol::FsDeleteParams& params, rpc::CallContext& call) {
  auto at = TROWEL_TRY(place(params.uri, call.cancel));
  auto removed = at->files.remove(at->uri.path, params.recursive, at->cancel());
  drawTree(at->uri);  // also where a part of it is gone
  if (!removed) return std::unexpected(std::move(removed).error());
  return Json();
}

struct FileSystem::Ends {
  std::unique_ptr<Place> from;
  std::unique_ptr<Place> other;  // null: the target is of the same workspace
  FileUri target;

  RemoteFiles::Target to(bool overwrite) { return {other ? other->files : from->files, target.path, overwrite}; }
};

Result<FileSystem::Ends> FileSystem::ends(const protocol::FsMoveParams& params, const core::CancelToken& cancel) {
  Ends ends;
  ends.from = TROWEL_TRY(place(params.from, cancel));
  ends.target = TROWEL_TRY(parseFileUri(params.to));
  if (ends.target.kind != ends.from->uri.kind)
    return core::fail(ErrorCode::Unsupported, "From " + std::string(nameOf(ends.from->uri.kind)) + " to " +
                                                  std::string(nameOf(ends.target.kind)) +
                                                  " nothing can be renamed. Copy it, then delete the original.");
  if (ends.target.host == ends.from->uri.host) return ends;
  // Two spellings of one workspace, or two workspaces.
  auto other = TROWEL_TRY(place(params.to, cancel));
  if (other->connection != ends.from->connection) ends.other = std::move(other);
  return ends;
}

Result<Json> FileSystem::rename(const protocol::FsMoveParams& params, rpc::CallContext& call) {
  auto both = TROWEL_TRY(ends(params, call.cancel));
  const auto& from = both.from->uri;
  const auto confirm = [&](const std::string& loses) -> Result<void> {
    constexpr const char* kRename = "Copy and Delete Original";
    const auto to = both.target.path + (both.other ? " of " + both.other->connection->name : "");
    const auto answer =
        TROWEL_TRY(session_.editor().uiConfirm({.severity = protocol::Severity::Warning,
                                                .message = "Rename or move " + from.path + " to " + to + "?",
                                                .detail = loses,
                                                .modal = true,
                                                .actions = {kRename}},
                                               call.cancel));
    if (answer.action != kRename) return core::fail(ErrorCode::Cancelled, from.path + " keeps its name.");
    return {};
  };
  auto renamed = both.from->files.rename(from.path, both.to(params.overwrite), confirm, both.from->cancel());
  drawTree(from);
  drawTree(both.target);
  if (!renamed) return std::unexpected(std::move(renamed).error());
  return Json();
}

Result<Json> FileSystem::copy(const protocol::FsMoveParams& params, rpc::CallContext& call) {
  auto both = TROWEL_TRY(ends(params, call.cancel));
  auto copied = both.from->files.copy(both.from->uri.path, both.to(params.overwrite), both.from->cancel());
  drawTree(both.target);
  if (!copied) return std::unexpected(std::move(copied).error());
  return Json();
}

// ---- what others change

void FileSystem::watch(const protocol::FsWatchParams& params) {
  std::vector<FileWatches::Watch> watches;
  for (const auto& each : params.watches)
    if (auto uri = parseFileUri(each.uri)) watches.push_back({*std::move(uri), each.recursive});
  watches_.set(std::move(watches));
  lookLater();
}

void FileSystem::refresh() {
  cache_.forgetAll();
  if (!watches_.empty()) session_.background([this](const core::CancelToken& cancel) { look(cancel); });
}

void FileSystem::lookLater() {
  if (watches_.empty() || waiting_.exchange(true)) return;
  session_.timer().after(kLookEvery, [this] {
    waiting_ = false;
    session_.background([this](const core::CancelToken& cancel) { look(cancel); });
  });
}

// Over connections that are there: nobody signs in, and nothing is started, for the sake of a look.
void FileSystem::look(const core::CancelToken& cancel) {
  if (looking_.exchange(true)) return;
  protocol::FsChangedParams changed;
  for (const auto& target : watches_.targets()) {
    if (cancel.cancelled() || !session_.trusted()) break;
    const auto project = projectOf(target);
    auto connection = project ? session_.connections().current(project->path) : nullptr;
    if (!connection) continue;
    auto at = placeOver(std::move(connection), target, cancel);
    auto seen = sight(*at);
    // What cannot be looked at now is not gone.
    if (!seen && seen.error().code != ErrorCode::NotFound) continue;
    for (const auto& [uri, kind] : watches_.saw(target, seen.value_or(FolderSight{})))
      changed.changes.push_back({toString(uri), toWire(kind)});
  }
  looking_ = false;
  if (!changed.changes.empty()) session_.editor().fsChanged(changed);
  lookLater();
}

Result<FolderSight> FileSystem::sight(Place& place) {
  const auto stat = TROWEL_TRY(place.files.stat(place.uri.path, place.cancel()));
  if (!stat.isFolder) return FolderSight{{"", stat.etag}};
  return sightOf(*TROWEL_TRY(place.files.list(place.uri.path, place.cancel())));
}

// ---- mounting

Result<Json> FileSystem::mount(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  auto uri = TROWEL_TRY(folderToMount(action, call, *connection));
  auto name = uri.path == "/" ? titleOf(uri.kind) : nameOf(uri.path);
  // Where there are several connections, the address says which.
  if (session_.projects().size() > 1) {
    uri.host = hostOf(connection->host);
    name += " (" + connection->name + ")";
  }
  auto at = placeOver(std::move(connection), uri, action.cancel());
  const auto stat = TROWEL_TRY(at->files.stat(uri.path, at->cancel()));
  if (!stat.isFolder)
    return core::fail(ErrorCode::InvalidParams, uri.path + " is no folder. Choose one to add it to the window.");
  TROWEL_TRY(action.editor().uiAddFolder({.uri = toString(uri), .name = name}, action.cancel()));
  return Json();
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// What is dropped on the views DBFS and Volumes. From one file system to another it goes by way of this machine, with
// the transfers that downloads and uploads are made of: neither memory nor the size of a file is a limit.
#include <fmt/format.h>

#include <map>

#include "features/files/file_views.hpp"
#include "storage_actions.hpp"
#include "storage_place.hpp"
#include "storage_words.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;

Result<void> StorageActions::bring(Action& action, const connection::ConnectionPtr& connection,
                                   const StorageSelection& from, FileSystemKind kind, const std::string& folder) {
  const auto passage = TROWEL_TRY(copies_.passage());
  // Each folder has a passage of its own: two may have the same names in them.
  std::map<std::string, std::vector<std::string>> names;
  for (const auto& path : from.paths) names[folderOf(path)].push_back(nameOf(path));
  std::vector<sync::FolderPair> down;
  std::vector<sync::FolderPair> up;
  for (auto& [remote, children] : names) {
    const auto way = passage + "/" + std::to_string(down.size());
    down.push_back({.remote = remote, .local = way, .names = std::move(children)});
    up.push_back({.remote = folder, .local = way});
  }
  const auto work = [&]() -> Result<void> {
    TROWEL_TRY(parts_.transfers.run(action, connection,
                                    {.kind = from.kind,
                                     .direction = sync::Direction::Down,
                                     .folders = down,
                                     .formats = fileTree(from.kind, connection).formats,
                                     .quiet = true}));
    TROWEL_TRY(parts_.transfers.run(action, connection,
                                    {.kind = kind,
                                     .direction = sync::Direction::Up,
                                     .folders = up,
                                     .formats = fileTree(kind, connection).formats}));
    return {};
  };
  auto done = work();
  if (auto removed = os::removeTree(passage); !removed) core::logWarn("features", core::describe(removed.error()));
  return done;
}

Result<void> StorageActions::drop(FileSystemKind kind, const Drop& drop) {
  // A file stands for the folder that it is in.
  Place place(drop.connection, kind, cache_);
  auto folder = drop.node.value_or("/");
  if (drop.node) {
    const auto entry = TROWEL_TRY(place.tree.remote->stat(folder, drop.action.cancel()));
    if (entry.kind != sync::EntryKind::Folder) folder = folderOf(folder);
  }
  if (auto why = whyNoFilesIn(kind, folder); !why.empty())
    return core::fail(ErrorCode::PermissionDenied, std::move(why));

  std::map<FileSystemKind, std::vector<std::string>> rows;
  for (const auto& row : drop.rows) {
    const auto from = row.view ? fileSystemOf(*row.view) : std::nullopt;
    if (!from || !row.node) return core::fail(ErrorCode::Unsupported, "Only files and folders can be dropped there.");
    rows[*from].push_back(*row.node);
  }
  std::vector<std::string> local;
  std::map<FileSystemKind, std::vector<std::string>> mounted;
  for (const auto& uri : drop.uris) {
    if (auto path = core::uriToPath(uri)) {
      local.push_back(*std::move(path));
      continue;
    }
    const auto remote = parseFileUri(uri);
    const bool ours = remote && (remote->host.empty() || remote->host == hostOf(drop.connection->host));
    if (!ours)
      return core::fail(ErrorCode::Unsupported,
                        "Only files of this machine and of the same workspace can be dropped there: " +
                            core::toValidUtf8(uri) + " is of another one.");
    mounted[remote->kind].push_back(remote->path);
  }

  if (const auto own = rows.find(kind); own != rows.end()) {
    TROWEL_TRY(checkMovable(kind, own->second));
    TROWEL_TRY(drop.action.confirm(
        fmt::format("Move {} to {}?", namedAs(kind, own->second), codePath(kind, folder)),
        kind == FileSystemKind::Volumes ? "It is copied, compared, and then deleted where it was." : "", "Move"));
    TROWEL_TRY(carryInto(drop.action, place, own->second, folder, Verb::Move));
    rows.erase(own);
  }
  for (auto& [from, paths] : mounted) {
    auto& all = rows[from];
    all.insert(all.end(), paths.begin(), paths.end());
  }
  for (const auto& [from, paths] : rows) {
    if (from == kind) {
      TROWEL_TRY(carryInto(drop.action, place, paths, folder, Verb::Copy));
    } else {
      TROWEL_TRY(bring(drop.action, drop.connection, {from, paths}, kind, folder));
    }
  }
  if (!local.empty()) TROWEL_TRY(parts_.transfers.uploadInto(drop.action, drop.connection, kind, folder, local));
  return {};
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "file_tree.hpp"

#include <utility>

#include "remote_dbfs.hpp"
#include "trowel/core/log.hpp"
#include "trowel/databricks/dbfs.hpp"
#include "trowel/databricks/permissions.hpp"
#include "trowel/databricks/workspace.hpp"
#include "volume_levels.hpp"
#include "write_permission.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr std::size_t kMaxDepth = 100;

// What the permissions say. Who may not even see them may well be allowed to write: then the workspace says no itself.
bool isReadOnly(const connection::Connection& connection, const std::string& path, const sync::Entry& entry,
                const core::CancelToken& token) {
  if (entry.kind == sync::EntryKind::Other) return true;
  if (entry.kind == sync::EntryKind::Folder || entry.id.empty() || path.starts_with(connection.me.homeFolder() + "/"))
    return false;
  if (mayWrite({}, connection.me)) return false;
  const auto* type = entry.kind == sync::EntryKind::Notebook ? "notebooks" : "files";
  auto entries = databricks::Permissions(connection.rest).get({.type = type, .id = entry.id}, {.cancel = token});
  if (entries) return !mayWrite(*entries, connection.me);
  core::logDebug("features", core::describe(entries.error()));
  return false;
}

FileTree workspaceTree(const connection::ConnectionPtr& connection, const Connect& connect, http::Lane lane) {
  return {
      .remote = std::make_shared<RemoteWorkspace>(connect, lane),
      .removeAll =
          [connection](const std::string& path, const core::CancelToken& token) {
            return databricks::Workspace(connection->rest).remove(path, true, {.cancel = token});
          },
      .readOnly = [connection](const std::string& path, const sync::Entry& entry,
                               const core::CancelToken& token) { return isReadOnly(*connection, path, entry, token); },
      .formats = sync::ExportFormats::standard(),
      .loses =
          "The workspace cannot rename: Trowel makes a copy, compares the two, and deletes the original. What "
          "is new has another id; permissions, results of cells and what jobs refer to stay behind."};
}

FileTree dbfsTree(const connection::ConnectionPtr& connection, const Connect& connect, http::Lane lane) {
  return {.remote = std::make_shared<RemoteDbfs>(connect, lane),
          .removeAll =
              [connection](const std::string& path, const core::CancelToken& token) {
                return databricks::Dbfs(connection->rest).remove(path, true, {.cancel = token});
              },
          .move =
              [connection](const std::string& from, const std::string& to, const core::CancelToken& token) {
                return databricks::Dbfs(connection->rest).move(from, to, {.cancel = token});
              },
          .readOnly = [](const std::string& path, const sync::Entry&,
                         const core::CancelToken&) { return path.starts_with("/databricks-datasets/"); }};
}

FileTree volumesTree(const Connect& connect, http::Lane lane) {
  auto remote = std::make_shared<VolumeLevels>(connect, lane);
  return {.remote = remote, .removeAll = [remote](const std::string& path, const core::CancelToken& token) {
            // What is no folder says so before anything in it is gone.
            return VolumeLevels::isInVolume(path) ? removeOneByOne(*remote, path, token) : remote->remove(path, token);
          }};
}

Result<void> removeBelow(sync::RemoteTree& remote, const std::string& path, std::size_t depth,
                         const core::CancelToken& token) {
  if (depth > kMaxDepth) return core::fail(ErrorCode::Unsupported, path + " lies too deep to be removed.");
  std::vector<sync::Entry> entries;
  TROWEL_TRY(remote.list(
      path,
      [&](sync::Entry entry) -> Result<void> {
        entries.push_back(std::move(entry));
        return {};
      },
      token));
  for (const auto& entry : entries) {
    const auto child = childPath(path, entry.name);
    if (entry.kind == sync::EntryKind::Folder) {
      TROWEL_TRY(removeBelow(remote, child, depth + 1, token));
    } else if (auto removed = remote.remove(child, token); !removed && removed.error().code != ErrorCode::NotFound) {
      return removed;
    }
  }
  auto removed = remote.remove(path, token);
  if (!removed && removed.error().code == ErrorCode::NotFound) return {};
  return removed;
}

}  // namespace

FileTree fileTree(FileSystemKind kind, const connection::ConnectionPtr& connection, http::Lane lane) {
  const Connect connect = [connection](const core::CancelToken&) -> Result<connection::ConnectionPtr> {
    return connection;
  };
  switch (kind) {
    case FileSystemKind::Workspace:
      return workspaceTree(connection, connect, lane);
    case FileSystemKind::Dbfs:
      return dbfsTree(connection, connect, lane);
    case FileSystemKind::Volumes:
      break;
  }
  return volumesTree(connect, lane);
}

Result<void> removeOneByOne(sync::RemoteTree& remote, const std::string& path, const core::CancelToken& token) {
  return removeBelow(remote, path, 0, token);
}

}  // namespace trowel::features

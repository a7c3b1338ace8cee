// SPDX-License-Identifier: Apache-2.0
// The files, notebooks and folders of a workspace, as sync and transfers see them.
#pragma once

#include "trowel/connection/connection_manager.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::features {

// Asked before each call: the connection may have been renewed.
using Connect = std::function<core::Result<connection::ConnectionPtr>(const core::CancelToken&)>;

// An object of the workspace, as sync and transfers see it.
sync::Entry entryOf(const databricks::WorkspaceObject& object);

class RemoteWorkspace final : public sync::RemoteTree {
 public:
  // `lane`: of all its calls. Nobody waits for a single file of a transfer: views, cells and saves go first.
  explicit RemoteWorkspace(Connect connect, http::Lane lane = http::Lane::Bulk)
      : connect_(std::move(connect)), lane_(lane) {}

  core::Result<void> list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) override;
  core::Result<sync::Entry> stat(const std::string& path, const core::CancelToken& token) override;
  // As a whole only.
  core::Result<void> read(const std::string& path, const sync::Form& form, std::uint64_t offset,
                          const sync::ByteSink& sink, const core::CancelToken& token) override;
  core::Result<void> ensureFolder(const std::string& path, const core::CancelToken& token) override;
  std::uint64_t maxBytes(const sync::Form& form) const override;

  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) override;
  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& bytes, bool overwrite,
                         const core::CancelToken& token) override;
  core::Result<void> remove(const std::string& path, const core::CancelToken& token) override;

 private:
  http::CallOptions options(const core::CancelToken& token) const { return {.cancel = token, .lane = lane_}; }

  Connect connect_;
  http::Lane lane_;
};

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// The workspace as sync sees it.
#pragma once

#include "trowel/connection/connection_manager.hpp"
#include "trowel/sync/remote_store.hpp"

namespace trowel::features {

class RemoteWorkspace final : public sync::RemoteStore {
 public:
  // Asked before each call: the connection may have been renewed.
  using Connect = std::function<core::Result<connection::ConnectionPtr>(const core::CancelToken&)>;

  explicit RemoteWorkspace(Connect connect) : connect_(std::move(connect)) {}

  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) override;
  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& bytes, bool overwrite,
                         const core::CancelToken& token) override;
  core::Result<void> remove(const std::string& path, const core::CancelToken& token) override;

 private:
  Connect connect_;
};

}  // namespace trowel::features

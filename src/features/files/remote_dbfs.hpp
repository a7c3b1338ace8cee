// SPDX-License-Identifier: Apache-2.0
// The files of DBFS, as transfers see them.
#pragma once

#include "remote_workspace.hpp"

namespace trowel::features {

class RemoteDbfs final : public sync::RemoteTree {
 public:
  explicit RemoteDbfs(Connect connect, http::Lane lane = http::Lane::Bulk)
      : connect_(std::move(connect)), lane_(lane) {}

  core::Result<void> list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) override;
  core::Result<sync::Entry> stat(const std::string& path, const core::CancelToken& token) override;
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

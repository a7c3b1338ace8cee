// SPDX-License-Identifier: Apache-2.0
// The volumes as one tree: catalogs, schemas and volumes are its first three levels of folders, files lie below.
#pragma once

#include "remote_volumes.hpp"

namespace trowel::features {

// Paths are without "/Volumes": "/main/default/raw/a.csv".
class VolumeLevels final : public sync::RemoteTree {
 public:
  explicit VolumeLevels(const Connect& connect, http::Lane lane = http::Lane::Bulk)
      : connect_(connect), volumes_(connect, lane), lane_(lane) {}

  // Whether it is a file or a folder of a volume, and can be made and removed.
  static bool isInVolume(const std::string& path);

  core::Result<void> list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) override;
  core::Result<sync::Entry> stat(const std::string& path, const core::CancelToken& token) override;
  core::Result<void> read(const std::string& path, const sync::Form& form, std::uint64_t offset,
                          const sync::ByteSink& sink, const core::CancelToken& token) override;
  core::Result<void> ensureFolder(const std::string& path, const core::CancelToken& token) override;
  std::uint64_t maxBytes(const sync::Form& form) const override { return volumes_.maxBytes(form); }

  // PermissionDenied above the content of a volume.
  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) override;
  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& bytes, bool overwrite,
                         const core::CancelToken& token) override;
  core::Result<void> remove(const std::string& path, const core::CancelToken& token) override;

 private:
  Connect connect_;
  RemoteVolumes volumes_;
  http::Lane lane_;
};

// How many names a path has: 0 of "/", 3 of a volume.
std::size_t depthOf(const std::string& path);

}  // namespace trowel::features

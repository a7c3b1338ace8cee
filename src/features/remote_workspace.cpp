// SPDX-License-Identifier: Apache-2.0
#include "remote_workspace.hpp"

#include "trowel/databricks/workspace.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;

namespace {

// Nobody waits for a single file of a sync: views and cells go first.
databricks::CallOptions bulk(const core::CancelToken& token) { return {.cancel = token, .lane = http::Lane::Bulk}; }

// Bytes that somebody else holds, without a copy of them: a file may have 500 MB.
class HeldBytes final : public http::BodySource {
 public:
  explicit HeldBytes(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::span<char> into) override {
    const auto count = bytes_.copy(into.data(), into.size(), sent_);
    sent_ += count;
    return count;
  }
  Result<void> rewind() override {
    sent_ = 0;
    return {};
  }

 private:
  std::string_view bytes_;
  std::size_t sent_ = 0;
};

}  // namespace

Result<sync::FolderOutcome> RemoteWorkspace::makeFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  databricks::Workspace workspace(connection->rest);
  // mkdirs does not tell whether the folder was there.
  auto status = workspace.getStatus(path, bulk(token));
  if (status && status->isFolder()) return sync::FolderOutcome::Existed;
  if (status)
    return core::fail(ErrorCode::AlreadyExists,
                      path + " exists in the workspace and is no folder. Rename one of them.");
  if (status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  TROWEL_TRY(workspace.mkdirs(path, bulk(token)));
  return sync::FolderOutcome::Made;
}

Result<void> RemoteWorkspace::put(const std::string& path, const std::string& extension, sync::ObjectKind,
                                  std::string_view bytes, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  // import-file takes bytes as they are, up to 500 MB, and tells notebooks by extension and first line as sync does.
  HeldBytes source(bytes);
  return databricks::Workspace(connection->rest).importFile(path + extension, source, true, bulk(token));
}

Result<void> RemoteWorkspace::remove(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return databricks::Workspace(connection->rest).remove(path, false, bulk(token));
}

}  // namespace trowel::features

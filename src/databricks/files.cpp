// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/files.hpp"
#include "trowel/http/http_date.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "databricks/volume_path.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/fs/directories/{path...}", Safety::Safe, byToken("contents")};
constexpr Call kFolderHead{Verb::Head, "/api/2.0/fs/directories/{path...}", Safety::Safe};
constexpr Call kMkdirs{Verb::Put, "/api/2.0/fs/directories/{path...}", Safety::Safe};
constexpr Call kRemoveFolder{Verb::Delete, "/api/2.0/fs/directories/{path...}", Safety::Safe};
constexpr Call kFileHead{Verb::Head, "/api/2.0/fs/files/{path...}", Safety::Safe};
constexpr Call kRemove{Verb::Delete, "/api/2.0/fs/files/{path...}", Safety::Safe};

constexpr int kPageSize = 1000;  // the most that the API gives

VolumeEntry readEntry(const core::Json& json) {
  VolumeEntry entry;
  entry.path = core::stringAt(json, "path");
  entry.name = core::stringAt(json, "name");
  entry.isFolder = core::boolAt(json, "is_directory");
  entry.size = core::intAt(json, "file_size");
  entry.modifiedAt = core::intAt(json, "last_modified");
  return entry;
}

// An answer to HEAD has no body, so the workspace cannot say what is missing.
core::Error named(core::Error error, std::string_view path) {
  if (error.code == core::ErrorCode::NotFound) error.message = "There is no file " + std::string(path) + ".";
  return error;
}

}  // namespace

Listing<VolumeEntry> Files::list(std::string_view folder, const CallOptions& options) const {
  return rest_.list(kList, {{"path", relative(folder)}, {"page_size", kPageSize}}, &readEntry, options);
}

core::Result<VolumeFile> Files::getStatus(std::string_view path, const CallOptions& options) const {
  http::Headers headers;
  auto answer = rest_.call(kFileHead, {{"path", relative(path)}}, options, &headers);
  if (!answer) return std::unexpected(named(std::move(answer).error(), path));
  VolumeFile file;
  auto length = http::headerOf(headers, "Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), file.size);
  file.lastModified = http::headerOf(headers, "Last-Modified");
  file.etag = http::headerOf(headers, "ETag");
  if (auto modified = http::parseHttpDate(file.lastModified))
    file.modifiedAt = std::chrono::duration_cast<std::chrono::milliseconds>(modified->time_since_epoch()).count();
  return file;
}

core::Result<bool> Files::folderExists(std::string_view path, const CallOptions& options) const {
  auto answer = rest_.call(kFolderHead, {{"path", relative(path)}}, options);
  if (answer) return true;
  if (answer.error().code == core::ErrorCode::NotFound) return false;
  return std::unexpected(std::move(answer).error());
}

core::Result<void> Files::mkdirs(std::string_view folder, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kMkdirs, {{"path", relative(folder)}}, options));
  return {};
}

core::Result<void> Files::remove(std::string_view path, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kRemove, {{"path", relative(path)}}, options));
  return {};
}

core::Result<void> Files::removeFolder(std::string_view folder, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kRemoveFolder, {{"path", relative(folder)}}, options));
  return {};
}

}  // namespace trowel::databricks

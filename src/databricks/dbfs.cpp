// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/dbfs.hpp"

#include <nlohmann/json.hpp>

#include "databricks/large_delete.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/dbfs/list", Safety::Safe, inOnePage("files")};
constexpr Call kGetStatus{Verb::Get, "/api/2.0/dbfs/get-status", Safety::Safe};
constexpr Call kMkdirs{Verb::Post, "/api/2.0/dbfs/mkdirs", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.0/dbfs/delete", Safety::Safe};
// The second of two would be told that there is no source, which would hide that the first one worked.
constexpr Call kMove{Verb::Post, "/api/2.0/dbfs/move", Safety::Unsafe};
constexpr Call kRead{Verb::Get, "/api/2.0/dbfs/read", Safety::Safe};
constexpr Call kPut{Verb::Post, "/api/2.0/dbfs/put", Safety::Unsafe};
constexpr Call kCreate{Verb::Post, "/api/2.0/dbfs/create", Safety::Unsafe};
// Twice appends twice.
constexpr Call kAddBlock{Verb::Post, "/api/2.0/dbfs/add-block", Safety::Unsafe};
constexpr Call kClose{Verb::Post, "/api/2.0/dbfs/close", Safety::Unsafe};

DbfsFile readFile(const core::Json& json) {
  DbfsFile file;
  file.path = core::stringAt(json, "path");
  file.isFolder = core::boolAt(json, "is_dir");
  file.size = core::intAt(json, "file_size");
  file.modifiedAt = core::intAt(json, "modification_time");
  return file;
}

}  // namespace

Listing<DbfsFile> Dbfs::list(std::string_view path, const CallOptions& options) const {
  return rest_.list(kList, {{"path", path}}, &readFile, options);
}

core::Result<DbfsFile> Dbfs::getStatus(std::string_view path, const CallOptions& options) const {
  return readFile(TROWEL_TRY(rest_.call(kGetStatus, {{"path", path}}, options)));
}

core::Result<void> Dbfs::mkdirs(std::string_view path, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kMkdirs, {{"path", path}}, options));
  return {};
}

core::Result<void> Dbfs::remove(std::string_view path, bool recursive, const CallOptions& options) const {
  return deleteAll(rest_, kDelete, {{"path", path}, {"recursive", recursive}}, options);
}

core::Result<void> Dbfs::move(std::string_view from, std::string_view to, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kMove, {{"source_path", from}, {"destination_path", to}}, options));
  return {};
}

core::Result<std::string> Dbfs::read(std::string_view path, std::int64_t offset, std::int64_t length,
                                     const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kRead, {{"path", path}, {"offset", offset}, {"length", length}}, options));
  auto bytes = core::fromBase64(core::stringAt(json, "data"));
  if (!bytes || std::cmp_not_equal(bytes->size(), core::intAt(json, "bytes_read", std::ssize(*bytes))) ||
      std::cmp_greater(bytes->size(), length))
    return core::fail(core::ErrorCode::DataLoss,
                      "The workspace sent a damaged part of " + std::string(path) + ". Try again.");
  return *std::move(bytes);
}

core::Result<void> Dbfs::put(std::string_view path, std::string_view bytes, bool overwrite,
                             const CallOptions& options) const {
  core::Json params = {{"path", path}, {"contents", core::toBase64(bytes)}, {"overwrite", overwrite}};
  TROWEL_TRY(rest_.call(kPut.safeIf(overwrite), params, options));
  return {};
}

core::Result<std::int64_t> Dbfs::create(std::string_view path, bool overwrite, const CallOptions& options) const {
  // A handle that nobody got is forgotten after a while; with overwrite the next one starts as empty as it did.
  auto json = TROWEL_TRY(rest_.call(kCreate.safeIf(overwrite), {{"path", path}, {"overwrite", overwrite}}, options));
  if (!json.contains("handle"))
    return core::fail(core::ErrorCode::DataLoss,
                      "The workspace did not say how to write " + std::string(path) + ". Try again.");
  return core::intAt(json, "handle");
}

core::Result<void> Dbfs::addBlock(std::int64_t handle, std::string_view bytes, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kAddBlock, {{"handle", handle}, {"data", core::toBase64(bytes)}}, options));
  return {};
}

core::Result<void> Dbfs::close(std::int64_t handle, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kClose, {{"handle", handle}}, options));
  return {};
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/workspace.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/workspace/list", Safety::Safe, inOnePage("objects")};
constexpr Call kGetStatus{Verb::Get, "/api/2.0/workspace/get-status", Safety::Safe};
constexpr Call kMkdirs{Verb::Post, "/api/2.0/workspace/mkdirs", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.0/workspace/delete", Safety::Safe};
constexpr Call kImport{Verb::Post, "/api/2.0/workspace/import", Safety::Unsafe};
constexpr Call kExport{Verb::Get, "/api/2.0/workspace/export", Safety::Safe};
constexpr Call kImportFile{Verb::Post, "/api/2.0/workspace-files/import-file/{path}", Safety::Unsafe};

WorkspaceObject readObject(const core::Json& json) {
  WorkspaceObject object;
  object.type = core::stringAt(json, "object_type");
  object.path = core::stringAt(json, "path");
  object.language = core::stringAt(json, "language");
  object.id = core::intAt(json, "object_id");
  object.resourceId = core::stringAt(json, "resource_id");
  object.size = core::intAt(json, "size");
  object.createdAt = core::intAt(json, "created_at");
  object.modifiedAt = core::intAt(json, "modified_at");
  object.gitFolder = core::boolAt(core::objectAt(json, "directory_info"), "is_git_folder");
  return object;
}

}  // namespace

Listing<WorkspaceObject> Workspace::list(std::string_view path, const CallOptions& options) const {
  return rest_.list(kList, {{"path", path}}, &readObject, options);
}

core::Result<WorkspaceObject> Workspace::getStatus(std::string_view path, const CallOptions& options) const {
  return readObject(TROWEL_TRY(rest_.call(kGetStatus, {{"path", path}}, options)));
}

core::Result<void> Workspace::mkdirs(std::string_view path, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kMkdirs, {{"path", path}}, options));
  return {};
}

core::Result<void> Workspace::remove(std::string_view path, bool recursive, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"path", path}, {"recursive", recursive}}, options));
  return {};
}

core::Result<void> Workspace::importObject(const WorkspaceImport& import, const CallOptions& options) const {
  core::Json params = {{"path", import.path},
                       {"content", core::toBase64(import.content)},
                       {"format", import.format},
                       {"overwrite", import.overwrite}};
  if (!import.language.empty()) params["language"] = import.language;
  TROWEL_TRY(rest_.call(kImport.safeIf(import.overwrite), params, options));
  return {};
}

core::Result<WorkspaceExport> Workspace::exportObject(std::string_view path, std::string_view format,
                                                      const CallOptions& options) const {
  // As JSON rather than as a direct download: that one cannot tell a page of a proxy from a notebook.
  auto json = TROWEL_TRY(rest_.call(kExport, {{"path", path}, {"format", format}}, options));
  auto content = core::fromBase64(core::stringAt(json, "content"));
  if (!content)
    return core::fail(core::ErrorCode::DataLoss, "The workspace sent a damaged export of " + std::string(path) + ".");
  return WorkspaceExport{.content = *std::move(content), .fileType = core::stringAt(json, "file_type")};
}

core::Result<void> Workspace::importFile(std::string_view path, std::string content, bool overwrite,
                                         const CallOptions& options) const {
  auto relative = path.starts_with('/') ? path.substr(1) : path;
  TROWEL_TRY(rest_.upload(kImportFile.safeIf(overwrite), {{"path", relative}, {"overwrite", overwrite}},
                          std::move(content), options));
  return {};
}

}  // namespace trowel::databricks

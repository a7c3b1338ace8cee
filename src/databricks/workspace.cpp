// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/workspace.hpp"

#include <nlohmann/json.hpp>

#include "databricks/large_delete.hpp"
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
constexpr Call kReadFile{Verb::Get, "/api/2.0/workspace-files/{path}", Safety::Safe};

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
  if (const auto& git = core::objectAt(json, "git_info"); !git.empty())
    object.git = GitInfo{.id = core::intAt(git, "id"),
                         .path = core::stringAt(git, "path"),
                         .url = core::stringAt(git, "url"),
                         .provider = core::stringAt(git, "provider"),
                         .branch = core::stringAt(git, "branch"),
                         .head = core::stringAt(git, "head_commit_id")};
  object.exportFormat = core::stringAt(json, "repos_export_format");
  return object;
}

std::string_view relative(std::string_view path) { return path.starts_with('/') ? path.substr(1) : path; }

// A download says of itself that it is one; a page that a proxy or a login put in its place does not.
core::Result<void> checkDownload(const http::Headers& headers, std::string_view path) {
  auto type = core::toLower(http::headerOf(headers, "Content-Type"));
  if (!type.starts_with("text/html") || !http::headerOf(headers, "Content-Disposition").empty()) return {};
  return core::fail(core::ErrorCode::DataLoss,
                    "A web page came instead of " + std::string(path) +
                        ". Check that no proxy or login page stands between here and the workspace.");
}

}  // namespace

Listing<WorkspaceObject> Workspace::list(std::string_view path, const CallOptions& options) const {
  return rest_.list(kList, {{"path", path}}, &readObject, options);
}

core::Result<WorkspaceObject> Workspace::getStatus(std::string_view path, const CallOptions& options) const {
  return readObject(TROWEL_TRY(rest_.call(kGetStatus, {{"path", path}}, options)));
}

core::Result<WorkspaceObject> Workspace::getDetails(std::string_view path, const WorkspaceFacts& facts,
                                                    const CallOptions& options) const {
  core::Json params = {{"path", path}};
  if (facts.git) params["return_git_info"] = true;
  if (facts.exportFormat) params["return_export_info"] = true;
  return readObject(TROWEL_TRY(rest_.call(kGetStatus, params, options)));
}

core::Result<void> Workspace::mkdirs(std::string_view path, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kMkdirs, {{"path", path}}, options));
  return {};
}

core::Result<void> Workspace::remove(std::string_view path, bool recursive, const CallOptions& options) const {
  return deleteAll(rest_, kDelete, {{"path", path}, {"recursive", recursive}}, options);
}

core::Result<void> Workspace::importObject(const WorkspaceImport& import, const CallOptions& options) const {
  if (import.content.size() > kMaxImport)
    return core::fail(core::ErrorCode::InvalidParams,
                      import.path +
                          " is larger than the 10 MiB that a workspace takes as a notebook or an archive. "
                          "Make it smaller, or put it into a volume.");
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

core::Result<void> Workspace::exportTo(std::string_view path, std::string_view format, const Sink& sink,
                                       const CallOptions& options) const {
  auto headers = TROWEL_TRY(
      rest_.download(kExport, {{"path", path}, {"format", format}, {"direct_download", true}}, sink, options));
  return checkDownload(headers, path);
}

core::Result<void> Workspace::importFile(std::string_view path, std::string content, bool overwrite,
                                         const CallOptions& options) const {
  TROWEL_TRY(rest_.upload(kImportFile.safeIf(overwrite), {{"path", relative(path)}, {"overwrite", overwrite}},
                          std::move(content), options));
  return {};
}

core::Result<void> Workspace::importFile(std::string_view path, http::BodySource& source, bool overwrite,
                                         const CallOptions& options) const {
  TROWEL_TRY(rest_.upload(kImportFile.safeIf(overwrite), {{"path", relative(path)}, {"overwrite", overwrite}}, source,
                          options));
  return {};
}

core::Result<void> Workspace::readFile(std::string_view path, const Sink& sink, const CallOptions& options) const {
  auto headers = TROWEL_TRY(rest_.download(kReadFile, {{"path", relative(path)}}, sink, options));
  return checkDownload(headers, path);
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "remote_workspace.hpp"

#include <utility>

#include "remote_body.hpp"
#include "trowel/databricks/workspace.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;
using databricks::Workspace;

namespace {

constexpr std::uint64_t kMaxFile = std::uint64_t{500} << 20;  // bytes (files in the workspace, limits)

sync::EntryKind kindOf(const databricks::WorkspaceObject& object) {
  if (object.isFolder()) return sync::EntryKind::Folder;
  if (object.type == "FILE") return sync::EntryKind::File;
  return object.type == "NOTEBOOK" ? sync::EntryKind::Notebook : sync::EntryKind::Other;
}

std::string_view formatOf(sync::Format format) {
  switch (format) {
    case sync::Format::Auto:
      return "AUTO";
    case sync::Format::Raw:
      return "RAW";
    case sync::Format::Source:
      return "SOURCE";
    case sync::Format::Jupyter:
      return "JUPYTER";
    case sync::Format::RMarkdown:
      return "R_MARKDOWN";
    case sync::Format::Html:
      return "HTML";
    case sync::Format::Dbc:
      return "DBC";
  }
  return "AUTO";
}

Result<std::string> readAll(sync::ByteSource& bytes) {
  std::string content(bytes.size(), '\0');
  for (std::size_t filled = 0; filled < content.size();)
    filled += TROWEL_TRY(bytes.read(std::span(content).subspan(filled)));
  return content;
}

}  // namespace

sync::Entry entryOf(const databricks::WorkspaceObject& object) {
  sync::Entry entry{.name = object.name(), .kind = kindOf(object)};
  entry.type = entry.kind == sync::EntryKind::Notebook ? object.language : object.type;
  if (entry.kind == sync::EntryKind::File)
    entry.size = static_cast<std::uint64_t>(std::max<std::int64_t>(object.size, 0));
  entry.modifiedAt = object.modifiedAt;
  entry.id = std::to_string(object.id);
  if (object.modifiedAt != 0) entry.version = std::to_string(object.id) + "-" + std::to_string(object.modifiedAt);
  return entry;
}

Result<void> RemoteWorkspace::list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  auto objects = Workspace(connection->rest).list(folder, options(token));
  while (auto object = TROWEL_TRY(objects.next())) TROWEL_TRY(take(entryOf(*object)));
  return {};
}

Result<sync::Entry> RemoteWorkspace::stat(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return entryOf(TROWEL_TRY(Workspace(connection->rest).getStatus(path, options(token))));
}

Result<void> RemoteWorkspace::read(const std::string& path, const sync::Form& form, std::uint64_t offset,
                                   const sync::ByteSink& sink, const core::CancelToken& token) {
  if (offset > 0) return core::fail(ErrorCode::Unsupported, "The workspace gives whole files only.");
  auto connection = TROWEL_TRY(connect_(token));
  const Workspace workspace(connection->rest);
  if (form.kind == sync::ObjectKind::File) return workspace.readFile(path, sink, options(token));
  return workspace.exportTo(path, formatOf(form.format), sink, options(token));
}

Result<void> RemoteWorkspace::ensureFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Workspace(connection->rest).mkdirs(path, options(token));
}

std::uint64_t RemoteWorkspace::maxBytes(const sync::Form& form) const {
  const bool whole = form.kind == sync::ObjectKind::File && form.format == sync::Format::Auto;
  return whole ? kMaxFile : Workspace::kMaxImport;
}

Result<sync::FolderOutcome> RemoteWorkspace::makeFolder(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Workspace workspace(connection->rest);
  // mkdirs does not tell whether the folder was there.
  auto status = workspace.getStatus(path, options(token));
  if (status && status->isFolder()) return sync::FolderOutcome::Existed;
  if (status)
    return core::fail(ErrorCode::AlreadyExists,
                      path + " exists in the workspace and is no folder. Rename one of them.");
  if (status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  TROWEL_TRY(workspace.mkdirs(path, options(token)));
  return sync::FolderOutcome::Made;
}

// import-file takes bytes as they are, up to 500 MB, and tells notebooks by extension and first line as sync does. What
// shall become something else than it looks like needs import, which wants all of it in one message.
Result<void> RemoteWorkspace::put(const std::string& path, const sync::Form& form, sync::ByteSource& bytes,
                                  bool overwrite, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  const Workspace workspace(connection->rest);
  if (form.format == sync::Format::Auto || form.format == sync::Format::Jupyter) {
    // "a.py.ipynb" is the notebook "a", which the workspace would call "a.py".
    const auto& extension = form.format == sync::Format::Jupyter ? ".ipynb" : form.extension;
    RemoteBody body(bytes);
    return workspace.importFile(path + extension, body, overwrite, options(token));
  }
  databricks::WorkspaceImport import{.path = path, .content = {}, .format = std::string(formatOf(form.format))};
  import.content = TROWEL_TRY(readAll(bytes));
  import.overwrite = overwrite;
  return workspace.importObject(import, options(token));
}

Result<void> RemoteWorkspace::remove(const std::string& path, const core::CancelToken& token) {
  auto connection = TROWEL_TRY(connect_(token));
  return Workspace(connection->rest).remove(path, false, options(token));
}

}  // namespace trowel::features

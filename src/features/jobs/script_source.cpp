// SPDX-License-Identifier: Apache-2.0
#include "script_source.hpp"

#include <fmt/format.h>

#include "features/files/file_names.hpp"
#include "features/files/file_uri.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

Result<ScriptSource> inWorkspace(Action& action, const std::string& path) {
  auto connection = TROWEL_TRY(action.connection());
  databricks::Workspace workspace(connection->rest);
  auto object = TROWEL_TRY(workspace.getStatus(path, {.cancel = action.cancel()}));
  ScriptSource source;
  source.path = object.path;
  if (object.type == "NOTEBOOK") {
    source.script.language = object.language;
    source.script.name = object.name();
    return source;
  }
  if (object.type == "FILE" && object.name().ends_with(".py")) {
    source.script.notebook = false;
    source.script.language = "PYTHON";
    source.script.name = object.name();
    return source;
  }
  return core::fail(ErrorCode::Unsupported,
                    object.name() + " cannot run as a job. Choose a notebook or a Python file.");
}

Result<ScriptSource> local(const std::string& uri) {
  auto path = TROWEL_TRY(core::uriToPath(uri));
  auto bytes = TROWEL_TRY(os::readFile(path, databricks::Workspace::kMaxImport));
  ScriptSource source;
  source.script = TROWEL_TRY(scriptOf(path, std::move(bytes)));
  source.local = std::move(path);
  return source;
}

// What the editor shows of the workspace is the object itself, not a copy of it: a notebook without its extension.
Result<ScriptSource> inFileSystem(Action& action, const FileUri& uri) {
  if (uri.kind != FileSystemKind::Workspace)
    return core::fail(ErrorCode::Unsupported,
                      uri.path + " lies in " + std::string(nameOf(uri.kind)) +
                          ", and jobs run what is in the workspace. Copy it there, then run the copy.");
  auto connection = TROWEL_TRY(action.connection());
  const databricks::Workspace workspace(connection->rest);
  for (const auto& name : objectNames(nameOf(uri.path), sync::ExportFormats::standard())) {
    const auto path = childPath(folderOf(uri.path), name);
    auto object = workspace.getStatus(path, {.cancel = action.cancel()});
    if (object && (path == uri.path || object->type == "NOTEBOOK")) return inWorkspace(action, path);
    if (!object && object.error().code != ErrorCode::NotFound) return std::unexpected(std::move(object).error());
  }
  return core::fail(ErrorCode::NotFound, uri.path + " is not in the workspace any more. Save it, then run it.");
}

Result<ScriptSource> file(Action& action, const std::string& uri) {
  auto remote = parseFileUri(uri);
  return remote ? inFileSystem(action, *remote) : local(uri);
}

// A text that has not been saved yet has a language instead of an extension.
std::string nameByLanguage(const std::string& language) {
  if (language == "python") return "Untitled.py";
  return language == "sql" || language == "scala" || language == "r" ? "Untitled." + language : "Untitled";
}

}  // namespace

Result<ScriptSource> scriptSource(Action& action) {
  if (auto rows = action.rows(protocol::view::kWorkspace); !rows.empty()) return inWorkspace(action, rows.front());
  if (auto files = action.files(); !files.empty()) return file(action, files.front());
  auto document = TROWEL_TRY(action.editor().uiActiveDocument({}, action.cancel()));
  if (document.uri && parseFileUri(*document.uri)) return file(action, *document.uri);
  if (document.content) {
    auto path = document.uri ? core::uriToPath(*document.uri) : core::fail(ErrorCode::NotFound, "");
    ScriptSource source;
    source.script = TROWEL_TRY(
        scriptOf(path ? *path : nameByLanguage(document.language.value_or("")), *std::move(document.content)));
    if (path) source.local = *std::move(path);
    return source;
  }
  if (document.uri) return local(*document.uri);
  auto chosen = TROWEL_TRY(action.editor().uiChooseFile(
      {.title = "Notebook or file to run", .kind = protocol::FileKind::File, .many = {}, .start = {}},
      action.cancel()));
  if (!chosen.uri) return core::fail(ErrorCode::Cancelled, "Nothing was chosen.");
  return local(*chosen.uri);
}

Result<void> importScript(const databricks::RestClient& rest, const Script& script, const std::string& path,
                          bool overwrite, const core::CancelToken& cancel) {
  databricks::WorkspaceImport import;
  import.path = path;
  import.content = script.content;
  import.format = script.format;
  if (script.format == "SOURCE") import.language = script.language;
  import.overwrite = overwrite;
  return databricks::Workspace(rest).importObject(import, {.cancel = cancel});
}

}  // namespace trowel::features

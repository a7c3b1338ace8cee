// SPDX-License-Identifier: Apache-2.0
// Two doors lead in. `import` is told what comes (or sniffs it, format AUTO) and answers 400 where something stands
// there already; `workspace-files/import-file` always sniffs and answers 409 where that something is a file. Clients
// tell the cases apart by status and words, so both are kept exactly.
#include "emulator/workspace/workspace_transfer_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxImport = 10'485'760;
constexpr std::size_t kMaxImportFile = 500UL * 1024 * 1024;

std::unexpected<ApiError> tooLarge(std::size_t limit) {
  return refuse(400, "MAX_NOTEBOOK_SIZE_EXCEEDED",
                "The content size exceeded " + std::to_string(limit) + " bytes, the limit of this call.");
}

std::string_view fileNameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view extensionIn(std::string_view path) {
  auto name = fileNameOf(path);
  auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

Reply<NewObject> readImport(const Call& call, const std::string& format, std::string& path, std::string content) {
  NewObject object;
  if (format == "AUTO") return sniffObject(path, std::move(content));
  object.content = std::move(content);
  if (format == "RAW") return object;
  object.type = ObjectType::Notebook;
  if (format == "JUPYTER") {
    auto language = jupyterLanguage(object.content);
    if (!language) return invalidParameter("The content is not a Jupyter notebook.");
    object.language = *language;
    object.jupyter = true;
    return object;
  }
  if (format == "SOURCE") {
    std::string language = call.text("language");
    // As the service does: without a language it takes the content for an archive.
    if (language.empty()) return invalidParameter("The zip archive contains no items.");
    if (!parseLanguage(language, object.language)) return invalidParameter("Unsupported language: " + language);
    return object;
  }
  if (format == "R_MARKDOWN") {
    object.language = Language::R;
    return object;
  }
  if (format == "DBC" && call.flag("overwrite")) return invalidParameter("Cannot overwrite with DBC format.");
  if (format == "DBC" || format == "HTML")
    return refuse(501, "NOT_IMPLEMENTED", "The Trowel emulator cannot import the format " + format + ".");
  return invalidParameter("Unsupported format: " + format);
}

Reply<Response> importObject(WorkspaceStore& store, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  std::string encoded = call.text("content");
  std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r'; });
  if (encoded.size() / 4 * 3 > kMaxImport + 2) return tooLarge(kMaxImport);  // spares decoding what is refused anyway
  auto content = core::fromBase64(encoded);
  if (!content) return invalidParameter("The content is not valid base64.");
  if (content->size() > kMaxImport) return tooLarge(kMaxImport);
  auto object = TROWEL_TRY(readImport(call, call.text("format", "SOURCE"), path.canonical, std::move(*content)));
  object.overwrite = call.flag("overwrite");
  auto stored = store.put(path.canonical, std::move(object));
  if (!stored) return std::unexpected(respell(stored.error(), path));
  return emptyResponse();
}

Reply<Response> importFile(WorkspaceStore& store, const Call& call) {
  auto path = TROWEL_TRY(spelledPath("/" + call.path("path")));
  if (call.request().body.size() > kMaxImportFile) return tooLarge(kMaxImportFile);
  NewObject object = sniffObject(path.canonical, call.request().body);
  object.overwrite = call.flag("overwrite");
  auto stored = store.put(path.canonical, std::move(object));
  if (stored) return emptyResponse();
  ApiError error = stored.error();
  if (error.code == "RESOURCE_ALREADY_EXISTS") {
    auto existing = store.find(path.canonical);
    if (existing && (*existing)->type == ObjectType::File)
      error = {.status = 409, .code = "ALREADY_EXISTS", .message = "File already exists at (" + path.canonical + ")."};
    else
      error.code.clear();  // this call, unlike import, leaves it empty
  }
  return std::unexpected(respell(std::move(error), path));
}

struct Exported {
  std::string content;
  std::string fileType;
};

Reply<Exported> exportNotebook(const WorkspaceObject& notebook, const std::string& format) {
  std::string language(extensionOf(notebook.language));
  bool jupyter = format == "JUPYTER" || (format == "AUTO" && notebook.jupyter);
  if (jupyter) {
    auto content = notebook.jupyter ? notebook.content
                                    : sourceToJupyter(notebook.content, notebook.language, fileNameOf(notebook.path));
    return Exported{std::move(content), "ipynb"};
  }
  if (format == "SOURCE" || format == "AUTO") {
    auto content = notebook.jupyter ? jupyterToSource(notebook.content, notebook.language)
                                    : withNotebookHeader(notebook.content, notebook.language);
    return Exported{std::move(content), language};
  }
  if (format == "DBC" || format == "HTML" || (format == "R_MARKDOWN" && notebook.language == Language::R))
    return refuse(501, "NOT_IMPLEMENTED", "The Trowel emulator cannot export the format " + format + ".");
  return invalidParameter("Notebook (" + notebook.path + ") cannot be exported in format " + format + ".");
}

Reply<Exported> exportAs(const WorkspaceObject& object, const std::string& format) {
  for (auto known : {"SOURCE", "HTML", "JUPYTER", "DBC", "R_MARKDOWN", "AUTO", "RAW"}) {
    if (format != known) continue;
    if (object.type == ObjectType::Notebook) return exportNotebook(object, format);
    if (object.type == ObjectType::Directory) {
      if (format == "DBC" || format == "SOURCE" || format == "AUTO")
        return refuse(501, "NOT_IMPLEMENTED", "The Trowel emulator cannot export folders.");
      return invalidParameter("Folder (" + object.path + ") cannot be exported in format " + format + ".");
    }
    if (format == "AUTO" || format == "SOURCE" || format == "RAW")
      return Exported{object.content, std::string(extensionIn(object.path))};
    return invalidParameter("File (" + object.path + ") cannot be exported in format " + format + ".");
  }
  return invalidParameter("Unsupported format: " + format);
}

Reply<Response> exportObject(const WorkspaceStore& store, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  auto object = store.find(path.canonical);
  if (!object) return std::unexpected(respell(object.error(), path));
  auto exported = exportAs(**object, call.text("format", "SOURCE"));
  if (!exported) return std::unexpected(respell(exported.error(), path));
  if (exported->content.size() > kMaxImport) return tooLarge(kMaxImport);
  if (!call.flag("direct_download")) {
    Json body{{"content", core::toBase64(exported->content)}};
    if (!exported->fileType.empty()) body["file_type"] = exported->fileType;
    return jsonResponse(body);
  }
  std::string name(fileNameOf(path.canonical));
  if ((*object)->type == ObjectType::Notebook) name += "." + exported->fileType;
  return Response{.body = std::move(exported->content),
                  .contentType = "application/octet-stream",
                  .headers = {{"Content-Disposition", "attachment; filename*=UTF-8''" + core::percentEncode(name)}}};
}

Reply<Response> readFile(const WorkspaceStore& store, const Call& call) {
  auto path = TROWEL_TRY(spelledPath("/" + call.path("path")));
  auto object = store.find(path.canonical);
  if (!object) return std::unexpected(respell(object.error(), path));
  auto exported = (*object)->type == ObjectType::Directory
                      ? Reply<Exported>(invalidParameter("Path (" + path.canonical + ") is a folder."))
                      : exportAs(**object, "AUTO");
  if (!exported) return std::unexpected(respell(exported.error(), path));
  return Response{.body = std::move(exported->content), .contentType = "application/octet-stream"};
}

}  // namespace

NewObject sniffObject(std::string& path, std::string content) {
  NewObject object;
  auto extension = extensionIn(path);
  auto language = languageOfExtension(extension);
  if (language && hasNotebookHeader(content, *language)) {
    object.type = ObjectType::Notebook;
    object.language = *language;
  } else if (core::equalsIgnoreCase(extension, "ipynb")) {
    if (auto inside = jupyterLanguage(content)) {
      object.type = ObjectType::Notebook;
      object.language = *inside;
      object.jupyter = true;
    }
  }
  if (object.type == ObjectType::Notebook) path.resize(path.size() - extension.size() - 1);
  object.content = std::move(content);
  return object;
}

void addWorkspaceTransferRoutes(Router& router, WorkspaceStore& store) {
  router.add("POST", "/api/2.0/workspace/import", [&store](const Call& call) { return importObject(store, call); });
  router.add("GET", "/api/2.0/workspace/export", [&store](const Call& call) { return exportObject(store, call); });
  router.add("POST", "/api/2.0/workspace-files/import-file/{path...}",
             [&store](const Call& call) { return importFile(store, call); });
  router.add("GET", "/api/2.0/workspace-files/{path...}", [&store](const Call& call) { return readFile(store, call); });
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/export.hpp"

#include <algorithm>
#include <array>

#include "emulator/files/file_path.hpp"
#include "emulator/workspace/import.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/notebook_model.hpp"
#include "emulator/workspace/notebook_source.hpp"
#include "emulator/workspace/zip.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

std::unexpected<ApiError> cannotExport(const char* what, const WorkspaceObject& object, const std::string& format) {
  return invalidParameter(std::string(what) + " (" + object.path + ") cannot be exported in format " + format + ".");
}

Reply<std::string> contentOf(const WorkspaceStore& store, const WorkspaceObject& object) {
  if (object.size > kMaxImport) return contentTooLarge(kMaxImport);
  return store.read(object);
}

// The model's file in an archive: nb.python
std::string modelName(const WorkspaceObject& notebook) {
  return std::string(lastName(notebook.path)) + "." + std::string(lowerName(notebook.language));
}

Reply<Exported> exportNotebook(const WorkspaceStore& store, const WorkspaceObject& notebook,
                               const std::string& format) {
  if (format == "RAW" || (format == "R_MARKDOWN" && notebook.language != Language::R))
    return cannotExport("Notebook", notebook, format);
  bool asIs = notebook.jupyter && (format == "JUPYTER" || format == "AUTO");
  if (asIs) {
    auto content = TROWEL_TRY(contentOf(store, notebook));
    return Exported{std::move(content), "ipynb"};
  }
  if (notebook.size > kMaxImport) return contentTooLarge(kMaxImport);
  auto [language, source] = TROWEL_TRY(notebookSource(store, notebook));
  auto name = lastName(notebook.path);
  if (format == "SOURCE" || format == "AUTO") return Exported{std::move(source), std::string(extensionOf(language))};
  if (format == "JUPYTER") return Exported{sourceToJupyter(source, language, name), "ipynb"};
  NotebookContent content{.language = language, .cells = notebookCells(source, language)};
  if (format == "HTML") return Exported{writeNotebookPage(content, name), "html"};
  if (format == "R_MARKDOWN") return Exported{writeRMarkdown(content), "Rmd"};
  return Exported{writeZip({{modelName(notebook), writeNotebookModel(content, name)}}), "dbc"};
}

// The name that tells what it is: of a notebook with its extension.
std::string entryName(const WorkspaceObject& object, const Exported& exported, bool dbc) {
  if (dbc) return modelName(object);
  std::string name(lastName(object.path));
  return object.type == ObjectType::Notebook ? notebookFile(name, exported.fileType) : name;
}

Reply<void> addFolder(const WorkspaceStore& store, const std::string& folder, const std::string& prefix,
                      const std::string& format, std::vector<ZipEntry>& entries, std::size_t& total) {
  bool dbc = format == "DBC";
  auto children = TROWEL_TRY(store.list(folder));
  for (const auto& child : children) {
    if (child->isFolder()) {
      auto name = prefix + std::string(lastName(child->path)) + "/";
      entries.push_back({name});
      TROWEL_TRY(addFolder(store, child->path, name, format, entries, total));
      continue;
    }
    bool notebook = child->type == ObjectType::Notebook;
    if (!notebook && format != "AUTO") continue;
    if (child->size > kMaxImport - std::min(total, kMaxImport)) return contentTooLarge(kMaxImport);
    Exported exported;
    if (dbc) {
      auto [language, source] = TROWEL_TRY(notebookSource(store, *child));
      exported.content = writeNotebookModel({language, notebookCells(source, language)}, lastName(child->path));
    } else {
      exported = TROWEL_TRY(exportObject(store, *child, notebook ? format : "RAW"));
    }
    total += exported.content.size();
    auto name = prefix + entryName(*child, exported, dbc);
    entries.push_back({std::move(name), std::move(exported.content)});
  }
  return {};
}

Reply<Exported> exportFolder(const WorkspaceStore& store, const WorkspaceObject& folder, const std::string& format) {
  if (folder.type == ObjectType::Repo) return cannotExport("Repo", folder, format);
  if (format != "DBC" && format != "SOURCE" && format != "AUTO") return cannotExport("Folder", folder, format);
  std::vector<ZipEntry> entries;
  std::size_t total = 0;
  TROWEL_TRY(addFolder(store, folder.path, "", format, entries, total));
  return Exported{writeZip(entries), format == "DBC" ? "dbc" : "zip"};
}

Reply<Exported> exportFile(const WorkspaceStore& store, const WorkspaceObject& file, const std::string& format) {
  if (format != "AUTO" && format != "SOURCE" && format != "RAW") return cannotExport("File", file, format);
  bool dashboard = file.type == ObjectType::Dashboard;
  Exported exported;
  exported.content = TROWEL_TRY(contentOf(store, file));
  exported.fileType = dashboard ? "lvdash.json" : std::string(extensionIn(file.path));
  return exported;
}

}  // namespace

std::unexpected<ApiError> contentTooLarge(std::size_t limit) {
  return refuse(400, "MAX_NOTEBOOK_SIZE_EXCEEDED",
                "The content size exceeded " + std::to_string(limit) + " bytes, the limit of this call.");
}

Reply<Exported> exportObject(const WorkspaceStore& store, const WorkspaceObject& object, const std::string& format) {
  constexpr std::array kFormats{"SOURCE", "HTML", "JUPYTER", "DBC", "R_MARKDOWN", "AUTO", "RAW"};
  if (std::find(kFormats.begin(), kFormats.end(), format) == kFormats.end())
    return invalidParameter("Unsupported format: " + core::toValidUtf8(format));
  auto exported = object.isFolder()                     ? exportFolder(store, object, format)
                  : object.type == ObjectType::Notebook ? exportNotebook(store, object, format)
                                                        : exportFile(store, object, format);
  if (exported && exported->content.size() > kMaxImport) return contentTooLarge(kMaxImport);
  return exported;
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/import.hpp"

#include <algorithm>

#include "emulator/files/file_path.hpp"
#include "emulator/files/piece_stream.hpp"
#include "emulator/workspace/jupyter_language.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/notebook_model.hpp"
#include "emulator/workspace/zip.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxArchive = 64UL * 1024 * 1024;  // bytes of all that is in one
constexpr std::size_t kFirstLine = 200;                  // bytes in which a notebook's header must stand

void cutExtension(std::string& path) {
  auto extension = extensionIn(path);
  path.resize(path.size() - extension.size() - (extension.empty() ? 0 : 1));
}

NewObject notebookOf(const NotebookContent& notebook) {
  return {.type = ObjectType::Notebook,
          .language = notebook.language,
          .content = cellsToSource(notebook.cells, notebook.language)};
}

Import one(std::string path, NewObject object) {
  Import import{.path = path, .items = {}};
  import.items.push_back({std::move(path), std::move(object)});
  return import;
}

// An entry of an archive of sources: its extension alone makes it a notebook.
ImportItem sourceItem(std::string path, std::string content) {
  auto language = languageOfExtension(extensionIn(path));
  if (!language) {
    NewObject object = sniffObject(path, std::move(content));
    return {std::move(path), std::move(object)};
  }
  cutExtension(path);
  return {std::move(path),
          {.type = ObjectType::Notebook, .language = *language, .jupyter = false, .content = std::move(content)}};
}

Reply<Import> readArchive(std::string path, bool dbc, std::string_view content) {
  auto entries = readZip(content, kMaxArchive);
  if (!entries || entries->empty()) return invalidParameter("The zip archive contains no items.");
  Import import{.folder = true, .path = path, .items = {}};
  for (auto& entry : *entries) {
    auto target = TROWEL_TRY(cleanPath(path + "/" + entry.name));
    if (entry.name.ends_with('/')) {
      import.items.push_back({std::move(target), {.type = ObjectType::Directory}});
    } else if (!dbc) {
      import.items.push_back(sourceItem(std::move(target), std::move(entry.content)));
    } else if (auto notebook = readNotebookModel(entry.content)) {
      cutExtension(target);
      import.items.push_back({std::move(target), notebookOf(*notebook)});
    }
  }
  if (import.items.empty()) return invalidParameter("The zip archive contains no items.");
  return import;
}

Reply<Import> readAuto(std::string path, std::string content) {
  auto extension = core::toLower(extensionIn(path));
  if (extension == "dbc" && content.starts_with("PK")) {
    cutExtension(path);
    return readArchive(std::move(path), true, content);
  }
  std::optional<NotebookContent> notebook;
  if (extension == "html") notebook = readNotebookPage(content);
  if (extension == "rmd") notebook = readRMarkdown(content);
  if (notebook) {
    cutExtension(path);
    return one(std::move(path), notebookOf(*notebook));
  }
  NewObject object = sniffObject(path, std::move(content));
  return one(std::move(path), std::move(object));
}

Reply<Import> readSource(std::string path, const std::string& language, std::string content) {
  // As the service does: without a language it takes the content for an archive.
  if (language.empty()) return readArchive(std::move(path), false, content);
  NewObject object{.type = ObjectType::Notebook};
  if (!parseLanguage(language, object.language)) return invalidParameter("Unsupported language: " + language);
  object.content = std::move(content);
  return one(std::move(path), std::move(object));
}

Reply<void> fill(WorkspaceStore& store, std::vector<ImportItem>& items) {
  for (auto& [path, object] : items) {
    bool folder = object.type == ObjectType::Directory;
    TROWEL_TRY(store.makeDirectories(folder ? path : parentPath(path)));
    if (!folder) TROWEL_TRY(store.put(path, std::move(object)));
  }
  return {};
}

}  // namespace

NewObject sniffObject(std::string& path, std::istream& content) {
  NewObject object;
  auto extension = extensionIn(path);
  if (auto language = languageOfExtension(extension)) {
    std::string head(kFirstLine, '\0');
    content.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(content.gcount()));
    if (hasNotebookHeader(head, *language)) {
      object.type = ObjectType::Notebook;
      object.language = *language;
    }
  } else if (core::equalsIgnoreCase(extension, "ipynb")) {
    if (auto inside = jupyterLanguage(content)) {
      object.type = ObjectType::Notebook;
      object.language = *inside;
      object.jupyter = true;
    }
  }
  if (object.type == ObjectType::Notebook) path = notebookStem(path);
  return object;
}

NewObject sniffObject(std::string& path, std::string content) {
  PieceStream stream(content);
  NewObject object = sniffObject(path, stream);
  object.content = std::move(content);
  return object;
}

Reply<Import> readImport(std::string path, const std::string& format, const std::string& language,
                         std::string content) {
  if (format == "AUTO") return readAuto(std::move(path), std::move(content));
  if (format == "SOURCE") return readSource(std::move(path), language, std::move(content));
  if (format == "DBC") return readArchive(std::move(path), true, content);
  if (format == "RAW") return one(std::move(path), {.content = std::move(content)});
  if (format == "R_MARKDOWN") return one(std::move(path), notebookOf(readRMarkdown(content)));
  if (format == "HTML") {
    auto notebook = readNotebookPage(content);
    if (!notebook) return invalidParameter("The content is not an exported notebook: it carries no notebook model.");
    return one(std::move(path), notebookOf(*notebook));
  }
  if (format == "JUPYTER") {
    auto inside = jupyterLanguage(content);
    if (!inside) return invalidParameter("The content is not a Jupyter notebook.");
    return one(std::move(path),
               {.type = ObjectType::Notebook, .language = *inside, .jupyter = true, .content = std::move(content)});
  }
  return invalidParameter("Unsupported format: " + core::toValidUtf8(format));
}

Reply<void> carryOut(WorkspaceStore& store, Import import, bool overwrite) {
  if (!import.folder) {
    auto& [path, object] = import.items.front();
    object.overwrite = overwrite;
    return store.put(path, std::move(object));
  }
  if (TROWEL_TRY(store.look(import.path))) return alreadyExists("Path (" + import.path + ") already exists.");
  auto parent = parentPath(import.path);
  if (!TROWEL_TRY(store.look(parent))) return doesNotExist("The parent folder (" + parent + ") does not exist.");
  TROWEL_TRY(store.makeDirectories(import.path));
  auto done = fill(store, import.items);
  // All of it or nothing: what is left of half a folder would stand in the way of the next try.
  if (!done) static_cast<void>(store.remove(import.path, true));
  return done;
}

}  // namespace trowel::emulator

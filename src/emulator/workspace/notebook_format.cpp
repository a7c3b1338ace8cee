// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/notebook_format.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "emulator/files/file_path.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kHeader = "Databricks notebook source";
constexpr std::string_view kSeparator = "COMMAND ----------";
constexpr std::string_view kMagic = "MAGIC";
constexpr std::string_view kTitle = "DBTITLE 1,";
constexpr std::string_view kDesigner = ".designer.ipynb";  // what the service's designer of pipelines saves
constexpr const char* kMetadata = "application/vnd.databricks.v1+notebook";
constexpr const char* kCellMetadata = "application/vnd.databricks.v1+cell";

std::string commentOf(Language language) {
  switch (language) {
    case Language::Sql:
      return "-- ";
    case Language::Scala:
      return "// ";
    default:
      return "# ";
  }
}

struct Cell {
  std::string title;
  std::vector<std::string> lines;
  bool markdown = false;
};

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (auto line : core::split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

void trimBlankLines(std::vector<std::string>& lines) {
  while (!lines.empty() && core::trim(lines.back()).empty()) lines.pop_back();
  auto first = lines.begin();
  while (first != lines.end() && core::trim(*first).empty()) ++first;
  lines.erase(lines.begin(), first);
}

// Takes the title and the MAGIC prefixes off, and tells Markdown from code.
Cell readCell(std::vector<std::string> lines, const std::string& comment) {
  Cell cell;
  trimBlankLines(lines);
  const std::string title = comment + std::string(kTitle);
  if (!lines.empty() && lines.front().starts_with(title)) {
    cell.title = lines.front().substr(title.size());
    lines.erase(lines.begin());
  }
  const std::string magic = comment + std::string(kMagic);
  for (auto& line : lines) {
    if (!line.starts_with(magic)) continue;
    line.erase(0, magic.size());
    if (line.starts_with(' ')) line.erase(0, 1);
  }
  if (!lines.empty() && (lines.front() == "%md" || lines.front().starts_with("%md "))) {
    cell.markdown = true;
    lines.front() = std::string(core::trim(std::string_view(lines.front()).substr(3)));
    if (lines.front().empty()) lines.erase(lines.begin());
  }
  cell.lines = std::move(lines);
  return cell;
}

std::vector<Cell> readSource(std::string_view source, Language language) {
  const std::string comment = commentOf(language);
  std::vector<Cell> cells;
  std::vector<std::string> pending;
  bool first = true;
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  for (auto& line : linesOf(source)) {
    if (std::exchange(first, false) && core::trim(line) == comment + std::string(kHeader)) continue;
    if (core::trim(line) == comment + std::string(kSeparator)) {
      cells.push_back(readCell(std::move(pending), comment));
      pending.clear();
    } else {
      pending.push_back(std::move(line));
    }
  }
  cells.push_back(readCell(std::move(pending), comment));
  return cells;
}

// A multi-line string of an .ipynb is a list of lines that keep their line breaks, or one string.
std::string joined(const Json& source) {
  if (source.is_string()) return source.get<std::string>();
  std::string text;
  if (source.is_array())
    for (const auto& line : source)
      if (line.is_string()) text += line.get_ref<const std::string&>();
  return text;
}

Json toJupyterLines(const std::vector<std::string>& lines) {
  Json source = Json::array();
  for (std::size_t i = 0; i < lines.size(); ++i) source.push_back(i + 1 < lines.size() ? lines[i] + "\n" : lines[i]);
  return source;
}

struct Spelling {
  Language language;
  std::string_view name;
  std::string_view extension;
};
constexpr Spelling kSpellings[] = {{Language::Python, "python", "py"},
                                   {Language::Sql, "sql", "sql"},
                                   {Language::Scala, "scala", "scala"},
                                   {Language::R, "r", "r"}};

const Spelling& spellingOf(Language language) {
  for (const auto& spelling : kSpellings)
    if (spelling.language == language) return spelling;
  return kSpellings[0];
}

}  // namespace

std::string_view lowerName(Language language) { return spellingOf(language).name; }

std::optional<Language> languageNamed(std::string_view name) {
  for (const auto& spelling : kSpellings)
    if (core::equalsIgnoreCase(name, spelling.name)) return spelling.language;
  return std::nullopt;
}

std::string cellsToSource(const std::vector<NotebookCell>& cells, Language language) {
  const std::string comment = commentOf(language);
  std::string source = comment + std::string(kHeader) + "\n";
  bool first = true;
  for (const auto& cell : cells) {
    if (!std::exchange(first, false)) source += "\n\n" + comment + std::string(kSeparator) + "\n\n";
    if (!cell.title.empty()) source += comment + std::string(kTitle) + cell.title + "\n";
    auto text = cell.markdown ? "%md\n" + cell.text : cell.text;
    bool magic = text.starts_with('%');
    bool firstLine = true;
    for (const auto& line : linesOf(text)) {
      if (!std::exchange(firstLine, false)) source += "\n";
      if (magic) source += comment + std::string(kMagic) + (line.empty() ? "" : " ");
      source += line;
    }
  }
  return source;
}

std::string_view extensionOf(Language language) { return spellingOf(language).extension; }

std::optional<Language> languageOfExtension(std::string_view extension) {
  for (const auto& spelling : kSpellings)
    if (core::equalsIgnoreCase(extension, spelling.extension)) return spelling.language;
  return std::nullopt;
}

std::string notebookStem(std::string_view path) {
  auto extension = extensionIn(path);
  bool notebook = languageOfExtension(extension) || core::equalsIgnoreCase(extension, "ipynb");
  if (!notebook || path.ends_with(kDesigner)) return std::string(path);
  return std::string(path.substr(0, path.size() - extension.size() - 1));
}

std::string notebookFile(std::string_view name, std::string_view extension) {
  bool kept = extension == "ipynb" && name.ends_with(kDesigner);
  return kept ? std::string(name) : std::string(name) + "." + std::string(extension);
}

const std::vector<std::string_view>& notebookExtensions() {
  static const std::vector<std::string_view> kAll{"py",    "PY", "sql", "SQL",   "scala",
                                                  "SCALA", "r",  "R",   "ipynb", "IPYNB"};
  return kAll;
}

bool hasNotebookHeader(std::string_view source, Language language) {
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  return core::trim(source.substr(0, source.find('\n'))) == commentOf(language) + std::string(kHeader);
}

std::string withNotebookHeader(std::string_view source, Language language) {
  if (hasNotebookHeader(source, language)) return std::string(source);
  return commentOf(language) + std::string(kHeader) + "\n" + std::string(source);
}

std::vector<NotebookCell> notebookCells(std::string_view source, Language language) {
  std::vector<NotebookCell> cells;
  for (auto& cell : readSource(source, language)) {
    NotebookCell out{.title = std::move(cell.title), .markdown = cell.markdown};
    for (const auto& line : cell.lines) out.text += (&line == &cell.lines.front() ? "" : "\n") + line;
    cells.push_back(std::move(out));
  }
  return cells;
}

std::string sourceToJupyter(std::string_view source, Language language, std::string_view name) {
  Json cells = Json::array();
  for (const auto& cell : readSource(source, language)) {
    Json metadata = Json::object();
    if (!cell.title.empty()) metadata[kCellMetadata] = {{"showTitle", true}, {"title", cell.title}};
    Json out{{"cell_type", cell.markdown ? "markdown" : "code"},
             {"metadata", std::move(metadata)},
             {"source", toJupyterLines(cell.lines)}};
    if (!cell.markdown) {
      out["execution_count"] = 0;
      out["outputs"] = Json::array();
    }
    cells.push_back(std::move(out));
  }
  Json notebook{{"cells", std::move(cells)},
                {"metadata",
                 {{kMetadata,
                   {{"dashboards", Json::array()},
                    {"language", lowerName(language)},
                    {"notebookMetadata", {{"pythonIndentUnit", 4}}},
                    {"notebookName", name},
                    {"widgets", Json::object()}}},
                  {"language_info", {{"name", lowerName(language)}}}}},
                {"nbformat", 4},
                {"nbformat_minor", 0}};
  return core::dumpJson(notebook);
}

std::string jupyterToSource(std::string_view ipynb, Language language) {
  const Json notebook = core::parseJson(ipynb).value_or(Json::object());
  std::vector<NotebookCell> cells;
  for (const auto& cell : core::arrayAt(notebook, "cells")) {
    if (!cell.is_object()) continue;
    auto it = cell.find("source");
    cells.push_back({.title = core::stringAt(core::objectAt(core::objectAt(cell, "metadata"), kCellMetadata), "title"),
                     .text = it == cell.end() ? "" : joined(*it),
                     .markdown = core::stringAt(cell, "cell_type") == "markdown"});
  }
  return cellsToSource(cells, language);
}

}  // namespace trowel::emulator

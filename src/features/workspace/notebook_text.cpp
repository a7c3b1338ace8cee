// SPDX-License-Identifier: Apache-2.0
#include "notebook_text.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"
#include "trowel/notebook/source_codec.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

// nbformat 4: a text, or its lines.
std::string sourceOf(const Json& cell) {
  const auto lines = cell.find("source");
  if (lines == cell.end() || !lines->is_array()) return core::stringAt(cell, "source");
  std::string text;
  for (const auto& line : *lines)
    if (line.is_string()) text += line.get<std::string>();
  return text;
}

std::string extensionOf(std::string_view language) {
  if (core::equalsIgnoreCase(language, "sql")) return "sql";
  if (core::equalsIgnoreCase(language, "scala")) return "scala";
  return core::equalsIgnoreCase(language, "r") ? "r" : "py";
}

const char* languageOf(std::string_view extension) {
  if (extension == "sql") return "sql";
  if (extension == "scala") return "scala";
  return extension == "r" ? "r" : "python";
}

}  // namespace

std::string notebookExtension(std::string_view document) {
  const auto json = core::parseJson(document);
  if (!json) return "py";
  const auto& metadata = core::objectAt(*json, "metadata");
  const auto& databricks = core::objectAt(metadata, "application/vnd.databricks.v1+notebook");
  const auto own = core::stringAt(databricks, "language");
  return extensionOf(own.empty() ? core::stringAt(core::objectAt(metadata, "language_info"), "name") : own);
}

Result<std::string> sourceTextOf(std::string_view document, const std::string& extension) {
  const auto json = core::parseJson(document);
  const auto none = core::fail(ErrorCode::InvalidParams, "It is no notebook document.");
  if (!json || !json->is_object()) return none;
  const auto cells = json->find("cells");
  if (cells == json->end() || !cells->is_array()) return none;
  notebook::Document result;
  result.metadata.extension = extension;
  for (const auto& each : *cells) {
    notebook::Cell cell{.source = sourceOf(each)};
    const bool markup = core::stringAt(each, "cell_type") == "markdown";
    cell.kind = markup ? notebook::CellKind::Markup : notebook::CellKind::Code;
    cell.language = markup ? "markdown" : languageOf(extension);
    cell.metadata.title =
        core::stringAt(core::objectAt(core::objectAt(each, "metadata"), "application/vnd.databricks.v1+cell"), "title");
    result.cells.push_back(std::move(cell));
  }
  return notebook::encode(result);
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/classify.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::sync {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHeaders{
    {{".py", "# Databricks notebook source"},
     {".r", "# Databricks notebook source"},
     {".scala", "// Databricks notebook source"},
     {".sql", "-- Databricks notebook source"}}};

// The last dot of the last part and what follows; empty where there is none, or where nothing stands before it.
std::string_view extensionOf(std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string_view firstLine(std::string_view content) {
  auto line = content.substr(0, content.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool isNotebookDocument(std::string_view content) {
  auto json = core::parseJson(content);
  if (!json || !json->is_object()) return false;
  return json->contains("cells") && (*json)["cells"].is_array() && json->contains("metadata") &&
         (*json)["metadata"].is_object() && core::intAt(*json, "nbformat") >= 4;
}

}  // namespace

bool mayBeNotebook(std::string_view name) {
  const auto extension = extensionOf(name);
  if (core::equalsIgnoreCase(extension, ".ipynb")) return true;
  for (const auto& [known, header] : kHeaders) {
    if (core::equalsIgnoreCase(extension, known)) return true;
  }
  return false;
}

core::Result<Classified> classify(std::string_view name, std::string_view content) {
  const auto extension = extensionOf(name);
  if (core::equalsIgnoreCase(extension, ".ipynb")) {
    if (!isNotebookDocument(content))
      return core::fail(core::ErrorCode::InvalidParams,
                        "This is no complete notebook document (JSON with cells, metadata and nbformat 4), so it is "
                        "not sent. Save it again, or rename it.");
    // Lakeflow Designer documents keep their name.
    const bool keepsName = name.ends_with(".designer.ipynb");
    return Classified{ObjectKind::Notebook, keepsName ? std::string() : std::string(extension)};
  }
  for (const auto& [known, header] : kHeaders) {
    if (core::equalsIgnoreCase(extension, known) && firstLine(content) == header)
      return Classified{ObjectKind::Notebook, std::string(extension)};
  }
  return Classified{};
}

}  // namespace trowel::sync

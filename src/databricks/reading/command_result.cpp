// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/command_result.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

ResultCell readCell(const core::Json& value) {
  using Kind = ResultCell::Kind;
  if (value.is_null()) return {};
  if (value.is_string()) return {.kind = Kind::Text, .text = value.get<std::string>()};
  auto kind = value.is_boolean() ? Kind::Bool : value.is_number() ? Kind::Number : Kind::Json;
  return {.kind = kind, .text = core::dumpJson(value)};
}

// parseJson has bounded the depth.
std::string shortTypeOf(const core::Json& type) {
  if (type.is_string()) return type.get<std::string>();
  auto kind = core::stringAt(type, "type");
  auto inner = [&](const char* field) {
    auto it = type.find(field);
    return it == type.end() ? std::string("?") : shortTypeOf(*it);
  };
  if (kind == "array") return "array<" + inner("elementType") + ">";
  if (kind == "map") return "map<" + inner("keyType") + "," + inner("valueType") + ">";
  if (kind != "struct") return kind;
  std::string fields;
  for (const auto& field : core::arrayAt(type, "fields")) {
    auto fieldType = field.is_object() && field.contains("type") ? shortTypeOf(field["type"]) : std::string("?");
    fields += (fields.empty() ? "" : ",") + core::stringAt(field, "name") + ":" + fieldType;
  }
  return "struct<" + fields + ">";
}

CommandResult readResult(const core::Json& json) {
  CommandResult result;
  result.type = core::stringAt(json, "resultType");
  if (result.type == "table") {
    for (const auto& column : core::arrayAt(json, "schema"))
      result.columns.push_back({.name = core::stringAt(column, "name"),
                                .type = shortType(core::stringAt(column, "type")),
                                .metadata = core::stringAt(column, "metadata")});
    for (const auto& row : core::arrayAt(json, "data")) {
      auto& cells = result.rows.emplace_back();
      for (const auto& cell : row) cells.push_back(readCell(cell));
    }
    result.truncated = core::boolAt(json, "truncated");
  } else if (result.type == "image") {
    result.images.push_back(core::stringAt(json, "fileName"));
  } else if (result.type == "images") {
    for (const auto& image : core::arrayAt(json, "fileNames"))
      if (image.is_string()) result.images.push_back(image.get<std::string>());
  } else if (result.type == "error") {
    result.summary = plainSummary(core::stringAt(json, "summary"));
    result.cause = core::stringAt(json, "cause");
  } else {
    result.text = core::stringAt(json, "data");
  }
  return result;
}

}  // namespace

Command readCommand(const core::Json& json) {
  Command command{.id = core::stringAt(json, "id"), .status = core::stringAt(json, "status"), .result = {}};
  if (const auto& results = core::objectAt(json, "results"); !results.empty()) command.result = readResult(results);
  return command;
}

std::string shortType(const std::string& encoded) {
  auto type = core::parseJson(encoded);
  return type && (type->is_string() || type->is_object()) ? shortTypeOf(*type) : encoded;
}

std::string plainSummary(std::string_view html) {
  struct Entity {
    std::string_view name;
    char character;
  };
  constexpr std::array kEntities = {Entity{"&lt;", '<'},   Entity{"&gt;", '>'},    Entity{"&quot;", '"'},
                                    Entity{"&#39;", '\''}, Entity{"&#x27;", '\''}, Entity{"&amp;", '&'}};
  std::string plain;
  while (!html.empty()) {
    if (html.starts_with("<span") || html.starts_with("</span")) {
      auto end = html.find('>');
      html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
      continue;
    }
    const Entity* found = nullptr;
    for (const auto& entity : kEntities)
      if (html.starts_with(entity.name)) found = &entity;
    plain += found != nullptr ? found->character : html.front();
    html.remove_prefix(found != nullptr ? found->name.size() : 1);
  }
  return plain;
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/table_columns.hpp"

#include <nlohmann/json.hpp>

#include "emulator/sql/spark_types.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// What an expression of a view yields is not always known before it runs: text, as results have it then.
Json typeOf(const SqlColumn& column) {
  if (auto known = core::parseJson(column.sparkType)) return *std::move(known);
  return parseSparkType(column.declared).value_or(Json("string"));
}

Json describeColumn(const SqlColumn& column, std::size_t position) {
  Json type = typeOf(column);
  auto size = decimalSize(type).value_or(DecimalSize{.precision = 0, .scale = 0});
  Json field{{"name", column.name}, {"type", type}, {"nullable", !column.required}, {"metadata", Json::object()}};
  if (!column.comment.empty()) field["metadata"]["comment"] = column.comment;
  Json described{{"name", column.name},          {"position", position},
                 {"nullable", !column.required}, {"type_text", typeText(type, TypeStyle::Catalog)},
                 {"type_name", typeName(type)},  {"type_precision", size.precision},
                 {"type_scale", size.scale},     {"type_json", core::dumpJson(field)}};
  if (!column.comment.empty()) described["comment"] = column.comment;
  return described;
}

}  // namespace

Json describeColumns(const std::vector<SqlColumn>& columns) {
  Json described = Json::array();
  for (const auto& column : columns) described.push_back(describeColumn(column, described.size()));
  return described;
}

}  // namespace trowel::emulator

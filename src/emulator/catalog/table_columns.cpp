// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/table_columns.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

struct Type {
  std::string_view declared;  // in SQLite
  std::string_view sql;       // type_text
  std::string_view name;      // type_name
  std::string_view spark;     // in type_json
};

constexpr Type kTypes[] = {
    {"text", "string", "STRING", "string"}, {"bigint", "bigint", "LONG", "long"},
    {"int", "int", "INT", "integer"},       {"smallint", "smallint", "SHORT", "short"},
    {"tinyint", "tinyint", "BYTE", "byte"}, {"double", "double", "DOUBLE", "double"},
    {"float", "float", "FLOAT", "float"},   {"boolean", "boolean", "BOOLEAN", "boolean"},
    {"date", "date", "DATE", "date"},       {"timestamp", "timestamp", "TIMESTAMP", "timestamp"},
    {"blob", "binary", "BINARY", "binary"},
};

Json describeColumn(const SqlColumn& column, std::size_t position) {
  std::string declared = core::replaceAll(core::toLower(column.declared), " ", "");
  Json described{{"name", column.name},
                 {"position", position},
                 {"nullable", !column.required},
                 {"type_precision", 0},
                 {"type_scale", 0}};
  std::string spark;
  if (declared.starts_with("decimal")) {
    int precision = 10;
    int scale = 0;
    (void)std::sscanf(declared.c_str(), "decimal(%d,%d)", &precision, &scale);
    spark = "decimal(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
    described.update(
        {{"type_text", spark}, {"type_name", "DECIMAL"}, {"type_precision", precision}, {"type_scale", scale}});
  } else {
    // What an expression of a view yields is not known before it runs: text, as results have it then.
    const Type* type = &kTypes[0];
    for (const auto& known : kTypes)
      if (declared == known.declared) type = &known;
    spark = type->spark;
    described.update({{"type_text", type->sql}, {"type_name", type->name}});
  }
  described["type_json"] = core::dumpJson(
      {{"name", column.name}, {"type", spark}, {"nullable", !column.required}, {"metadata", Json::object()}});
  return described;
}

}  // namespace

Json describeColumns(const std::vector<SqlColumn>& columns) {
  Json described = Json::array();
  for (const auto& column : columns) described.push_back(describeColumn(column, described.size()));
  return described;
}

}  // namespace trowel::emulator

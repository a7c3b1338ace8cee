// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/statement_result.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "emulator/sql/spark_types.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Json memberOf(const Json& type, const char* name) {
  auto it = type.find(name);
  return it == type.end() ? Json("string") : *it;
}

// "array" of {"type":"array",…}; empty for plain types.
std::string kindOf(const Json& type) { return type.is_object() ? core::stringAt(type, "type") : std::string(); }

// The schema has types as JSON text.
Json typeOf(const Json& column) {
  auto parsed = core::parseJson(core::stringAt(column, "type"));
  return parsed ? *std::move(parsed) : Json("string");
}

// A value within an array, map or struct: structs get their names back.
Json nested(const Json& type, const Json& value) {
  std::string kind = kindOf(type);
  if (kind == "struct" && value.is_array()) {
    Json object = Json::object();
    std::size_t i = 0;
    for (const auto& field : core::arrayAt(type, "fields")) {
      if (i >= value.size()) break;
      object[core::stringAt(field, "name")] = nested(memberOf(field, "type"), value[i++]);
    }
    return object;
  }
  if (kind == "array" && value.is_array()) {
    Json array = Json::array();
    for (const auto& item : value) array.push_back(nested(memberOf(type, "elementType"), item));
    return array;
  }
  return value;
}

}  // namespace

std::string javaDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  double size = std::abs(value);
  bool plain = size >= 1e-3 && size < 1e7;
  std::string text = fmt::format("{}", value);  // the shortest that is read back as the same number
  auto mark = text.find('e');
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  // Digits and exponent of whatever fmt chose, set anew.
  std::string mantissa = text.substr(0, mark);
  int exponent = mark == std::string::npos ? 0 : std::stoi(text.substr(mark + 1));
  std::string sign = mantissa.starts_with('-') ? "-" : "";
  mantissa.erase(0, sign.size());
  auto dot = mantissa.find('.');
  exponent += static_cast<int>(dot == std::string::npos ? mantissa.size() : dot) - 1;
  std::string digits = core::replaceAll(mantissa, ".", "");
  auto first = digits.find_first_not_of('0');
  exponent -= static_cast<int>(first);
  digits.erase(0, first);
  digits.erase(digits.find_last_not_of('0') + 1);
  std::string rest = digits.size() > 1 ? digits.substr(1) : "0";
  return sign + digits[0] + "." + rest + "E" + std::to_string(exponent);
}

Json statementColumns(const Json& schema) {
  Json columns = Json::array();
  for (const auto& column : schema) {
    Json type = typeOf(column);
    Json described{{"name", core::stringAt(column, "name")},
                   {"position", columns.size()},
                   {"type_text", typeText(type, TypeStyle::Result)},
                   {"type_name", typeName(type)}};
    // The enumeration of results is older than that of the catalog.
    if (described["type_name"] == "TIMESTAMP_NTZ") described["type_name"] = "TIMESTAMP";
    if (auto size = decimalSize(type))
      described.update({{"type_precision", size->precision}, {"type_scale", size->scale}});
    columns.push_back(std::move(described));
  }
  return columns;
}

Json statementRow(const Json& schema, const Json& row) {
  Json texts = Json::array();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Json& value = row[i];
    if (value.is_null() || value.is_string())
      texts.push_back(value);
    else if (value.is_number_float())
      texts.push_back(javaDouble(value.get<double>()));
    else if (value.is_structured())
      texts.push_back(core::dumpJson(i < schema.size() ? nested(typeOf(schema[i]), value) : value));
    else
      texts.push_back(value.dump());
  }
  return texts;
}

}  // namespace trowel::emulator

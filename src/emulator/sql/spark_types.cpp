// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/spark_types.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

struct Type {
  std::string_view spark;
  std::string_view sql;
  std::string_view name;
};

constexpr Type kTypes[] = {
    {"string", "string", "STRING"}, {"long", "bigint", "LONG"},
    {"integer", "int", "INT"},      {"short", "smallint", "SHORT"},
    {"byte", "tinyint", "BYTE"},    {"double", "double", "DOUBLE"},
    {"float", "float", "FLOAT"},    {"boolean", "boolean", "BOOLEAN"},
    {"date", "date", "DATE"},       {"timestamp", "timestamp", "TIMESTAMP"},
    {"binary", "binary", "BINARY"}, {"timestamp_ntz", "timestamp_ntz", "TIMESTAMP_NTZ"},
    {"void", "void", "NULL"},       {"variant", "variant", "VARIANT"},
    {"string", "text", "STRING"},   {"binary", "blob", "BINARY"},  // as SQLite declares them
};
constexpr int kMaxDepth = 64;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

Json member(const Json& type, const char* name) {
  auto it = type.find(name);
  return it == type.end() ? Json("string") : *it;
}

std::string kindOf(const Json& type) { return type.is_object() ? core::stringAt(type, "type") : std::string(); }
std::string wordOf(const Json& type) { return type.is_string() ? type.get<std::string>() : std::string("string"); }

// Reads a type from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<Json> type(int depth = 0) {
    std::string name = core::toLower(word());
    if (name.empty() || depth > kMaxDepth) return std::nullopt;
    if (name == "array" || name == "map" || name == "struct") return nested(name, depth);
    if (name == "decimal" || name == "numeric" || name == "dec") return "decimal" + decimal();
    if (take('(')) {  // varchar(10)
      word();
      if (!take(')')) return std::nullopt;
      name = "string";
    }
    for (const auto& known : kTypes)
      if (name == known.sql || name == known.spark) return Json(known.spark);
    return std::nullopt;
  }

  bool atEnd() {
    skipSpace();
    return rest_.empty();
  }

 private:
  std::optional<Json> nested(const std::string& name, int depth) {
    if (!take('<')) return std::nullopt;
    Json made{{"type", name}};
    if (name == "struct") {
      made["fields"] = Json::array();
      while (!take('>')) {
        std::string field = word();
        take(':');
        auto kind = type(depth + 1);
        if (field.empty() || !kind) return std::nullopt;
        made["fields"].push_back({{"name", field}, {"type", *kind}, {"nullable", true}, {"metadata", Json::object()}});
        take(',');
      }
      return made;
    }
    auto first = type(depth + 1);
    if (!first) return std::nullopt;
    if (name == "array") {
      made.update({{"elementType", *first}, {"containsNull", true}});
    } else {
      if (!take(',')) return std::nullopt;
      auto second = type(depth + 1);
      if (!second) return std::nullopt;
      made.update({{"keyType", *first}, {"valueType", *second}, {"valueContainsNull", true}});
    }
    if (!take('>')) return std::nullopt;
    return made;
  }

  std::string decimal() {
    if (!take('(')) return "(10,0)";
    std::string precision = word();
    std::string scale = take(',') ? word() : "0";
    take(')');
    return "(" + precision + "," + scale + ")";
  }

  void skipSpace() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }
  bool take(char c) {
    skipSpace();
    bool there = rest_.starts_with(c);
    if (there) rest_.remove_prefix(1);
    return there;
  }
  std::string word() {
    skipSpace();
    std::size_t end = 0;
    if (rest_.starts_with('`')) {
      end = std::min(rest_.find('`', 1), rest_.size() - 1) + 1;
      std::string quoted(rest_.substr(1, end < 2 ? 0 : end - 2));
      rest_.remove_prefix(end);
      return quoted;
    }
    while (end < rest_.size() && std::string_view("<>(),: \t\n").find(rest_[end]) == std::string_view::npos) ++end;
    std::string found(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return found;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Json> parseSparkType(std::string_view sql) {
  Reader reader(sql);
  auto type = reader.type();
  if (!type || !reader.atEnd()) return std::nullopt;
  return type;
}

std::string typeText(const Json& type, TypeStyle style) {
  const bool result = style == TypeStyle::Result;
  auto styled = [&](std::string_view word) { return result ? upper(std::string(word)) : std::string(word); };
  const std::string comma = result ? ", " : ",";
  std::string kind = kindOf(type);
  if (kind == "array") return styled("array") + "<" + typeText(member(type, "elementType"), style) + ">";
  if (kind == "map")
    return styled("map") + "<" + typeText(member(type, "keyType"), style) + comma +
           typeText(member(type, "valueType"), style) + ">";
  if (kind == "struct") {
    std::string fields;
    for (const auto& field : core::arrayAt(type, "fields"))
      fields += (fields.empty() ? "" : comma) + core::stringAt(field, "name") + (result ? ": " : ":") +
                typeText(member(field, "type"), style);
    return styled("struct") + "<" + fields + ">";
  }
  std::string word = wordOf(type);
  for (const auto& known : kTypes)
    if (word == known.spark) return styled(known.sql);
  return styled(word);
}

std::string typeName(const Json& type) {
  if (std::string kind = kindOf(type); !kind.empty()) return upper(kind);
  std::string word = wordOf(type);
  if (word.starts_with("decimal")) return "DECIMAL";
  for (const auto& known : kTypes)
    if (word == known.spark) return std::string(known.name);
  return "USER_DEFINED_TYPE";
}

std::optional<DecimalSize> decimalSize(const Json& type) {
  DecimalSize size;
  std::string word = wordOf(type);
  if (!word.starts_with("decimal")) return std::nullopt;
  (void)std::sscanf(word.c_str(), "decimal(%d,%d)", &size.precision, &size.scale);
  return size;
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/sql_text.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The end of the string, quoted name or comment that begins at `at`; `at` itself where none does.
std::size_t skipQuoted(std::string_view sql, std::size_t at) {
  auto upTo = [&](std::size_t end, std::size_t length) {
    return end == std::string_view::npos ? sql.size() : end + length;
  };
  std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) return upTo(sql.find('\n', at), 1);
  if (rest.starts_with("/*")) return upTo(sql.find("*/", at + 2), 2);
  char mark = rest.front();
  if (mark != '\'' && mark != '"' && mark != '`') return at;
  std::size_t end = at + 1;
  while (end < sql.size() && sql[end] != mark) end += sql[end] == '\\' && mark != '`' ? 2U : 1U;
  return std::min(end + 1, sql.size());
}

std::string textLiteral(std::string_view text) {
  std::string literal = core::replaceAll(std::string(text), "\\", "\\\\");
  return "'" + core::replaceAll(std::move(literal), "'", "\\'") + "'";
}

bool isNumber(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  bool digit = false;
  for (char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0)
      digit = true;
    else if (std::string_view(".eE+-").find(c) == std::string_view::npos)
      return false;
  }
  return digit;
}

// The literal, or nothing where `value` is none of `type`.
std::string literalOf(const std::string& type, const std::string& value) {
  if (type.starts_with("STRING") || type.starts_with("VARCHAR") || type.starts_with("CHAR")) return textLiteral(value);
  if (type == "BOOLEAN") {
    std::string truth = core::toLower(value);
    return truth == "true" || truth == "false" ? truth : "";
  }
  if (type == "DATE") return parseIsoTime(value) ? "DATE " + textLiteral(value.substr(0, 10)) : "";
  if (type.starts_with("TIMESTAMP")) return parseIsoTime(value) ? "TIMESTAMP " + textLiteral(value) : "";
  return isNumber(value) ? "CAST(" + textLiteral(value) + " AS " + type + ")" : "";
}

}  // namespace

std::string statementType(std::string_view sql) {
  std::size_t at = 0;
  while (at < sql.size() && !isWord(sql[at])) {
    std::size_t after = skipQuoted(sql, at);
    at = after == at ? at + 1 : after;
  }
  std::string word;
  while (at < sql.size() && isWord(sql[at]))
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(sql[at++])));
  return word;
}

bool hasManyStatements(std::string_view sql) {
  bool ended = false;
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t after = skipQuoted(sql, at);
    bool comment = after != at && (sql[at] == '-' || sql[at] == '/');
    bool space = std::isspace(static_cast<unsigned char>(sql[at])) != 0;
    if (ended && !comment && !space && sql[at] != ';') return true;
    ended = ended || (after == at && sql[at] == ';');
    at = std::max(after, at + 1);
  }
  return false;
}

std::expected<std::string, SqlProblem> bindParameters(std::string_view sql, const Json& parameters) {
  std::map<std::string, const Json*> byName;
  for (const auto& parameter : parameters) byName[core::stringAt(parameter, "name")] = &parameter;
  std::string bound;
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t after = skipQuoted(sql, at);
    // `a:b` is a path into JSON, `::` a cast.
    bool marker =
        sql[at] == ':' && at + 1 < sql.size() && isWord(sql[at + 1]) &&
        (at == 0 || (!isWord(sql[at - 1]) && std::string_view(":)]`").find(sql[at - 1]) == std::string_view::npos));
    if (!marker) {
      std::size_t end = std::max(after, at + 1);
      bound += sql.substr(at, end - at);
      at = end;
      continue;
    }
    std::size_t end = at + 1;
    while (end < sql.size() && isWord(sql[end])) ++end;
    std::string name(sql.substr(at + 1, end - at - 1));
    at = end;
    auto found = byName.find(name);
    if (found == byName.end())
      return std::unexpected(
          SqlProblem{"[UNBOUND_SQL_PARAMETER] Found the unbound parameter: " + name +
                         ". Please, fix `args` and provide a mapping of the parameter to either a SQL literal or "
                         "collection constructor functions such as `map()`, `array()`, `struct()`. SQLSTATE: 42P02",
                     "42P02"});
    const Json& parameter = *found->second;
    std::string type = core::stringAt(parameter, "type", "STRING");
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    bool plainType = std::all_of(type.begin(), type.end(), [](char c) {
      return isWord(c) || std::string_view("(), ").find(c) != std::string_view::npos;
    });
    auto value = parameter.find("value");
    std::string literal = value == parameter.end() || value->is_null() ? "NULL"
                          : plainType ? literalOf(type, core::stringAt(parameter, "value"))
                                      : "";
    if (literal.empty())
      return std::unexpected(SqlProblem{"[CAST_INVALID_INPUT] The value '" + core::stringAt(parameter, "value") +
                                            "' of the type \"STRING\" cannot be cast to \"" + type +
                                            "\" because it is malformed. SQLSTATE: 22018",
                                        "22018"});
    bound += literal;
  }
  return bound;
}

std::string sqlIdentifier(std::string_view name) { return "`" + core::replaceAll(std::string(name), "`", "``") + "`"; }

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/target.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

std::string textOf(const core::Json& value) {
  return value.is_string() ? value.get_ref<const std::string&>() : core::dumpJson(value);
}

void append(std::string& query, const std::string& key, const core::Json& value) {
  if (value.is_null()) return;
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) append(query, key.empty() ? name : key + "." + name, inner);
  } else if (value.is_array()) {
    for (const auto& element : value) append(query, key, element);
  } else {
    if (!query.empty()) query += '&';
    query += core::percentEncode(key, ".") + "=" + core::percentEncode(textOf(value));
  }
}

}  // namespace

std::pair<std::string, core::Json> fillPath(std::string_view path, const core::Json& params) {
  core::Json rest = core::Json::object();
  if (params.is_object())
    for (const auto& [name, value] : params.items())
      if (!value.is_null()) rest[name] = value;

  std::string filled;
  while (true) {
    auto open = path.find('{');
    filled += path.substr(0, open);
    if (open == std::string_view::npos) return {std::move(filled), std::move(rest)};
    auto close = path.find('}', open);
    auto name = path.substr(open + 1, close - open - 1);
    path.remove_prefix(close + 1);
    bool keepSlashes = name.ends_with("...");
    if (keepSlashes) name.remove_suffix(3);
    auto value = rest.find(std::string(name));
    if (value == rest.end()) continue;
    filled += core::percentEncode(textOf(*value), keepSlashes ? "/" : "");
    rest.erase(value);
  }
}

std::string withQuery(std::string path, const core::Json& params) {
  std::string query;
  append(query, {}, params);
  if (query.empty()) return path;
  path += path.find('?') == std::string::npos ? '?' : '&';
  return path + query;
}

}  // namespace trowel::databricks

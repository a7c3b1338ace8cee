// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/fields.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/timestamp.hpp"

namespace trowel::databricks {

std::vector<std::string> textsAt(const core::Json& object, const char* field) {
  std::vector<std::string> texts;
  for (const auto& item : core::arrayAt(object, field)) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
    if (item.is_number()) texts.push_back(item.dump());
  }
  return texts;
}

std::map<std::string, std::string> textMapAt(const core::Json& object, const char* field) {
  std::map<std::string, std::string> map;
  const auto& members = core::objectAt(object, field);
  for (const auto& [name, value] : members.items())
    if (!value.is_null()) map[name] = value.is_string() ? value.get<std::string>() : core::dumpJson(value);
  return map;
}

std::int64_t timeAt(const core::Json& object, const char* field) {
  if (auto parsed = parseTimestamp(core::stringAt(object, field))) return *parsed;
  return core::intAt(object, field);
}

Document documentOf(const core::Json& json) { return std::make_shared<const core::Json>(json); }

Document documentAt(const core::Json& object, const char* field) {
  if (!object.is_object()) return nullptr;
  auto it = object.find(field);
  return it == object.end() || it->is_null() ? nullptr : documentOf(*it);
}

void eachAt(const core::Json& object, const char* field, const std::function<void(const core::Json&)>& take) {
  for (const auto& item : core::arrayAt(object, field)) take(item);
}

}  // namespace trowel::databricks

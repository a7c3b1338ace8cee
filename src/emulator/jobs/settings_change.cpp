// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/settings_change.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/jobs/field_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

struct Keyed {
  const char* array;
  const char* key;
};
constexpr Keyed kKeyed[] = {{"tasks", "task_key"}, {"job_clusters", "job_cluster_key"}};

const Keyed* findKeyed(std::string_view array) {
  auto it = std::ranges::find(kKeyed, array, [](const Keyed& keyed) { return std::string_view(keyed.array); });
  return it == std::end(kKeyed) ? nullptr : it;
}

Json::iterator findItem(Json& array, const Keyed& keyed, const std::string& key) {
  return std::find_if(array.begin(), array.end(),
                      [&](const Json& item) { return core::stringAt(item, keyed.key) == key; });
}

void removeField(Json& settings, const std::string& field) {
  auto slash = field.find('/');
  const Keyed* keyed = findKeyed(std::string_view(field).substr(0, slash));
  if (slash == std::string::npos || !keyed) {
    settings.erase(field);
    return;
  }
  if (!has(settings, keyed->array)) return;
  Json& array = settings[keyed->array];
  auto it = findItem(array, *keyed, field.substr(slash + 1));
  if (it != array.end()) array.erase(it);
}

void mergeItems(Json& settings, const Keyed& keyed, const Json& items) {
  Json& array = settings[keyed.array];
  if (!array.is_array()) array = Json::array();
  for (const auto& item : items) {
    auto it = findItem(array, keyed, core::stringAt(item, keyed.key));
    if (it == array.end())
      array.push_back(item);
    else
      *it = item;
  }
}

}  // namespace

Json updatedSettings(Json settings, const Json& changes, const std::vector<std::string>& remove) {
  for (const auto& field : remove) removeField(settings, field);
  for (const auto& [name, value] : changes.items()) {
    const Keyed* keyed = findKeyed(name);
    if (keyed && value.is_array())
      mergeItems(settings, *keyed, value);
    else
      settings[name] = value;
  }
  return settings;
}

Json resetSettings(const Json& settings, Json replacement) {
  if (!has(replacement, "run_as") && has(settings, "run_as")) replacement["run_as"] = settings["run_as"];
  return replacement;
}

}  // namespace trowel::emulator

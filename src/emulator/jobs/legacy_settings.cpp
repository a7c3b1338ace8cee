// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/legacy_settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Besides the kind of task. The timeout stays with the job: for a single task it is the same.
constexpr const char* kTaskFields[] = {"existing_cluster_id", "new_cluster",      "libraries",
                                       "max_retries",         "retry_on_timeout", "min_retry_interval_millis",
                                       "environment_key"};

std::string keyFrom(std::string name) {
  if (name.empty()) name = "Untitled";
  std::ranges::replace_if(name, [](char c) { return !isTaskKey(std::string_view(&c, 1)); }, '_');
  return name.substr(0, 100);
}

}  // namespace

bool isLegacy(const Json& settings) { return !has(settings, "tasks") && !taskKind(settings).empty(); }

Json fromLegacy(Json settings) {
  if (!isLegacy(settings)) return settings;
  std::string name = core::stringAt(settings, has(settings, "run_name") ? "run_name" : "name");
  Json task{{"task_key", keyFrom(name)}};
  auto move = [&](const std::string& field) {
    if (!has(settings, field)) return;
    task[field] = std::move(settings[field]);
    settings.erase(field);
  };
  std::vector<std::string> kinds;
  for (const auto& [field, value] : settings.items())
    if (isTaskKind(field)) kinds.push_back(field);
  for (const auto& kind : kinds) move(kind);
  for (const auto* field : kTaskFields) move(field);
  settings["tasks"] = Json::array({std::move(task)});
  settings["format"] = "SINGLE_TASK";
  return settings;
}

Reply<void> checkLegacy(const Json& settings) {
  if (!isLegacy(settings)) return {};
  const Json& cluster = core::objectAt(settings, "new_cluster");
  if (cluster.empty()) return {};
  bool sized = false;
  for (auto field : {"num_workers", "autoscale", "policy_id", "is_single_node"}) sized |= has(cluster, field);
  return sized ? Reply<void>{} : missingField("settings.cluster_spec.new_cluster.size");
}

Json toLegacy(Json settings) {
  const Json& tasks = core::arrayAt(settings, "tasks");
  if (core::stringAt(settings, "format") != "SINGLE_TASK" || tasks.size() != 1) return settings;
  Json task = tasks[0];
  settings.erase("tasks");
  std::string kind = taskKind(task);
  settings[kind] = task[kind];
  for (const auto* field : kTaskFields)
    if (has(task, field)) settings[field] = task[field];
  return settings;
}

}  // namespace trowel::emulator

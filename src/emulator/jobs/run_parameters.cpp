// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxBytes = 10'000;  // of the JSON of each field
constexpr std::size_t kMaxToken = 64;

// What overrides the parameters of tasks, by kind of task.
constexpr FieldRule kOverrides[] = {
    {"notebook_params", Shape::TextMap},   {"python_params", Shape::Texts},         {"jar_params", Shape::Texts},
    {"spark_submit_params", Shape::Texts}, {"python_named_params", Shape::TextMap}, {"sql_params", Shape::TextMap},
    {"dbt_commands", Shape::Texts},        {"pipeline_params", Shape::Object}};
constexpr FieldRule kOthers[] = {{"job_parameters", Shape::TextMap},
                                 {"idempotency_token", Shape::Text},
                                 {"queue", Shape::Object},
                                 {"only", Shape::Texts},
                                 {"performance_target", Shape::Text, false, "PERFORMANCE_OPTIMIZED STANDARD"}};

bool isAscii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Reply<void> checkLength(const Json& request, const std::string& field) {
  if (!has(request, field)) return {};
  Json alone{{field, request[field]}};
  if (core::dumpJson(alone).size() <= kMaxBytes) return {};
  return invalidParameter(
      fmt::format("The JSON representation of {} cannot exceed {} bytes.", field, fmt::group_digits(kMaxBytes)));
}

bool dependsOn(const Json& task, const std::string& key) {
  return std::ranges::any_of(core::arrayAt(task, "depends_on"),
                             [&](const Json& dependency) { return core::stringAt(dependency, "task_key") == key; });
}

void addUpstream(const std::string& key, const Json& settings, std::set<std::string>& chosen) {
  for (const auto& task : core::arrayAt(settings, "tasks")) {
    if (core::stringAt(task, "task_key") != key) continue;
    for (const auto& dependency : core::arrayAt(task, "depends_on"))
      if (auto upstream = core::stringAt(dependency, "task_key"); chosen.insert(upstream).second)
        addUpstream(upstream, settings, chosen);
  }
}

void addDownstream(const std::string& key, const Json& settings, std::set<std::string>& chosen) {
  for (const auto& task : core::arrayAt(settings, "tasks")) {
    std::string other = core::stringAt(task, "task_key");
    if (dependsOn(task, key) && chosen.insert(other).second) addDownstream(other, settings, chosen);
  }
}

std::vector<std::string> inOrder(const std::set<std::string>& chosen, const Json& settings) {
  std::vector<std::string> keys;
  for (const auto& task : core::arrayAt(settings, "tasks"))
    if (auto key = core::stringAt(task, "task_key"); chosen.contains(key)) keys.push_back(key);
  return keys;
}

// Adds `more` to the map `field`, over what is there.
void merge(Json& object, const char* field, const Json& more) {
  if (more.empty()) return;
  if (!has(object, field)) object[field] = Json::object();
  object[field].update(more);
}

// Replaces the list `field` where the run brings one.
void replace(Json& object, const char* field, const Json& overrides, const char* name) {
  if (has(overrides, name)) object[field] = overrides[name];
}

}  // namespace

Reply<void> checkRunParameters(const Json& request) {
  TROWEL_TRY(checkFields(request, kOverrides, ""));
  TROWEL_TRY(checkFields(request, kOthers, ""));
  for (const auto& rule : kOverrides) TROWEL_TRY(checkLength(request, std::string(rule.name)));
  TROWEL_TRY(checkLength(request, "job_parameters"));
  if (has(request, "notebook_params") && has(request, "jar_params"))
    return invalidParameter("notebook_params cannot be specified in conjunction with jar_params.");
  for (auto field : {"python_params", "spark_submit_params"})
    for (const auto& parameter : core::arrayAt(request, field))
      if (!isAscii(parameter.get_ref<const std::string&>()))
        return invalidParameter(fmt::format("{} can only contain ASCII characters.", field));
  if (core::stringAt(request, "idempotency_token").size() > kMaxToken)
    return invalidParameter(fmt::format("idempotency_token cannot be longer than {} characters.", kMaxToken));
  if (has(request, "queue") && !core::objectAt(request, "queue").contains("enabled"))
    return missingField("queue.enabled");
  return {};
}

Json overridingParameters(const Json& request) {
  Json overrides = Json::object();
  for (const auto& rule : kOverrides)
    if (has(request, rule.name)) overrides[std::string(rule.name)] = *request.find(rule.name);
  return overrides;
}

Reply<std::vector<std::string>> selectTasks(const std::vector<std::string>& only, const Json& settings) {
  std::set<std::string> known;
  for (const auto& task : core::arrayAt(settings, "tasks")) known.insert(core::stringAt(task, "task_key"));
  std::set<std::string> chosen;
  for (std::string key : only) {
    bool upstream = key.starts_with('+');
    bool downstream = key.ends_with('+') && key.size() > 1;
    key = key.substr(upstream ? 1 : 0, key.size() - (upstream ? 1 : 0) - (downstream ? 1 : 0));
    if (!known.contains(key)) return invalidParameter("Task " + key + " does not exist in the job.");
    chosen.insert(key);
    if (upstream) addUpstream(key, settings, chosen);
    if (downstream) addDownstream(key, settings, chosen);
  }
  return inOrder(chosen, settings);
}

std::vector<std::string> withDependents(std::vector<std::string> keys, const Json& settings) {
  std::set<std::string> chosen(keys.begin(), keys.end());
  for (const auto& key : keys) addDownstream(key, settings, chosen);
  return inOrder(chosen, settings);
}

Json withParameters(Json task, const JobRun& run) {
  Json job = run.effectiveParameters();
  std::string kind = taskKind(task);
  if (kind.empty()) return task;
  Json& content = task[kind];
  const Json& overrides = run.overrides;
  if (kind == "notebook_task") {
    merge(content, "base_parameters", core::objectAt(overrides, "notebook_params"));
    merge(content, "base_parameters", job);
  } else if (kind == "spark_python_task") {
    replace(content, "parameters", overrides, "python_params");
  } else if (kind == "python_wheel_task") {
    replace(content, "parameters", overrides, "python_params");
    merge(content, "named_parameters", core::objectAt(overrides, "python_named_params"));
    // Only a wheel that is called with names can make sense of the job's.
    if (has(content, "named_parameters")) merge(content, "named_parameters", job);
  } else if (kind == "sql_task") {
    merge(content, "parameters", core::objectAt(overrides, "sql_params"));
    merge(content, "parameters", job);
  } else if (kind == "run_job_task") {
    merge(content, "job_parameters", job);
  } else if (kind == "pipeline_task") {
    replace(content, "full_refresh", core::objectAt(overrides, "pipeline_params"), "full_refresh");
  } else if (kind == "spark_jar_task") {
    replace(content, "parameters", overrides, "jar_params");
  } else if (kind == "spark_submit_task") {
    replace(content, "parameters", overrides, "spark_submit_params");
  } else if (kind == "dbt_task") {
    replace(content, "commands", overrides, "dbt_commands");
  }
  return task;
}

Json resolvedValues(const Json& resolvedTask) {
  if (!resolvedTask.is_object()) return nullptr;
  static constexpr std::pair<std::string_view, const char*> kShown[] = {{"notebook_task", "base_parameters"},
                                                                        {"spark_python_task", "parameters"},
                                                                        {"spark_jar_task", "parameters"},
                                                                        {"spark_submit_task", "parameters"},
                                                                        {"python_wheel_task", "parameters"},
                                                                        {"python_wheel_task", "named_parameters"},
                                                                        {"sql_task", "parameters"},
                                                                        {"run_job_task", "job_parameters"},
                                                                        {"condition_task", "left"},
                                                                        {"condition_task", "right"},
                                                                        {"dbt_task", "commands"}};
  std::string kind = taskKind(resolvedTask);
  Json values;
  for (const auto& [shown, field] : kShown)
    if (shown == kind && has(resolvedTask[kind], field)) values[kind][field] = resolvedTask[kind][field];
  return values;
}

}  // namespace trowel::emulator

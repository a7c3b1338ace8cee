// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/job_task.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

// Where each kind names what it runs. The first field that is there counts.
struct TargetField {
  std::string_view kind;
  const char* field;
  const char* inner = nullptr;  // where the field is an object itself
};
constexpr TargetField kTargets[] = {
    {"notebook_task", "notebook_path"},
    {"spark_python_task", "python_file"},
    {"spark_jar_task", "main_class_name"},
    {"python_wheel_task", "entry_point"},
    {"pipeline_task", "pipeline_id"},
    {"run_job_task", "job_id"},
    {"sql_task", "file", "path"},
    {"sql_task", "query", "query_id"},
    {"sql_task", "dashboard", "dashboard_id"},
    {"sql_task", "alert", "alert_id"},
    {"dbt_task", "project_directory"},
    {"dashboard_task", "dashboard_id"},
    {"alert_task", "alert_id"},
    {"clean_rooms_notebook_task", "notebook_name"},
};

std::string kindOf(const core::Json& task) {
  if (task.is_object())
    for (const auto& [name, value] : task.items())
      if (name.ends_with("_task") && value.is_object()) return name;
  return {};
}

std::string targetOf(const core::Json& task, const std::string& kind) {
  const auto& definition = core::objectAt(task, kind.c_str());
  if (kind == "condition_task")
    return core::stringAt(definition, "left") + " " + core::stringAt(definition, "op") + " " +
           core::stringAt(definition, "right");
  if (kind == "for_each_task") {
    const auto& repeated = core::objectAt(definition, "task");
    auto repeatedKind = kindOf(repeated);
    return repeatedKind == kind ? std::string() : targetOf(repeated, repeatedKind);  // the API allows no nesting
  }
  for (const auto& target : kTargets) {
    if (target.kind != kind) continue;
    auto text = target.inner == nullptr ? core::stringAt(definition, target.field)
                                        : core::stringAt(core::objectAt(definition, target.field), target.inner);
    if (!text.empty()) return text;
  }
  return {};
}

TaskDependency readDependency(const core::Json& json) {
  return {.task = core::stringAt(json, "task_key"), .outcome = core::stringAt(json, "outcome")};
}

}  // namespace

JobTask readJobTask(const core::Json& json) {
  JobTask task;
  task.key = core::stringAt(json, "task_key");
  task.kind = kindOf(json);
  task.target = targetOf(json, task.kind);
  task.description = core::stringAt(json, "description");
  task.dependsOn = listAt(json, "depends_on", &readDependency);
  task.runIf = core::stringAt(json, "run_if");
  task.clusterId = core::stringAt(json, "existing_cluster_id");
  task.jobClusterKey = core::stringAt(json, "job_cluster_key");
  task.environmentKey = core::stringAt(json, "environment_key");
  task.newCluster = !core::objectAt(json, "new_cluster").empty();
  task.timeoutSeconds = core::intAt(json, "timeout_seconds");
  task.maxRetries = core::intAt(json, "max_retries");
  return task;
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// Fields and their types after the request types of Jobs 2.2 (rest-api.md 9.3).
#include "emulator/jobs/task_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/part_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum Shape;

constexpr std::size_t kMaxTasks = 1000;
constexpr std::int64_t kMaxForEachConcurrency = 100;
constexpr std::string_view kSources = "WORKSPACE GIT";
constexpr std::string_view kRunIf =
    "ALL_SUCCESS AT_LEAST_ONE_SUCCESS NONE_FAILED ALL_DONE AT_LEAST_ONE_FAILED ALL_FAILED";
constexpr std::string_view kOperators =
    "EQUAL_TO NOT_EQUAL GREATER_THAN GREATER_THAN_OR_EQUAL LESS_THAN LESS_THAN_OR_EQUAL";

constexpr FieldRule kNotebook[] = {
    {"notebook_path", Text, true}, {"base_parameters", TextMap}, {"source", Text, false, kSources}, {"warehouse_id"}};
constexpr FieldRule kSparkPython[] = {
    {"python_file", Text, true}, {"parameters", Texts}, {"source", Text, false, kSources}};
constexpr FieldRule kSparkJar[] = {{"main_class_name"}, {"parameters", Texts}, {"jar_uri"}, {"run_as_repl", Flag}};
constexpr FieldRule kSparkSubmit[] = {{"parameters", Texts}};
constexpr FieldRule kPythonWheel[] = {
    {"package_name", Text, true}, {"entry_point", Text, true}, {"parameters", Texts}, {"named_parameters", TextMap}};
constexpr FieldRule kPipeline[] = {{"pipeline_id", Text, true}, {"full_refresh", Flag}};
constexpr FieldRule kSql[] = {
    {"warehouse_id", Text, true}, {"query", Object}, {"dashboard", Object}, {"alert", Object}, {"file", Object},
    {"parameters", TextMap}};
constexpr FieldRule kDbt[] = {{"commands", Texts, true},
                              {"project_directory"},
                              {"warehouse_id"},
                              {"catalog"},
                              {"schema"},
                              {"profiles_directory"},
                              {"source", Text, false, kSources}};
constexpr FieldRule kRunJob[] = {
    {"job_id", Number, true},         {"job_parameters", TextMap}, {"notebook_params", TextMap},
    {"python_params", Texts},         {"jar_params", Texts},       {"spark_submit_params", Texts},
    {"python_named_params", TextMap}, {"sql_params", TextMap},     {"dbt_commands", Texts},
    {"pipeline_params", Object}};
constexpr FieldRule kCondition[] = {{"op", Text, true, kOperators}, {"left"}, {"right"}};
constexpr FieldRule kForEach[] = {
    {"inputs", Text, true}, {"concurrency", Number, false, {}, 1}, {"task", Object, true}};
constexpr FieldRule kDashboard[] = {{"dashboard_id"}, {"warehouse_id"}, {"subscription", Object}};
constexpr FieldRule kCleanRoom[] = {
    {"clean_room_name", Text, true}, {"notebook_name", Text, true}, {"etag"}, {"notebook_base_parameters", TextMap}};

struct Kind {
  std::string_view name;
  std::span<const FieldRule> rules;  // none: taken as it comes
};
constexpr Kind kKinds[] = {{"notebook_task", kNotebook},
                           {"spark_python_task", kSparkPython},
                           {"spark_jar_task", kSparkJar},
                           {"spark_submit_task", kSparkSubmit},
                           {"python_wheel_task", kPythonWheel},
                           {"pipeline_task", kPipeline},
                           {"sql_task", kSql},
                           {"dbt_task", kDbt},
                           {"run_job_task", kRunJob},
                           {"condition_task", kCondition},
                           {"for_each_task", kForEach},
                           {"dashboard_task", kDashboard},
                           {"clean_rooms_notebook_task", kCleanRoom},
                           {"dbt_cloud_task", {}},
                           {"dbt_platform_task", {}},
                           {"power_bi_task", {}},
                           {"gen_ai_compute_task", {}},
                           {"alert_task", {}}};

constexpr FieldRule kTask[] = {{"task_key", Text, true},
                               {"description"},
                               {"depends_on", Objects},
                               {"run_if", Text, false, kRunIf},
                               {"existing_cluster_id"},
                               {"job_cluster_key"},
                               {"new_cluster", Object},
                               {"environment_key"},
                               {"libraries", Objects},
                               {"timeout_seconds", Number, false, {}, 0},
                               {"max_retries", Number, false, {}, -1},
                               {"min_retry_interval_millis", Number, false, {}, 0},
                               {"retry_on_timeout", Flag},
                               {"email_notifications", Object},
                               {"webhook_notifications", Object},
                               {"notification_settings", Object},
                               {"health", Object},
                               {"disable_auto_optimization", Flag},
                               {"disabled", Flag}};
constexpr FieldRule kDependency[] = {{"task_key", Text, true}, {"outcome", Text, false, "true false"}};

const Kind* findKind(std::string_view name) {
  auto it = std::ranges::find(kKinds, name, &Kind::name);
  return it == std::end(kKinds) ? nullptr : it;
}

std::string keyOf(const Json& task) { return core::stringAt(task, "task_key"); }

// The keys of the objects in an array of the settings.
std::set<std::string> keysIn(const Json& settings, const char* array, const char* key) {
  std::set<std::string> keys;
  for (const auto& item : core::arrayAt(settings, array)) keys.insert(core::stringAt(item, key));
  return keys;
}

Reply<void> checkKind(const Json& task, const std::string& path);

Reply<void> checkSql(const Json& sql, const std::string& path) {
  int targets = 0;
  for (auto target : {"query", "dashboard", "alert", "file"}) targets += has(sql, target) ? 1 : 0;
  if (targets != 1)
    return invalidParameter(path + ": exactly one of query, dashboard, alert and file must be specified.");
  static constexpr FieldRule kQuery[] = {{"query_id", Text, true}};
  static constexpr FieldRule kDashboardId[] = {{"dashboard_id", Text, true}};
  static constexpr FieldRule kAlert[] = {{"alert_id", Text, true}};
  static constexpr FieldRule kFile[] = {{"path", Text, true}, {"source", Text, false, kSources}};
  if (has(sql, "query")) return checkFields(sql["query"], kQuery, path + ".query.");
  if (has(sql, "dashboard")) return checkFields(sql["dashboard"], kDashboardId, path + ".dashboard.");
  if (has(sql, "alert")) return checkFields(sql["alert"], kAlert, path + ".alert.");
  return checkFields(sql["file"], kFile, path + ".file.");
}

Reply<void> checkForEach(const Json& forEach, const std::string& path) {
  if (core::intAt(forEach, "concurrency", 1) > kMaxForEachConcurrency)
    return invalidParameter(fmt::format("{}.concurrency must not exceed {}.", path, kMaxForEachConcurrency));
  const Json& nested = forEach["task"];
  TROWEL_TRY(checkFields(nested, kTask, path + ".task."));
  if (!isTaskKey(keyOf(nested))) return invalidParameter("Invalid task key: " + keyOf(nested));
  TROWEL_TRY(checkKind(nested, path + ".task"));
  if (taskKind(nested) == "for_each_task")
    return invalidParameter("A for_each_task cannot contain another for_each_task.");
  return {};
}

Reply<void> checkKind(const Json& task, const std::string& path) {
  const Kind* kind = nullptr;
  for (const auto& candidate : kKinds) {
    if (!has(task, candidate.name)) continue;
    if (kind) return invalidParameter("Task " + keyOf(task) + " must have exactly one task type.");
    kind = &candidate;
  }
  if (!kind)
    return invalidParameter("Task " + keyOf(task) +
                            " must have exactly one task type: notebook_task, spark_python_task, sql_task, ...");
  std::string inner = path + "." + std::string(kind->name);
  FieldRule object[] = {{kind->name, Object, true}};
  TROWEL_TRY(checkFields(task, object, path + "."));
  const Json& content = *task.find(kind->name);
  TROWEL_TRY(checkFields(content, kind->rules, inner + "."));
  if (kind->name == "sql_task") return checkSql(content, inner);
  if (kind->name == "condition_task")  // an empty operand is one, too
    for (auto operand : {"left", "right"})
      if (!has(content, operand)) return missingField(inner + "." + operand);
  if (kind->name == "for_each_task") return checkForEach(content, inner);
  if (kind->name == "python_wheel_task" && has(content, "parameters") && has(content, "named_parameters"))
    return invalidParameter("Only one of parameters and named_parameters can be specified for a python_wheel_task.");
  return {};
}

// What names no cluster runs on serverless compute, whose libraries are those of an environment. Notebooks have one of
// their own.
Reply<void> checkServerless(const Json& task) {
  for (auto cluster : {"existing_cluster_id", "job_cluster_key", "new_cluster"})
    if (has(task, cluster)) return {};
  std::string kind = taskKind(task);
  bool program = kind == "spark_python_task" || kind == "python_wheel_task";
  if (!program && kind != "notebook_task") return {};
  if (!core::arrayAt(task, "libraries").empty())
    return invalidParameter(
        "Libraries field is not supported for serverless task, please specify libraries in environment.");
  if (!program || has(task, "environment_key")) return {};
  return invalidParameter("Task " + keyOf(task) +
                          " must name a cluster, or an environment_key to run on serverless compute.");
}

// Where the code of the task comes from, as far as the task says.
Reply<void> checkSource(const Json& task, const Json& settings) {
  const Json& content = core::objectAt(task, taskKind(task).c_str());
  for (const Json* holder : {&content, &core::objectAt(content, "file")})
    if (core::stringAt(*holder, "source") == "GIT" && !has(settings, "git_source"))
      return invalidParameter("Task " + keyOf(task) + " has source GIT, but the job has no git_source.");
  return {};
}

Reply<void> checkCompute(const Json& task, const Json& settings) {
  int places = 0;
  for (auto place : {"existing_cluster_id", "job_cluster_key", "new_cluster", "environment_key"})
    places += has(task, place) ? 1 : 0;
  if (places > 1)
    return invalidParameter(
        "Task " + keyOf(task) +
        " must have only one of existing_cluster_id, job_cluster_key, new_cluster and environment_key.");
  if (has(task, "new_cluster")) TROWEL_TRY(checkNewCluster(task["new_cluster"], "new_cluster"));
  TROWEL_TRY(checkServerless(task));
  std::string cluster = core::stringAt(task, "job_cluster_key");
  if (!cluster.empty() && !keysIn(settings, "job_clusters", "job_cluster_key").contains(cluster))
    return invalidParameter("Task " + keyOf(task) + " references a job cluster that is not defined: " + cluster);
  std::string environment = core::stringAt(task, "environment_key");
  if (!environment.empty() && !keysIn(settings, "environments", "environment_key").contains(environment))
    return invalidParameter("Task " + keyOf(task) + " references an environment that is not defined: " + environment);
  return {};
}

// Everything about a task but what it does.
Reply<void> checkSurroundings(const Json& task, const Json& settings, const std::string& path) {
  TROWEL_TRY(checkCommonParts(task, path + "."));
  TROWEL_TRY(checkSource(task, settings));
  return checkCompute(task, settings);
}

using Tasks = std::map<std::string, const Json*>;

Reply<void> checkDependencies(const Json& task, const Tasks& tasks, const std::string& path) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& dependency : core::arrayAt(task, "depends_on")) {
    TROWEL_TRY(checkFields(dependency, kDependency, path + ".depends_on."));
    std::string key = keyOf(dependency);
    std::string outcome = core::stringAt(dependency, "outcome");
    auto upstream = tasks.find(key);
    if (upstream == tasks.end())
      return invalidParameter("Task " + keyOf(task) + " depends on a task that does not exist: " + key);
    if (!outcome.empty() && taskKind(*upstream->second) != "condition_task")
      return invalidParameter("Task " + keyOf(task) + " names an outcome of " + key +
                              ", which is not a condition task.");
    if (!seen.emplace(key, outcome).second)
      return invalidParameter("Task " + keyOf(task) + " has a duplicate dependency on task " + key);
  }
  return {};
}

// Takes away, again and again, what depends on nothing that is left: a circle is what stays.
Reply<void> checkNoCircle(const Tasks& tasks) {
  std::map<std::string, std::set<std::string>> waits;
  for (const auto& [key, task] : tasks)
    for (const auto& dependency : core::arrayAt(*task, "depends_on")) waits[key].insert(keyOf(dependency));
  std::vector<std::string> free;
  for (const auto& [key, task] : tasks)
    if (!waits.contains(key)) free.push_back(key);
  while (!free.empty()) {
    std::string done = free.back();
    free.pop_back();
    for (auto it = waits.begin(); it != waits.end();) {
      it->second.erase(done);
      if (it->second.empty()) {
        free.push_back(it->first);
        it = waits.erase(it);
      } else {
        ++it;
      }
    }
  }
  if (waits.empty()) return {};
  std::vector<std::string> circle;
  for (const auto& [key, left] : waits) circle.push_back(key);
  return invalidParameter(fmt::format("The task dependencies contain a cycle: {}", fmt::join(circle, ", ")));
}

void setDefault(Json& object, const char* field, Json value) {
  if (!has(object, field)) object[field] = std::move(value);
}

}  // namespace

std::string taskKind(const Json& task) {
  for (const auto& kind : kKinds)
    if (has(task, kind.name)) return std::string(kind.name);
  return {};
}

bool isTaskKind(std::string_view field) { return findKind(field) != nullptr; }

bool isTaskKey(std::string_view key) {
  return !key.empty() && key.size() <= 100 && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Reply<void> checkNewCluster(const Json& cluster, const std::string& path) {
  // A policy may bring it along.
  if (core::stringAt(cluster, "spark_version").empty() && core::stringAt(cluster, "policy_id").empty())
    return missingField(path + ".spark_version");
  return {};
}

Reply<void> checkTasks(const Json& settings) {
  const Json& list = core::arrayAt(settings, "tasks");
  if (list.size() > kMaxTasks)
    return invalidParameter(fmt::format("The number of tasks {} exceeds the limit of {}.", list.size(), kMaxTasks));
  Tasks tasks;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Json& task = list[i];
    std::string path = fmt::format("tasks[{}]", i);
    TROWEL_TRY(checkFields(task, kTask, path + "."));
    if (!isTaskKey(keyOf(task)))
      return invalidParameter("Invalid task key: " + keyOf(task) +
                              ". It may have up to 100 letters, digits, dashes and underscores.");
    if (!tasks.emplace(keyOf(task), &task).second) return invalidParameter("Duplicate task key found: " + keyOf(task));
    TROWEL_TRY(checkKind(task, path));
    TROWEL_TRY(checkSurroundings(task, settings, path));
    if (has(task, "for_each_task"))
      TROWEL_TRY(checkSurroundings(task["for_each_task"]["task"], settings, path + ".for_each_task.task"));
  }
  for (std::size_t i = 0; i < list.size(); ++i)
    TROWEL_TRY(checkDependencies(list[i], tasks, fmt::format("tasks[{}]", i)));
  return checkNoCircle(tasks);
}

void completeTask(Json& task, bool git) {
  for (auto it = task.begin(); it != task.end();) {
    bool known = isTaskKind(it.key()) ||
                 std::ranges::any_of(kTask, [&](const FieldRule& rule) { return rule.name == it.key(); });
    it = known && !it->is_null() ? std::next(it) : task.erase(it);
  }
  const Kind* kind = findKind(taskKind(task));
  if (kind && !kind->rules.empty()) keepKnown(*task.find(kind->name), kind->rules);
  setDefault(task, "run_if", "ALL_SUCCESS");
  setDefault(task, "timeout_seconds", 0);
  setDefault(task, "email_notifications", Json::object());
  if (has(task, "notebook_task")) setDefault(task["notebook_task"], "source", git ? "GIT" : "WORKSPACE");
  if (has(task, "spark_python_task")) {
    // A URI says by itself where it is.
    Json& python = task["spark_python_task"];
    bool uri = core::stringAt(python, "python_file").find(":/") != std::string::npos;
    if (!uri) setDefault(python, "source", git ? "GIT" : "WORKSPACE");
  }
  if (has(task, "sql_task") && has(task["sql_task"], "file"))
    setDefault(task["sql_task"]["file"], "source", git ? "GIT" : "WORKSPACE");
  if (has(task, "for_each_task")) {
    setDefault(task["for_each_task"], "concurrency", 1);
    completeTask(task["for_each_task"]["task"], git);
  }
  if (has(task, "depends_on")) {
    Json& dependencies = task["depends_on"];
    for (auto& dependency : dependencies) keepKnown(dependency, kDependency);
    std::ranges::sort(dependencies.get_ref<Json::array_t&>(), {}, [](const Json& dependency) {
      return std::pair(keyOf(dependency), core::stringAt(dependency, "outcome"));
    });
    if (dependencies.empty()) task.erase("depends_on");
  }
}

}  // namespace trowel::emulator

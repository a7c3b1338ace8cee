// SPDX-License-Identifier: Apache-2.0
// jobs/get shows a definition with its defaults filled in. Which fields those are stands in the table below; only where
// such a field has exactly the default does it go, for then the workspace fills it in again. The order of tasks is
// kept: the workspace keeps it too.
#include "job_definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "trowel/core/text.hpp"
#include "yaml_text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr std::size_t kMaxFileName = 120;  // bytes, of 255 that file systems take

enum class Default : std::uint8_t { EmptyObject, Zero, False, One, MultiTask, AllSuccess, Workspace };

struct DefaultField {
  const char* name;
  Default value;
};

constexpr std::array kOfJob = {
    DefaultField{"email_notifications", Default::EmptyObject},
    DefaultField{"webhook_notifications", Default::EmptyObject},
    DefaultField{"timeout_seconds", Default::Zero},
    DefaultField{"max_concurrent_runs", Default::One},
    DefaultField{"format", Default::MultiTask},
};

constexpr std::array kOfTask = {
    DefaultField{"email_notifications", Default::EmptyObject},
    DefaultField{"webhook_notifications", Default::EmptyObject},
    DefaultField{"timeout_seconds", Default::Zero},
    DefaultField{"max_retries", Default::Zero},
    DefaultField{"min_retry_interval_millis", Default::Zero},
    DefaultField{"retry_on_timeout", Default::False},
    DefaultField{"run_if", Default::AllSuccess},
};

bool isDefault(const Json& value, Default what) {
  switch (what) {
    case Default::EmptyObject:
      return value.is_object() && value.empty();
    case Default::Zero:
      return value.is_number_integer() && value == 0;
    case Default::One:
      return value.is_number_integer() && value == 1;
    case Default::False:
      return value.is_boolean() && value == false;
    case Default::MultiTask:
      return value == "MULTI_TASK";
    case Default::AllSuccess:
      return value == "ALL_SUCCESS";
    case Default::Workspace:
      return value == "WORKSPACE";
  }
  return false;
}

void drop(Json& object, const char* name, Default what) {
  auto found = object.find(name);
  if (found != object.end() && isDefault(*found, what)) object.erase(found);
}

void cleanTask(Json& task, bool git) {
  if (!task.is_object()) return;
  for (const auto& field : kOfTask) drop(task, field.name, field.value);
  // With a Git source the default is another one.
  if (!git)
    for (const char* kind : {"notebook_task", "spark_python_task"})
      if (auto found = task.find(kind); found != task.end() && found->is_object())
        drop(*found, "source", Default::Workspace);
  if (auto repeated = task.find("for_each_task"); repeated != task.end() && repeated->is_object())
    if (auto inner = repeated->find("task"); inner != repeated->end()) cleanTask(*inner, git);
}

std::unexpected<core::Error> wrong(std::string message) {
  return core::fail(ErrorCode::InvalidParams, std::move(message));
}

Result<Json> parse(std::string_view text) {
  auto begin = core::trim(text);
  if (begin.empty())
    return wrong("The editor is empty. Write a job's definition as JSON or YAML, then run this again.");
  if (begin.starts_with('{') || begin.starts_with('[')) return core::parseJson(begin);
  return jsonOfYaml(text);
}

// The one job of a bundle's `resources: jobs:`.
Result<Json> jobOfBundle(const Json& jobs) {
  if (jobs.size() != 1)
    return wrong(fmt::format("The text defines {} jobs under 'resources'. Leave the one that is meant.", jobs.size()));
  return jobs.begin().value();
}

const char* extensionOf(DefinitionFormat format) { return format == DefinitionFormat::Json ? ".json" : ".yml"; }

// Without what a file's name cannot have; at most `size` bytes and a sign before them.
std::string fileStem(const std::string& jobName, std::size_t size) {
  std::string name;
  for (char c : jobName) {
    bool plain =
        static_cast<unsigned char>(c) >= 0x20 && std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos;
    name += plain ? c : '_';
  }
  if (name.size() > size) {
    while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;  // no half character
    name.resize(size);
  }
  // A name that begins with a dot would be hidden, or be a folder's.
  if (name.empty() || name.front() == '.') name = "_" + name;
  return name;
}

}  // namespace

Json cleanDefinition(const Json& settings) {
  Json definition = settings;
  if (!definition.is_object()) return Json::object();
  const bool git = definition.contains("git_source");
  for (const auto& field : kOfJob) drop(definition, field.name, field.value);
  if (auto tasks = definition.find("tasks"); tasks != definition.end() && tasks->is_array())
    for (auto& task : *tasks) cleanTask(task, git);
  // Which commit a run had is no part of the definition.
  if (git && definition["git_source"].is_object()) definition["git_source"].erase("git_snapshot");
  return definition;
}

std::string writeDefinition(const Json& definition, DefinitionFormat format) {
  return format == DefinitionFormat::Json ? core::dumpJsonPretty(definition) + "\n" : yamlOfJson(definition);
}

Result<JobDefinition> readDefinition(std::string_view text) {
  auto parsed = parse(text);
  if (!parsed) return core::failBecause(parsed.error(), "This is no definition of a job. " + parsed.error().message);
  if (!parsed->is_object())
    return wrong("A job's definition is an object with 'name' and 'tasks', not a list or a value.");
  Json root = *std::move(parsed);
  const auto& bundled = core::objectAt(core::objectAt(root, "resources"), "jobs");
  if (!bundled.empty()) {
    auto job = TROWEL_TRY(jobOfBundle(bundled));
    root = std::move(job);
    if (!root.is_object()) return wrong("The job under 'resources' has no settings.");
    // "${var.catalog}" and the like; job clusters may have other "${…}" of Spark's own.
    const auto written = core::dumpJson(root);
    for (const char* reference : {"${var.", "${bundle.", "${workspace.", "${resources."})
      if (written.contains(reference))
        return wrong(
            fmt::format("The definition has references ({}…}}) that only the bundle's deployment fills in. "
                        "Write values in their places, or deploy the bundle.",
                        reference));
  }
  JobDefinition definition;
  if (auto id = core::intAt(root, "job_id"); id != 0) definition.jobId = id;
  for (const char* wrapper : {"new_settings", "settings"})
    if (auto inner = root.find(wrapper); inner != root.end() && inner->is_object()) {
      Json settings = *inner;
      root = std::move(settings);
      break;
    }
  for (const char* field : {"job_id", "creator_user_name", "created_time", "run_as_user_name",
                            "effective_budget_policy_id", "has_more", "next_page_token"})
    root.erase(field);
  if (core::stringAt(root, "name").empty())
    return wrong("The definition has no 'name'. Give the job one, and run this again.");
  definition.settings = std::make_shared<const Json>(std::move(root));
  return definition;
}

std::string definitionFileName(const std::string& jobName, DefinitionFormat format) {
  return fileStem(jobName, kMaxFileName) + extensionOf(format);
}

std::vector<std::string> definitionFileNames(const std::vector<NamedJob>& jobs, DefinitionFormat format) {
  std::vector<std::string> stems;
  std::map<std::string, std::size_t> uses;
  for (const auto& job : jobs) {
    stems.push_back(fileStem(job.name, kMaxFileName));
    ++uses[core::toLower(stems.back())];
  }
  // What nobody else is called is kept; the others get their numbers, and a job may be called like that, too.
  std::set<std::string> taken;
  for (const auto& [stem, count] : uses) taken.insert(stem);
  std::set<std::string> given;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (given.insert(core::toLower(stems[i])).second) continue;
    auto tail = fmt::format(" {}", jobs[i].id);
    auto name = fileStem(jobs[i].name, kMaxFileName - tail.size()) + tail;
    while (!taken.insert(core::toLower(name)).second) name += "_";
    stems[i] = std::move(name);
  }
  for (auto& stem : stems) stem += extensionOf(format);
  return stems;
}

}  // namespace trowel::features

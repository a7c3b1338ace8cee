// SPDX-License-Identifier: Apache-2.0
// Fields and their types after the request types of Jobs 2.2 (rest-api.md 9.3).
#include "emulator/jobs/settings_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/jobs/cron.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/part_rules.hpp"
#include "emulator/jobs/task_rules.hpp"
#include "emulator/jobs/time_zone.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum Shape;

constexpr std::string_view kPause = "PAUSED UNPAUSED";
constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kMaxTags = 25;
constexpr std::int64_t kMaxConcurrentRuns = 1000;

constexpr FieldRule kSettings[] = {{"name"},
                                   {"run_name"},
                                   {"description"},
                                   {"email_notifications", Object},
                                   {"webhook_notifications", Object},
                                   {"notification_settings", Object},
                                   {"timeout_seconds", Number, false, {}, 0},
                                   {"max_concurrent_runs", Number, false, {}, 0},
                                   {"format", Text, false, "MULTI_TASK SINGLE_TASK"},
                                   {"schedule", Object},
                                   {"trigger", Object},
                                   {"continuous", Object},
                                   {"queue", Object},
                                   {"tags", TextMap},
                                   {"parameters", Objects},
                                   {"job_clusters", Objects},
                                   {"environments", Objects},
                                   {"tasks", Objects},
                                   {"git_source", Object},
                                   {"run_as", Object},
                                   {"health", Object},
                                   {"deployment", Object},
                                   {"edit_mode", Text, false, "UI_LOCKED EDITABLE"},
                                   {"performance_target", Text, false, "PERFORMANCE_OPTIMIZED STANDARD"},
                                   {"budget_policy_id"},
                                   {"usage_policy_id"}};
constexpr FieldRule kSchedule[] = {
    {"quartz_cron_expression", Text, true}, {"timezone_id", Text, true}, {"pause_status", Text, false, kPause}};
constexpr FieldRule kTrigger[] = {
    {"pause_status", Text, false, kPause}, {"file_arrival", Object}, {"periodic", Object}, {"table_update", Object}};
constexpr FieldRule kPeriodic[] = {{"interval", Number, true, {}, 1}, {"unit", Text, true, "HOURS DAYS WEEKS"}};
constexpr FieldRule kFileArrival[] = {{"url", Text, true},
                                      {"min_time_between_triggers_seconds", Number, false, {}, 60},
                                      {"wait_after_last_change_seconds", Number, false, {}, 60}};
constexpr FieldRule kTableUpdate[] = {{"table_names", Texts, true},
                                      {"condition", Text, false, "ANY_UPDATED ALL_UPDATED"},
                                      {"min_time_between_triggers_seconds", Number, false, {}, 60},
                                      {"wait_after_last_change_seconds", Number, false, {}, 60}};
constexpr FieldRule kContinuous[] = {{"pause_status", Text, false, kPause},
                                     {"task_retry_mode", Text, false, "NEVER ON_FAILURE"}};
constexpr FieldRule kQueue[] = {{"enabled", Flag, true}};
constexpr FieldRule kParameter[] = {{"name", Text, true}, {"default", Text}};
constexpr FieldRule kJobCluster[] = {{"job_cluster_key", Text, true}, {"new_cluster", Object, true}};
constexpr FieldRule kEnvironment[] = {{"environment_key", Text, true}, {"spec", Object}};
constexpr FieldRule kGit[] = {
    {"git_url", Text, true}, {"git_provider", Text, true}, {"git_branch"}, {"git_tag"}, {"git_commit"}};
constexpr FieldRule kRunAs[] = {{"user_name"}, {"service_principal_name"}};
// As the service lists them in its error.
constexpr std::string_view kGitProviders =
    "github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,"
    "awscodecommit";

// An optional object of the settings.
Reply<void> checkPart(const Json& settings, const char* name, std::span<const FieldRule> rules) {
  return has(settings, name) ? checkFields(settings[name], rules, std::string(name) + ".") : Reply<void>{};
}

// An optional array of objects that are told apart by `key`.
Reply<void> checkList(const Json& settings, const char* name, const char* key, std::span<const FieldRule> rules) {
  std::set<std::string> seen;
  const Json& list = core::arrayAt(settings, name);
  for (std::size_t i = 0; i < list.size(); ++i) {
    TROWEL_TRY(checkFields(list[i], rules, fmt::format("{}[{}].", name, i)));
    std::string value = core::stringAt(list[i], key);
    if (!seen.insert(value).second) return invalidParameter(fmt::format("Duplicate {} found: {}", key, value));
  }
  return {};
}

Reply<void> checkGit(const Json& settings) {
  TROWEL_TRY(checkPart(settings, "git_source", kGit));
  if (!has(settings, "git_source")) return {};
  const Json& git = settings["git_source"];
  auto providers = core::split(kGitProviders, ',');
  if (std::ranges::find(providers, core::toLower(core::stringAt(git, "git_provider"))) == providers.end())
    return invalidParameter("git_source.git_provider must be one of: " + std::string(kGitProviders));
  int references = 0;
  for (auto reference : {"git_branch", "git_tag", "git_commit"})
    references += core::stringAt(git, reference).empty() ? 0 : 1;
  if (references != 1)
    return invalidParameter(
        "Exactly one of git_source.git_branch, git_source.git_tag and git_source.git_commit must be set.");
  return {};
}

Reply<void> checkSchedule(const Json& schedule) {
  TROWEL_TRY(checkFields(schedule, kSchedule, "schedule."));
  std::string expression = core::stringAt(schedule, "quartz_cron_expression");
  if (auto cron = Cron::parse(expression); !cron)
    return invalidParameter("Invalid quartz cron expression: '" + expression + "'. " + cron.error());
  std::string zone = core::stringAt(schedule, "timezone_id");
  if (!TimeZone::find(zone)) return invalidParameter("Invalid timezone_id: " + zone);
  return {};
}

Reply<void> checkFileArrival(const Json& arrival) {
  TROWEL_TRY(checkFields(arrival, kFileArrival, "trigger.file_arrival."));
  std::string url = core::stringAt(arrival, "url");
  if (url.starts_with("/Volumes/") || url.find("://") != std::string::npos) return {};
  return invalidParameter("Invalid URL for a file arrival trigger: " + url +
                          ". It must be a path in a volume or in an external location.");
}

Reply<void> checkTrigger(const Json& trigger) {
  TROWEL_TRY(checkFields(trigger, kTrigger, "trigger."));
  int forms = 0;
  for (auto form : {"file_arrival", "periodic", "table_update"}) forms += has(trigger, form) ? 1 : 0;
  if (forms != 1) return invalidParameter("trigger must have exactly one of file_arrival, periodic and table_update.");
  if (has(trigger, "periodic")) return checkFields(trigger["periodic"], kPeriodic, "trigger.periodic.");
  if (has(trigger, "file_arrival")) return checkFileArrival(trigger["file_arrival"]);
  TROWEL_TRY(checkFields(trigger["table_update"], kTableUpdate, "trigger.table_update."));
  if (trigger["table_update"]["table_names"].empty()) return missingField("trigger.table_update.table_names");
  return {};
}

Reply<void> checkTriggers(const Json& settings) {
  int triggers = 0;
  for (auto trigger : {"schedule", "trigger", "continuous"}) triggers += has(settings, trigger) ? 1 : 0;
  if (triggers > 1) return invalidParameter("Only one of schedule, trigger and continuous can be set on a job.");
  if (has(settings, "schedule")) TROWEL_TRY(checkSchedule(settings["schedule"]));
  if (has(settings, "trigger")) TROWEL_TRY(checkTrigger(settings["trigger"]));
  TROWEL_TRY(checkPart(settings, "continuous", kContinuous));
  if (has(settings, "continuous") && core::intAt(settings, "max_concurrent_runs", 1) > 1)
    return invalidParameter("A continuous job cannot have max_concurrent_runs above 1.");
  return {};
}

Reply<void> checkParameters(const Json& settings) {
  TROWEL_TRY(checkList(settings, "parameters", "name", kParameter));
  for (const auto& parameter : core::arrayAt(settings, "parameters")) {
    std::string name = core::stringAt(parameter, "name");
    if (!has(parameter, "default")) return missingField("parameters.default");
    bool good = std::ranges::all_of(name, [](char c) { return c == '.' || isTaskKey(std::string_view(&c, 1)); });
    if (!good)
      return invalidParameter("Invalid job parameter name: " + name +
                              ". It may have letters, digits, dashes, underscores and dots.");
  }
  return {};
}

void setDefault(Json& object, const char* field, Json value) {
  if (!has(object, field)) object[field] = std::move(value);
}

Json complete(Json settings) {
  keepKnown(settings, kSettings);
  setDefault(settings, "email_notifications", Json::object());
  setDefault(settings, "webhook_notifications", Json::object());
  setDefault(settings, "timeout_seconds", 0);
  setDefault(settings, "format", "MULTI_TASK");
  if (has(settings, "tasks"))
    for (auto& task : settings["tasks"]) completeTask(task, has(settings, "git_source"));
  for (auto part : {"tasks", "job_clusters", "parameters", "environments", "tags"})
    if (has(settings, part) && settings[part].empty()) settings.erase(part);
  return settings;
}

}  // namespace

Reply<void> checkSettings(const Json& settings) {
  TROWEL_TRY(checkFields(settings, kSettings, ""));
  if (core::stringAt(settings, "name").size() > kMaxName)
    return invalidParameter(fmt::format("The name of a job cannot be longer than {} bytes.", kMaxName));
  if (core::intAt(settings, "max_concurrent_runs") > kMaxConcurrentRuns)
    return invalidParameter(fmt::format("max_concurrent_runs cannot exceed {}.", kMaxConcurrentRuns));
  if (core::objectAt(settings, "tags").size() > kMaxTags)
    return invalidParameter(fmt::format("A job cannot have more than {} tags.", kMaxTags));
  if (core::stringAt(settings, "format") == "SINGLE_TASK" && has(settings, "job_clusters"))
    return invalidParameter("Shared job cluster feature is only supported in multi-task jobs.");
  TROWEL_TRY(checkCommonParts(settings, ""));
  TROWEL_TRY(checkPart(settings, "queue", kQueue));
  TROWEL_TRY(checkPart(settings, "run_as", kRunAs));
  TROWEL_TRY(checkGit(settings));
  TROWEL_TRY(checkTriggers(settings));
  TROWEL_TRY(checkParameters(settings));
  TROWEL_TRY(checkList(settings, "job_clusters", "job_cluster_key", kJobCluster));
  for (const auto& cluster : core::arrayAt(settings, "job_clusters"))
    TROWEL_TRY(checkNewCluster(cluster["new_cluster"], "job_clusters.new_cluster"));
  TROWEL_TRY(checkList(settings, "environments", "environment_key", kEnvironment));
  return checkTasks(settings);
}

Json completeSettings(Json settings) {
  settings = complete(std::move(settings));
  settings.erase("run_name");
  setDefault(settings, "max_concurrent_runs", 1);
  setDefault(settings, "name", "Untitled");
  for (auto trigger : {"schedule", "trigger", "continuous"})
    if (has(settings, trigger)) setDefault(settings[trigger], "pause_status", "UNPAUSED");
  return settings;
}

Json completeSubmit(Json settings) {
  settings = complete(std::move(settings));
  for (auto jobsOnly : {"name", "schedule", "trigger", "continuous", "max_concurrent_runs", "parameters"})
    settings.erase(jobsOnly);
  setDefault(settings, "run_name", "Untitled");
  return settings;
}

}  // namespace trowel::emulator

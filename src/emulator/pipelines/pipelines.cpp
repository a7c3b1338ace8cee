// SPDX-License-Identifier: Apache-2.0
#include "emulator/pipelines/pipelines.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/pipelines/pipeline_updates.hpp"
#include "emulator/server/fields.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {
    {"name"},
    {"storage"},
    {"catalog"},
    {"schema"},
    {"target"},
    {"continuous", Flag, Optional, "false"},
    {"development", Flag, Optional, "false"},
    {"edition", Text, Optional, "\"ADVANCED\""},
    {"channel", Text, Optional, "\"CURRENT\""},
    {"photon", Flag, Optional, "false"},
    {"serverless", Flag, Optional, "false"},
    {"clusters", List},
    {"libraries", List},
    {"configuration", TextMap},
    {"notifications", List},
    {"root_path"},
    {"environment", Object},
    {"event_log", Object},
    {"filters", Object},
    {"gateway_definition", Object},
    {"ingestion_definition", Object},
    {"trigger", Object},
    {"restart_window", Object},
    {"budget_policy_id"},
    {"tags", TextMap},
};
constexpr Field kUpdateFields[] = {
    {"full_refresh", Flag, Optional, "false"},
    {"validate_only", Flag, Optional, "false"},
    {"full_refresh_selection", List},
    {"refresh_selection", List},
    {"parameters", Object},
    {"cause", Text, Optional, "\"API_CALL\""},
};
constexpr std::size_t kMaxUpdates = 100;  // remembered for a pipeline

std::unexpected<ApiError> notFound(const std::string& id) {
  return doesNotExist("The specified pipeline " + core::toValidUtf8(id) + " was not found.");
}

Reply<void> checkName(std::string_view field, const std::string& name) {
  bool valid = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  if (valid) return {};
  return invalidParameter("CreatePipeline " + std::string(field) + " \"" + core::toValidUtf8(name) +
                          "\" is not a valid name. Valid names must contain only alphanumeric characters and "
                          "underscores, and cannot contain spaces, periods, forward slashes, or control characters.");
}

Reply<void> checkChoice(const Json& spec, const char* field, std::initializer_list<std::string_view> choices) {
  std::string value = core::stringAt(spec, field);
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  return invalidParameter("Invalid value for field " + std::string(field) + ": " + value);
}

Reply<void> checkUnmodified(const std::string& id, const Json& pipeline, const Json& given) {
  std::int64_t expected = core::intAt(given, "expected_last_modified");
  if (expected == 0 || expected == core::intAt(pipeline, "last_modified")) return {};
  return refuse(409, "RESOURCE_CONFLICT", "The pipeline " + id + " was modified since expected_last_modified.");
}

// What the update's source is, where it is one object of the workspace.
std::string sourceOf(const Json& library) {
  std::string path = core::stringAt(core::objectAt(library, "notebook"), "path");
  return path.empty() ? core::stringAt(core::objectAt(library, "file"), "path") : path;
}

}  // namespace

Pipelines::Pipelines(World& world, std::chrono::milliseconds startTime, Exists exists)
    : world_(world), step_(startTime.count() / 3), exists_(std::move(exists)), documents_(world.state, "pipeline") {}

Reply<Json> Pipelines::checkedSpec(const Json& given, const std::string& id) {
  Json spec = TROWEL_TRY(readNew(given, kFields));
  TROWEL_TRY(checkChoice(spec, "edition", {"CORE", "PRO", "ADVANCED", "core", "pro", "advanced"}));
  TROWEL_TRY(checkChoice(spec, "channel", {"CURRENT", "PREVIEW", "current", "preview"}));
  TROWEL_TRY(checkName("target_schema_name", core::stringAt(spec, spec.contains("schema") ? "schema" : "target")));
  if (spec.contains("catalog") && spec.contains("storage"))
    return invalidParameter("The fields catalog and storage cannot both be set.");
  for (const auto& library : core::arrayAt(spec, "libraries"))
    if (!library.is_object())
      return malformedRequest("Could not parse request object: Expected 'START_OBJECT' for field libraries");
  const std::string name = core::stringAt(spec, "name");
  bool free = name.empty() || core::boolAt(given, "allow_duplicate_names");
  for (const auto& [other, pipeline] : documents_.all())
    if (!free && other != id && core::stringAt(core::objectAt(pipeline, "spec"), "name") == name)
      return refuse(409, "RESOURCE_CONFLICT",
                    "The pipeline name '" + name +
                        "' is already used by another pipeline. This check can be skipped by setting "
                        "`allow_duplicate_names = true` in the request.");
  spec["id"] = id;
  if (!spec.contains("catalog") && !spec.contains("storage")) spec["storage"] = "dbfs:/pipelines/" + id;
  return spec;
}

Reply<std::string> Pipelines::create(const Json& given, const User& user) {
  std::lock_guard lock(mutex_);
  std::string id = randomUuid();
  Json spec = TROWEL_TRY(checkedSpec(given, id));
  return store(id, std::move(spec), user);
}

std::string Pipelines::store(const std::string& id, Json spec, const User& user) {
  documents_.put(id, {{"spec", std::move(spec)},
                      {"creator", user.name},
                      {"last_modified", world_.now()},
                      {"updates", Json::array()},
                      {"stopped_at", 0}});
  return id;
}

// The service clones from the old metastore to Unity Catalog alone.
Reply<std::string> Pipelines::clone(const std::string& id, const Json& given, const User& user) {
  std::string mode = core::stringAt(given, "clone_mode", "MIGRATE_TO_UC");
  if (mode != "MIGRATE_TO_UC") return invalidParameter("Invalid value for field clone_mode: " + mode);
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  TROWEL_TRY(checkUnmodified(id, pipeline, given));
  Json wanted = core::objectAt(pipeline, "spec");
  if (wanted.contains("catalog"))
    return invalidParameter("The pipeline " + id + " is in Unity Catalog already and cannot be cloned.");
  for (auto field : {"id", "storage", "target"}) wanted.erase(field);
  wanted.update(given);
  if (core::stringAt(wanted, "catalog").empty()) return missingField("catalog");
  if (core::stringAt(wanted, "schema").empty() && core::stringAt(wanted, "target").empty())
    return missingField("target");
  std::string cloneId = randomUuid();
  Json spec = TROWEL_TRY(checkedSpec(wanted, cloneId));
  return store(cloneId, std::move(spec), user);
}

Reply<Json> Pipelines::dryRun(const Json& given, const User&) {
  std::lock_guard lock(mutex_);
  return checkedSpec(given, randomUuid());
}

Reply<Json> Pipelines::find(const std::string& id) {
  auto pipeline = documents_.find(id);
  if (!pipeline) return notFound(id);
  return *std::move(pipeline);
}

Reply<void> Pipelines::edit(const std::string& id, const Json& given) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  Json spec = TROWEL_TRY(checkedSpec(given, id));
  TROWEL_TRY(checkUnmodified(id, pipeline, given));
  pipeline["spec"] = std::move(spec);
  pipeline["last_modified"] = world_.now();
  documents_.put(id, pipeline);
  return {};
}

Reply<void> Pipelines::remove(const std::string& id) {
  if (!documents_.remove(id)) return notFound(id);
  return {};
}

// Updates ---------------------------------------------------------------------------------------------------------

// The first path of the source that is not in the workspace.
std::string Pipelines::missingSource(const Json& spec) const {
  for (const auto& library : core::arrayAt(spec, "libraries"))
    if (std::string path = sourceOf(library); !path.empty() && !exists_(path)) return path;
  return "";
}

Reply<std::string> Pipelines::startUpdate(const std::string& id, const Json& given) {
  Json update = TROWEL_TRY(readNew(given, kUpdateFields));
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  Json& updates = pipeline["updates"];
  if (!updates.empty() && !isOver(stateOf(updates.back(), world_.now())))
    return refuse(
        409, "RESOURCE_CONFLICT",
        "An active update " + core::stringAt(updates.back(), "update_id") + " already exists for this pipeline.");
  std::string updateId = randomUuid();
  const Json& spec = core::objectAt(pipeline, "spec");
  update.update({{"update_id", updateId},
                 {"creation_time", world_.now()},
                 {"step", step_},
                 {"continuous", core::boolAt(spec, "continuous") && !core::boolAt(update, "validate_only")},
                 {"config", spec}});
  if (std::string path = missingSource(spec); !path.empty())
    update["failure"] = "The source " + path + " does not exist in the workspace.";
  if (core::arrayAt(spec, "libraries").empty() && !spec.contains("ingestion_definition"))
    update["failure"] = "The pipeline has no libraries.";
  updates.push_back(std::move(update));
  if (updates.size() > kMaxUpdates) updates.erase(0);
  pipeline["cluster_id"] = world_.ids.cluster(world_.now());
  documents_.put(id, pipeline);
  return updateId;
}

Reply<void> Pipelines::stop(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  pipeline["stopped_at"] = world_.now();
  Json& updates = pipeline["updates"];
  if (!updates.empty()) {
    auto state = stateOf(updates.back(), world_.now());
    if (!isOver(state) && state != "STOPPING") updates.back()["stopped_at"] = world_.now();
  }
  documents_.put(id, pipeline);
  return {};
}

Json Pipelines::describeUpdate(const std::string& id, const Json& pipeline, const Json& update) const {
  Json described{{"pipeline_id", id},
                 {"update_id", core::stringAt(update, "update_id")},
                 {"config", core::objectAt(update, "config")},
                 {"cause", core::stringAt(update, "cause")},
                 {"state", stateOf(update, world_.now())},
                 {"creation_time", core::intAt(update, "creation_time")},
                 {"full_refresh", core::boolAt(update, "full_refresh")},
                 {"validate_only", core::boolAt(update, "validate_only")},
                 {"mode", core::boolAt(update, "continuous") ? "CONTINUOUS" : "DEFAULT"},
                 {"cluster_id", core::stringAt(pipeline, "cluster_id")}};
  for (auto field : {"refresh_selection", "full_refresh_selection", "parameters"})
    if (auto it = update.find(field); it != update.end() && !it->empty()) described[field] = *it;
  return described;
}

Reply<Json> Pipelines::update(const std::string& id, const std::string& updateId) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  for (const auto& update : core::arrayAt(pipeline, "updates"))
    if (core::stringAt(update, "update_id") == updateId) return describeUpdate(id, pipeline, update);
  return doesNotExist("The specified update " + core::toValidUtf8(updateId) + " was not found.");
}

Reply<std::vector<Json>> Pipelines::updates(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  std::vector<Json> found;
  for (const auto& update : core::arrayAt(pipeline, "updates")) found.push_back(describeUpdate(id, pipeline, update));
  std::reverse(found.begin(), found.end());
  return found;
}

Reply<std::vector<Json>> Pipelines::events(const std::string& id, std::int64_t until) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  Json origin{{"cloud", "Azure"},
              {"region", "westeurope"},
              {"org_id", kWorkspaceNumber},
              {"pipeline_id", id},
              {"pipeline_name", core::stringAt(core::objectAt(pipeline, "spec"), "name")},
              {"cluster_id", core::stringAt(pipeline, "cluster_id")}};
  std::vector<Json> events;
  for (const auto& update : core::arrayAt(pipeline, "updates"))
    for (auto& event : eventsOf(update, origin, until)) events.push_back(std::move(event));
  return events;
}

// Showing ---------------------------------------------------------------------------------------------------------

std::string Pipelines::state(const Json& pipeline) const {
  const Json& updates = core::arrayAt(pipeline, "updates");
  if (updates.empty()) return "IDLE";
  auto update = stateOf(updates.back(), world_.now());
  // A failure shows until somebody stops the pipeline or starts the next update.
  if (update == "FAILED")
    return core::intAt(pipeline, "stopped_at") >= courseOf(updates.back()).end() ? "IDLE" : "FAILED";
  if (isOver(update)) return "IDLE";
  if (update == "RUNNING" || update == "RESETTING" || update == "STOPPING") return update;
  return update == "CREATED" || update == "QUEUED" ? "DEPLOYING" : "STARTING";
}

Json Pipelines::latestUpdates(const Json& pipeline) const {
  Json latest = Json::array();
  const Json& updates = core::arrayAt(pipeline, "updates");
  for (auto update = updates.rbegin(); update != updates.rend() && latest.size() < 5; ++update)
    latest.push_back({{"update_id", core::stringAt(*update, "update_id")},
                      {"state", stateOf(*update, world_.now())},
                      {"creation_time", toIsoTime(core::intAt(*update, "creation_time"))}});
  return latest;
}

Json Pipelines::summary(const std::string& id, const Json& pipeline) const {
  std::string creator = core::stringAt(pipeline, "creator");
  std::string now = state(pipeline);
  Json described{{"pipeline_id", id},
                 {"name", core::stringAt(core::objectAt(pipeline, "spec"), "name")},
                 {"state", now},
                 {"health", now == "FAILED" ? "UNHEALTHY" : "HEALTHY"},
                 {"creator_user_name", creator},
                 {"run_as_user_name", creator}};
  if (now != "IDLE" && now != "FAILED") described["cluster_id"] = core::stringAt(pipeline, "cluster_id");
  if (Json latest = latestUpdates(pipeline); !latest.empty()) described["latest_updates"] = std::move(latest);
  return described;
}

Reply<Json> Pipelines::get(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json pipeline = TROWEL_TRY(find(id));
  Json described = summary(id, pipeline);
  described["spec"] = core::objectAt(pipeline, "spec");
  described["last_modified"] = core::intAt(pipeline, "last_modified");
  return described;
}

std::vector<Json> Pipelines::all() {
  std::lock_guard lock(mutex_);
  std::vector<Json> found;
  for (const auto& [id, pipeline] : documents_.all()) {
    Json described = summary(id, pipeline);
    // For the filter by notebook; not a field of the answer.
    described["libraries"] = core::arrayAt(core::objectAt(pipeline, "spec"), "libraries");
    found.push_back(std::move(described));
  }
  return found;
}

}  // namespace trowel::emulator

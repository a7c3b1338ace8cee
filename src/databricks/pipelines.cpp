// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/pipelines.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/pipelines", Safety::Safe, byToken("statuses")};
constexpr Call kGet{Verb::Get, "/api/2.0/pipelines/{pipeline_id}", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/pipelines", Safety::Unsafe};
constexpr Call kEdit{Verb::Put, "/api/2.0/pipelines/{pipeline_id}", Safety::Safe};
constexpr Call kDelete{Verb::Delete, "/api/2.0/pipelines/{pipeline_id}", Safety::Safe};
constexpr Call kClone{Verb::Post, "/api/2.0/pipelines/{pipeline_id}/clone", Safety::Unsafe};
// The second of two starts is refused while the first runs, which would hide that it worked; and starts another one
// when that is over.
constexpr Call kStartUpdate{Verb::Post, "/api/2.0/pipelines/{pipeline_id}/updates", Safety::Unsafe};
constexpr Call kStop{Verb::Post, "/api/2.0/pipelines/{pipeline_id}/stop", Safety::Safe};
constexpr Call kUpdates{Verb::Get, "/api/2.0/pipelines/{pipeline_id}/updates", Safety::Safe, byToken("updates")};
constexpr Call kUpdate{Verb::Get, "/api/2.0/pipelines/{pipeline_id}/updates/{update_id}", Safety::Safe};
constexpr Call kEvents{Verb::Get, "/api/2.0/pipelines/{pipeline_id}/events", Safety::Safe,
                       byToken("events").withFirstPageOnly("filter", "order_by")};

// The most that the API gives.
constexpr int kPageSize = 100;
constexpr int kEventsPageSize = 250;

// {"notebook":{"path":"/a"}}, {"glob":{"include":"/a/**"}}, {"jar":"dbfs:/a.jar"}
PipelineLibrary readLibrary(const core::Json& json) {
  if (!json.is_object() || json.empty()) return {};
  auto only = json.begin();
  PipelineLibrary library{.kind = only.key(), .source = core::stringAt(json, only.key().c_str())};
  for (const char* field : {"path", "include", "coordinates"})
    if (library.source.empty()) library.source = core::stringAt(only.value(), field);
  return library;
}

PipelineSpec readSpec(const core::Json& json) {
  PipelineSpec spec;
  spec.catalog = core::stringAt(json, "catalog");
  spec.schema = core::stringAt(json, "schema", core::stringAt(json, "target"));
  spec.storage = core::stringAt(json, "storage");
  spec.edition = core::stringAt(json, "edition");
  spec.channel = core::stringAt(json, "channel");
  spec.continuous = core::boolAt(json, "continuous");
  spec.development = core::boolAt(json, "development");
  spec.serverless = core::boolAt(json, "serverless");
  spec.photon = core::boolAt(json, "photon");
  spec.libraries = listAt(json, "libraries", &readLibrary);
  spec.configuration = textMapAt(json, "configuration");
  return spec;
}

PipelineUpdate readUpdate(const core::Json& json) {
  PipelineUpdate update;
  update.id = core::stringAt(json, "update_id");
  update.pipelineId = core::stringAt(json, "pipeline_id");
  update.state = core::stringAt(json, "state");
  update.cause = core::stringAt(json, "cause");
  update.clusterId = core::stringAt(json, "cluster_id");
  update.createdAt = timeAt(json, "creation_time");
  update.fullRefresh = core::boolAt(json, "full_refresh");
  update.validateOnly = core::boolAt(json, "validate_only");
  update.refreshSelection = textsAt(json, "refresh_selection");
  update.fullRefreshSelection = textsAt(json, "full_refresh_selection");
  return update;
}

Pipeline readPipeline(const core::Json& json) {
  Pipeline pipeline;
  pipeline.id = core::stringAt(json, "pipeline_id");
  pipeline.name = core::stringAt(json, "name");
  pipeline.state = core::stringAt(json, "state");
  pipeline.health = core::stringAt(json, "health");
  pipeline.cause = core::stringAt(json, "cause");
  pipeline.creator = core::stringAt(json, "creator_user_name");
  pipeline.runAs = core::stringAt(json, "run_as_user_name");
  pipeline.clusterId = core::stringAt(json, "cluster_id");
  pipeline.modifiedAt = core::intAt(json, "last_modified");
  pipeline.latestUpdates = listAt(json, "latest_updates", &readUpdate);
  pipeline.spec = readSpec(core::objectAt(json, "spec"));
  pipeline.spec.document = documentAt(json, "spec");
  return pipeline;
}

std::string readFrame(const core::Json& json) {
  return fmt::format("{}.{} ({}:{})", core::stringAt(json, "declaring_class"), core::stringAt(json, "method_name"),
                     core::stringAt(json, "file_name"), core::stringAt(json, "line_number"));
}

PipelineException readException(const core::Json& json) {
  return {.className = core::stringAt(json, "class_name"),
          .message = core::stringAt(json, "message"),
          .stack = listAt(json, "stack", &readFrame)};
}

PipelineEvent readEvent(const core::Json& json) {
  PipelineEvent event;
  event.id = core::stringAt(json, "id");
  event.timestamp = timeAt(json, "timestamp");
  event.level = core::stringAt(json, "level");
  event.type = core::stringAt(json, "event_type");
  event.message = core::stringAt(json, "message");
  const auto& origin = core::objectAt(json, "origin");
  event.updateId = core::stringAt(origin, "update_id");
  event.dataset = core::stringAt(origin, "dataset_name");
  event.flow = core::stringAt(origin, "flow_name");
  const auto& error = core::objectAt(json, "error");
  event.fatal = core::boolAt(error, "fatal");
  event.exceptions = listAt(error, "exceptions", &readException);
  event.details = documentAt(json, "details");
  return event;
}

// The API's filters know no way to write a quote within a text; in a pattern any character may stand for it.
std::string nameFilter(std::string_view pattern) {
  return fmt::format("name LIKE '{}'", core::replaceAll(std::string(pattern), "'", "_"));
}

}  // namespace

Listing<Pipeline> Pipelines::list(const PipelineFilter& filter, const CallOptions& options) const {
  core::Json params = {{"max_results", kPageSize}};
  if (!filter.notebook.empty()) params["filter"] = fmt::format("notebook='{}'", filter.notebook);
  if (!filter.namePattern.empty()) params["filter"] = nameFilter(filter.namePattern);
  return rest_.list(kList, params, &readPipeline, options);
}

core::Result<Pipeline> Pipelines::get(std::string_view id, const CallOptions& options) const {
  return readPipeline(TROWEL_TRY(rest_.call(kGet, {{"pipeline_id", id}}, options)));
}

core::Result<std::string> Pipelines::create(const core::Json& spec, const CallOptions& options) const {
  return core::stringAt(TROWEL_TRY(rest_.call(kCreate, spec, options)), "pipeline_id");
}

core::Result<void> Pipelines::edit(std::string_view id, const core::Json& spec, std::int64_t modifiedAt,
                                   const CallOptions& options) const {
  core::Json params = spec;
  params["pipeline_id"] = id;
  if (modifiedAt != 0) params["expected_last_modified"] = modifiedAt;
  // A second edit that names the time of the first finds the pipeline changed: by itself.
  TROWEL_TRY(rest_.call(kEdit.safeIf(modifiedAt == 0), params, options));
  return {};
}

core::Result<void> Pipelines::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"pipeline_id", id}}, options));
  return {};
}

core::Result<std::string> Pipelines::clone(std::string_view id, const core::Json& changes,
                                           const CallOptions& options) const {
  core::Json params = changes;
  params["pipeline_id"] = id;
  return core::stringAt(TROWEL_TRY(rest_.call(kClone, params, options)), "pipeline_id");
}

core::Result<std::string> Pipelines::startUpdate(std::string_view id, const UpdateRequest& request,
                                                 const CallOptions& options) const {
  core::Json params = {{"pipeline_id", id}, {"cause", "USER_ACTION"}};
  if (request.fullRefresh) params["full_refresh"] = true;
  if (request.validateOnly) params["validate_only"] = true;
  if (!request.refreshSelection.empty()) params["refresh_selection"] = request.refreshSelection;
  if (!request.fullRefreshSelection.empty()) params["full_refresh_selection"] = request.fullRefreshSelection;
  return core::stringAt(TROWEL_TRY(rest_.call(kStartUpdate, params, options)), "update_id");
}

core::Result<void> Pipelines::stop(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kStop, {{"pipeline_id", id}}, options));
  return {};
}

Listing<PipelineUpdate> Pipelines::updates(std::string_view id, const CallOptions& options) const {
  return rest_.list(kUpdates, {{"pipeline_id", id}, {"max_results", kPageSize}}, &readUpdate, options);
}

core::Result<PipelineUpdate> Pipelines::update(std::string_view id, std::string_view updateId,
                                               const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kUpdate, {{"pipeline_id", id}, {"update_id", updateId}}, options));
  return readUpdate(core::objectAt(json, "update"));
}

Listing<PipelineEvent> Pipelines::events(std::string_view id, const EventFilter& filter,
                                         const CallOptions& options) const {
  core::Json params = {{"pipeline_id", id}, {"max_results", kEventsPageSize}};
  if (!filter.filter.empty()) params["filter"] = filter.filter;
  params["order_by"] = filter.oldestFirst ? "timestamp asc" : "timestamp desc";
  return rest_.list(kEvents, params, &readEvent, options);
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/dashboards.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/lakeview/dashboards", Safety::Safe, byToken("dashboards")};
constexpr Call kGet{Verb::Get, "/api/2.0/lakeview/dashboards/{id}", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/lakeview/dashboards", Safety::Unsafe};
constexpr Call kUpdate{Verb::Patch, "/api/2.0/lakeview/dashboards/{id}", Safety::Safe};
constexpr Call kTrash{Verb::Delete, "/api/2.0/lakeview/dashboards/{id}", Safety::Safe};
constexpr Call kPublished{Verb::Get, "/api/2.0/lakeview/dashboards/{id}/published", Safety::Safe};
constexpr Call kPublish{Verb::Post, "/api/2.0/lakeview/dashboards/{id}/published", Safety::Safe};
constexpr Call kUnpublish{Verb::Delete, "/api/2.0/lakeview/dashboards/{id}/published", Safety::Safe};
constexpr Call kRevert{Verb::Post, "/api/2.0/lakeview/dashboards/{id}/revert", Safety::Safe};

constexpr int kPageSize = 100;

Dashboard readDashboard(const core::Json& json) {
  Dashboard dashboard;
  dashboard.id = core::stringAt(json, "dashboard_id");
  dashboard.name = core::stringAt(json, "display_name");
  dashboard.path = core::stringAt(json, "path");
  dashboard.parentPath = core::stringAt(json, "parent_path");
  dashboard.warehouseId = core::stringAt(json, "warehouse_id");
  dashboard.state = core::stringAt(json, "lifecycle_state");
  dashboard.etag = core::stringAt(json, "etag");
  dashboard.definition = core::stringAt(json, "serialized_dashboard");
  dashboard.createdAt = timeAt(json, "create_time");
  dashboard.updatedAt = timeAt(json, "update_time");
  return dashboard;
}

PublishedDashboard readPublished(const core::Json& json) {
  return {.name = core::stringAt(json, "display_name"),
          .warehouseId = core::stringAt(json, "warehouse_id"),
          .embedsCredentials = core::boolAt(json, "embed_credentials"),
          .revisedAt = timeAt(json, "revision_create_time")};
}

core::Json draftJson(const DashboardDraft& draft) {
  core::Json json = core::Json::object();
  if (!draft.name.empty()) json["display_name"] = draft.name;
  if (!draft.parentPath.empty()) json["parent_path"] = draft.parentPath;
  if (!draft.warehouseId.empty()) json["warehouse_id"] = draft.warehouseId;
  if (!draft.definition.empty()) json["serialized_dashboard"] = draft.definition;
  if (!draft.etag.empty()) json["etag"] = draft.etag;
  return json;
}

}  // namespace

Listing<Dashboard> Dashboards::list(bool trashed, const CallOptions& options) const {
  core::Json params = {{"page_size", kPageSize}};
  if (trashed) params["show_trashed"] = true;
  return rest_.list(kList, params, &readDashboard, options);
}

core::Result<Dashboard> Dashboards::get(std::string_view id, const CallOptions& options) const {
  return readDashboard(TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options)));
}

core::Result<Dashboard> Dashboards::create(const DashboardDraft& draft, const CallOptions& options) const {
  return readDashboard(TROWEL_TRY(rest_.call(kCreate, draftJson(draft), options)));
}

core::Result<Dashboard> Dashboards::update(std::string_view id, const DashboardDraft& draft,
                                           const CallOptions& options) const {
  auto params = draftJson(draft);
  params["id"] = id;
  // The second of two changes finds an etag that is no longer true: by the first.
  return readDashboard(TROWEL_TRY(rest_.call(kUpdate.safeIf(draft.etag.empty()), params, options)));
}

core::Result<void> Dashboards::trash(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kTrash, {{"id", id}}, options));
  return {};
}

core::Result<PublishedDashboard> Dashboards::published(std::string_view id, const CallOptions& options) const {
  return readPublished(TROWEL_TRY(rest_.call(kPublished, {{"id", id}}, options)));
}

core::Result<PublishedDashboard> Dashboards::publish(std::string_view id, bool embedCredentials,
                                                     std::string_view warehouseId, const CallOptions& options) const {
  core::Json params = {{"id", id}, {"embed_credentials", embedCredentials}};
  if (!warehouseId.empty()) params["warehouse_id"] = warehouseId;
  return readPublished(TROWEL_TRY(rest_.call(kPublish, params, options)));
}

core::Result<void> Dashboards::unpublish(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kUnpublish, {{"id", id}}, options));
  return {};
}

core::Result<Dashboard> Dashboards::revert(std::string_view id, const CallOptions& options) const {
  return readDashboard(TROWEL_TRY(rest_.call(kRevert, {{"id", id}}, options)));
}

}  // namespace trowel::databricks

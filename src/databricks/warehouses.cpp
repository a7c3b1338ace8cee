// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/warehouses.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/sql/warehouses", Safety::Safe, byToken("warehouses")};
constexpr Call kGet{Verb::Get, "/api/2.0/sql/warehouses/{id}", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/sql/warehouses", Safety::Unsafe};
constexpr Call kEdit{Verb::Post, "/api/2.0/sql/warehouses/{id}/edit", Safety::Safe};
constexpr Call kDelete{Verb::Delete, "/api/2.0/sql/warehouses/{id}", Safety::Safe};
constexpr Call kStart{Verb::Post, "/api/2.0/sql/warehouses/{id}/start", Safety::Safe};
constexpr Call kStop{Verb::Post, "/api/2.0/sql/warehouses/{id}/stop", Safety::Safe};
constexpr Call kDataSources{Verb::Get, "/api/2.0/preview/sql/data_sources", Safety::Safe};  // a bare array

constexpr int kPageSize = 100;

WarehouseHealth readHealth(const core::Json& json) {
  return {.status = core::stringAt(json, "status"),
          .summary = core::stringAt(json, "summary"),
          .details = core::stringAt(json, "details")};
}

Warehouse readWarehouse(const core::Json& json) {
  Warehouse warehouse;
  warehouse.id = core::stringAt(json, "id");
  warehouse.name = core::stringAt(json, "name");
  warehouse.state = core::stringAt(json, "state");
  warehouse.size = core::stringAt(json, "cluster_size");
  warehouse.type = core::stringAt(json, "warehouse_type");
  warehouse.creator = core::stringAt(json, "creator_name");
  warehouse.channel = core::stringAt(core::objectAt(json, "channel"), "name");
  warehouse.minClusters = core::intAt(json, "min_num_clusters");
  warehouse.maxClusters = core::intAt(json, "max_num_clusters");
  warehouse.clusters = core::intAt(json, "num_clusters");
  warehouse.activeSessions = core::intAt(json, "num_active_sessions");
  warehouse.autoStopMinutes = core::intAt(json, "auto_stop_mins");
  warehouse.photon = core::boolAt(json, "enable_photon");
  warehouse.serverless = core::boolAt(json, "enable_serverless_compute");
  for (const auto& tag : core::arrayAt(core::objectAt(json, "tags"), "custom_tags"))
    warehouse.tags[core::stringAt(tag, "key")] = core::stringAt(tag, "value");
  warehouse.jdbcUrl = core::stringAt(json, "jdbc_url");
  const auto& odbc = core::objectAt(json, "odbc_params");
  warehouse.odbcHost = core::stringAt(odbc, "hostname");
  warehouse.httpPath = core::stringAt(odbc, "path");
  warehouse.health = readHealth(core::objectAt(json, "health"));
  warehouse.document = documentOf(json);
  return warehouse;
}

DataSource readDataSource(const core::Json& json) {
  return {.id = core::stringAt(json, "id"),
          .name = core::stringAt(json, "name"),
          .warehouseId = core::stringAt(json, "warehouse_id")};
}

}  // namespace

Listing<Warehouse> Warehouses::list(const CallOptions& options) const {
  return rest_.list(kList, {{"page_size", kPageSize}}, &readWarehouse, options);
}

core::Result<Warehouse> Warehouses::get(std::string_view id, const CallOptions& options) const {
  return readWarehouse(TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options)));
}

core::Result<std::string> Warehouses::create(const core::Json& definition, const CallOptions& options) const {
  return core::stringAt(TROWEL_TRY(rest_.call(kCreate, definition, options)), "id");
}

core::Result<void> Warehouses::edit(std::string_view id, const core::Json& definition,
                                    const CallOptions& options) const {
  core::Json params = definition;
  params["id"] = id;
  TROWEL_TRY(rest_.call(kEdit, params, options));
  return {};
}

core::Result<void> Warehouses::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"id", id}}, options));
  return {};
}

core::Result<void> Warehouses::start(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kStart, {{"id", id}}, options));
  return {};
}

core::Result<void> Warehouses::stop(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kStop, {{"id", id}}, options));
  return {};
}

Listing<DataSource> Warehouses::dataSources(const CallOptions& options) const {
  return rest_.list(kDataSources, nullptr, &readDataSource, options);
}

}  // namespace trowel::databricks

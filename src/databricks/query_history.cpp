// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/query_history.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/sql/history/queries", Safety::Safe, byToken("res")};

constexpr int kPageSize = 100;

QueryRecord readRecord(const core::Json& json) {
  QueryRecord record;
  record.id = core::stringAt(json, "query_id");
  record.status = core::stringAt(json, "status");
  record.text = core::stringAt(json, "query_text");
  record.type = core::stringAt(json, "statement_type");
  record.errorMessage = core::stringAt(json, "error_message");
  record.warehouseId = core::stringAt(json, "warehouse_id");
  record.userName = core::stringAt(json, "user_name");
  record.startTime = core::intAt(json, "query_start_time_ms");
  record.endTime = core::intAt(json, "query_end_time_ms");
  record.duration = core::intAt(json, "duration");
  record.rows = core::intAt(json, "rows_produced");
  record.isFinal = core::boolAt(json, "is_final");
  record.metrics = documentAt(json, "metrics");
  return record;
}

}  // namespace

Listing<QueryRecord> QueryHistory::list(const QueryHistoryFilter& filter, const CallOptions& options) const {
  core::Json params = {{"max_results", kPageSize}};
  if (filter.metrics) params["include_metrics"] = true;
  core::Json by = core::Json::object();
  if (!filter.statuses.empty()) by["statuses"] = filter.statuses;
  if (!filter.warehouseIds.empty()) by["warehouse_ids"] = filter.warehouseIds;
  if (!filter.statementIds.empty()) by["statement_ids"] = filter.statementIds;
  if (!filter.userIds.empty()) by["user_ids"] = filter.userIds;
  if (filter.startedFrom != 0) by["query_start_time_range"]["start_time_ms"] = filter.startedFrom;
  if (filter.startedUntil != 0) by["query_start_time_range"]["end_time_ms"] = filter.startedUntil;
  params["filter_by"] = std::move(by);
  return rest_.list(kList, params, &readRecord, options);
}

}  // namespace trowel::databricks

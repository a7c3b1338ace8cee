// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/query_history.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;

TEST_CASE("the history of queries is filtered, paged and read") {
  test::ScriptedWorkspace scripted;
  QueryHistory history(scripted.rest);
  const std::string filtered =
      "/api/2.0/sql/history/queries?filter_by.query_start_time_range.end_time_ms=1700000000001"
      "&filter_by.query_start_time_range.start_time_ms=1700000000000&filter_by.statement_ids=s"
      "&filter_by.statuses=FAILED&filter_by.statuses=RUNNING&filter_by.user_ids=9007199254740993"
      "&filter_by.warehouse_ids=w&include_metrics=true&max_results=100";
  scripted.http.on("GET", filtered).reply(200, R"({"res":[{"query_id":"01ef","status":"FAILED","query_text":"SELECT",
    "statement_type":"SELECT","error_message":"no","warehouse_id":"w","user_name":"ada","query_start_time_ms":1700000000000,
    "query_end_time_ms":1700000000009,"duration":9,"rows_produced":3,"is_final":true,"metrics":{"total_time_ms":9}}],
    "has_next_page":true,"next_page_token":"t"})");
  scripted.http.on("GET", filtered + "&page_token=t").reply(200, R"({"has_next_page":false})");
  auto records = history
                     .list({.statuses = {"FAILED", "RUNNING"},
                            .warehouseIds = {"w"},
                            .statementIds = {"s"},
                            .userIds = {9007199254740993},
                            .startedFrom = 1700000000000,
                            .startedUntil = 1700000000001,
                            .metrics = true})
                     .all();
  REQUIRE(records);
  REQUIRE(records->size() == 1);
  const auto& record = records->at(0);
  CHECK(record.id == "01ef");
  CHECK(record.errorMessage == "no");
  CHECK(record.endTime == 1700000000009);
  CHECK(record.rows == 3);
  CHECK(record.isFinal);
  CHECK(record.metrics->at("total_time_ms") == 9);

  scripted.http.on("GET", "/api/2.0/sql/history/queries?max_results=100");
  CHECK(history.list().all().value().empty());
}

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/warehouses.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a warehouse is read with what views show and how others connect to it") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/sql/warehouses/2cca9d51e6f2c3a1").reply(200, R"({"id":"2cca9d51e6f2c3a1",
    "name":"Starter","cluster_size":"Small","min_num_clusters":1,"max_num_clusters":4,"auto_stop_mins":10,
    "state":"RUNNING","num_clusters":2,"num_active_sessions":3,"creator_name":"ada@example.com","enable_photon":true,
    "enable_serverless_compute":true,"warehouse_type":"PRO","channel":{"name":"CHANNEL_NAME_CURRENT"},
    "tags":{"custom_tags":[{"key":"k","value":"v"}]},"jdbc_url":"jdbc:spark://h:443/default",
    "odbc_params":{"hostname":"h","path":"/sql/1.0/warehouses/2cca9d51e6f2c3a1","port":443,"protocol":"https"},
    "health":{"status":"DEGRADED","summary":"slow","details":"d"},"newer":true})");
  auto warehouse = Warehouses(scripted.rest).get("2cca9d51e6f2c3a1");
  REQUIRE(warehouse);
  CHECK(warehouse->isRunning());
  CHECK(warehouse->size == "Small");
  CHECK(warehouse->maxClusters == 4);
  CHECK(warehouse->clusters == 2);
  CHECK(warehouse->activeSessions == 3);
  CHECK(warehouse->autoStopMinutes == 10);
  CHECK(warehouse->photon);
  CHECK(warehouse->serverless);
  CHECK(warehouse->channel == "CHANNEL_NAME_CURRENT");
  CHECK(warehouse->tags.at("k") == "v");
  CHECK(warehouse->odbcHost == "h");
  CHECK(warehouse->httpPath == "/sql/1.0/warehouses/2cca9d51e6f2c3a1");
  CHECK(warehouse->health.status == "DEGRADED");
  CHECK(warehouse->document->at("newer") == true);
}

TEST_CASE("warehouses and data sources are listed") {
  test::ScriptedWorkspace scripted;
  Warehouses warehouses(scripted.rest);
  scripted.http.on("GET", "/api/2.0/sql/warehouses?page_size=100")
      .reply(200, R"({"warehouses":[{"id":"a"}],"next_page_token":"t"})");
  scripted.http.on("GET", "/api/2.0/sql/warehouses?page_size=100&page_token=t")
      .reply(200, R"({"warehouses":[{"id":"b"}]})");
  CHECK(warehouses.list().all().value().size() == 2);
  scripted.http.on("GET", "/api/2.0/preview/sql/data_sources")
      .reply(200, R"([{"id":"u-1","name":"Starter","warehouse_id":"a","pause_reason":null}])");
  auto sources = warehouses.dataSources().all();
  REQUIRE(sources);
  REQUIRE(sources->size() == 1);
  CHECK(sources->at(0).warehouseId == "a");
}

TEST_CASE("a warehouse is made, changed, started, stopped and deleted") {
  test::ScriptedWorkspace scripted;
  Warehouses warehouses(scripted.rest);
  scripted.http.on("POST", "/api/2.0/sql/warehouses").withJson(R"({"name":"n"})").reply(200, R"({"id":"a"})");
  CHECK(warehouses.create({{"name", "n"}}).value() == "a");
  scripted.http.on("POST", "/api/2.0/sql/warehouses/a/edit").withJson(R"({"name":"m"})");
  CHECK(warehouses.edit("a", {{"name", "m"}, {"id", "a"}}));
  scripted.http.on("POST", "/api/2.0/sql/warehouses/a/start").withJson("{}");
  CHECK(warehouses.start("a"));
  scripted.http.on("POST", "/api/2.0/sql/warehouses/a/stop").withJson("{}");
  CHECK(warehouses.stop("a"));
  scripted.http.on("DELETE", "/api/2.0/sql/warehouses/a");
  CHECK(warehouses.remove("a"));
  scripted.http.on("DELETE", "/api/2.0/sql/warehouses/a")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"SQL warehouse a does not exist."})");
  CHECK(warehouses.remove("a").error().code == ErrorCode::NotFound);
}

TEST_CASE("after a lost answer a warehouse is not made twice, and all else is asked again") {
  test::ScriptedWorkspace scripted;
  Warehouses warehouses(scripted.rest);
  scripted.http.on("POST", "/api/2.0/sql/warehouses").drop();
  CHECK_FALSE(warehouses.create({{"name", "n"}}));
  for (const char* end : {"/edit", "/start", "/stop"})
    for (bool lost : {true, false}) {
      auto& exchange = scripted.http.on("POST", "/api/2.0/sql/warehouses/a" + std::string(end));
      if (lost) exchange.drop();
    }
  CHECK(warehouses.edit("a", {{"name", "m"}}));
  CHECK(warehouses.start("a"));
  CHECK(warehouses.stop("a"));
}

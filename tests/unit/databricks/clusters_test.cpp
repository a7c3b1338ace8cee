// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/clusters.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {
constexpr const char* kListTarget = "/api/2.1/clusters/list?page_size=100";
}

TEST_CASE("a cluster is read with its exact numbers, and without what is absent") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.1/clusters/get?cluster_id=0821-223236-5fpp2uv9")
      .reply(200, R"({"cluster_id":"0821-223236-5fpp2uv9","cluster_name":"ada dev","state":"TERMINATED",
        "state_message":"Inactive cluster terminated (inactive for 60 minutes).","cluster_source":"UI",
        "spark_context_id":4348585301701786933,"cluster_cores":12.5,"num_workers":2,
        "autoscale":{"min_workers":1,"max_workers":8},"autotermination_minutes":60,"start_time":1700000000000,
        "terminated_time":1700000200000,
        "termination_reason":{"code":"INACTIVITY","type":"SUCCESS","parameters":{"inactivity_duration_min":"60"}}})");
  auto cluster = Clusters(scripted.rest).get("0821-223236-5fpp2uv9");
  REQUIRE(cluster);
  CHECK(cluster->name == "ada dev");
  CHECK_FALSE(cluster->isRunning());
  CHECK(cluster->isAllPurpose());
  CHECK(cluster->sparkContextId == 4348585301701786933);
  CHECK(cluster->cores == 12.5);
  CHECK(cluster->autoscale->maxWorkers == 8);
  CHECK(cluster->terminationReason->code == "INACTIVITY");
  CHECK(cluster->terminationReason->parameters.at("inactivity_duration_min") == "60");
  CHECK(cluster->memoryMb == 0);
  CHECK(cluster->lastActivityTime == 0);
}

TEST_CASE("a cluster that does not exist is NotFound although the API says 400") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.1/clusters/get?cluster_id=x")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Cluster x does not exist"})");
  auto cluster = Clusters(scripted.rest).get("x");
  CHECK(cluster.error().code == ErrorCode::NotFound);
  CHECK(cluster.error().message == "Cluster x does not exist.");
}

TEST_CASE("pages are fetched as the reader gets there, empty ones included") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kListTarget).reply(200, R"({"clusters":[{"cluster_id":"1"}],"next_page_token":"a/b"})");
  auto list = Clusters(scripted.rest).list();
  CHECK(scripted.http.requests().empty());
  CHECK(list.next().value()->id == "1");
  CHECK(scripted.http.requests().size() == 1);

  scripted.http.on("GET", "/api/2.1/clusters/list?page_size=100&page_token=a%2Fb")
      .reply(200, R"({"next_page_token":"c"})");
  scripted.http.on("GET", "/api/2.1/clusters/list?page_size=100&page_token=c")
      .reply(200, R"({"clusters":[{"cluster_id":"2"},{"cluster_id":"3"}],"next_page_token":""})");
  auto rest = list.all();
  REQUIRE(rest);
  REQUIRE(rest->size() == 2);
  CHECK(rest->at(1).id == "3");
  CHECK_FALSE(list.next().value());
}

TEST_CASE("a page token that comes again ends the list with an error") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kListTarget).reply(200, R"({"next_page_token":"a"})");
  scripted.http.on("GET", "/api/2.1/clusters/list?page_size=100&page_token=a").reply(200, R"({"next_page_token":"b"})");
  scripted.http.on("GET", "/api/2.1/clusters/list?page_size=100&page_token=b").reply(200, R"({"next_page_token":"a"})");
  auto list = Clusters(scripted.rest).list();
  auto looped = list.next();
  REQUIRE_FALSE(looped);
  CHECK(looped.error().code == ErrorCode::DataLoss);
  CHECK_FALSE(list.next().value());
}

TEST_CASE("a filter becomes dotted, repeated parameters") {
  test::ScriptedWorkspace scripted;
  scripted.http
      .on("GET",
          "/api/2.1/clusters/list?filter_by.cluster_sources=UI&filter_by.cluster_sources=API"
          "&filter_by.cluster_states=RUNNING&page_size=100")
      .reply(200, "{}");
  CHECK(Clusters(scripted.rest).list({.sources = {"UI", "API"}, .states = {"RUNNING"}}).all());
}

TEST_CASE("start, restart and stop name the cluster; a state that forbids it is a Conflict") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  scripted.http.on("POST", "/api/2.1/clusters/start").withJson(R"({"cluster_id":"1"})");
  CHECK(clusters.start("1"));
  scripted.http.on("POST", "/api/2.1/clusters/restart").withJson(R"({"cluster_id":"1"})");
  CHECK(clusters.restart("1"));
  scripted.http.on("POST", "/api/2.1/clusters/delete").withJson(R"({"cluster_id":"1"})");
  CHECK(clusters.stop("1"));
  scripted.http.on("POST", "/api/2.1/clusters/start")
      .reply(400, R"({"error_code":"INVALID_STATE","message":"Cluster 1 is in unexpected state Running."})");
  CHECK(clusters.start("1").error().code == ErrorCode::Conflict);
}

TEST_CASE("only stopping is repeated after a lost connection") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  scripted.http.on("POST", "/api/2.1/clusters/start").drop();
  CHECK_FALSE(clusters.start("1"));
  scripted.http.on("POST", "/api/2.1/clusters/restart").drop();
  CHECK_FALSE(clusters.restart("1"));
  scripted.http.on("POST", "/api/2.1/clusters/delete").drop();
  scripted.http.on("POST", "/api/2.1/clusters/delete");
  CHECK(clusters.stop("1"));
}

TEST_CASE("events page through a POST") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("POST", "/api/2.1/clusters/events")
      .withJson(R"({"cluster_id":"1","order":"DESC","page_size":100})")
      .reply(200, R"({"events":[{"type":"TERMINATING","timestamp":1700000000000,"details":{"reason":{"code":"X"}}}],
                      "next_page_token":"t"})");
  scripted.http.on("POST", "/api/2.1/clusters/events")
      .withJson(R"({"cluster_id":"1","order":"DESC","page_size":100,"page_token":"t"})")
      .reply(200, R"({"events":[{"type":"SOMETHING_NEW"}]})");
  auto events = Clusters(scripted.rest).events("1").all();
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  CHECK(events->at(0).timestamp == 1700000000000);
  CHECK(events->at(0).details == R"({"reason":{"code":"X"}})");
  CHECK(events->at(1).type == "SOMETHING_NEW");
  CHECK(events->at(1).details == "{}");
}

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/clusters.hpp"

#include <nlohmann/json.hpp>

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

TEST_CASE("start, restart and stop name the cluster, and a state that forbids it is a Conflict") {
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

TEST_CASE("a spec that is read and sent back loses nothing and has nothing that is only reported") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  scripted.http.on("GET", "/api/2.1/clusters/get?cluster_id=c")
      .reply(
          200,
          R"({"cluster_id":"c","cluster_name":"x","state":"RUNNING","state_message":"","spark_version":"15.4.x-scala2.12",
        "num_workers":3,"autoscale":{"min_workers":1,"max_workers":8},"instance_pool_id":"p","node_type_id":"n",
        "driver_node_type_id":"n","enable_elastic_disk":true,"azure_attributes":{"first_on_demand":1},
        "spark_conf":{"a":"b"},"spark_env_vars":{"TOKEN":"{{secrets/s/k}}"},"init_scripts":[{"workspace":{"destination":"/x"}}],
        "default_tags":{"Vendor":"Databricks"},"driver":{"node_id":"1"},"executors":[{"node_id":"2"}],"jdbc_port":10000,
        "cluster_memory_mb":1,"pinned_by_user_name":"ada","last_restarted_time":1700000100000,"spec":{"num_workers":1},
        "workload_type":{"clients":{"jobs":true}},"hologram":{"depth":3}})");
  auto cluster = clusters.get("c");
  REQUIRE(cluster);
  CHECK(cluster->pinnedBy == "ada");
  CHECK(cluster->poolId == "p");
  CHECK(cluster->lastRestartTime == 1700000100000);
  auto spec = specOf(*cluster);
  spec["cluster_name"] = "y";
  scripted.http.on("POST", "/api/2.1/clusters/edit")
      .withJson(R"({"cluster_id":"c","cluster_name":"y","spark_version":"15.4.x-scala2.12",
        "autoscale":{"min_workers":1,"max_workers":8},"instance_pool_id":"p","spark_conf":{"a":"b"},
        "spark_env_vars":{"TOKEN":"{{secrets/s/k}}"},"init_scripts":[{"workspace":{"destination":"/x"}}],
        "workload_type":{"clients":{"jobs":true}},"hologram":{"depth":3}})");
  CHECK(clusters.edit("c", spec));
  CHECK(specOf(Cluster()).empty());
}

TEST_CASE("without a pool or a range a spec keeps node type and size") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.1/clusters/get?cluster_id=c")
      .reply(200, R"({"cluster_id":"c","state":"RUNNING","num_workers":0,"node_type_id":"n"})");
  CHECK(specOf(*Clusters(scripted.rest).get("c")) ==
        core::Json({{"cluster_id", "c"}, {"num_workers", 0}, {"node_type_id", "n"}}));
}

TEST_CASE("a cluster is created once, updated by a mask, resized either way") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  scripted.http.on("POST", "/api/2.1/clusters/create")
      .withJson(R"({"cluster_name":"x","num_workers":0})")
      .reply(200, R"({"cluster_id":"0821-223236-5fpp2uv9"})");
  CHECK(clusters.create({{"cluster_name", "x"}, {"num_workers", 0}}) == "0821-223236-5fpp2uv9");
  scripted.http.on("POST", "/api/2.1/clusters/create").drop();
  CHECK(clusters.create({{"cluster_name", "x"}}).error().code == ErrorCode::Unavailable);

  scripted.http.on("POST", "/api/2.1/clusters/update")
      .withJson(R"({"cluster_id":"c","update_mask":"num_workers,spark_conf","cluster":{"num_workers":2}})");
  const std::vector<std::string> mask = {"num_workers", "spark_conf"};
  CHECK(clusters.update("c", mask, {{"num_workers", 2}}));
  scripted.http.on("POST", "/api/2.1/clusters/resize").withJson(R"({"cluster_id":"c","num_workers":4})");
  CHECK(clusters.resize("c", {.workers = 4}));
  scripted.http.on("POST", "/api/2.1/clusters/resize")
      .withJson(R"({"cluster_id":"c","autoscale":{"min_workers":1,"max_workers":5}})");
  CHECK(clusters.resize("c", {.autoscale = Autoscale{.minWorkers = 1, .maxWorkers = 5}}));
}

TEST_CASE("pinning, owners and permanent deletes set a state, so a lost answer is asked for again") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  auto twice = [&](const char* path, const char* json) {
    scripted.http.on("POST", path).withJson(json).drop();
    scripted.http.on("POST", path).withJson(json);
  };
  twice("/api/2.1/clusters/pin", R"({"cluster_id":"c"})");
  CHECK(clusters.pin("c"));
  twice("/api/2.1/clusters/unpin", R"({"cluster_id":"c"})");
  CHECK(clusters.unpin("c"));
  twice("/api/2.1/clusters/change-owner", R"({"cluster_id":"c","owner_username":"ada"})");
  CHECK(clusters.changeOwner("c", "ada"));
  twice("/api/2.1/clusters/permanent-delete", R"({"cluster_id":"c"})");
  CHECK(clusters.removeForGood("c"));
}

TEST_CASE("what clusters can be made of") {
  test::ScriptedWorkspace scripted;
  Clusters clusters(scripted.rest);
  scripted.http.on("GET", "/api/2.1/clusters/list-node-types")
      .reply(200, R"({"node_types":[{"node_type_id":"Standard_DS3_v2","memory_mb":14336,"num_cores":0.5,"num_gpus":1,
        "category":"General Purpose","is_deprecated":true,"photon_worker_capable":true,
        "node_info":{"status":["NotEnabledOnSubscription"]}}]})");
  auto types = clusters.nodeTypes().all();
  REQUIRE(types);
  REQUIRE(types->size() == 1);
  CHECK(types->at(0).cores == 0.5);
  CHECK(types->at(0).gpus == 1);
  CHECK(types->at(0).deprecated);
  CHECK(types->at(0).photonWorker);
  CHECK(types->at(0).problems == std::vector<std::string>{"NotEnabledOnSubscription"});
  scripted.http.on("GET", "/api/2.1/clusters/spark-versions")
      .reply(200, R"({"versions":[{"key":"15.4.x-scala2.12","name":"15.4 LTS"}]})");
  CHECK(clusters.sparkVersions().all()->at(0).key == "15.4.x-scala2.12");
  scripted.http.on("GET", "/api/2.1/clusters/list-zones")
      .reply(200, R"({"zones":["us-west-2a"],"default_zone":"us-west-2a"})");
  CHECK(clusters.zones()->standard == "us-west-2a");
}

TEST_CASE("pinned clusters of one policy") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.1/clusters/list?filter_by.is_pinned=true&filter_by.policy_id=P&page_size=100");
  CHECK(Clusters(scripted.rest).list({.pinnedOnly = true, .policyId = "P"}).all());
}

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/instance_pools.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a pool is read with its numbers and edited without what is only reported") {
  test::ScriptedWorkspace scripted;
  InstancePools pools(scripted.rest);
  scripted.http.on("GET", "/api/2.0/instance-pools/list")
      .reply(200, R"({"instance_pools":[{"instance_pool_id":"p1","instance_pool_name":"warm","node_type_id":"n",
        "min_idle_instances":1,"max_capacity":9,"idle_instance_autotermination_minutes":60,"state":"ACTIVE",
        "stats":{"used_count":2,"idle_count":1,"pending_used_count":0,"pending_idle_count":3},
        "status":{},"default_tags":{"a":"b"},"preloaded_spark_versions":["15.4.x-scala2.12"],"hologram":1}]})");
  auto list = pools.list().all();
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  const auto& pool = list->at(0);
  CHECK(pool.name == "warm");
  CHECK(pool.maxCapacity == 9);
  CHECK(pool.used == 2);
  CHECK(pool.pendingIdle == 3);
  CHECK(pool.preloadedSparkVersions == std::vector<std::string>{"15.4.x-scala2.12"});

  scripted.http.on("POST", "/api/2.0/instance-pools/edit")
      .withJson(R"({"instance_pool_id":"p1","instance_pool_name":"warm","node_type_id":"n","min_idle_instances":1,
        "max_capacity":9,"idle_instance_autotermination_minutes":60,"preloaded_spark_versions":["15.4.x-scala2.12"],
        "hologram":1})");
  CHECK(pools.edit("p1", *pool.document));
}

TEST_CASE("pools are made, read and deleted") {
  test::ScriptedWorkspace scripted;
  InstancePools pools(scripted.rest);
  scripted.http.on("POST", "/api/2.0/instance-pools/create")
      .withJson(R"({"instance_pool_name":"warm"})")
      .reply(200, R"({"instance_pool_id":"p1"})");
  CHECK(pools.create({{"instance_pool_name", "warm"}}) == "p1");
  scripted.http.on("GET", "/api/2.0/instance-pools/get?instance_pool_id=x")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Can't find an instance pool with id: x"})");
  CHECK(pools.get("x").error().code == ErrorCode::NotFound);
  scripted.http.on("POST", "/api/2.0/instance-pools/delete").withJson(R"({"instance_pool_id":"p1"})");
  CHECK(pools.remove("p1"));
}

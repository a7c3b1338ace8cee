// SPDX-License-Identifier: Apache-2.0
#include "fleet.hpp"

using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct PoolFixture : Fleet {
  Reply pool(const std::string& action, const Json& body) {
    return client.post("/api/2.0/instance-pools/" + action, body);
  }
  std::string createPool(const std::string& name = "pool") {
    auto reply = pool("create", {{"instance_pool_name", name}, {"node_type_id", "Standard_F8s"}});
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("instance_pool_id");
  }
  Json poolOf(const std::string& id) { return client.get("/api/2.0/instance-pools/get?instance_pool_id=" + id).body; }
};

}  // namespace

TEST_CASE_METHOD(PoolFixture, "a pool is made, shown, changed and deleted") {
  CHECK(client.get("/api/2.0/instance-pools/list").body == Json::object());
  auto id = createPool();
  CHECK(id.find("-pool-") != std::string::npos);
  auto made = poolOf(id);
  CHECK(made.at("state") == "ACTIVE");
  CHECK(made.at("min_idle_instances") == 0);
  CHECK(made.at("idle_instance_autotermination_minutes") == 60);
  CHECK(made.at("azure_attributes").at("availability") == "ON_DEMAND_AZURE");
  CHECK(made.at("default_tags").at("DatabricksInstancePoolId") == id);
  CHECK(made.at("stats").at("used_count") == 0);
  CHECK(client.get("/api/2.0/instance-pools/list").body.at("instance_pools")[0] == made);

  CHECK(pool("edit", {{"instance_pool_id", id},
                      {"instance_pool_name", "renamed"},
                      {"node_type_id", "Standard_F8s"},
                      {"min_idle_instances", 2},
                      {"max_capacity", 9}})
            .body == Json::object());
  reopen();
  CHECK(poolOf(id).at("instance_pool_name") == "renamed");
  CHECK(poolOf(id).at("max_capacity") == 9);
  CHECK(poolOf(id).at("stats").at("idle_count") == 2);
  CHECK(pool("delete", {{"instance_pool_id", id}}).body == Json::object());
  CHECK(poolOf(id).at("error_code") == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE_METHOD(PoolFixture, "pools are checked") {
  auto id = createPool();
  const Json good{{"instance_pool_name", "other"}, {"node_type_id", "Standard_F8s"}};
  auto with = [&](const Json& more) {
    Json body = good;
    body.update(more);
    return pool("create", body);
  };
  CHECK(pool("create", Json::object()).message() == "Missing required field: instance_pool_name");
  CHECK(pool("create", {{"instance_pool_name", "x"}}).message() == "Missing required field: node_type_id");
  CHECK(with({{"instance_pool_name", "pool"}}).message() == "Instance pool with name pool already exists.");
  CHECK(with({{"node_type_id", "abacus"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(with({{"min_idle_instances", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(with({{"min_idle_instances", 3}, {"max_capacity", 2}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(with({{"idle_instance_autotermination_minutes", 99'999}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(with({{"preloaded_spark_versions", {"0.1"}}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(with({{"preloaded_spark_versions", 7}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(with({{"azure_attributes", {{"availability", "SOMETIMES"}}}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(pool("edit", good).message() == "Missing required field: instance_pool_id");
  CHECK(pool("edit", {{"instance_pool_id", id}, {"instance_pool_name", "pool"}, {"node_type_id", "Standard_F4s"}})
            .errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(pool("delete", {{"instance_pool_id", "none"}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE_METHOD(PoolFixture, "clusters take their machines from a pool, which counts them") {
  auto id = createPool();
  auto both = tryCreate({{"instance_pool_id", id}});
  CHECK(both.message() == "The field 'node_type_id' cannot be supplied when an instance pool ID is provided.");
  auto cluster = createRunning({{"instance_pool_id", id}, {"node_type_id", nullptr}});
  auto made = get(cluster);
  CHECK(made.at("node_type_id") == "Standard_F8s");
  CHECK(made.at("driver_node_type_id") == "Standard_F8s");
  CHECK(made.at("instance_pool_id") == id);
  CHECK(made.at("cluster_cores") == 24.0);
  CHECK_FALSE(made.at("spec").contains("node_type_id"));
  CHECK(poolOf(id).at("stats").at("used_count") == 3);
  act("delete", cluster);
  CHECK(poolOf(id).at("stats").at("used_count") == 0);
  CHECK(tryCreate({{"driver_instance_pool_id", id}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(PoolFixture, "a cluster that a pool has no room for does not come up") {
  auto made = pool("create", {{"instance_pool_name", "small"}, {"node_type_id", "Standard_F8s"}, {"max_capacity", 5}});
  std::string id = made.body.at("instance_pool_id");
  auto first = createRunning({{"instance_pool_id", id}, {"node_type_id", nullptr}});  // three machines
  auto second = create({{"instance_pool_id", id}, {"node_type_id", nullptr}});
  clock.advance(120s);
  CHECK(state(first) == "RUNNING");
  CHECK(state(second) == "TERMINATED");
  CHECK(get(second).at("termination_reason").at("code") == "INSTANCE_POOL_MAX_CAPACITY_REACHED");
  act("delete", first);
  clock.advance(60s);
  act("start", second);
  clock.advance(60s);
  CHECK(state(second) == "RUNNING");
}

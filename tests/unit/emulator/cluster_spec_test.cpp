// SPDX-License-Identifier: Apache-2.0
// What create accepts, refuses and fills in.
#include "fleet.hpp"

using namespace trowel::emulator::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(Fleet, "create checks what it is given") {
  auto create = [&](const Json& body) { return client.post("/api/2.1/clusters/create", body); };
  CHECK(create(Json::object()).message() == "Missing required field: spark_version");
  CHECK(create({{"spark_version", "1.x"}}).message() == "Spark version 1.x is not supported.");
  CHECK(create({{"spark_version", "15.4.x-scala2.12"}}).message() == "Missing required field: node_type_id");
  CHECK(tryCreate({{"num_workers", nullptr}}).message() == "Missing required field: size");
  CHECK(tryCreate({{"node_type_id", "abacus"}}).message() == "Node type abacus is not supported.");
  const Json bad[] = {
      {{"autotermination_minutes", 5}},
      {{"autotermination_minutes", 10'001}},
      {{"num_workers", -1}},
      {{"autoscale", {{"min_workers", 3}, {"max_workers", 2}}}},
      {{"autoscale", {{"min_workers", 3}}}},
      {{"is_single_node", true}, {"num_workers", 0}},
      {{"is_single_node", true}, {"kind", "CLASSIC_PREVIEW"}, {"num_workers", 3}},
      {{"spark_conf", {{"spark.databricks.cluster.profile", "singleNode"}}}, {"num_workers", 1}},
      {{"instance_pool_id", "none"}},
      {{"init_scripts", Json::array({Json::object()})}},
      {{"init_scripts", Json::array({{{"workspace", {{"destination", "/a"}}}, {"dbfs", {{"destination", "/b"}}}}})}},
      {{"cluster_log_conf", {{"dbfs", Json::object()}}}},
      {{"ssh_public_keys", Json(std::vector<std::string>(11, "key"))}},
      {{"clone_from", {{"source_cluster_id", "nope"}}}},
  };
  for (const auto& more : bad) {
    INFO(more.dump());
    auto reply = tryCreate(more);
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
  }
  Json tags = Json::object();
  for (int i = 0; i < 46; ++i) tags["tag" + std::to_string(i)] = "x";
  CHECK(tryCreate({{"custom_tags", tags}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.1/clusters/list").body == Json::object());
}

TEST_CASE_METHOD(Fleet, "wrong types and unknown enum values are malformed requests that name the field") {
  const std::pair<const char*, Json> bad[] = {
      {"cluster_name", {{"cluster_name", Json::array()}}},
      {"num_workers", {{"num_workers", "two"}}},
      {"num_workers", {{"num_workers", 1.5}}},
      {"num_workers", {{"num_workers", 18446744073709551615ULL}}},
      {"num_workers", {{"num_workers", Json::object()}}},
      {"spark_conf", {{"spark_conf", "a=b"}}},
      {"spark_conf.a", {{"spark_conf", {{"a", Json::array()}}}}},
      {"autoscale", {{"autoscale", 3}}},
      {"autoscale.min_workers", {{"autoscale", {{"min_workers", true}}}}},
      {"enable_elastic_disk", {{"enable_elastic_disk", "maybe"}}},
      {"data_security_mode", {{"data_security_mode", "LOOSE"}}},
      {"runtime_engine", {{"runtime_engine", 7}}},
      {"azure_attributes.availability", {{"azure_attributes", {{"availability", "SPOT"}}}}},
      {"init_scripts", {{"init_scripts", {{"dbfs", "x"}}}}},
      {"ssh_public_keys", {{"ssh_public_keys", Json::array({Json::object()})}}},
  };
  for (const auto& [field, more] : bad) {
    INFO(more.dump());
    auto reply = tryCreate(more);
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "MALFORMED_REQUEST");
    CHECK(reply.message().find("'" + std::string(field) + "'") != std::string::npos);
  }
}

TEST_CASE_METHOD(Fleet, "what is left out gets the defaults of an Azure workspace") {
  auto id = create({{"data_security_mode", "SINGLE_USER"}, {"num_workers", "2"}, {"nonsense", 1}});
  auto made = get(id);
  CHECK(made.at("azure_attributes") ==
        Json{{"first_on_demand", 1}, {"availability", "ON_DEMAND_AZURE"}, {"spot_bid_max_price", -1.0}});
  CHECK(made.at("single_user_name") == "demo@example.com");
  CHECK(made.at("driver_node_type_id") == "Standard_DS3_v2");
  CHECK(made.at("enable_elastic_disk") == true);
  CHECK(made.at("autotermination_minutes") == 0);
  CHECK(made.at("runtime_engine") == "STANDARD");
  CHECK(made.at("cluster_source") == "API");
  CHECK(made.at("num_workers") == 2);
  CHECK_FALSE(made.contains("nonsense"));
  CHECK(made.at("spec") == spec({{"data_security_mode", "SINGLE_USER"}}));

  auto elsewhere = get(create({{"aws_attributes", {{"zone_id", "auto"}, {"availability", "SPOT_WITH_FALLBACK"}}}}));
  CHECK(elsewhere.at("aws_attributes").at("zone_id") == "auto");
  CHECK_FALSE(elsewhere.contains("azure_attributes"));
}

TEST_CASE_METHOD(Fleet, "a single node cluster is told by its fields or made by one") {
  auto id = createRunning({{"num_workers", nullptr}, {"kind", "CLASSIC_PREVIEW"}, {"is_single_node", true}});
  auto made = get(id);
  CHECK(made.at("num_workers") == 0);
  CHECK(made.at("spark_conf").at("spark.databricks.cluster.profile") == "singleNode");
  CHECK(made.at("custom_tags").at("ResourceClass") == "SingleNode");
  CHECK_FALSE(made.contains("executors"));
  CHECK_FALSE(made.at("spec").contains("spark_conf"));
  CHECK(tryCreate({{"num_workers", 0},
                   {"spark_conf", {{"spark.databricks.cluster.profile", "singleNode"}, {"spark.master", "local[*]"}}},
                   {"custom_tags", {{"ResourceClass", "SingleNode"}}}})
            .status == 200);
}

TEST_CASE_METHOD(Fleet, "autoscale decides the size, and the number is what there is now") {
  auto id = createRunning({{"autoscale", {{"min_workers", 2}, {"max_workers", 6}}}});
  CHECK(get(id).at("num_workers") == 2);
  CHECK(get(id).at("autoscale") == Json{{"min_workers", 2}, {"max_workers", 6}});
}

TEST_CASE_METHOD(Fleet, "an idempotency token makes one cluster of two requests") {
  auto first = create({{"idempotency_token", "once"}});
  CHECK(create({{"idempotency_token", "once"}}) == first);
  act("delete", first);
  clock.advance(30s);
  CHECK(create({{"idempotency_token", "once"}}) != first);
  CHECK(tryCreate({{"idempotency_token", std::string(65, 'x')}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Fleet, "catalogues tell what a cluster can be made of") {
  for (std::string version : {"2.0", "2.1"}) {
    const std::string base = "/api/" + version + "/clusters/";
    auto versions = client.get(base + "spark-versions").body.at("versions");
    CHECK(versions.size() >= 20);
    auto types = client.get(base + "list-node-types").body.at("node_types");
    CHECK(types[0].at("num_cores").is_number_float());
    CHECK(types[0].at("node_instance_type").at("instance_type_id") == types[0].at("node_type_id"));
    CHECK(client.get(base + "list-zones").body.at("default_zone").is_string());
    for (const auto& known : versions) CHECK(tryCreate({{"spark_version", known.at("key")}}).status == 200);
    for (const auto& known : types) CHECK(tryCreate({{"node_type_id", known.at("node_type_id")}}).status == 200);
  }
}

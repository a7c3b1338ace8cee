// SPDX-License-Identifier: Apache-2.0
#include "fleet.hpp"

using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct PolicyFixture : Fleet {
  Reply policy(const std::string& action, const Json& body) {
    return client.post("/api/2.0/policies/clusters/" + action, body);
  }
  std::string createPolicy(const Json& definition, const Json& more = Json::object()) {
    static int number = 0;
    Json body{{"name", "policy " + std::to_string(++number)}, {"definition", definition.dump()}};
    body.update(more);
    auto reply = policy("create", body);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("policy_id");
  }
  Json policyOf(const std::string& id) { return client.get("/api/2.0/policies/clusters/get?policy_id=" + id).body; }
  // What a cluster of `more` breaks of a policy with this one rule.
  std::string complaint(const std::string& path, const Json& rule, const Json& more = Json::object()) {
    Json with = more;
    with["policy_id"] = createPolicy({{path, rule}});
    auto reply = tryCreate(with);
    if (reply.status == 200) return "";
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
    return reply.message();
  }
  // What a cluster of `more` becomes by a policy with this one rule.
  Json made(const std::string& path, const Json& rule, Json more, bool defaults = false) {
    more["policy_id"] = createPolicy({{path, rule}});
    more["apply_policy_default_values"] = defaults;
    return get(create(more)).at("spec");
  }
};

}  // namespace

TEST_CASE_METHOD(PolicyFixture, "a policy is made, shown, changed and deleted") {
  auto before = client.get("/api/2.0/policies/clusters/list").body;
  REQUIRE(before.at("total_count") == 1);
  CHECK(before.at("policies")[0].at("name") == "Personal Compute");
  CHECK(Json::parse(before.at("policies")[0].at("definition").get<std::string>()).is_object());

  const Json definition{{"spark_version", {{"type", "unlimited"}}}};
  auto id = createPolicy(definition, {{"name", "mine"}, {"max_clusters_per_user", 2}});
  auto made = policyOf(id);
  CHECK(made.at("name") == "mine");
  CHECK(made.at("definition") == definition.dump());
  CHECK(made.at("creator_user_name") == "demo@example.com");
  CHECK(made.at("max_clusters_per_user") == 2);
  CHECK(policy("edit", {{"policy_id", id}, {"name", "ours"}, {"definition", "{}"}}).body == Json::object());
  reopen();
  CHECK(policyOf(id).at("name") == "ours");
  CHECK(policyOf(id).at("created_at_timestamp") == made.at("created_at_timestamp"));
  CHECK_FALSE(policyOf(id).contains("max_clusters_per_user"));
  CHECK(policy("delete", {{"policy_id", id}}).body == Json::object());
  auto gone = client.get("/api/2.0/policies/clusters/get?policy_id=" + id);
  CHECK(gone.status == 404);
  CHECK(gone.errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(gone.message() == "Can't find a cluster policy with id: " + id + ".");
  CHECK(policy("delete", {{"policy_id", id}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE_METHOD(PolicyFixture, "policies are listed by name or by time") {
  for (auto name : {"b", "a"}) {
    clock.advance(1s);
    createPolicy(Json::object(), {{"name", name}});
  }
  auto names = [&](const std::string& query) {
    std::string all;
    Json policies = client.get("/api/2.0/policies/clusters/list" + query).body.at("policies");
    for (const auto& found : policies) all += found.at("name").get<std::string>().substr(0, 1);
    return all;
  };
  CHECK(names("?sort_column=POLICY_NAME&sort_order=ASC") == "Pab");
  CHECK(names("?sort_column=POLICY_NAME&sort_order=DESC") == "baP");
  CHECK(names("?sort_column=POLICY_CREATION_TIME&sort_order=ASC") == "Pba");
  CHECK(client.get("/api/2.0/policies/clusters/list?sort_column=AGE").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.0/policies/clusters/list?sort_order=UP").errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(PolicyFixture, "a policy that makes no sense is refused") {
  CHECK(policy("create", Json::object()).message() == "Missing required field: name");
  CHECK(policy("create", {{"name", "x"}}).message() == "Missing required field: definition");
  CHECK(policy("create", {{"name", "Personal Compute"}, {"definition", "{}"}}).message() ==
        "Policy with name Personal Compute already exists.");
  for (const char* definition :
       {"{", R"({"a":{"type":"odd"}})", R"({"a":5})", R"({"a":{"type":"regex","pattern":"("}})",
        R"({"a":{"type":"allowlist"}})", R"({"a":{"type":"fixed"}})"}) {
    INFO(definition);
    CHECK(policy("create", {{"name", "x"}, {"definition", definition}}).errorCode() == "INVALID_PARAMETER_VALUE");
  }
  CHECK(policy("create", {{"name", "x"}, {"definition", "{}"}, {"max_clusters_per_user", 0}}).status == 400);
  CHECK(policy("create", {{"name", "x"}, {"definition", "{}"}, {"policy_family_id", "personal-vm"}}).status == 400);
  CHECK(policy("create", {{"name", "x"}, {"policy_family_id", "none"}}).status == 404);
  CHECK(policy("create", {{"name", "x"}, {"definition", "{}"}, {"libraries", Json::array({Json::object()})}}).status ==
        400);
  CHECK(tryCreate({{"policy_id", "none"}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  // The service stores an array, and complains when it is used.
  auto id = createPolicy(Json::array());
  CHECK(tryCreate({{"policy_id", id}}).message().find("malformed policy definition") != std::string::npos);
}

TEST_CASE_METHOD(PolicyFixture, "rules say what a value must be") {
  const std::string start = "Cluster validation error: Validation failed for ";
  CHECK(complaint("node_type_id", {{"type", "fixed"}, {"value", "Standard_F8s"}}) ==
        start + "node_type_id, the value must be Standard_F8s (is \"Standard_DS3_v2\")");
  CHECK(complaint("custom_tags.team", {{"type", "unlimited"}}) ==
        start + "custom_tags.team, the value must be present");
  CHECK(complaint("custom_tags.team", {{"type", "unlimited"}, {"isOptional", true}}).empty());
  CHECK(complaint("custom_tags.team", {{"type", "unlimited"}}, {{"custom_tags", {{"team", "x"}}}}).empty());
  CHECK(complaint("num_workers", {{"type", "range"}, {"maxValue", 1}}) ==
        start + "num_workers, the value must be at most 1 (is \"2\")");
  CHECK(complaint("num_workers", {{"type", "range"}, {"minValue", 3}}) ==
        start + "num_workers, the value must be at least 3 (is \"2\")");
  CHECK(complaint("num_workers", {{"type", "range"}, {"minValue", 1}, {"maxValue", 2}}).empty());
  CHECK(complaint("node_type_id", {{"type", "allowlist"}, {"values", {"a", "b"}}}) ==
        start + "node_type_id, the value must be one of a, b (is \"Standard_DS3_v2\")");
  CHECK(complaint("node_type_id", {{"type", "blocklist"}, {"values", {"Standard_DS3_v2"}}}) ==
        start + "node_type_id, the value must not be one of Standard_DS3_v2 (is \"Standard_DS3_v2\")");
  CHECK(complaint("node_type_id", {{"type", "regex"}, {"pattern", "Standard_D.*"}}).empty());
  CHECK(complaint("node_type_id", {{"type", "regex"}, {"pattern", "D.*"}}) ==
        start + "node_type_id, the value must match D.* (is \"Standard_DS3_v2\")");
  CHECK(complaint("num_workers", {{"type", "forbidden"}}) ==
        start + "num_workers, the value must not be present (is \"2\")");
  CHECK(complaint("docker_image.url", {{"type", "forbidden"}}).empty());
  CHECK(complaint("cluster_type", {{"type", "fixed"}, {"value", "job"}}) ==
        start + "cluster_type, the value must be job (is \"all-purpose\")");
  CHECK(complaint("spark_conf.spark.a.b", {{"type", "fixed"}, {"value", "1"}}, {{"spark_conf", {{"spark.a.b", 1}}}})
            .empty());
  CHECK(complaint("init_scripts.*.dbfs.destination", {{"type", "forbidden"}},
                  {{"init_scripts", Json::array({{{"dbfs", {{"destination", "dbfs:/x"}}}}})}}) ==
        start + "init_scripts.*.dbfs.destination, the value must not be present (is \"dbfs:/x\")");
  CHECK(complaint("cluster_log_conf.type", {{"type", "fixed"}, {"value", "DBFS"}}) ==
        start + "cluster_log_conf.type, the value must be DBFS (is \"NONE\")");

  auto both = createPolicy(
      {{"num_workers", {{"type", "range"}, {"maxValue", 1}}}, {"custom_tags.team", {{"type", "unlimited"}}}});
  CHECK(tryCreate({{"policy_id", both}}).message() ==
        start +
            "custom_tags.team, the value must be present; Validation failed for num_workers, the value must be at "
            "most 1 (is \"2\")");
}

TEST_CASE_METHOD(PolicyFixture, "fixed values are always filled in, default values on request") {
  const Json fixed{{"type", "fixed"}, {"value", "Standard_F8s"}};
  CHECK(made("node_type_id", fixed, {{"node_type_id", nullptr}}).at("node_type_id") == "Standard_F8s");
  CHECK(made("spark_conf.a.b", {{"type", "fixed"}, {"value", true}}, Json::object()).at("spark_conf") ==
        Json{{"a.b", "true"}});
  CHECK(made("azure_attributes.availability", {{"type", "fixed"}, {"value", "SPOT_AZURE"}}, Json::object())
            .at("azure_attributes") == Json{{"availability", "SPOT_AZURE"}});
  const Json standard{{"type", "range"}, {"maxValue", 100}, {"defaultValue", 30}, {"isOptional", true}};
  CHECK_FALSE(made("autotermination_minutes", standard, Json::object()).contains("autotermination_minutes"));
  CHECK(made("autotermination_minutes", standard, Json::object(), true).at("autotermination_minutes") == 30);
  CHECK(made("spark_version", {{"type", "unlimited"}, {"defaultValue", "auto:latest-lts"}},
             {{"spark_version", nullptr}}, true)
            .at("spark_version") == "17.3.x-scala2.13");
  CHECK(made("spark_version", {{"type", "allowlist"}, {"values", {"auto:latest-lts"}}},
             {{"spark_version", "17.3.x-scala2.13"}})
            .at("spark_version") == "17.3.x-scala2.13");
}

TEST_CASE_METHOD(PolicyFixture, "a policy of a family takes its rules, with what overrides them") {
  Json families = client.get("/api/2.0/policy-families").body.at("policy_families");
  CHECK(families.size() == 4);
  auto page = client.get("/api/2.0/policy-families?max_results=3").body;
  CHECK(page.at("policy_families").size() == 3);
  CHECK(client.get("/api/2.0/policy-families?page_token=" + page.at("next_page_token").get<std::string>())
            .body.at("policy_families")
            .size() == 1);
  CHECK(client.get("/api/2.0/policy-families/personal-vm").body.at("name") == "Personal Compute");
  CHECK(client.get("/api/2.0/policy-families/none").errorCode() == "RESOURCE_DOES_NOT_EXIST");

  auto reply =
      policy("create",
             {{"name", "small"},
              {"policy_family_id", "personal-vm"},
              {"policy_family_definition_overrides", R"({"node_type_id":{"type":"fixed","value":"Standard_F4s"}})"}});
  REQUIRE(reply.status == 200);
  std::string id = reply.body.at("policy_id");
  auto cluster = client.post("/api/2.1/clusters/create", {{"policy_id", id}, {"apply_policy_default_values", true}});
  INFO(cluster.text);
  REQUIRE(cluster.status == 200);
  auto spec = get(cluster.body.at("cluster_id")).at("spec");
  CHECK(spec.at("node_type_id") == "Standard_F4s");
  CHECK(spec.at("data_security_mode") == "SINGLE_USER");
  CHECK(spec.at("num_workers") == 0);
}

TEST_CASE_METHOD(PolicyFixture, "a policy limits how many clusters one has, and brings libraries") {
  auto id = createPolicy(Json::object(), {{"max_clusters_per_user", 1},
                                          {"libraries", Json::array({{{"pypi", {{"package", "trowel-nothing"}}}}})}});
  auto cluster = create({{"policy_id", id}});
  auto status = client.get("/api/2.0/libraries/cluster-status?cluster_id=" + cluster).body;
  CHECK(status.at("library_statuses")[0].at("library").at("pypi").at("package") == "trowel-nothing");
  CHECK(tryCreate({{"policy_id", id}}).errorCode() == "QUOTA_EXCEEDED");
  act("delete", cluster);
  CHECK(tryCreate({{"policy_id", id}}).status == 200);
}

TEST_CASE_METHOD(PolicyFixture, "compliance tells what a stricter policy would change, and enforces it") {
  auto id = createPolicy(Json::object());
  auto cluster = create({{"policy_id", id}});
  const std::string base = "/api/2.0/policies/clusters/";
  CHECK(client.get(base + "get-compliance?cluster_id=" + cluster).body == Json{{"is_compliant", true}});
  const Json rules{{"autotermination_minutes", {{"type", "fixed"}, {"value", 20}}}};
  policy("edit", {{"policy_id", id}, {"name", "stricter"}, {"definition", rules.dump()}});
  auto now = client.get(base + "get-compliance?cluster_id=" + cluster).body;
  CHECK(now.at("is_compliant") == false);
  CHECK(now.at("violations") == Json{{"autotermination_minutes", "the value must be 20"}});
  auto all = client.get(base + "list-compliance?policy_id=" + id).body.at("clusters");
  REQUIRE(all.size() == 1);
  CHECK(all[0].at("cluster_id") == cluster);
  auto dry = policy("enforce-compliance", {{"cluster_id", cluster}, {"validate_only", true}}).body;
  CHECK(dry.at("has_changes") == true);
  CHECK(dry.at("changes")[0] == Json{{"field", "autotermination_minutes"}, {"new_value", "20"}});
  clock.advance(60s);
  CHECK(policy("enforce-compliance", {{"cluster_id", cluster}}).body == dry);
  CHECK(state(cluster) == "RESTARTING");
  CHECK(client.get(base + "get-compliance?cluster_id=" + cluster).body == Json{{"is_compliant", true}});
  CHECK(policy("enforce-compliance", {{"cluster_id", cluster}}).body == Json{{"has_changes", false}});
  CHECK(client.get(base + "get-compliance?cluster_id=" + create()).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get(base + "get-compliance?cluster_id=no").message() == "Cluster no does not exist");
  CHECK(client.get(base + "list-compliance?policy_id=no").errorCode() == "RESOURCE_DOES_NOT_EXIST");
}

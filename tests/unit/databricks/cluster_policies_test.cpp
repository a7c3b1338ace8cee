// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/cluster_policies.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a policy that is read and edited loses nothing") {
  test::ScriptedWorkspace scripted;
  ClusterPolicies policies(scripted.rest);
  scripted.http.on("GET", "/api/2.0/policies/clusters/list?sort_column=POLICY_NAME&sort_order=ASC")
      .reply(200, R"({"policies":[{"policy_id":"ABC","name":"Personal","definition":"{\"a\":{\"type\":\"fixed\"}}",
        "creator_user_name":"ada","created_at_timestamp":1700000000000,"is_default":true,"max_clusters_per_user":1,
        "libraries":[{"jar":"x"}],"hologram":3}],"total_count":1})");
  auto list = policies.list().all();
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  const auto& policy = list->at(0);
  CHECK(policy.definition == R"({"a":{"type":"fixed"}})");
  CHECK(policy.createdAt == 1700000000000);
  CHECK(policy.maxClustersPerUser == 1);
  CHECK(policy.isDefault);

  auto changed = *policy.document;
  changed["name"] = "Team";
  scripted.http.on("POST", "/api/2.0/policies/clusters/edit")
      .withJson(R"({"policy_id":"ABC","name":"Team","definition":"{\"a\":{\"type\":\"fixed\"}}",
        "creator_user_name":"ada","created_at_timestamp":1700000000000,"is_default":true,"max_clusters_per_user":1,
        "libraries":[{"jar":"x"}],"hologram":3})");
  CHECK(policies.edit("ABC", changed));
}

TEST_CASE("policies are made, read and deleted") {
  test::ScriptedWorkspace scripted;
  ClusterPolicies policies(scripted.rest);
  scripted.http.on("POST", "/api/2.0/policies/clusters/create")
      .withJson(R"({"name":"p","definition":"{}"})")
      .reply(200, R"({"policy_id":"NEW"})");
  CHECK(policies.create({{"name", "p"}, {"definition", "{}"}}) == "NEW");
  scripted.http.on("POST", "/api/2.0/policies/clusters/create").reply(200, "{}");
  CHECK(policies.create({{"name", "p"}}).error().message ==
        "The workspace's answer does not name what it has created. Look whether it is there before you try again.");
  scripted.http.on("GET", "/api/2.0/policies/clusters/get?policy_id=x")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Can't find a cluster policy with id: x"})");
  CHECK(policies.get("x").error().code == ErrorCode::NotFound);
  scripted.http.on("POST", "/api/2.0/policies/clusters/delete").withJson(R"({"policy_id":"NEW"})");
  CHECK(policies.remove("NEW"));
}

TEST_CASE("families of policies come in pages") {
  test::ScriptedWorkspace scripted;
  ClusterPolicies policies(scripted.rest);
  scripted.http.on("GET", "/api/2.0/policy-families")
      .reply(200,
             R"({"policy_families":[{"policy_family_id":"personal-vm","name":"Personal Compute","definition":"{}"}],
                      "next_page_token":"x"})");
  scripted.http.on("GET", "/api/2.0/policy-families?page_token=x").reply(200, "{}");
  auto families = policies.families().all();
  REQUIRE(families);
  REQUIRE(families->size() == 1);
  CHECK(families->at(0).id == "personal-vm");
  scripted.http.on("GET", "/api/2.0/policy-families/personal-vm").reply(200, R"({"name":"Personal Compute"})");
  CHECK(policies.family("personal-vm")->name == "Personal Compute");
}

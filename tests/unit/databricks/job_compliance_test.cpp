// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/job_compliance.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;

TEST_CASE("a job's compliance is told, listed and enforced") {
  test::ScriptedWorkspace scripted;
  JobCompliances compliances(scripted.rest);
  scripted.http.on("GET", "/api/2.0/policies/jobs/get-compliance?job_id=9007199254740993")
      .reply(200, R"({"is_compliant":false,"violations":{"a.num_workers":"must be 1"}})");
  auto one = compliances.get(9007199254740993);
  REQUIRE(one);
  CHECK(one->jobId == 9007199254740993);
  CHECK_FALSE(one->compliant);
  CHECK(one->violations.at("a.num_workers") == "must be 1");

  scripted.http.on("GET", "/api/2.0/policies/jobs/list-compliance?page_size=100&policy_id=P")
      .reply(200, R"({"jobs":[{"job_id":1,"is_compliant":true}],"next_page_token":"t"})");
  scripted.http.on("GET", "/api/2.0/policies/jobs/list-compliance?page_size=100&page_token=t&policy_id=P");
  CHECK(compliances.list("P").all().value().at(0).compliant);

  const char* body = R"({"job_id":1,"validate_only":true})";
  scripted.http.on("POST", "/api/2.0/policies/jobs/enforce-compliance").withJson(body).drop();
  scripted.http.on("POST", "/api/2.0/policies/jobs/enforce-compliance")
      .withJson(body)
      .reply(200, R"({"has_changes":true,"settings":{"name":"n"}})");
  auto change = compliances.enforce(1, true);
  REQUIRE(change);
  CHECK(change->changed);
  CHECK(change->settings->at("name") == "n");
}

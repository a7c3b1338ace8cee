// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/workspace_conf.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("switches are text, and what is not set is left out") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/workspace-conf?keys=enableTokensConfig%2CmaxTokenLifetimeDays%2CenableWebTerminal")
      .reply(200, R"({"enableTokensConfig":"true","maxTokenLifetimeDays":null,"enableWebTerminal":""})");
  const std::vector<std::string> keys = {"enableTokensConfig", "maxTokenLifetimeDays", "enableWebTerminal"};
  auto values = WorkspaceConf(scripted.rest).get(keys);
  REQUIRE(values);
  CHECK(*values == std::map<std::string, std::string>{{"enableTokensConfig", "true"}});
}

TEST_CASE("a switch is set, again after a lost answer") {
  test::ScriptedWorkspace scripted;
  WorkspaceConf conf(scripted.rest);
  scripted.http.on("PATCH", "/api/2.0/workspace-conf").withJson(R"({"enableWebTerminal":"false"})").drop();
  scripted.http.on("PATCH", "/api/2.0/workspace-conf").withJson(R"({"enableWebTerminal":"false"})").reply(204, "");
  CHECK(conf.set({{"enableWebTerminal", "false"}}));
  scripted.http.on("PATCH", "/api/2.0/workspace-conf")
      .reply(400, R"({"error_code":"BAD_REQUEST","message":"x is an invalid config key"})");
  auto refused = conf.set({{"x", "1"}});
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(refused.error().message == "x is an invalid config key.");
}

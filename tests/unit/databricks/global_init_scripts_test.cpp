// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/global_init_scripts.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("init scripts are listed without, and read with what is in them") {
  test::ScriptedWorkspace scripted;
  GlobalInitScripts scripts(scripted.rest);
  scripted.http.on("GET", "/api/2.0/global-init-scripts")
      .reply(200, R"({"scripts":[{"script_id":"s1","name":"proxy","enabled":true,"position":2,"updated_by":"ada"}]})");
  auto list = scripts.list().all();
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  CHECK(list->at(0).position == 2);
  CHECK(list->at(0).script.empty());

  scripted.http.on("GET", "/api/2.0/global-init-scripts/s1")
      .reply(200, R"({"script_id":"s1","name":"proxy","script":"ZWNobyBoaQo="})");
  CHECK(scripts.get("s1")->script == "echo hi\n");
  scripted.http.on("GET", "/api/2.0/global-init-scripts/s1").reply(200, R"({"name":"proxy","script":"*"})");
  auto damaged = scripts.get("s1");
  CHECK(damaged.error().code == ErrorCode::DataLoss);
  CHECK(damaged.error().message == "The workspace sent the script proxy damaged.");
}

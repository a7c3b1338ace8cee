// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/dashboards.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

const std::string kBase = "/api/2.0/lakeview/dashboards";

constexpr const char* kOne = R"({"dashboard_id":"d","display_name":"Sales","path":"/Users/ada/Sales.lvdash.json",
  "parent_path":"/Users/ada","warehouse_id":"w","lifecycle_state":"ACTIVE","etag":"e","serialized_dashboard":"{}\n",
  "create_time":"2021-08-13T00:37:30.279Z","update_time":"2021-08-13T00:37:31Z"})";

}  // namespace

TEST_CASE("dashboards are listed and read") {
  test::ScriptedWorkspace scripted;
  Dashboards dashboards(scripted.rest);
  scripted.http.on("GET", kBase + "?page_size=100").reply(200, R"({"dashboards":[{"dashboard_id":"d"}]})");
  CHECK(dashboards.list().all().value().at(0).etag.empty());
  scripted.http.on("GET", kBase + "?page_size=100&show_trashed=true");
  CHECK(dashboards.list(true).all().value().empty());
  scripted.http.on("GET", kBase + "/d").reply(200, kOne);
  auto dashboard = dashboards.get("d");
  REQUIRE(dashboard);
  CHECK(dashboard->path == "/Users/ada/Sales.lvdash.json");
  CHECK(dashboard->definition == "{}\n");
  CHECK(dashboard->createdAt == 1628815050279);
  CHECK(dashboard->updatedAt == 1628815051000);
}

TEST_CASE("a change that names an etag is not asked twice") {
  test::ScriptedWorkspace scripted;
  Dashboards dashboards(scripted.rest);
  scripted.http.on("POST", kBase)
      .withJson(R"({"display_name":"Sales","parent_path":"/Shared","warehouse_id":"w","serialized_dashboard":"{}"})")
      .reply(200, kOne);
  CHECK(dashboards.create({.name = "Sales", .parentPath = "/Shared", .warehouseId = "w", .definition = "{}"}));
  scripted.http.on("POST", kBase).drop();
  CHECK_FALSE(dashboards.create({.name = "Sales"}));
  scripted.http.on("PATCH", kBase + "/d").withJson(R"({"display_name":"More"})").drop();
  scripted.http.on("PATCH", kBase + "/d").withJson(R"({"display_name":"More"})").reply(200, kOne);
  CHECK(dashboards.update("d", {.name = "More"}));
  scripted.http.on("PATCH", kBase + "/d").withJson(R"({"display_name":"More","etag":"e"})").drop();
  CHECK_FALSE(dashboards.update("d", {.name = "More", .etag = "e"}));
  scripted.http.on("PATCH", kBase + "/d")
      .reply(409, R"({"error_code":"RESOURCE_CONFLICT","message":"Invalid etag: e"})");
  CHECK(dashboards.update("d", {.etag = "e"}).error().code == ErrorCode::Conflict);
  scripted.http.on("DELETE", kBase + "/d").drop();
  scripted.http.on("DELETE", kBase + "/d");
  CHECK(dashboards.trash("d"));
}

TEST_CASE("a dashboard is published, reverted to that, and taken back") {
  test::ScriptedWorkspace scripted;
  Dashboards dashboards(scripted.rest);
  scripted.http.on("POST", kBase + "/d/published")
      .withJson(R"({"embed_credentials":true,"warehouse_id":"w"})")
      .reply(200, R"({"display_name":"Sales","warehouse_id":"w","embed_credentials":true,
                      "revision_create_time":"2021-08-13T00:37:30.279Z"})");
  auto published = dashboards.publish("d", true, "w");
  REQUIRE(published);
  CHECK(published->embedsCredentials);
  CHECK(published->revisedAt == 1628815050279);
  scripted.http.on("POST", kBase + "/d/revert").withJson("{}").reply(200, kOne);
  CHECK(dashboards.revert("d").value().id == "d");
  scripted.http.on("DELETE", kBase + "/d/published");
  CHECK(dashboards.unpublish("d"));
  scripted.http.on("GET", kBase + "/d/published")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Unable to find published dashboard [d]"})");
  auto none = dashboards.published("d");
  CHECK(none.error().code == ErrorCode::NotFound);
  CHECK(none.error().message == "Unable to find published dashboard [d].");
}

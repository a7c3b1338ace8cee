// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/apps.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

const std::string kBase = "/api/2.0/apps";

constexpr const char* kOne = R"({"name":"a","description":"d","url":"https://a","creator":"ada",
  "compute_status":{"state":"ACTIVE","message":"App compute is running."},
  "app_status":{"state":"RUNNING","message":"App is running"},"service_principal_name":"app-1 a",
  "create_time":"2021-08-13T00:37:30.279Z","active_deployment":{"deployment_id":"x","source_code_path":"/Shared/a",
  "mode":"SNAPSHOT","status":{"state":"SUCCEEDED","message":"m"}},"extra":1})";

}  // namespace

TEST_CASE("an app is read with its states and deployments") {
  test::ScriptedWorkspace scripted;
  Apps apps(scripted.rest);
  scripted.http.on("GET", kBase + "/a").reply(200, kOne);
  auto app = apps.get("a");
  REQUIRE(app);
  CHECK(app->computeState == "ACTIVE");
  CHECK(app->state == "RUNNING");
  CHECK(app->servicePrincipal == "app-1 a");
  CHECK(app->createdAt == 1628815050279);
  CHECK(app->active->sourcePath == "/Shared/a");
  CHECK(app->active->state == "SUCCEEDED");
  CHECK_FALSE(app->pending);
  CHECK(app->document->at("extra") == 1);
  scripted.http.on("GET", kBase + "?page_size=100").reply(200, R"({"apps":[{"name":"a"}],"next_page_token":"t"})");
  scripted.http.on("GET", kBase + "?page_size=100&page_token=t").reply(200, R"({"apps":[{"name":"b"}]})");
  CHECK(apps.list().all().value().size() == 2);
}

TEST_CASE("apps are made and changed, and a start and a deployment are not asked for twice") {
  test::ScriptedWorkspace scripted;
  Apps apps(scripted.rest);
  scripted.http.on("POST", kBase + "?no_compute=false").withJson(R"({"name":"a"})").reply(200, kOne);
  CHECK(apps.create({{"name", "a"}}).value().name == "a");
  scripted.http.on("POST", kBase + "?no_compute=true")
      .reply(409,
             R"({"error_code":"RESOURCE_ALREADY_EXISTS","message":"An app with the same name already exists: a"})");
  CHECK(apps.create({{"name", "a"}}, false).error().code == ErrorCode::AlreadyExists);
  scripted.http.on("PATCH", kBase + "/a").withJson(R"({"name":"a","description":"e"})").drop();
  scripted.http.on("PATCH", kBase + "/a").withJson(R"({"name":"a","description":"e"})").reply(200, kOne);
  CHECK(apps.update("a", {{"description", "e"}}));
  scripted.http.on("POST", kBase + "/a/start").withJson("{}").drop();
  CHECK_FALSE(apps.start("a"));
  scripted.http.on("POST", kBase + "/a/stop").withJson("{}").drop();
  scripted.http.on("POST", kBase + "/a/stop").withJson("{}").reply(200, kOne);
  CHECK(apps.stop("a"));
  scripted.http.on("POST", kBase + "/a/deployments").drop();
  CHECK_FALSE(apps.deploy("a", "/Shared/a"));
  scripted.http.on("POST", kBase + "/a/deployments")
      .withJson(R"({"source_code_path":"/Shared/a","mode":"AUTO_SYNC"})")
      .reply(200, R"({"deployment_id":"x","status":{"state":"IN_PROGRESS"}})");
  CHECK(apps.deploy("a", "/Shared/a", "AUTO_SYNC").value().state == "IN_PROGRESS");
  scripted.http.on("GET", kBase + "/a/deployments?page_size=100")
      .reply(200, R"({"app_deployments":[{"deployment_id":"x"}]})");
  CHECK(apps.deployments("a").all().value().at(0).id == "x");
  scripted.http.on("GET", kBase + "/a/deployments/x").reply(200, R"({"deployment_id":"x"})");
  CHECK(apps.deployment("a", "x").value().id == "x");
  scripted.http.on("DELETE", kBase + "/a").drop();
  scripted.http.on("DELETE", kBase + "/a");
  CHECK(apps.remove("a"));
}

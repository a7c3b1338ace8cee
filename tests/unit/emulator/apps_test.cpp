// SPDX-License-Identifier: Apache-2.0
#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

const std::string kBase = "/api/2.0/apps";

// Apps that take a minute to start.
struct App {
  TemporaryFolder folder;
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start() {
    return std::move(Emulator::start({.dataDir = folder.path, .clusterStartTime = 60s}, clock).value());
  }
  Json get(const std::string& path) { return client->get(kBase + "/" + path).body; }
  std::string compute(const std::string& name) { return get(name).at("compute_status").at("state"); }
  std::string status(const std::string& name) { return get(name).at("app_status").at("state"); }
  Reply act(const std::string& name, const std::string& action, const Json& body = Json::object()) {
    return client->post(kBase + "/" + name + "/" + action, body);
  }
};

}  // namespace

TEST_CASE_METHOD(App, "an app is made, starts, stops and is deleted") {
  auto made = client->post(kBase, {{"name", "my-app"}, {"description", "d"}});
  CHECK(made.status == 200);
  CHECK(made.body.at("compute_status").at("state") == "STARTING");
  CHECK(made.body.at("app_status").at("state") == "UNAVAILABLE");
  CHECK(made.body.at("create_time") == "2026-01-01T00:00:00.000Z");
  CHECK(made.body.at("url").get<std::string>().ends_with("/apps/my-app"));
  CHECK(made.body.at("service_principal_id").is_number_integer());
  clock.advance(60s);
  CHECK(compute("my-app") == "ACTIVE");
  CHECK(act("my-app", "start").errorCode() == "INVALID_STATE");
  CHECK(act("my-app", "stop").body.at("compute_status").at("state") == "STOPPING");
  client.reset();
  emulator.reset();
  emulator = start();
  client = std::make_unique<WorkspaceClient>(*emulator);
  clock.advance(30s);
  CHECK(compute("my-app") == "STOPPED");
  CHECK(act("my-app", "stop").status == 200);
  CHECK(act("my-app", "start").body.at("compute_status").at("state") == "STARTING");
  CHECK(client->patch(kBase + "/my-app", {{"description", "new"}, {"name", "other"}}).body.at("description") == "new");
  CHECK(get("my-app").at("name") == "my-app");
  CHECK(client->remove(kBase + "/my-app").body.at("compute_status").at("state") == "DELETING");
  for (const auto& gone : {client->get(kBase + "/my-app"), client->remove(kBase + "/my-app"), act("my-app", "start"),
                           act("my-app", "deployments", {{"source_code_path", "/x"}})}) {
    CHECK(gone.status == 404);
    CHECK(gone.message() == "App with name my-app does not exist or is deleted.");
  }
}

TEST_CASE_METHOD(App, "apps are named by a rule, once each, and listed in pages") {
  for (auto name : {"a", "Upper", "under_score", "a-name-that-is-longer-than-thirty-characters", "..", "a b"})
    CHECK(client->post(kBase, {{"name", name}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client->post(kBase, Json::object()).message() == "Missing required field: name");
  CHECK(client->get(kBase).body == Json::object());
  CHECK(client->post(kBase + "?no_compute=true", {{"name", "idle"}}).body.at("compute_status").at("state") ==
        "STOPPED");
  auto twice = client->post(kBase, {{"name", "idle"}});
  CHECK(twice.status == 409);
  CHECK(twice.errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(twice.message() == "An app with the same name already exists: idle");
  client->post(kBase, {{"name", "two"}});
  auto page = client->get(kBase + "?page_size=1").body;
  CHECK(page.at("apps")[0].at("name") == "idle");
  auto rest = client->get(kBase + "?page_size=1&page_token=" + page.at("next_page_token").get<std::string>()).body;
  CHECK(rest.at("apps")[0].at("name") == "two");
  CHECK_FALSE(rest.contains("next_page_token"));
}

TEST_CASE_METHOD(App, "a deployment needs a running app and its source") {
  client->post(kBase, {{"name", "web"}});
  CHECK(act("web", "deployments", {{"source_code_path", "/Shared"}}).errorCode() == "INVALID_STATE");
  clock.advance(60s);
  CHECK(act("web", "deployments").message() == "Missing required field: source_code_path");
  CHECK(act("web", "deployments", {{"source_code_path", "/Shared"}, {"mode", "X"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  auto first = act("web", "deployments", {{"source_code_path", "/Workspace/Shared"}}).body;
  std::string id = first.at("deployment_id");
  CHECK(first.at("status").at("state") == "IN_PROGRESS");
  CHECK(status("web") == "DEPLOYING");
  CHECK(get("web").at("pending_deployment").at("deployment_id") == id);
  CHECK(act("web", "deployments", {{"source_code_path", "/Shared"}}).status == 409);
  clock.advance(30s);
  CHECK(get("web/deployments/" + id).at("status").at("state") == "SUCCEEDED");
  CHECK(status("web") == "RUNNING");
  CHECK(get("web").at("active_deployment").at("mode") == "SNAPSHOT");

  auto failing = act("web", "deployments", {{"source_code_path", "/Shared/gone"}}).body;
  clock.advance(30s);
  CHECK(get("web/deployments/" + failing.at("deployment_id").get<std::string>()).at("status").at("state") == "FAILED");
  CHECK(get("web").at("active_deployment").at("deployment_id") == id);
  auto all = get("web/deployments").at("app_deployments");
  CHECK(all.size() == 2);
  CHECK(all[1].at("deployment_id") == id);
  CHECK(client->get(kBase + "/web/deployments/x").status == 404);
  act("web", "stop");
  CHECK(status("web") == "UNAVAILABLE");
}

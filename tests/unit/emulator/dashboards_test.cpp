// SPDX-License-Identifier: Apache-2.0
#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kBase = "/api/2.0/lakeview/dashboards";

struct Dashboard {
  TemporaryFolder folder;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start() { return std::move(Emulator::start({.dataDir = folder.path}).value()); }
  Json create(const std::string& name, Json more = Json::object()) {
    Json body{{"display_name", name}};
    body.update(more);
    auto reply = client->post(kBase, body);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body;
  }
  Reply get(const std::string& path) { return client->get(kBase + "/" + path); }
  bool inTree(const std::string& path) {
    return client->get("/api/2.0/workspace/get-status?path=" + path).status == 200;
  }
};

}  // namespace

TEST_CASE_METHOD(Dashboard, "a dashboard is drafted, changed under its etag, and shows in the workspace") {
  auto made = create("Sales", {{"parent_path", "/Workspace/Shared"},
                               {"serialized_dashboard", R"({"pages":[{"displayName":"One"}]})"}});
  std::string id = made.at("dashboard_id");
  CHECK(id.size() == 32);
  CHECK(made.at("path") == "/Shared/Sales.lvdash.json");
  CHECK(made.at("lifecycle_state") == "ACTIVE");
  std::string serialized = made.at("serialized_dashboard");
  CHECK(serialized.ends_with("}\n"));
  CHECK(Json::parse(serialized).at("pages")[0].contains("name"));
  CHECK(inTree("/Shared/Sales.lvdash.json"));
  CHECK(get(id).body == made);

  auto changed = client->patch(kBase + "/" + id, {{"display_name", "Revenue"}, {"etag", made.at("etag")}});
  CHECK(changed.body.at("display_name") == "Revenue");
  CHECK(changed.body.at("etag") != made.at("etag"));
  CHECK_FALSE(inTree("/Shared/Sales.lvdash.json"));
  CHECK(inTree("/Shared/Revenue.lvdash.json"));
  auto stale = client->patch(kBase + "/" + id, {{"display_name", "x"}, {"etag", made.at("etag")}});
  CHECK(stale.status == 409);
  CHECK(stale.message() == "Invalid etag: " + made.at("etag").get<std::string>());

  client.reset();
  emulator.reset();
  emulator = start();
  client = std::make_unique<WorkspaceClient>(*emulator);
  CHECK(get(id).body == changed.body);
}

TEST_CASE_METHOD(Dashboard, "dashboards are listed without their content, and the trash apart") {
  std::string a = create("a").at("dashboard_id");
  create("b");
  auto entry = client->get(kBase).body.at("dashboards")[0];
  for (auto field : {"etag", "path", "parent_path", "update_time", "serialized_dashboard"})
    CHECK_FALSE(entry.contains(field));
  CHECK(entry.contains("create_time"));
  auto page = client->get(kBase + "?page_size=1").body;
  CHECK(client->get(kBase + "?page_size=1&page_token=" + page.at("next_page_token").get<std::string>())
            .body.at("dashboards")
            .size() == 1);
  CHECK(client->remove(kBase + "/" + a).body == Json::object());
  CHECK_FALSE(inTree("/Users/demo@example.com/a.lvdash.json"));
  CHECK(client->get(kBase).body.at("dashboards").size() == 1);
  CHECK(client->get(kBase + "?show_trashed=true").body.at("dashboards").size() == 2);
  CHECK(get(a).body.at("lifecycle_state") == "TRASHED");
  CHECK(client->remove(kBase + "/" + a).status == 404);
  CHECK(create("a").at("dashboard_id") != a);
}

TEST_CASE_METHOD(Dashboard, "what was published can be taken back") {
  std::string id = create("a", {{"warehouse_id", "w"}}).at("dashboard_id");
  auto none = get(id + "/published");
  CHECK(none.status == 404);
  CHECK(none.message() == "Unable to find published dashboard [" + id + "]");
  CHECK(client->post(kBase + "/" + id + "/revert", Json::object()).status == 404);
  auto published = client->post(kBase + "/" + id + "/published", {{"embed_credentials", false}}).body;
  CHECK(published.at("display_name") == "a");
  CHECK(published.at("warehouse_id") == "w");
  CHECK(published.at("embed_credentials") == false);
  CHECK(get(id + "/published").body == published);
  auto before = get(id).body.at("serialized_dashboard");
  client->patch(kBase + "/" + id, {{"serialized_dashboard", "{}"}});
  CHECK(get(id).body.at("serialized_dashboard") == "{}\n");
  CHECK(client->post(kBase + "/" + id + "/revert", Json::object()).body.at("serialized_dashboard") == before);
  CHECK(client->remove(kBase + "/" + id + "/published").body == Json::object());
  CHECK(get(id + "/published").status == 404);
}

TEST_CASE_METHOD(Dashboard, "a dashboard has schedules, and they have subscribers") {
  const std::string one = kBase + "/" + create("a").at("dashboard_id").get<std::string>() + "/schedules";
  CHECK(client->get(one).body == Json::object());
  Json cron{{"quartz_cron_expression", "0 0 8 * * ?"}, {"timezone_id", "UTC"}};
  CHECK(client->post(one, Json::object()).message() == "Missing required field: cron_schedule");
  CHECK(client->post(one, {{"cron_schedule", {{"timezone_id", "UTC"}}}}).message() ==
        "Missing required field: cron_schedule.quartz_cron_expression");
  CHECK(client->post(one, {{"cron_schedule", cron}, {"pause_status", "X"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  auto made = client->post(one, {{"cron_schedule", cron}, {"display_name", "daily"}}).body;
  CHECK(made.at("pause_status") == "UNPAUSED");
  const std::string schedule = one + "/" + made.at("schedule_id").get<std::string>();
  CHECK(client->get(schedule).body == made);
  CHECK(client->get(one).body.at("schedules") == Json::array({made}));
  Json paused{{"cron_schedule", cron}, {"pause_status", "PAUSED"}, {"etag", made.at("etag")}};
  auto changed = client->put(schedule, paused).body;
  CHECK(changed.at("pause_status") == "PAUSED");
  CHECK_FALSE(changed.contains("display_name"));
  CHECK(client->put(schedule, paused).status == 409);

  const std::string all = schedule + "/subscriptions";
  CHECK(client->post(all, {{"subscriber", Json::object()}}).errorCode() == "INVALID_PARAMETER_VALUE");
  auto subscription = client->post(all, {{"subscriber", {{"user_subscriber", {{"user_id", 7}}}}}}).body;
  CHECK(subscription.at("schedule_id") == made.at("schedule_id"));
  const std::string mine = all + "/" + subscription.at("subscription_id").get<std::string>();
  CHECK(client->get(mine).body == subscription);
  CHECK(client->get(all).body.at("subscriptions").size() == 1);
  client.reset();
  emulator.reset();
  emulator = start();
  client = std::make_unique<WorkspaceClient>(*emulator);
  CHECK(client->get(mine).body == subscription);
  CHECK(client->remove(mine).body == Json::object());
  CHECK(client->get(mine).status == 404);
  CHECK(client->remove(schedule + "?etag=stale").status == 409);
  CHECK(client->remove(schedule).body == Json::object());
  CHECK(client->get(schedule).status == 404);
  CHECK(client->get(all).status == 404);
}

TEST_CASE_METHOD(Dashboard, "wrong dashboards are refused") {
  auto refused = [&](const Json& body) { return client->post(kBase, body); };
  CHECK(refused(Json::object()).message() == "Missing required field: display_name");
  auto lost = refused({{"display_name", "x"}, {"parent_path", "/nowhere"}});
  CHECK(lost.status == 404);
  CHECK(lost.message() == "Path (/nowhere) doesn't exist.");
  create("x");
  CHECK(refused({{"display_name", "x"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(refused({{"display_name", "a/b"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(refused({{"display_name", "y"}, {"serialized_dashboard", "no"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(refused({{"display_name", "y"}, {"serialized_dashboard", {1}}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(get("nope").status == 404);
  CHECK(client->patch(kBase + "/nope", {{"display_name", "z"}}).status == 404);
  CHECK(client->get("/api/2.0/genie/spaces").body == Json::object());
  CHECK(client->get("/api/2.0/genie/spaces/x").status == 404);
}

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

const std::string kBase = "/api/2.0/sql/warehouses";

// Warehouses that take a minute to start, and a clock that the test moves.
struct Warehouse {
  TemporaryFolder folder;
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start() {
    return std::move(Emulator::start({.dataDir = folder.path, .clusterStartTime = 60s}, clock).value());
  }
  std::string create(Json more = Json::object()) {
    Json spec{{"name", "w"}, {"cluster_size", "Small"}};
    spec.update(more);
    auto reply = client->post(kBase, spec);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("id");
  }
  Json get(const std::string& id) { return client->get(kBase + "/" + id).body; }
  std::string state(const std::string& id) { return get(id).at("state"); }
  Reply act(const std::string& id, const std::string& action) {
    return client->post(kBase + "/" + id + "/" + action, Json::object());
  }
};

}  // namespace

TEST_CASE_METHOD(Warehouse, "a warehouse starts, runs, stops and is deleted") {
  auto id = create({{"min_num_clusters", 2}, {"max_num_clusters", 3}});
  CHECK(id.size() == 16);
  CHECK(state(id) == "STARTING");
  CHECK(get(id).at("num_clusters") == 0);
  clock.advance(60s);
  auto running = get(id);
  CHECK(running.at("state") == "RUNNING");
  CHECK(running.at("num_clusters") == 2);
  CHECK(running.at("health").at("status") == "HEALTHY");
  CHECK(running.at("creator_name") == "demo@example.com");
  CHECK(running.at("auto_stop_mins") == 120);
  CHECK(running.at("channel").at("name") == "CHANNEL_NAME_CURRENT");
  CHECK(running.at("odbc_params").at("path") == "/sql/1.0/warehouses/" + id);
  CHECK(running.at("odbc_params").at("port").is_number_integer());
  CHECK(running.at("jdbc_url").get<std::string>().ends_with("httpPath=/sql/1.0/warehouses/" + id + ";"));
  CHECK(act(id, "start").body == Json::object());
  CHECK(state(id) == "RUNNING");
  CHECK(act(id, "stop").body == Json::object());
  CHECK(state(id) == "STOPPING");
  clock.advance(30s);
  CHECK(state(id) == "STOPPED");
  CHECK(act(id, "stop").status == 200);
  CHECK(state(id) == "STOPPED");
  CHECK(act(id, "start").status == 200);
  CHECK(state(id) == "STARTING");
  CHECK(client->remove(kBase + "/" + id).body == Json::object());
  for (const auto& gone : {client->get(kBase + "/" + id), client->remove(kBase + "/" + id), act(id, "start"),
                           act(id, "stop"), act(id, "edit")}) {
    CHECK(gone.status == 404);
    CHECK(gone.errorCode() == "RESOURCE_DOES_NOT_EXIST");
    CHECK(gone.message() == "SQL warehouse " + id + " does not exist.");
  }
}

TEST_CASE_METHOD(Warehouse, "an idle warehouse stops by itself") {
  auto id = create({{"auto_stop_mins", 10}});
  auto never = create({{"name", "never"}, {"auto_stop_mins", 0}});
  clock.advance(60s);
  CHECK(state(id) == "RUNNING");
  clock.advance(10min);
  CHECK(state(id) == "STOPPED");
  CHECK(state(never) == "RUNNING");
}

TEST_CASE_METHOD(Warehouse, "edit changes what it names, and a new size needs new machines") {
  auto id = create();
  clock.advance(60s);
  CHECK(client->post(kBase + "/" + id + "/edit", {{"name", "renamed"}, {"auto_stop_mins", 20}}).body == Json::object());
  auto edited = get(id);
  CHECK(edited.at("name") == "renamed");
  CHECK(edited.at("auto_stop_mins") == 20);
  CHECK(edited.at("cluster_size") == "Small");
  CHECK(edited.at("state") == "RUNNING");
  CHECK(client->post(kBase + "/" + id + "/edit", {{"cluster_size", "Large"}}).status == 200);
  CHECK(state(id) == "STARTING");
}

TEST_CASE_METHOD(Warehouse, "create and edit check what they are given") {
  auto id = create();
  auto refused = [&](const Json& spec) {
    auto reply = client->post(kBase, spec);
    CHECK(reply.status == 400);
    return reply.errorCode() + ": " + reply.message();
  };
  CHECK(refused(Json::object()) == "INVALID_PARAMETER_VALUE: Missing required field: name");
  CHECK(refused({{"name", "x"}}) == "INVALID_PARAMETER_VALUE: Missing required field: cluster_size");
  CHECK(refused({{"name", "x"}, {"cluster_size", "Tiny"}}) == "INVALID_PARAMETER_VALUE: Invalid cluster size: Tiny");
  CHECK(refused({{"name", "w"}, {"cluster_size", "Small"}}).starts_with("RESOURCE_ALREADY_EXISTS"));
  Json spec{{"name", "x"}, {"cluster_size", "Small"}};
  for (const auto& [field, value] : {std::pair<std::string, Json>{"auto_stop_mins", 5},
                                     {"auto_stop_mins", 9223372036854775807},
                                     {"min_num_clusters", 0},
                                     {"max_num_clusters", 99},
                                     {"warehouse_type", "FAST"}}) {
    Json wrong = spec;
    wrong[field] = value;
    CHECK(refused(wrong).starts_with("INVALID_PARAMETER_VALUE"));
  }
  spec["enable_photon"] = "perhaps";
  CHECK(refused(spec).starts_with("MALFORMED_REQUEST"));
  spec["enable_photon"] = true;
  spec["auto_stop_mins"] = Json::array();
  CHECK(refused(spec).starts_with("MALFORMED_REQUEST"));
  auto other = create({{"name", "other"}});
  Json tag{{"key", "k"}, {"value", 1}};
  CHECK(client->post(kBase + "/" + other + "/edit", {{"tags", {{"custom_tags", {tag}}}}}).errorCode() ==
        "MALFORMED_REQUEST");
  tag["value"] = "v";
  client->post(kBase + "/" + other + "/edit", {{"tags", {{"custom_tags", {tag}}, {"x", 1}}}});
  CHECK(get(other).at("tags") == Json{{"custom_tags", {tag}}});
  CHECK(client->post(kBase + "/" + other + "/edit", {{"name", "w"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
}

TEST_CASE_METHOD(Warehouse, "warehouses are listed in pages, under two names, and outlive a restart") {
  CHECK(client->get(kBase).body == Json::object());
  for (auto name : {"c", "a", "b"}) create({{"name", name}});
  client.reset();
  emulator.reset();
  emulator = start();
  client = std::make_unique<WorkspaceClient>(*emulator);
  auto page = client->get(kBase + "?page_size=2").body;
  CHECK(page.at("warehouses")[0].at("name") == "a");
  CHECK(page.at("warehouses").size() == 2);
  auto rest = client->get(kBase + "?page_size=2&page_token=" + page.at("next_page_token").get<std::string>()).body;
  CHECK(rest.at("warehouses")[0].at("name") == "c");
  CHECK_FALSE(rest.contains("next_page_token"));
  CHECK(client->get("/api/2.0/sql/endpoints").body.at("endpoints").size() == 3);
  auto sources = client->get("/api/2.0/preview/sql/data_sources").body;
  REQUIRE(sources.is_array());
  CHECK(sources[0].at("warehouse_id") == page.at("warehouses")[0].at("id"));
  CHECK(client->get("/api/2.0/sql/config/warehouses").status == 200);
}

TEST_CASE_METHOD(Warehouse, "queries and alerts are kept, changed by mask and trashed") {
  auto& api = *client;
  auto made = api.post("/api/2.0/sql/queries", {{"query", {{"display_name", "q"}, {"query_text", "SELECT 1"}}}});
  CHECK(made.status == 200);
  std::string id = made.body.at("id");
  CHECK(made.body.at("create_time") == "2026-01-01T00:00:00.000Z");
  CHECK(made.body.at("lifecycle_state") == "ACTIVE");
  CHECK(api.post("/api/2.0/sql/queries", {{"query", Json::object()}}).message() ==
        "Missing required field: display_name");
  auto changed =
      api.patch("/api/2.0/sql/queries/" + id,
                {{"update_mask", "query_text"}, {"query", {{"display_name", "z"}, {"query_text", "SELECT 2"}}}});
  CHECK(changed.body.at("query_text") == "SELECT 2");
  CHECK(changed.body.at("display_name") == "q");
  CHECK(api.get("/api/2.0/sql/queries").body.at("results").size() == 1);
  auto legacy = api.get("/api/2.0/preview/sql/queries").body;
  CHECK(legacy.at("count") == 1);
  CHECK(legacy.at("results")[0].at("name") == "q");
  CHECK(api.get("/api/2.0/preview/sql/queries?page=9").body.at("results") == Json::array());
  CHECK(api.get("/api/2.0/preview/sql/alerts").body == Json::array());
  CHECK(api.remove("/api/2.0/sql/queries/" + id).body == Json::object());
  CHECK(api.get("/api/2.0/sql/queries").body == Json::object());
  CHECK(api.get("/api/2.0/sql/queries/" + id).body.at("lifecycle_state") == "TRASHED");
  CHECK(api.get("/api/2.0/sql/queries/x").status == 404);
  auto alert = api.post("/api/2.0/sql/alerts", {{"alert", {{"display_name", "a"}, {"query_id", id}}}});
  CHECK(alert.body.at("state") == "UNKNOWN");
  Json bare{{"display_name", "a"},
            {"query_text", "SELECT 1"},
            {"warehouse_id", "w"},
            {"evaluation", Json::object()},
            {"schedule", Json::object()}};
  CHECK(api.post("/api/2.0/alerts", bare).status == 200);
  CHECK(api.get("/api/2.0/alerts").body.at("alerts").size() == 1);
}

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

const std::string kBase = "/api/2.0/pipelines";

// Pipelines whose updates take 90 s to run and 30 s more to end.
struct Pipeline {
  TemporaryFolder folder;
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start() {
    return std::move(Emulator::start({.dataDir = folder.path, .clusterStartTime = 90s}, clock).value());
  }
  Pipeline() {
    client->post("/api/2.0/workspace/import",
                 {{"path", "/Shared/source"}, {"format", "SOURCE"}, {"language", "PYTHON"}, {"content", encode("1")}});
  }
  std::string create(const std::string& name, Json more = Json::object()) {
    Json spec{{"name", name}, {"libraries", {{{"notebook", {{"path", "/Shared/source"}}}}}}};
    spec.update(more);
    auto reply = client->post(kBase, spec);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("pipeline_id");
  }
  Json get(const std::string& path) { return client->get(kBase + "/" + path).body; }
  std::string state(const std::string& id) { return get(id).at("state"); }
  std::string update(const std::string& id, const Json& options = Json::object()) {
    auto reply = client->post(kBase + "/" + id + "/updates", options);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("update_id");
  }
  std::string updateState(const std::string& id, const std::string& updateId) {
    return get(id + "/updates/" + updateId).at("update").at("state");
  }
  std::vector<std::string> messages(const std::string& query) {
    std::vector<std::string> found;
    auto body = get(query);
    INFO(body.dump());
    if (body.contains("events"))
      for (const auto& event : body.at("events")) found.push_back(event.at("message"));
    return found;
  }
};

}  // namespace

TEST_CASE_METHOD(Pipeline, "a pipeline is made, shown, edited and deleted, and outlives a restart") {
  auto id = create("p");
  client.reset();
  emulator.reset();
  emulator = start();
  client = std::make_unique<WorkspaceClient>(*emulator);
  auto pipeline = get(id);
  CHECK(pipeline.at("name") == "p");
  CHECK(pipeline.at("state") == "IDLE");
  CHECK(pipeline.at("health") == "HEALTHY");
  CHECK(pipeline.at("creator_user_name") == "demo@example.com");
  CHECK(pipeline.at("spec").at("id") == id);
  CHECK(pipeline.at("spec").at("edition") == "ADVANCED");
  CHECK(pipeline.at("spec").at("storage") == "dbfs:/pipelines/" + id);
  CHECK_FALSE(pipeline.contains("latest_updates"));
  auto modified = pipeline.at("last_modified");
  clock.advance(1s);
  auto put = [&](const Json& spec) { return client->put(kBase + "/" + id, spec); };
  CHECK(put({{"name", "q"}, {"catalog", "main"}, {"schema", "sales"}, {"expected_last_modified", modified}}).body ==
        Json::object());
  CHECK(get(id).at("name") == "q");
  CHECK_FALSE(get(id).at("spec").contains("storage"));
  auto stale = put({{"name", "r"}, {"expected_last_modified", modified}});
  CHECK(stale.status == 409);
  CHECK(client->remove(kBase + "/" + id).body == Json::object());
  for (const auto& gone :
       {client->get(kBase + "/" + id), client->remove(kBase + "/" + id), put({{"name", "x"}}),
        client->post(kBase + "/" + id + "/updates", Json::object()),
        client->post(kBase + "/" + id + "/stop", Json::object()), client->get(kBase + "/" + id + "/events")}) {
    CHECK(gone.status == 404);
    CHECK(gone.errorCode() == "RESOURCE_DOES_NOT_EXIST");
    CHECK(gone.message() == "The specified pipeline " + id + " was not found.");
  }
}

TEST_CASE_METHOD(Pipeline, "what a pipeline may be is checked") {
  auto id = create("p");
  auto twice = client->post(kBase, {{"name", "p"}});
  CHECK(twice.status == 409);
  CHECK(twice.errorCode() == "RESOURCE_CONFLICT");
  CHECK(twice.message().starts_with("The pipeline name 'p' is already used by another pipeline."));
  CHECK(create("p", {{"allow_duplicate_names", true}}) != id);
  auto refused = [&](const Json& spec) {
    auto reply = client->post(kBase, spec);
    CHECK(reply.status == 400);
    return reply.message();
  };
  CHECK(refused({{"target", "a.b"}}).starts_with("CreatePipeline target_schema_name \"a.b\" is not a valid name."));
  CHECK(refused({{"catalog", "a"}, {"storage", "b"}}) == "The fields catalog and storage cannot both be set.");
  CHECK(refused({{"edition", "GOLD"}}) == "Invalid value for field edition: GOLD");
  CHECK_FALSE(refused({{"continuous", "often"}}).empty());
  CHECK_FALSE(refused({{"libraries", {"x"}}}).empty());
  auto dry = client->post(kBase, {{"name", "dry"}, {"dry_run", true}});
  CHECK(dry.body.at("effective_settings").at("name") == "dry");
  CHECK(client->get(kBase + "?filter=name%20LIKE%20'dry'").body == Json::object());
}

TEST_CASE_METHOD(Pipeline, "pipelines are listed in pages, filtered and ordered") {
  for (auto name : {"beta", "alpha", "gamma"}) create(name);
  create("other", {{"libraries", {{{"notebook", {{"path", "/elsewhere"}}}}}}});
  auto names = [&](const std::string& query) {
    std::vector<std::string> found;
    auto body = client->get(kBase + query).body;
    if (body.contains("statuses"))
      for (const auto& status : body.at("statuses")) found.push_back(status.at("name"));
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(names("").size() == 4);
  CHECK(names("?order_by=name") == Names{"alpha", "beta", "gamma", "other"});
  CHECK(names("?order_by=name%20desc") == Names{"other", "gamma", "beta", "alpha"});
  CHECK(names("?filter=name%20LIKE%20'%25et%25'") == Names{"beta"});
  CHECK(names("?filter=notebook='/elsewhere'") == Names{"other"});
  auto page = client->get(kBase + "?order_by=name&max_results=3").body;
  CHECK(page.at("statuses").size() == 3);
  CHECK_FALSE(page.at("statuses")[0].contains("spec"));
  CHECK(names("?order_by=name&page_token=" + page.at("next_page_token").get<std::string>()).size() == 1);
  for (auto query :
       {"?filter=name%20LIKE%20'a'%20AND%20notebook='b'", "?filter=nonsense", "?order_by=size", "?max_results=-1"})
    CHECK(client->get(kBase + query).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Pipeline, "patterns and ids that no client would send are answered") {
  create(std::string(60, 'a'));
  auto filtered = [&](const std::string& pattern) {
    return client->send("GET", kBase, {{"Content-Type", "application/json"}},
                        Json{{"filter", "name LIKE '" + pattern + "'"}}.dump());
  };
  CHECK(filtered(std::string(3'000'000, '%')).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(filtered("%a%a%a%a%a%a%a%a%a%b").body == Json::object());
  CHECK(filtered("%a%a%a%a%a%a%a%a%a%").body.at("statuses").size() == 1);
  CHECK(client->get(kBase + "?max_results=abc").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client->get(kBase + "/zz").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client->post(kBase, {{"name", "m"}, {"configuration", {{"a", {1}}}}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(get(create("m", {{"configuration", {{"a", 1}}}})).at("spec").at("configuration").at("a") == "1");
}

TEST_CASE_METHOD(Pipeline, "a pipeline of the old metastore can be cloned into Unity Catalog") {
  auto id = create("old", {{"target", "sales"}, {"configuration", {{"k", "v"}}}});
  auto clone = [&](const Json& body) { return client->post(kBase + "/" + id + "/clone", body); };
  CHECK(clone({{"target", "t"}}).message() == "Missing required field: catalog");
  CHECK(clone({{"catalog", "main"}}).message() == "Missing required field: target");
  CHECK(clone({{"catalog", "main"}, {"target", "t"}}).status == 409);  // the name is taken
  CHECK(clone({{"clone_mode", "COPY"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(clone({{"catalog", "main"}, {"target", "t"}, {"expected_last_modified", 1}}).status == 409);
  auto made = clone({{"name", "new"}, {"catalog", "main"}, {"target", "t"}});
  CHECK(made.status == 200);
  auto spec = get(made.body.at("pipeline_id")).at("spec");
  CHECK(spec.at("name") == "new");
  CHECK(spec.at("catalog") == "main");
  CHECK(spec.at("configuration").at("k") == "v");
  CHECK_FALSE(spec.contains("storage"));
  CHECK(get(id).at("spec").at("target") == "sales");
  id = made.body.at("pipeline_id");
  CHECK(clone({{"name", "third"}, {"catalog", "main"}, {"target", "t"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Pipeline, "an update goes through its states, one at a time") {
  auto id = create("p");
  auto first = update(id);
  CHECK(updateState(id, first) == "CREATED");
  CHECK(state(id) == "DEPLOYING");
  auto second = client->post(kBase + "/" + id + "/updates", Json::object());
  CHECK(second.status == 409);
  CHECK(second.message() == "An active update " + first + " already exists for this pipeline.");
  for (auto expected : {"WAITING_FOR_RESOURCES", "INITIALIZING", "SETTING_UP_TABLES", "RUNNING", "COMPLETED"}) {
    clock.advance(30s);
    CHECK(updateState(id, first) == expected);
  }
  CHECK(state(id) == "IDLE");
  auto shown = get(id + "/updates/" + first).at("update");
  CHECK(shown.at("creation_time").is_number_integer());
  CHECK(shown.at("cause") == "API_CALL");
  CHECK(shown.at("config").at("name") == "p");
  CHECK(get(id).at("latest_updates")[0] ==
        Json{{"update_id", first}, {"state", "COMPLETED"}, {"creation_time", "2026-01-01T00:00:00.000Z"}});

  auto full = update(id, {{"full_refresh", true}, {"cause", "USER_ACTION"}});
  clock.advance(90s);
  CHECK(updateState(id, full) == "RESETTING");
  CHECK(state(id) == "RESETTING");
  CHECK(client->post(kBase + "/" + id + "/stop", Json::object()).body == Json::object());
  CHECK(updateState(id, full) == "STOPPING");
  clock.advance(30s);
  CHECK(updateState(id, full) == "CANCELED");
  CHECK(state(id) == "IDLE");
  CHECK(client->post(kBase + "/" + id + "/stop", Json::object()).status == 200);
  auto all = get(id + "/updates");
  CHECK(all.at("updates").size() == 2);
  CHECK(all.at("updates")[0].at("update_id") == full);
  CHECK(get(id + "/updates?max_results=1").contains("next_page_token"));
  CHECK(client->get(kBase + "/" + id + "/updates/x").message() == "The specified update x was not found.");

  auto endless = create("endless", {{"continuous", true}});
  update(endless);
  clock.advance(24h);
  CHECK(state(endless) == "RUNNING");
}

TEST_CASE_METHOD(Pipeline, "an update fails where its source is missing, until somebody stops it") {
  auto id = create("p", {{"libraries", {{{"notebook", {{"path", "/Shared/gone"}}}}}}});
  auto failing = update(id);
  clock.advance(90s);
  CHECK(updateState(id, failing) == "FAILED");
  CHECK(state(id) == "FAILED");
  CHECK(get(id).at("health") == "UNHEALTHY");
  auto errors = get(id + "/events?filter=level='ERROR'").at("events");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].at("error").at("exceptions")[0].at("message") ==
        "The source /Shared/gone does not exist in the workspace.");
  client->post(kBase + "/" + id + "/stop", Json::object());
  CHECK(state(id) == "IDLE");
}

TEST_CASE_METHOD(Pipeline, "events tell of updates, filtered and in pages that stand still") {
  auto id = create("p");
  auto first = update(id);
  auto name = first.substr(0, 6);
  clock.advance(30s);
  CHECK(messages(id + "/events") == std::vector<std::string>{"Update " + name + " is WAITING_FOR_RESOURCES.",
                                                             "Update " + name + " is CREATED.",
                                                             "Update " + name + " started by API_CALL."});
  auto page = get(id + "/events?max_results=2&order_by=timestamp%20desc");
  auto event = page.at("events")[0];
  CHECK(event.at("timestamp") == "2026-01-01T00:00:30.000Z");
  CHECK(event.at("event_type") == "update_progress");
  CHECK(event.at("origin").at("update_id") == first);
  CHECK(event.at("details").at("update_progress").at("state") == "WAITING_FOR_RESOURCES");
  clock.advance(60s);
  std::string token = page.at("next_page_token");
  CHECK(messages(id + "/events?page_token=" + token) ==
        std::vector<std::string>{"Update " + name + " started by API_CALL."});
  CHECK(messages(id + "/events?order_by=timestamp%20asc&max_results=1")[0].ends_with("started by API_CALL."));
  CHECK(messages(id + "/events?filter=timestamp%20%3E%20'2026-01-01T00:00:30.000Z'").size() == 2);
  CHECK(messages(id + "/events?filter=timestamp%20%3C=%20'2026-01-01T00:00:30Z'%20AND%20level%20in%20('INFO','WARN')")
            .size() == 3);
  CHECK(messages(id + "/events?filter=level='ERROR'").empty());
  CHECK(messages(id + "/events?filter=id='" + event.at("id").get<std::string>() + "'").size() == 1);
  for (auto query :
       {"?max_results=251", "?max_results=-1", "?filter=level", "?filter=colour='x'",
        "?filter=level='A'%20OR%20level='B'", "?filter=timestamp%20%3E%20'noon'", "?order_by=level", "?page_token=bad"})
    CHECK(client->get(kBase + "/" + id + "/events" + query).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client->get(kBase + "/" + id + "/events?filter=level='ERROR'&page_token=" + token).errorCode() ==
        "INVALID_PARAMETER_VALUE");
}

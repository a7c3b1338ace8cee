// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/pipelines.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {
const std::string kOne = "/api/2.0/pipelines/a-1";
}

TEST_CASE("a pipeline is read with a summary and, untouched, its whole spec") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kOne).reply(200, R"({"pipeline_id":"a-1","name":"sales","state":"IDLE","health":"HEALTHY",
    "creator_user_name":"ada@example.com","run_as_user_name":"grace@example.com","last_modified":1628815050279,
    "cause":null,"cluster_id":"c","latest_updates":[{"update_id":"u","state":"COMPLETED",
      "creation_time":"2021-08-13T00:37:30.279Z"}],
    "spec":{"id":"a-1","catalog":"main","target":"t","continuous":true,"development":true,"serverless":true,"photon":true,
      "edition":"ADVANCED","channel":"CURRENT","configuration":{"k":"v"},"newer":{"x":1},
      "libraries":[{"notebook":{"path":"/a"}},{"glob":{"include":"/b/**"}},{"jar":"dbfs:/c.jar"},
                   {"maven":{"coordinates":"g:a:1"}},{}]}})");
  auto pipeline = Pipelines(scripted.rest).get("a-1");
  REQUIRE(pipeline);
  CHECK(pipeline->runAs == "grace@example.com");
  CHECK(pipeline->modifiedAt == 1628815050279);
  CHECK(pipeline->latestUpdates.at(0).createdAt == 1628815050279);
  CHECK(pipeline->latestUpdates.at(0).isOver());
  const auto& spec = pipeline->spec;
  CHECK(spec.catalog == "main");
  CHECK(spec.schema == "t");
  CHECK(spec.continuous);
  CHECK(spec.development);
  CHECK(spec.serverless);
  CHECK(spec.photon);
  CHECK(spec.configuration.at("k") == "v");
  REQUIRE(spec.libraries.size() == 5);
  CHECK(spec.libraries[0].kind == "notebook");
  CHECK(spec.libraries[0].source == "/a");
  CHECK(spec.libraries[1].source == "/b/**");
  CHECK(spec.libraries[2].source == "dbfs:/c.jar");
  CHECK(spec.libraries[3].source == "g:a:1");
  CHECK(spec.libraries[4].kind.empty());
  CHECK(spec.document->at("newer").at("x") == 1);
}

TEST_CASE("pipelines are listed without their specs, by name or by notebook") {
  test::ScriptedWorkspace scripted;
  Pipelines pipelines(scripted.rest);
  scripted.http.on("GET", "/api/2.0/pipelines?filter=name%20LIKE%20%27%25it_s%25%27&max_results=100")
      .reply(200, R"({"statuses":[{"pipeline_id":"a-1","state":"RUNNING"}],"next_page_token":"t"})");
  scripted.http.on("GET", "/api/2.0/pipelines?filter=name%20LIKE%20%27%25it_s%25%27&max_results=100&page_token=t");
  auto some = pipelines.list({.namePattern = "%it's%"}).all();
  REQUIRE(some);
  CHECK(some->at(0).spec.document == nullptr);
  scripted.http.on("GET", "/api/2.0/pipelines?filter=notebook%3D%27%2Fa%27&max_results=100");
  CHECK(pipelines.list({.notebook = "/a"}).all().value().empty());
}

TEST_CASE("a spec goes out in the API's own words, and who names a time is not asked twice") {
  test::ScriptedWorkspace scripted;
  Pipelines pipelines(scripted.rest);
  scripted.http.on("POST", "/api/2.0/pipelines").withJson(R"({"name":"n"})").reply(200, R"({"pipeline_id":"a-1"})");
  CHECK(pipelines.create({{"name", "n"}}).value() == "a-1");
  scripted.http.on("POST", "/api/2.0/pipelines").drop();
  CHECK_FALSE(pipelines.create({{"name", "n"}}));

  scripted.http.on("PUT", kOne).withJson(R"({"name":"m","id":"a-1"})").drop();
  scripted.http.on("PUT", kOne).withJson(R"({"name":"m","id":"a-1"})");
  CHECK(pipelines.edit("a-1", {{"name", "m"}, {"id", "a-1"}}));
  scripted.http.on("PUT", kOne).withJson(R"({"name":"m","expected_last_modified":1628815050279})").drop();
  CHECK_FALSE(pipelines.edit("a-1", {{"name", "m"}}, 1628815050279));
  scripted.http.on("PUT", kOne).reply(409, R"({"error_code":"RESOURCE_CONFLICT","message":"It was modified."})");
  CHECK(pipelines.edit("a-1", {{"name", "m"}}, 1).error().code == ErrorCode::Conflict);

  scripted.http.on("POST", kOne + "/clone").withJson(R"({"name":"c"})").reply(200, R"({"pipeline_id":"b-2"})");
  CHECK(pipelines.clone("a-1", {{"name", "c"}}).value() == "b-2");
  scripted.http.on("DELETE", kOne).drop();
  scripted.http.on("DELETE", kOne);
  CHECK(pipelines.remove("a-1"));
}

TEST_CASE("an update is started once, and stopped until it is certain") {
  test::ScriptedWorkspace scripted;
  Pipelines pipelines(scripted.rest);
  scripted.http.on("POST", kOne + "/updates").withJson(R"({"cause":"USER_ACTION"})").reply(200, R"({"update_id":"u"})");
  CHECK(pipelines.startUpdate("a-1").value() == "u");
  scripted.http.on("POST", kOne + "/updates")
      .withJson(R"({"cause":"USER_ACTION","full_refresh":true,"validate_only":true,"refresh_selection":["a"],
                    "full_refresh_selection":["b"]})")
      .drop();
  CHECK_FALSE(pipelines.startUpdate(
      "a-1", {.fullRefresh = true, .validateOnly = true, .refreshSelection = {"a"}, .fullRefreshSelection = {"b"}}));
  scripted.http.on("POST", kOne + "/updates")
      .reply(409, R"({"error_code":"CONFLICT","message":"An active update u already exists for this pipeline."})");
  auto busy = pipelines.startUpdate("a-1");
  CHECK(busy.error().code == ErrorCode::Conflict);
  CHECK(busy.error().message == "An active update u already exists for this pipeline.");
  scripted.http.on("POST", kOne + "/stop").withJson("{}").drop();
  scripted.http.on("POST", kOne + "/stop").withJson("{}");
  CHECK(pipelines.stop("a-1"));
}

TEST_CASE("updates tell their time as a number or as text") {
  test::ScriptedWorkspace scripted;
  Pipelines pipelines(scripted.rest);
  scripted.http.on("GET", kOne + "/updates/u").reply(200, R"({"update":{"pipeline_id":"a-1","update_id":"u",
    "cause":"API_CALL","state":"SETTING_UP_TABLES","creation_time":1628815050279,"full_refresh":true,
    "refresh_selection":["t"]}})");
  auto update = pipelines.update("a-1", "u");
  REQUIRE(update);
  CHECK(update->createdAt == 1628815050279);
  CHECK(update->fullRefresh);
  CHECK(update->refreshSelection == std::vector<std::string>{"t"});
  CHECK_FALSE(update->isOver());
  scripted.http.on("GET", kOne + "/updates?max_results=100")
      .reply(200, R"({"updates":[{"update_id":"u"},{"update_id":"v"}]})");
  CHECK(pipelines.updates("a-1").all().value().size() == 2);
  scripted.http.on("GET", kOne + "/updates/x")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"The specified update x was not found."})");
  CHECK(pipelines.update("a-1", "x").error().code == ErrorCode::NotFound);
}

TEST_CASE("events page by a token that stands for filter and order") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kOne + "/events?filter=level%3D%27ERROR%27&max_results=250&order_by=timestamp%20asc")
      .reply(200, R"({"events":[{"id":"e","timestamp":"2021-08-13T00:37:30.279Z","level":"ERROR",
        "event_type":"flow_progress","message":"Failed.","origin":{"update_id":"u","dataset_name":"d","flow_name":"f"},
        "error":{"fatal":true,"exceptions":[{"class_name":"A","message":"m","stack":[{"declaring_class":"C",
        "method_name":"run","file_name":"C.scala","line_number":7}]}]},"details":{"x":1}}],"next_page_token":"t"})");
  scripted.http.on("GET", kOne + "/events?max_results=250&page_token=t").reply(200, R"({"events":[{"id":"g"}]})");
  auto events = Pipelines(scripted.rest).events("a-1", {.filter = "level='ERROR'", .oldestFirst = true}).all();
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  const auto& event = events->at(0);
  CHECK(event.timestamp == 1628815050279);
  CHECK(event.updateId == "u");
  CHECK(event.dataset == "d");
  CHECK(event.fatal);
  CHECK(event.exceptions.at(0).stack.at(0) == "C.run (C.scala:7)");
  CHECK(event.details->at("x") == 1);
  CHECK(events->at(1).details == nullptr);
  CHECK(events->at(1).timestamp == 0);

  scripted.http.on("GET", kOne + "/events?max_results=250&order_by=timestamp%20desc");
  CHECK(Pipelines(scripted.rest).events("a-1").all().value().empty());
}

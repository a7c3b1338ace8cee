// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/jobs.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a job is read with a summary and, untouched, its whole definition") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/get?job_id=1122334455667788991").reply(200, R"({
    "job_id":1122334455667788991,"creator_user_name":"ada@example.com","run_as_user_name":"grace@example.com",
    "created_time":1601370337343,"settings":{"name":"Nightly","description":null,"format":"MULTI_TASK",
    "edit_mode":"UI_LOCKED","max_concurrent_runs":3,"timeout_seconds":60,"queue":{"enabled":true},
    "tags":{"team":"x"},"parameters":[{"name":"table","default":"users"}],"from_the_future":{"a":[1]},
    "schedule":{"quartz_cron_expression":"20 30 * * * ?","timezone_id":"Europe/London","pause_status":"PAUSED"},
    "job_clusters":[{"job_cluster_key":"jc","new_cluster":{"num_workers":2}}],
    "tasks":[{"task_key":"a","run_if":"ALL_SUCCESS","notebook_task":{"notebook_path":"/Users/ada/nb"},
              "job_cluster_key":"jc","max_retries":-1,"timeout_seconds":5},
             {"task_key":"b","depends_on":[{"task_key":"a","outcome":"true"}],
              "spark_python_task":{"python_file":"dbfs:/x.py"},"existing_cluster_id":"0821-1"},
             {"task_key":"c","new_thing_task":{},"new_cluster":{"num_workers":1}},{"task_key":"d"}]}})");
  auto job = Jobs(scripted.rest).get(1122334455667788991);
  REQUIRE(job);
  CHECK(job->id == 1122334455667788991);
  CHECK(job->creator == "ada@example.com");
  CHECK(job->runAs == "grace@example.com");
  CHECK(job->createdTime == 1601370337343);
  CHECK_FALSE(job->cut);
  const auto& settings = job->settings;
  CHECK(settings.name == "Nightly");
  CHECK(settings.description.empty());
  CHECK(settings.editMode == "UI_LOCKED");
  CHECK(settings.maxConcurrentRuns == 3);
  CHECK(settings.timeoutSeconds == 60);
  CHECK(settings.queued);
  CHECK(settings.tags.at("team") == "x");
  CHECK(settings.parameters.at(0).defaultValue == "users");
  CHECK(settings.jobClusterKeys == std::vector<std::string>{"jc"});
  CHECK(settings.trigger.kind == "schedule");
  CHECK(settings.trigger.cron == "20 30 * * * ?");
  CHECK(settings.trigger.timezone == "Europe/London");
  CHECK(settings.trigger.paused);
  CHECK(settings.document->at("from_the_future").at("a").at(0) == 1);
  REQUIRE(settings.tasks.size() == 4);
  CHECK(settings.tasks[0].kind == "notebook_task");
  CHECK(settings.tasks[0].target == "/Users/ada/nb");
  CHECK(settings.tasks[0].jobClusterKey == "jc");
  CHECK(settings.tasks[0].maxRetries == -1);
  CHECK(settings.tasks[0].timeoutSeconds == 5);
  CHECK(settings.tasks[1].dependsOn.at(0).task == "a");
  CHECK(settings.tasks[1].dependsOn.at(0).outcome == "true");
  CHECK(settings.tasks[1].clusterId == "0821-1");
  CHECK(settings.tasks[2].kind == "new_thing_task");
  CHECK(settings.tasks[2].target.empty());
  CHECK(settings.tasks[2].newCluster);
  CHECK(settings.tasks[3].kind.empty());
}

TEST_CASE("each kind of task says what it runs") {
  struct Row {
    const char* definition;
    const char* target;
  };
  const Row rows[] = {
      {R"("notebook_task":{"notebook_path":"/a"})", "/a"},
      {R"("spark_jar_task":{"main_class_name":"com.A"})", "com.A"},
      {R"("python_wheel_task":{"package_name":"p","entry_point":"main"})", "main"},
      {R"("pipeline_task":{"pipeline_id":"p-1"})", "p-1"},
      {R"("run_job_task":{"job_id":1122334455667788991})", "1122334455667788991"},
      {R"("sql_task":{"warehouse_id":"w","query":{"query_id":"q"}})", "q"},
      {R"("sql_task":{"warehouse_id":"w","file":{"path":"/f.sql"}})", "/f.sql"},
      {R"("dbt_task":{"project_directory":"/dbt","commands":["dbt run"]})", "/dbt"},
      {R"("condition_task":{"op":"EQUAL_TO","left":"1","right":"2"})", "1 EQUAL_TO 2"},
      {R"("for_each_task":{"inputs":"[1]","task":{"task_key":"i","notebook_task":{"notebook_path":"/i"}}})", "/i"},
      {R"("for_each_task":{"inputs":"[1]","task":{"for_each_task":{}}})", ""},
      {R"("spark_submit_task":{"parameters":["x"]})", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.definition);
    test::ScriptedWorkspace scripted;
    scripted.http.on("GET", "/api/2.2/jobs/get?job_id=1")
        .reply(200, fmt::format(R"({{"settings":{{"tasks":[{{"task_key":"t",{}}}]}}}})", row.definition));
    CHECK(Jobs(scripted.rest).get(1).value().settings.tasks.at(0).target == row.target);
  }
}

TEST_CASE("what starts a job is told by its kind") {
  struct Row {
    const char* settings;
    const char* kind;
    bool paused;
  };
  const Row rows[] = {
      {R"({})", "", false},
      {R"({"continuous":{"pause_status":"UNPAUSED"}})", "continuous", false},
      {R"({"trigger":{"pause_status":"PAUSED","file_arrival":{"url":"/Volumes/a"}}})", "file_arrival", true},
      {R"({"trigger":{"periodic":{"interval":1,"unit":"DAYS"}}})", "periodic", false},
      {R"({"trigger":{"something_new":{}}})", "something_new", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.settings);
    test::ScriptedWorkspace scripted;
    scripted.http.on("GET", "/api/2.2/jobs/get?job_id=1").reply(200, fmt::format(R"({{"settings":{}}})", row.settings));
    auto trigger = Jobs(scripted.rest).get(1).value().settings.trigger;
    CHECK(trigger.kind == row.kind);
    CHECK(trigger.paused == row.paused);
  }
}

TEST_CASE("a job of more than a hundred tasks is put together from its pages") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/get?job_id=1").reply(200, R"({"job_id":1,"has_more":true,
    "next_page_token":"n","settings":{"name":"big","tasks":[{"task_key":"a"}],"parameters":[{"name":"p"}]}})");
  scripted.http.on("GET", "/api/2.2/jobs/get?job_id=1&page_token=n").reply(200, R"({"job_id":1,
    "settings":{"name":"big","tasks":[{"task_key":"b"},{"task_key":"c"}]}})");
  auto job = Jobs(scripted.rest).get(1);
  REQUIRE(job);
  CHECK(job->settings.tasks.size() == 3);
  CHECK(job->settings.tasks.at(2).key == "c");
  CHECK(job->settings.parameters.size() == 1);
  CHECK(job->settings.document->at("tasks").size() == 3);
  CHECK_FALSE(job->cut);
}

TEST_CASE("jobs page a hundred at a time and say where tasks are cut off") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/list?expand_tasks=true&limit=100&name=Nightly%20%26%20more")
      .reply(200, R"({"jobs":[{"job_id":1,"has_more":true,"settings":{"name":"Nightly & more"}}],
                      "has_more":true,"next_page_token":"x"})");
  scripted.http.on("GET", "/api/2.2/jobs/list?expand_tasks=true&limit=100&name=Nightly%20%26%20more&page_token=x")
      .reply(200, R"({"has_more":false})");
  auto jobs = Jobs(scripted.rest).list({.name = "Nightly & more", .tasks = true}).all();
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 1);
  CHECK(jobs->at(0).cut);
  scripted.http.on("GET", "/api/2.2/jobs/list?limit=100");
  CHECK(Jobs(scripted.rest).list().all().value().empty());
}

TEST_CASE("settings go out in the API's own words") {
  test::ScriptedWorkspace scripted;
  Jobs jobs(scripted.rest);
  scripted.http.on("POST", "/api/2.2/jobs/create").withJson(R"({"name":"n","tasks":[]})").reply(200, R"({"job_id":7})");
  CHECK(jobs.create({{"name", "n"}, {"tasks", core::Json::array()}}).value() == 7);
  scripted.http.on("POST", "/api/2.2/jobs/reset").withJson(R"({"job_id":7,"new_settings":{"name":"m"}})");
  CHECK(jobs.reset(7, {{"name", "m"}}));
  scripted.http.on("POST", "/api/2.2/jobs/update")
      .withJson(R"({"job_id":7,"new_settings":{"name":"m"},"fields_to_remove":["schedule"]})");
  CHECK(jobs.update(7, {{"name", "m"}}, {"schedule"}));
  scripted.http.on("POST", "/api/2.2/jobs/delete").withJson(R"({"job_id":7})");
  CHECK(jobs.remove(7));
}

TEST_CASE("a job that does not exist is NotFound although the API says 400") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/get?job_id=9")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Job 9 does not exist."})");
  auto job = Jobs(scripted.rest).get(9);
  REQUIRE_FALSE(job);
  CHECK(job.error().code == ErrorCode::NotFound);
  CHECK(job.error().message == "Job 9 does not exist.");
}

TEST_CASE("after a lost answer a job is not created twice, and all else is asked again") {
  test::ScriptedWorkspace scripted;
  Jobs jobs(scripted.rest);
  scripted.http.on("POST", "/api/2.2/jobs/create").drop();
  CHECK_FALSE(jobs.create({{"name", "n"}}));
  for (const char* path : {"/api/2.2/jobs/reset", "/api/2.2/jobs/update", "/api/2.2/jobs/delete"}) {
    scripted.http.on("POST", path).drop();
    scripted.http.on("POST", path);
  }
  CHECK(jobs.reset(1, {{"name", "n"}}));
  CHECK(jobs.update(1, {{"name", "n"}}));
  CHECK(jobs.remove(1));
}

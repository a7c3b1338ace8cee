// SPDX-License-Identifier: Apache-2.0
// Definitions of jobs over HTTP, in the versions 2.1 and 2.2.
#include <set>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Definitions {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client{*emulator};

  static Json notebook(const std::string& key, Json more = Json::object()) {
    more["task_key"] = key;
    more["notebook_task"] = {{"notebook_path", "/Users/ada/nb"}};
    return more;
  }
  static Json after(const std::string& key) { return {{"depends_on", Json::array({{{"task_key", key}}})}}; }
  std::int64_t create(const Json& settings) {
    auto reply = client.post("/api/2.2/jobs/create", settings);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("job_id");
  }
  Reply refused(const Json& settings) { return client.post("/api/2.2/jobs/create", settings); }
  Reply get(std::int64_t id, const std::string& more = "", const std::string& version = "2.2") {
    return client.get("/api/" + version + "/jobs/get?job_id=" + std::to_string(id) + more);
  }
  Json settings(std::int64_t id) { return get(id).body.at("settings"); }
};

}  // namespace

TEST_CASE_METHOD(Definitions, "a job comes back with what the service adds") {
  auto id = create({{"name", "nightly"},
                    {"unknown_field", 1},
                    {"schedule", {{"quartz_cron_expression", "20 30 * * * ?"}, {"timezone_id", "Europe/London"}}},
                    {"tasks", {notebook("a"), notebook("b", after("a"))}}});
  CHECK(id > (1LL << 53));
  auto job = get(id).body;
  CHECK(job.at("job_id") == id);
  CHECK(job.at("creator_user_name") == "demo@example.com");
  CHECK(job.at("run_as_user_name") == "demo@example.com");
  CHECK(job.at("created_time").is_number_integer());
  auto settings = job.at("settings");
  CHECK(settings.at("format") == "MULTI_TASK");
  CHECK(settings.at("max_concurrent_runs") == 1);
  CHECK(settings.at("timeout_seconds") == 0);
  CHECK(settings.at("email_notifications") == Json::object());
  CHECK(settings.at("webhook_notifications") == Json::object());
  CHECK(settings.at("schedule").at("pause_status") == "UNPAUSED");
  CHECK_FALSE(settings.contains("unknown_field"));
  auto task = settings.at("tasks")[1];
  CHECK(task.at("run_if") == "ALL_SUCCESS");
  CHECK(task.at("timeout_seconds") == 0);
  CHECK(task.at("email_notifications") == Json::object());
  CHECK(task.at("notebook_task").at("source") == "WORKSPACE");
  CHECK(task.at("depends_on")[0].at("task_key") == "a");

  CHECK(settings == get(id, "", "2.1").body.at("settings"));
  auto plain = get(create(Json::object())).body.at("settings");
  CHECK(plain.at("name") == "Untitled");
  CHECK_FALSE(plain.contains("tasks"));
}

TEST_CASE_METHOD(Definitions, "what no job can be is refused, and says why") {
  struct Case {
    Json settings;
    std::string code;
    std::string message;
  };
  Json cluster{{"spark_version", "15.4.x-scala2.12"}, {"num_workers", 1}};
  const Case cases[] = {
      {{{"tasks", {notebook("a"), notebook("a")}}}, "INVALID_PARAMETER_VALUE", "Duplicate task key found: a"},
      {{{"tasks", {notebook("a b")}}}, "INVALID_PARAMETER_VALUE", "Invalid task key: a b"},
      {{{"tasks", {{{"notebook_task", {{"notebook_path", "/x"}}}}}}},
       "INVALID_PARAMETER_VALUE",
       "Missing required field: tasks[0].task_key"},
      {{{"tasks", {{{"task_key", "a"}}}}}, "INVALID_PARAMETER_VALUE", "exactly one task type"},
      {{{"tasks", {notebook("a", {{"condition_task", {{"op", "EQUAL_TO"}, {"left", ""}, {"right", ""}}}})}}},
       "INVALID_PARAMETER_VALUE",
       "exactly one task type"},
      {{{"tasks", {{{"task_key", "a"}, {"notebook_task", Json::object()}}}}},
       "INVALID_PARAMETER_VALUE",
       "Missing required field: tasks[0].notebook_task.notebook_path"},
      {{{"tasks", {notebook("a", after("b"))}}}, "INVALID_PARAMETER_VALUE", "does not exist: b"},
      {{{"tasks", {notebook("a", after("b")), notebook("b", after("a"))}}}, "INVALID_PARAMETER_VALUE", "a cycle: a, b"},
      {{{"tasks", {notebook("a", after("a"))}}}, "INVALID_PARAMETER_VALUE", "a cycle: a"},
      {{{"tasks", {notebook("a", {{"new_cluster", {{"num_workers", 1}}}})}}},
       "INVALID_PARAMETER_VALUE",
       "Missing required field: new_cluster.spark_version"},
      {{{"tasks", {notebook("a", {{"job_cluster_key", "j"}})}}}, "INVALID_PARAMETER_VALUE", "job cluster that is not"},
      {{{"tasks", {notebook("a", {{"environment_key", "e"}})}}}, "INVALID_PARAMETER_VALUE", "environment that is not"},
      {{{"tasks", {notebook("a", {{"existing_cluster_id", "c"}, {"new_cluster", cluster}})}}},
       "INVALID_PARAMETER_VALUE",
       "only one of existing_cluster_id"},
      {{{"tasks", {notebook("a", {{"run_if", "SOMETIMES"}})}}}, "INVALID_PARAMETER_VALUE", "SOMETIMES"},
      {{{"tasks", {notebook("a", {{"max_retries", "many"}})}}}, "MALFORMED_REQUEST", "tasks[0].max_retries"},
      {{{"tasks", "a"}}, "MALFORMED_REQUEST", "Expected 'START_ARRAY' not 'VALUE_STRING' for field tasks"},
      {{{"tasks", {1}}}, "MALFORMED_REQUEST", "Expected 'START_OBJECT' not 'VALUE_NUMBER_INT'"},
      {{{"name", 7}}, "MALFORMED_REQUEST", "for field name"},
      {{{"timeout_seconds", -1}}, "INVALID_PARAMETER_VALUE", "timeout_seconds"},
      {{{"max_concurrent_runs", 1001}}, "INVALID_PARAMETER_VALUE", "max_concurrent_runs"},
      {{{"queue", Json::object()}}, "INVALID_PARAMETER_VALUE", "Missing required field: queue.enabled"},
      {{{"parameters", {{{"name", "p"}, {"default", ""}}, {{"name", "p"}, {"default", ""}}}}},
       "INVALID_PARAMETER_VALUE",
       "Duplicate name found: p"},
      {{{"parameters", {{{"name", "p q"}, {"default", ""}}}}}, "INVALID_PARAMETER_VALUE", "p q"},
      {{{"schedule", {{"quartz_cron_expression", "nonsense"}, {"timezone_id", "UTC"}}}},
       "INVALID_PARAMETER_VALUE",
       "Invalid quartz cron expression: 'nonsense'"},
      {{{"schedule", {{"quartz_cron_expression", "0 0 * * * ?"}, {"timezone_id", "Nowhere/Land"}}}},
       "INVALID_PARAMETER_VALUE",
       "Invalid timezone_id: Nowhere/Land"},
      {{{"schedule", {{"timezone_id", "UTC"}}}},
       "INVALID_PARAMETER_VALUE",
       "Missing required field: schedule.quartz_cron_expression"},
      {{{"trigger", {{"pause_status", "PAUSED"}}}}, "INVALID_PARAMETER_VALUE", "exactly one of file_arrival"},
      {{{"continuous", Json::object()}, {"trigger", {{"periodic", {{"interval", 1}, {"unit", "DAYS"}}}}}},
       "INVALID_PARAMETER_VALUE",
       "Only one of schedule, trigger and continuous"},
      {{{"git_source", {{"git_url", "https://x/y"}, {"git_provider", "svn"}}}},
       "INVALID_PARAMETER_VALUE",
       "git_source.git_provider must be one of: github,gitlab,"},
      {{{"format", "SINGLE_TASK"}, {"job_clusters", {{{"job_cluster_key", "j"}, {"new_cluster", cluster}}}}},
       "INVALID_PARAMETER_VALUE",
       "Shared job cluster feature is only supported in multi-task jobs."},
  };
  for (const auto& one : cases) {
    auto reply = refused(one.settings);
    INFO(one.settings.dump() << " -> " << reply.text);
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == one.code);
    CHECK(reply.message().find(one.message) != std::string::npos);
  }
  CHECK(client.get("/api/2.2/jobs/list").body == Json{{"has_more", false}});
}

TEST_CASE_METHOD(Definitions, "kinds of tasks check their own fields") {
  auto task = [&](const std::string& kind, Json content) {
    return refused({{"tasks", {{{"task_key", "t"}, {kind, std::move(content)}}}}});
  };
  CHECK(task("sql_task", {{"warehouse_id", "w"}}).message().find("exactly one of query") != std::string::npos);
  CHECK(task("sql_task", {{"warehouse_id", "w"}, {"query", Json::object()}}).message() ==
        "Missing required field: tasks[0].sql_task.query.query_id");
  CHECK(task("run_job_task", {{"job_id", "x"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(task("run_job_task", {{"job_id", "123"}}).status == 200);
  CHECK(task("condition_task", {{"op", "LIKE"}, {"left", ""}, {"right", ""}}).status == 400);
  CHECK(task("condition_task", {{"op", "EQUAL_TO"}, {"left", ""}}).message() ==
        "Missing required field: tasks[0].condition_task.right");
  CHECK(task("for_each_task", {{"inputs", "[]"}, {"task", Json::object()}}).message() ==
        "Missing required field: tasks[0].for_each_task.task.task_key");
  CHECK(task("for_each_task", {{"inputs", "[]"}, {"concurrency", 101}, {"task", notebook("n")}}).status == 400);
  CHECK(task("for_each_task", {{"inputs", "[]"}, {"task", notebook("n")}}).status == 200);
  CHECK(task("notebook_task", {{"notebook_path", "/x"}, {"base_parameters", {{"n", 1}}}}).errorCode() ==
        "MALFORMED_REQUEST");
  CHECK(task("python_wheel_task",
             {{"package_name", "p"}, {"entry_point", "e"}, {"parameters", {"x"}}, {"named_parameters", {{"k", "v"}}}})
            .status == 400);
  CHECK(task("spark_python_task", {{"python_file", "dbfs:/x.py"}, {"parameters", {1}}}).status == 400);
  CHECK(task("dbt_task", {{"commands", {"dbt run"}}}).status == 200);
}

TEST_CASE_METHOD(Definitions, "update replaces fields, merges tasks by key and removes what it is told") {
  auto id = create({{"name", "old"},
                    {"tags", {{"a", "1"}}},
                    {"schedule", {{"quartz_cron_expression", "0 0 0 * * ?"}, {"timezone_id", "UTC"}}},
                    {"tasks", {notebook("a"), notebook("b"), notebook("c")}}});
  auto update = [&](const Json& body) {
    Json full = body;
    full["job_id"] = id;
    return client.post("/api/2.2/jobs/update", full);
  };
  CHECK(update({{"new_settings", {{"name", "new"}, {"tasks", {notebook("b", {{"max_retries", 3}}), notebook("d")}}}},
                {"fields_to_remove", {"schedule", "tasks/a"}}})
            .body == Json::object());
  auto changed = settings(id);
  CHECK(changed.at("name") == "new");
  CHECK(changed.at("tags") == Json{{"a", "1"}});
  CHECK_FALSE(changed.contains("schedule"));
  REQUIRE(changed.at("tasks").size() == 3);
  CHECK(changed.at("tasks")[0].at("task_key") == "b");
  CHECK(changed.at("tasks")[0].at("max_retries") == 3);
  CHECK(changed.at("tasks")[2].at("task_key") == "d");

  CHECK(update({{"new_settings", {{"tasks", {notebook("b", after("gone"))}}}}}).status == 400);
  CHECK(settings(id) == changed);
  CHECK(update({{"fields_to_remove", {"tags"}}}).status == 200);
  CHECK_FALSE(settings(id).contains("tags"));
  CHECK(update({{"new_settings", "x"}}).errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Definitions, "reset replaces everything but run_as") {
  auto id = create({{"name", "old"},
                    {"tags", {{"a", "1"}}},
                    {"run_as", {{"user_name", "demo@example.com"}}},
                    {"tasks", {notebook("a")}}});
  CHECK(client.post("/api/2.2/jobs/reset", {{"job_id", id}}).message() == "Missing required field: new_settings");
  CHECK(client.post("/api/2.2/jobs/reset", {{"job_id", id}, {"new_settings", {{"name", "new"}}}}).body ==
        Json::object());
  auto after = settings(id);
  CHECK(after.at("name") == "new");
  CHECK_FALSE(after.contains("tags"));
  CHECK_FALSE(after.contains("tasks"));
  CHECK(after.at("run_as").at("user_name") == "demo@example.com");
}

TEST_CASE_METHOD(Definitions, "an unknown job is a bad parameter") {
  for (auto action : {"update", "reset", "delete", "run-now"}) {
    INFO(action);
    auto reply =
        client.post("/api/2.1/jobs/" + std::string(action), {{"job_id", 17}, {"new_settings", {{"name", "x"}}}});
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
    CHECK(reply.message() == "Job 17 does not exist.");
    CHECK(client.post("/api/2.1/jobs/" + std::string(action), Json::object()).message() ==
          "Missing required field: job_id");
    CHECK(client.post("/api/2.1/jobs/" + std::string(action), {{"job_id", "x1"}}).status == 400);
  }
  CHECK(get(17).message() == "Job 17 does not exist.");
  CHECK(get(17).status == 400);
  auto id = create({{"name", "x"}});
  CHECK(client.post("/api/2.2/jobs/delete", {{"job_id", id}}).body == Json::object());
  CHECK(get(id).status == 400);
  CHECK(client.get("/api/2.2/jobs/get?job_id=99999999999999999999").status == 400);
}

TEST_CASE_METHOD(Definitions, "jobs are listed newest first, in pages forth and back") {
  std::vector<std::int64_t> made;
  for (int i = 0; i < 5; ++i)
    made.push_back(create({{"name", "Job " + std::to_string(i % 2)}, {"tasks", {notebook("a")}}}));
  auto page = client.get("/api/2.2/jobs/list?limit=2").body;
  CHECK(page.at("jobs")[0].at("job_id") == made[4]);
  CHECK_FALSE(page.at("jobs")[0].at("settings").contains("tasks"));
  CHECK(page.at("has_more") == true);
  CHECK_FALSE(page.contains("prev_page_token"));
  auto second =
      client.get("/api/2.2/jobs/list?limit=2&page_token=" + page.at("next_page_token").get<std::string>()).body;
  CHECK(second.at("jobs")[0].at("job_id") == made[2]);
  auto back =
      client.get("/api/2.2/jobs/list?limit=2&page_token=" + second.at("prev_page_token").get<std::string>()).body;
  CHECK(back.at("jobs") == page.at("jobs"));
  auto last =
      client.get("/api/2.2/jobs/list?limit=2&page_token=" + second.at("next_page_token").get<std::string>()).body;
  CHECK(last.at("jobs").size() == 1);
  CHECK(last.at("has_more") == false);
  CHECK_FALSE(last.contains("next_page_token"));

  CHECK(client.get("/api/2.1/jobs/list?limit=20&offset=3&expand_tasks=true").body.at("jobs").size() == 2);
  CHECK(client.get("/api/2.1/jobs/list?expand_tasks=true").body.at("jobs")[0].at("settings").at("tasks").size() == 1);
  CHECK(client.get("/api/2.2/jobs/list?name=job%200").body.at("jobs").size() == 3);
  CHECK(client.get("/api/2.2/jobs/list?name=other").body == Json{{"has_more", false}});
  CHECK(client.get("/api/2.2/jobs/list?limit=101").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.2/jobs/list?page_token=junk").errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Definitions, "2.2 sends long arrays in pages of a hundred, older versions cut them") {
  Json tasks = Json::array();
  for (int i = 0; i < 250; ++i) tasks.push_back(notebook("t" + std::to_string(i)));
  auto id = create({{"tasks", tasks}, {"parameters", {{{"name", "p"}, {"default", "d"}}}}});
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    auto job = get(id, "&page_token=" + token).body;
    for (const auto& task : job.at("settings").at("tasks")) seen.insert(task.at("task_key").get<std::string>());
    CHECK(job.at("settings").contains("parameters") == (pages == 0));
    token = job.value("next_page_token", "");
    CHECK(job.contains("has_more") == !token.empty());
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(seen.size() == 250);
  CHECK(get(id, "", "2.1").body.at("settings").at("tasks").size() == 100);
  auto listed = client.get("/api/2.2/jobs/list?expand_tasks=true").body.at("jobs")[0];
  CHECK(listed.at("settings").at("tasks").size() == 100);
  CHECK(listed.at("has_more") == true);
}

TEST_CASE_METHOD(Definitions, "a job that names no policy offends against none") {
  auto id = create({{"tasks", {notebook("a")}}});
  auto path = "/api/2.0/policies/jobs/get-compliance?job_id=" + std::to_string(id);
  CHECK(client.get(path).body == Json{{"is_compliant", true}});
  CHECK(client.get("/api/2.0/policies/jobs/list-compliance?policy_id=p").body == Json::object());
  CHECK(client.get("/api/2.0/policies/jobs/list-compliance").status == 400);
  auto enforced = client.post("/api/2.0/policies/jobs/enforce-compliance", {{"job_id", id}}).body;
  CHECK(enforced.at("has_changes") == false);
}

TEST_CASE("jobs outlive the emulator") {
  TemporaryFolder folder;
  std::int64_t id = 0;
  Json before;
  {
    auto emulator = std::move(Emulator::start({.dataDir = folder.path}).value());
    WorkspaceClient client(*emulator);
    id = client.post("/api/2.2/jobs/create", {{"name", "kept"}, {"tasks", {Definitions::notebook("a")}}})
             .body.at("job_id");
    before = client.get("/api/2.2/jobs/get?job_id=" + std::to_string(id)).body;
  }
  auto emulator = std::move(Emulator::start({.dataDir = folder.path}).value());
  WorkspaceClient client(*emulator);
  CHECK(client.get("/api/2.2/jobs/get?job_id=" + std::to_string(id)).body == before);
}

// SPDX-License-Identifier: Apache-2.0
// Looking at runs: lists, outputs, exports, rights and what a restart leaves.
#include <set>

#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(JobsBench, "runs are listed newest first, filtered and in pages") {
  auto job = create({{"max_concurrent_runs", 100}, {"tasks", {notebook("a")}}});
  std::vector<std::int64_t> made;
  for (int i = 0; i < 30; ++i) {
    made.push_back(runNow(job));
    clock.advance(1s);
  }
  auto other = post("/api/2.2/jobs/runs/submit", {{"tasks", {notebook("b")}}}).body.at("run_id").get<std::int64_t>();
  auto list = [&](const std::string& query) { return get("/api/2.2/jobs/runs/list?" + query); };
  auto page = list("limit=25&job_id=" + std::to_string(job)).body;
  CHECK(page.at("runs").size() == 25);
  CHECK(page.at("runs")[0].at("run_id") == made[29]);
  CHECK_FALSE(page.at("runs")[0].contains("tasks"));
  CHECK(page.at("has_more") == true);
  auto rest =
      list("limit=25&page_token=" + page.at("next_page_token").get<std::string>() + "&job_id=" + std::to_string(job))
          .body;
  CHECK(rest.at("runs").size() == 5);
  CHECK(rest.at("has_more") == false);
  CHECK_FALSE(rest.contains("next_page_token"));
  CHECK(rest.contains("prev_page_token"));

  CHECK(list("").body.at("runs").size() == 20);
  CHECK(list("limit=0").body.at("runs").size() == 25);
  CHECK(list("limit=26").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(list("limit=-1").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("/api/2.0/jobs/runs/list?limit=31").body.at("runs").size() == 31);
  CHECK(list("run_type=SUBMIT_RUN").body.at("runs")[0].at("run_id") == other);
  CHECK(list("run_type=WORKFLOW_RUN").body == Json{{"has_more", false}});
  CHECK(list("run_type=OTHER").status == 400);
  CHECK(list("active_only=true&completed_only=true").status == 400);
  CHECK(list("completed_only=true").body == Json{{"has_more", false}});
  CHECK(list("job_id=17").message() == "Job 17 does not exist.");
  CHECK(list("expand_tasks=true").body.at("runs")[0].at("tasks").size() == 1);
  auto start = getRun(made[3]).at("start_time").dump();
  CHECK(list("start_time_from=" + start + "&start_time_to=" + start).body.at("runs").size() == 1);
  CHECK(cancel(other).status == 200);
  runner.awaitEnd(other);
  CHECK(list("completed_only=true").body.at("runs").size() == 1);
}

TEST_CASE_METHOD(JobsBench, "a submitted run has a name, a job id of its own and no job") {
  auto reply = post("/api/2.2/jobs/runs/submit", {{"run_name", "once"}, {"tasks", {notebook("a")}}});
  auto id = reply.body.at("run_id").get<std::int64_t>();
  auto shown = getRun(id);
  CHECK(shown.at("run_type") == "SUBMIT_RUN");
  CHECK(shown.at("run_name") == "once");
  CHECK(get("/api/2.2/jobs/get?job_id=" + shown.at("job_id").dump()).status == 400);
  CHECK(get("/api/2.2/jobs/list").body == Json{{"has_more", false}});
  CHECK(post("/api/2.2/jobs/runs/submit", Json::object()).message() == "Missing required field: tasks");
  CHECK(post("/api/2.2/jobs/runs/submit", {{"tasks", {notebook("a"), notebook("a")}}}).status == 400);
  runner.finish("a");
  runner.awaitEnd(id);
}

TEST_CASE_METHOD(JobsBench, "outputs are those of tasks, never of a run of several") {
  auto id = run({notebook("a"), notebook("b")});
  TaskOutcome outcome;
  outcome.output = {{"notebook_output", {{"result", "the value"}, {"truncated", false}}}};
  outcome.exportHtml = "<html>a</html>";
  runner.host("a").executionStarted();
  runner.host("b").executionStarted();
  auto a = std::to_string(runner.await("a").runId);
  auto b = std::to_string(runner.await("b").runId);
  auto early = get("/api/2.2/jobs/runs/export?run_id=" + a);
  CHECK(early.status == 400);
  runner.finish("a", outcome);
  runner.finish("b");
  runner.awaitEnd(id);
  auto output = [&](const std::string& run) { return get("/api/2.2/jobs/runs/get-output?run_id=" + run); };
  CHECK(output(a).body.at("notebook_output").at("result") == "the value");
  CHECK(output(a).body.at("metadata").at("state").at("result_state") == "SUCCESS");
  CHECK(output(b).body.at("notebook_output") == Json::object());
  auto whole = output(std::to_string(id));
  CHECK(whole.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(whole.message() ==
        "Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each "
        "individual task run instead.");
  CHECK(output("17").message() == "Run 17 does not exist.");

  auto exported = get("/api/2.2/jobs/runs/export?run_id=" + a + "&views_to_export=CODE").body;
  CHECK(exported.at("views") == Json::array({{{"content", "<html>a</html>"}, {"name", "a"}, {"type", "NOTEBOOK"}}}));
  CHECK(get("/api/2.2/jobs/runs/export?run_id=" + a + "&views_to_export=DASHBOARDS").body == Json::object());
  CHECK(get("/api/2.2/jobs/runs/export?run_id=" + a + "&views_to_export=PICTURES").status == 400);
  CHECK(get("/api/2.2/jobs/runs/export?run_id=" + std::to_string(id)).status == 400);
}

TEST_CASE_METHOD(JobsBench, "only runs of notebooks can be exported") {
  auto id = run({{{"task_key", "p"}, {"existing_cluster_id", "c"}, {"spark_python_task", {{"python_file", "/x.py"}}}}});
  auto p = runner.await("p").runId;
  runner.finish("p");
  runner.awaitEnd(id);
  auto reply = get("/api/2.2/jobs/runs/export?run_id=" + std::to_string(p));
  CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(JobsBench, "2.2 sends the tasks of a run in pages, too") {
  Json tasks = Json::array();
  tasks.push_back(notebook("first"));
  for (int i = 0; i < 149; ++i) tasks.push_back(notebook("t" + std::to_string(i), after({"first"})));
  auto id = run(tasks);
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    auto page = getRun(id, "&page_token=" + token);
    for (const auto& entry : page.at("tasks")) seen.insert(entry.at("task_key").get<std::string>());
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 2);
  CHECK(seen.size() == 150);
  CHECK(get("/api/2.1/jobs/runs/get?run_id=" + std::to_string(id)).body.at("tasks").size() == 100);
  cancel(id);
  runner.awaitEnd(id);
}

TEST_CASE_METHOD(JobsBench, "who may not see a job learns nothing about it") {
  auto mine = create({{"tasks", {notebook("a")}}});
  auto id = runNow(mine);
  runner.await("a");
  auto ada = caller;
  caller = users.ensure("bob@example.com", false);
  for (auto job : {mine, std::int64_t{17}}) {
    INFO(job);
    auto number = std::to_string(job);
    auto reply = get("/api/2.2/jobs/get?job_id=" + number);
    CHECK(reply.status == 403);
    CHECK(reply.errorCode() == "PERMISSION_DENIED");
    CHECK(reply.message() ==
          "User bob@example.com does not have View or Admin or Manage Run or Owner permissions on job " + number);
    for (auto action : {"delete", "reset", "update"})
      CHECK(
          post("/api/2.2/jobs/" + std::string(action), {{"job_id", job}, {"new_settings", Json::object()}}).message() ==
          "User bob@example.com does not have Admin or Owner permissions on job " + number);
    CHECK(post("/api/2.2/jobs/run-now", {{"job_id", job}}).status == 403);
    CHECK(get("/api/2.2/jobs/runs/list?job_id=" + number).status == 403);
  }
  CHECK(get("/api/2.2/jobs/list").body == Json{{"has_more", false}});
  CHECK(get("/api/2.2/jobs/runs/list").body == Json{{"has_more", false}});
  CHECK(get("/api/2.2/jobs/runs/get?run_id=" + std::to_string(id)).status == 403);
  CHECK(cancel(id).status == 403);

  auto his = create({{"tasks", {notebook("b")}}});
  auto run = runNow(his);
  CHECK(getRun(run).at("creator_user_name") == "bob@example.com");
  auto once = post("/api/2.2/jobs/runs/submit", {{"tasks", {notebook("c")}}}).body.at("run_id").get<std::int64_t>();
  CHECK(lifeCycle(getRun(once)) == "PENDING");
  caller = ada;
  CHECK(getRun(once).at("run_id") == once);
}

TEST_CASE_METHOD(JobsBench, "what has ended outlives a restart, and what was active is honestly lost") {
  auto done = run({notebook("a", {{"max_retries", 1}})});
  runner.host("a").executionStarted();
  runner.fail("a");
  awaitState(done, "a", "WAITING_FOR_RETRY");
  clock.advance(1s);
  awaitState(done, "a", "PENDING");
  runner.host("a").executionStarted();
  runner.host("a").setTaskValue("k", {{"deep", {1, 2}}});
  runner.finish("a", {.output = {{"notebook_output", {{"result", "x"}}}}, .exportHtml = "<p>"});
  runner.awaitEnd(done);
  auto lost = run({notebook("b"), notebook("c", after({"b"}))}, {{"queue", {{"enabled", true}}}, {"name", "lost"}});
  runner.await("b");
  auto job = getRun(lost).at("job_id").get<std::int64_t>();
  auto queued = runNow(job, {{"idempotency_token", "t"}});
  auto before = getRun(done, "&include_history=true&include_resolved_values=true");
  restart();
  CHECK(getRun(done, "&include_history=true&include_resolved_values=true") == before);
  auto a = task(before, "a").at("run_id").dump();
  CHECK(get("/api/2.2/jobs/runs/get-output?run_id=" + a).body.at("notebook_output").at("result") == "x");
  CHECK(get("/api/2.2/jobs/runs/export?run_id=" + a).body.at("views")[0].at("content") == "<p>");
  for (auto id : {lost, queued}) {
    auto shown = getRun(id);
    CHECK(lifeCycle(shown) == "INTERNAL_ERROR");
    CHECK(result(shown) == "FAILED");
    CHECK(code(shown) == "INTERNAL_ERROR");
    CHECK(shown.at("status").at("termination_details").at("type") == "INTERNAL_ERROR");
    CHECK(shown.at("state").at("state_message").get<std::string>().find("The emulator ended") == 0);
  }
  CHECK(runNow(job, {{"idempotency_token", "t"}}) == queued);
  CHECK(get("/api/2.2/jobs/runs/list?active_only=true").body == Json{{"has_more", false}});
}

TEST_CASE_METHOD(JobsBench, "runs are kept for sixty days") {
  auto id = run({notebook("a")});
  runner.finish("a");
  runner.awaitEnd(id);
  clock.advance(24h * 59);
  CHECK(getRun(id).at("run_id") == id);
  clock.advance(24h * 2);
  auto later = run({notebook("a")});
  CHECK(get("/api/2.2/jobs/runs/get?run_id=" + std::to_string(id)).status == 400);
  CHECK(getRun(later).at("run_id") == later);
}

namespace {

struct Policies : JobsBench {
  Policies() {
    policyCheck = [](const std::string& policy,
                     Json& cluster) -> std::expected<std::map<std::string, std::string>, ApiError> {
      if (policy != "strict") return invalidParameter("There is no policy " + policy + ".");
      cluster["spark_version"] = "fixed";
      if (cluster.contains("num_workers")) return std::map<std::string, std::string>{{"num_workers", "too many"}};
      return std::map<std::string, std::string>();
    };
    restart();
  }
  static Json cluster(const std::string& policy) { return {{"spark_version", "old"}, {"policy_id", policy}}; }
  Json compliance(std::int64_t job) {
    return get("/api/2.0/policies/jobs/get-compliance?job_id=" + std::to_string(job)).body;
  }
};

}  // namespace

TEST_CASE_METHOD(Policies, "clusters of jobs are held against the policies that they name") {
  auto wide = cluster("strict");
  wide["num_workers"] = 9;
  auto job = create(
      {{"tasks",
        {notebook("a", {{"new_cluster", wide}}), notebook("b"), notebook("c", {{"new_cluster", cluster("gone")}})}}});
  CHECK(compliance(job) == Json{{"is_compliant", false},
                                {"violations",
                                 {{"a.num_workers", "too many"},
                                  {"a.spark_version", "the value must be fixed"},
                                  {"c.policy_id", "There is no policy gone."}}}});
  auto listed = get("/api/2.0/policies/jobs/list-compliance?policy_id=strict").body.at("jobs");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("job_id") == job);
  CHECK(get("/api/2.0/policies/jobs/list-compliance?policy_id=other").body == Json::object());
}

TEST_CASE_METHOD(Policies, "a policy is enforced on a job, unless that was only a question") {
  auto job = create({{"job_clusters", Json::array({{{"job_cluster_key", "main"}, {"new_cluster", cluster("strict")}}})},
                     {"tasks", {notebook("a", {{"job_cluster_key", "main"}}), notebook("b")}}});
  auto enforce = [&](bool ask) {
    return post("/api/2.0/policies/jobs/enforce-compliance", {{"job_id", job}, {"validate_only", ask}}).body;
  };
  auto asked = enforce(true);
  CHECK(asked.at("has_changes") == true);
  CHECK(asked.at("job_cluster_changes") ==
        Json::array({{{"field", "main.spark_version"}, {"previous_value", "old"}, {"new_value", "fixed"}}}));
  CHECK(compliance(job).at("is_compliant") == false);
  CHECK(enforce(false).at("settings").at("job_clusters")[0].at("new_cluster").at("spark_version") == "fixed");
  CHECK(compliance(job) == Json{{"is_compliant", true}});
  CHECK(enforce(false).at("has_changes") == false);
}

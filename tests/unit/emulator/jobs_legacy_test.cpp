// SPDX-License-Identifier: Apache-2.0
// The single-task format of Jobs 2.0.
#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Legacy : JobsBench {
  Json cluster{{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "i3.xlarge"}, {"num_workers", 2}};
  Json settings{{"name", "my old job!"},
                {"new_cluster", cluster},
                {"libraries", {{{"pypi", {{"package", "x"}}}}}},
                {"notebook_task", {{"notebook_path", "/nb"}}},
                {"max_retries", 1},
                {"timeout_seconds", 60}};

  std::int64_t createOld() { return post("/api/2.0/jobs/create", settings).body.at("job_id"); }
  Json get20(std::int64_t id) { return get("/api/2.0/jobs/get?job_id=" + std::to_string(id)).body.at("settings"); }
  Json get21(std::int64_t id) { return get("/api/2.1/jobs/get?job_id=" + std::to_string(id)).body.at("settings"); }
};

}  // namespace

TEST_CASE_METHOD(Legacy, "a job of 2.0 has its task at the top there, and in tasks[] everywhere else") {
  auto id = createOld();
  auto old = get20(id);
  CHECK(old.at("format") == "SINGLE_TASK");
  CHECK(old.at("notebook_task").at("notebook_path") == "/nb");
  CHECK(old.at("new_cluster") == cluster);
  CHECK(old.at("max_retries") == 1);
  CHECK(old.at("timeout_seconds") == 60);
  CHECK_FALSE(old.contains("tasks"));
  auto today = get21(id);
  REQUIRE(today.at("tasks").size() == 1);
  auto task = today.at("tasks")[0];
  CHECK(task.at("task_key") == "my_old_job_");
  CHECK(task.at("libraries").size() == 1);
  CHECK_FALSE(today.contains("notebook_task"));
  CHECK(get("/api/2.0/jobs/list").body.at("jobs")[0].at("settings") == old);
}

TEST_CASE_METHOD(Legacy, "2.0 lists everything at once, newer jobs in their own format") {
  CHECK(get("/api/2.0/jobs/list").body == Json::object());
  for (int i = 0; i < 25; ++i) create({{"tasks", {notebook("a"), notebook("b")}}});
  auto listed = get("/api/2.0/jobs/list").body;
  CHECK(listed.at("jobs").size() == 25);
  CHECK(listed.at("jobs")[0].at("settings").at("tasks").size() == 2);
  CHECK_FALSE(listed.contains("has_more"));
}

TEST_CASE_METHOD(Legacy, "update and reset of 2.0 speak its format") {
  auto id = createOld();
  CHECK(post("/api/2.0/jobs/update",
             {{"job_id", id},
              {"new_settings", {{"notebook_task", {{"notebook_path", "/other"}}}, {"max_retries", 5}}},
              {"fields_to_remove", {"libraries"}}})
            .status == 200);
  auto changed = get20(id);
  CHECK(changed.at("notebook_task").at("notebook_path") == "/other");
  CHECK(changed.at("max_retries") == 5);
  CHECK_FALSE(changed.contains("libraries"));
  CHECK(changed.at("name") == "my old job!");
  CHECK(post("/api/2.0/jobs/reset",
             {{"job_id", id},
              {"new_settings", {{"existing_cluster_id", "c"}, {"spark_python_task", {{"python_file", "/x.py"}}}}}})
            .status == 200);
  CHECK(get20(id).at("spark_python_task").at("python_file") == "/x.py");
  CHECK_FALSE(get20(id).contains("notebook_task"));
  auto two = settings;
  two["spark_python_task"] = {{"python_file", "/x.py"}};
  CHECK(post("/api/2.0/jobs/create", two).errorCode() == "INVALID_PARAMETER_VALUE");
  two = settings;
  two["new_cluster"].erase("num_workers");
  CHECK(post("/api/2.0/jobs/create", two).message() ==
        "Missing required field: settings.cluster_spec.new_cluster.size");
  two = settings;
  two["job_clusters"] = Json::array({{{"job_cluster_key", "j"}, {"new_cluster", cluster}}});
  CHECK(post("/api/2.0/jobs/create", two).message() ==
        "Shared job cluster feature is only supported in multi-task jobs.");
}

TEST_CASE_METHOD(Legacy, "a run of a single task shows it on top, and has its output itself") {
  auto id = runNow(createOld());
  runner.host("my_old_job_").clusterAssigned("0101-000000-abcdefgh", "12");
  runner.host("my_old_job_").executionStarted();
  runner.finish("my_old_job_", {.output = {{"notebook_output", {{"result", "x"}}}}, .exportHtml = "<p>"});
  runner.awaitEnd(id);
  auto old = get("/api/2.0/jobs/runs/get?run_id=" + std::to_string(id)).body;
  CHECK(old.at("format") == "SINGLE_TASK");
  CHECK(old.at("task").at("notebook_task").at("notebook_path") == "/nb");
  CHECK(old.at("cluster_spec").at("new_cluster") == cluster);
  CHECK(old.at("cluster_spec").at("libraries").size() == 1);
  CHECK(old.at("cluster_instance").at("cluster_id") == "0101-000000-abcdefgh");
  CHECK(old.at("setup_duration").is_number_integer());
  CHECK_FALSE(old.contains("tasks"));
  CHECK(getRun(id).at("tasks").size() == 1);
  CHECK_FALSE(getRun(id).contains("task"));
  CHECK_FALSE(get("/api/2.2/jobs/runs/list").body.at("runs")[0].contains("task"));
  CHECK(get("/api/2.0/jobs/runs/list").body.at("runs")[0].contains("task"));
  auto output = get("/api/2.0/jobs/runs/get-output?run_id=" + std::to_string(id)).body;
  CHECK(output.at("notebook_output").at("result") == "x");
  CHECK(output.at("metadata").at("run_id") == id);
  CHECK(get("/api/2.0/jobs/runs/export?run_id=" + std::to_string(id)).body.at("views")[0].at("name") == "nb");
}

TEST_CASE_METHOD(Legacy, "a failed run of a single task is TERMINATED, not an error of the machinery") {
  settings.erase("max_retries");
  settings["run_name"] = "once";
  auto id = post("/api/2.0/jobs/runs/submit", settings).body.at("run_id").get<std::int64_t>();
  runner.fail("once");
  runner.awaitEnd(id);
  auto run = get("/api/2.0/jobs/runs/get?run_id=" + std::to_string(id)).body;
  CHECK(lifeCycle(run) == "TERMINATED");
  CHECK(result(run) == "FAILED");
  CHECK(run.at("run_type") == "SUBMIT_RUN");
  CHECK(run.at("state").at("state_message") == "Workload failed, see run output for details");
}

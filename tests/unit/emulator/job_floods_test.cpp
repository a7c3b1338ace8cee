// SPDX-License-Identifier: Apache-2.0
// Jobs that would go on for ever, or all at once.
#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

// Ends the moment it starts.
Json hopeless() {
  return {{"task_key", "jar"}, {"existing_cluster_id", "c"}, {"spark_jar_task", {{"main_class_name", "x"}}}};
}
Json runJob(std::int64_t job, Json more = Json::object()) {
  more["task_key"] = "child";
  more["run_job_task"] = {{"job_id", job}};
  return more;
}

}  // namespace

TEST_CASE_METHOD(JobsBench, "a task that may be tried for ever ends where there is nothing to be run") {
  auto missing = run(runJob(12345, {{"max_retries", -1}}));
  CHECK(code(getRun(missing)) == "RESOURCE_NOT_FOUND");
  auto bad = hopeless();
  bad["max_retries"] = -1;
  CHECK(code(getRun(run(bad))) == "INVALID_RUN_CONFIGURATION");
}

TEST_CASE_METHOD(JobsBench, "a job that fails at once is tried again once a second") {
  auto child = create({{"tasks", {hopeless()}}, {"max_concurrent_runs", 1000}});
  auto id = run(runJob(child, {{"max_retries", -1}}));
  CHECK(task(getRun(id), "child").at("attempt_number") == 1);
  clock.advance(10s);
  CHECK(task(getRun(id), "child").at("attempt_number") == 2);
  CHECK(cancel(id).status == 200);
  CHECK(result(getRun(id)) == "CANCELED");
}

TEST_CASE_METHOD(JobsBench, "a thousand jobs that end at once do not stand on one another") {
  world.state = nullptr;  // the disk would take its time
  restart();
  auto child = create({{"tasks", {hopeless()}}, {"max_concurrent_runs", 1000}});
  Json inputs = Json::array();
  for (int i = 0; i < 1500; ++i) inputs.push_back(i);
  auto id = run({{"task_key", "loop"},
                 {"for_each_task", {{"inputs", inputs.dump()}, {"concurrency", 1}, {"task", runJob(child)}}}});
  runner.awaitEnd(id);
  auto stats = task(getRun(id), "loop").at("for_each_task").at("stats").at("task_run_stats");
  CHECK(stats.at("failed_iterations") == 1500);
}

TEST_CASE_METHOD(JobsBench, "runs in the queue start when the job may have more at once") {
  auto job = create({{"queue", {{"enabled", true}}}, {"tasks", {notebook("a")}}});
  auto first = runNow(job);
  runner.await("a");
  auto second = runNow(job);
  auto third = runNow(job);
  CHECK(lifeCycle(getRun(second)) == "QUEUED");
  CHECK(post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"max_concurrent_runs", 2}}}}).status == 200);
  CHECK(lifeCycle(getRun(second)) != "QUEUED");
  CHECK(lifeCycle(getRun(third)) == "QUEUED");
  for (auto id : {first, second, third}) CHECK(cancel(id).status == 200);
}

TEST_CASE_METHOD(JobsBench, "a timeout comes even where all threads for tasks are taken") {
  Json loop{{"inputs", Json::array().dump()}, {"concurrency", 100}, {"task", notebook("a")}};
  Json inputs = Json::array();
  for (int i = 0; i < 100; ++i) inputs.push_back(i);
  loop["inputs"] = inputs.dump();
  auto id = run({{"task_key", "loop"}, {"for_each_task", loop}}, {{"timeout_seconds", 60}});
  runner.await("a");
  clock.advance(61s);
  runner.awaitEnd(id);
  CHECK(result(getRun(id)) == "TIMEDOUT");
}

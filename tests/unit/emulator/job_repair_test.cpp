// SPDX-License-Identifier: Apache-2.0
// Repairs of runs, and jobs that run other jobs.
#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Repairs : JobsBench {
  static Json runJob(const std::string& key, std::int64_t job, Json more = Json::object()) {
    more["job_id"] = job;
    return {{"task_key", key}, {"run_job_task", more}};
  }
};

}  // namespace

TEST_CASE_METHOD(Repairs, "a repair runs failed tasks again within the same run") {
  auto id = run({notebook("a"), notebook("b", after({"a"})), notebook("c", after({"b"}))},
                {{"parameters", {{{"name", "p"}, {"default", "1"}}}}});
  CHECK(repair(id, {{"rerun_all_failed_tasks", true}}).errorCode() == "INVALID_STATE");
  runner.finish("a");
  runner.fail("b");
  runner.awaitEnd(id);
  auto before = getRun(id);
  clock.advance(10s);
  auto reply = repair(id, {{"rerun_all_failed_tasks", true}, {"job_parameters", {{"p", "2"}}}});
  INFO(reply.text);
  auto repairId = reply.body.at("repair_id").get<std::int64_t>();
  CHECK(runner.await("b").parameters == Json{{"p", "2"}});
  auto during = getRun(id);
  CHECK(lifeCycle(during) == "RUNNING");
  CHECK(during.at("end_time") == 0);
  CHECK(during.at("tasks").size() == 5);
  CHECK(task(during, "b").at("attempt_number") == 1);
  CHECK(task(during, "b").at("run_id") != task(before, "b").at("run_id"));
  CHECK(task(during, "a") == task(before, "a"));
  runner.finish("b");
  runner.finish("c");
  runner.awaitEnd(id, 2);
  auto after = getRun(id, "&include_history=true");
  CHECK(result(after) == "SUCCESS");
  CHECK_FALSE(getRun(id).contains("repair_history"));
  auto history = after.at("repair_history");
  REQUIRE(history.size() == 2);
  CHECK(history[0].at("type") == "ORIGINAL");
  CHECK(result(history[0]) == "FAILED");
  CHECK(history[0].at("task_run_ids").size() == 3);
  CHECK_FALSE(history[0].contains("id"));
  CHECK(history[1].at("type") == "REPAIR");
  CHECK(history[1].at("id") == repairId);
  CHECK(history[1].at("status").at("termination_details").at("code") == "SUCCESS");
  CHECK(history[1].at("task_run_ids").size() == 2);

  CHECK(repair(id, {{"rerun_tasks", {"a"}}}).message().find("latest_repair_id must be provided") == 0);
  CHECK(repair(id, {{"rerun_tasks", {"a"}}, {"latest_repair_id", 1}}).status == 400);
  CHECK(repair(id, {{"rerun_all_failed_tasks", true}, {"latest_repair_id", repairId}}).status == 400);
  CHECK(repair(id, {{"rerun_tasks", {"a"}}, {"rerun_dependent_tasks", true}, {"latest_repair_id", repairId}}).status ==
        200);
  runner.finish("a");
  runner.finish("b");
  runner.finish("c");
  runner.awaitEnd(id, 3);
  CHECK(getRun(id).at("tasks").size() == 8);
}

TEST_CASE_METHOD(Repairs, "what a repair asks for is checked") {
  auto id = run({notebook("a")});
  runner.fail("a");
  runner.awaitEnd(id);
  CHECK(repair(id, Json::object()).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(repair(id, {{"rerun_tasks", {"b"}}}).message() == "Task b does not exist in the run.");
  CHECK(repair(id, {{"rerun_tasks", {"a"}}, {"rerun_all_failed_tasks", true}}).status == 400);
  CHECK(repair(id, {{"rerun_tasks", "a"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(repair(17, {{"rerun_tasks", {"a"}}}).message() == "Run 17 does not exist.");
  auto job = create({{"tasks", {notebook("a")}}, {"max_concurrent_runs", 0}});
  auto skipped = runNow(job);
  CHECK(result(getRun(skipped)) == "MAXIMUM_CONCURRENT_RUNS_REACHED");
  CHECK(repair(skipped, {{"rerun_tasks", {"a"}}}).errorCode() == "INVALID_STATE");
}

TEST_CASE_METHOD(Repairs, "a job that runs another job ends as that one does") {
  auto child = create({{"tasks", {notebook("inner")}}, {"parameters", {{{"name", "p"}, {"default", "1"}}}}});
  auto parent = create({{"tasks", {runJob("outer", child, {{"job_parameters", {{"p", "{{task.name}}"}}}})}}});
  auto id = runNow(parent);
  auto request = runner.await("inner");
  CHECK(request.parameters.at("p") == "outer");
  auto shown = getRun(request.jobRunId);
  CHECK(shown.at("trigger") == "RUN_JOB_TASK");
  auto outer = task(getRun(id), "outer").at("run_id");
  CHECK(shown.at("trigger_info").at("run_id") == outer);
  CHECK(lifeCycle(task(getRun(id), "outer")) == "RUNNING");
  CHECK(get("/api/2.2/jobs/runs/get-output?run_id=" + outer.dump()).body.at("run_job_output").at("run_id") ==
        request.jobRunId);
  runner.fail("inner");
  runner.awaitEnd(id);
  CHECK(result(getRun(request.jobRunId)) == "FAILED");
  CHECK(result(task(getRun(id), "outer")) == "FAILED");

  auto again = runNow(parent);
  auto inner = runner.await("inner").jobRunId;
  CHECK(cancel(again).status == 200);
  runner.awaitEnd(again);
  CHECK(result(getRun(inner)) == "CANCELED");
  CHECK(result(getRun(again)) == "CANCELED");
}

TEST_CASE_METHOD(Repairs, "run_job tasks nest three deep and no deeper") {
  auto job = create({{"tasks", {notebook("bottom")}}});
  for (int i = 0; i < 3; ++i) job = create({{"tasks", {runJob("t" + std::to_string(i), job)}}});
  auto good = runNow(job);
  runner.finish("bottom");
  runner.awaitEnd(good);
  CHECK(result(getRun(good)) == "SUCCESS");
  auto tooDeep = runNow(create({{"tasks", {runJob("top", job)}}}));
  runner.awaitEnd(tooDeep);
  CHECK(result(getRun(tooDeep)) == "FAILED");
  CHECK(code(getRun(tooDeep)) == "RUN_EXECUTION_ERROR");
  auto gone = runNow(create({{"tasks", {runJob("top", 17)}}}));
  runner.awaitEnd(gone);
  CHECK(code(getRun(gone)) == "RESOURCE_NOT_FOUND");
  CHECK(task(getRun(gone), "top").at("state").at("state_message") == "Job 17 does not exist.");
}

TEST_CASE_METHOD(Repairs, "iterations of a for_each task are seen on the task's own run") {
  Json nested =
      notebook("one", {{"notebook_task", {{"notebook_path", "/nb"}, {"base_parameters", {{"v", "{{input}}"}}}}}});
  auto id = run(Json{{"task_key", "loop"}, {"for_each_task", {{"inputs", R"(["x","y"])"}, {"task", nested}}}});
  CHECK(runner.await("one").task.at("notebook_task").at("base_parameters").at("v") == "x");
  auto loop = task(getRun(id), "loop");
  CHECK(loop.at("for_each_task").at("stats").at("task_run_stats") == Json{{"total_iterations", 2},
                                                                          {"scheduled_iterations", 1},
                                                                          {"active_iterations", 1},
                                                                          {"completed_iterations", 0},
                                                                          {"succeeded_iterations", 0},
                                                                          {"failed_iterations", 0}});
  CHECK(getRun(id).at("tasks").size() == 1);
  auto first = runner.await("one").runId;
  runner.finish("one", {.output = {{"notebook_output", {{"result", "r"}}}}, .exportHtml = {}});
  until([&] { return runner.isRunning("one"); });
  runner.finish("one");
  runner.awaitEnd(id);
  auto shown = getRun(loop.at("run_id"));
  REQUIRE(shown.at("iterations").size() == 2);
  CHECK(shown.at("iterations")[0].at("run_id") == first);
  CHECK(get("/api/2.2/jobs/runs/get-output?run_id=" + std::to_string(first)).body.at("notebook_output").at("result") ==
        "r");
  CHECK(result(getRun(id)) == "SUCCESS");
}

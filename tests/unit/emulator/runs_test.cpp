// SPDX-License-Identifier: Apache-2.0
// Runs of jobs, their states and their endpoints, with scripted tasks.
#include <limits>

#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(JobsBench, "a run goes from PENDING to RUNNING to TERMINATED, and times what it does") {
  auto job = create({{"name", "Nightly"}, {"tasks", {notebook("a"), notebook("b", after({"a"}))}}});
  auto id = runNow(job);
  runner.await("a");
  auto begun = getRun(id);
  CHECK(lifeCycle(begun) == "PENDING");
  CHECK(begun.at("end_time") == 0);
  CHECK(begun.at("job_id") == job);
  CHECK(begun.at("job_run_id") == id);
  CHECK(begun.at("original_attempt_run_id") == id);
  CHECK(begun.at("number_in_job") == id);
  CHECK(begun.at("run_name") == "Nightly");
  CHECK(begun.at("run_type") == "JOB_RUN");
  CHECK(begun.at("trigger") == "ONE_TIME");
  CHECK(begun.at("creator_user_name") == "ada@example.com");
  CHECK(begun.at("run_page_url") == "http://here/?o=123#job/" + std::to_string(job) + "/run/" + std::to_string(id));
  CHECK(begun.at("status") == Json{{"state", "PENDING"}});
  CHECK(begun.at("state").at("user_cancelled_or_timedout") == false);
  CHECK_FALSE(begun.at("state").contains("result_state"));
  CHECK(lifeCycle(task(begun, "b")) == "BLOCKED");
  CHECK(task(begun, "b").at("status").at("state") == "BLOCKED");

  clock.advance(100ms);
  runner.host("a").clusterAssigned("0101-000000-abcdefgh", "4348585301701786933");
  runner.host("a").executionStarted();
  auto running = getRun(id);
  CHECK(lifeCycle(running) == "RUNNING");
  CHECK(running.at("state").at("state_message") == "In run");
  auto a = task(running, "a");
  CHECK(lifeCycle(a) == "RUNNING");
  CHECK(a.at("setup_duration") == 100);
  CHECK(a.at("cluster_instance") ==
        Json{{"cluster_id", "0101-000000-abcdefgh"}, {"spark_context_id", "4348585301701786933"}});
  clock.advance(300ms);
  runner.host("a").cleanupStarted();
  clock.advance(20ms);
  runner.finish("a");
  runner.await("b");
  a = task(getRun(id), "a");
  CHECK(a.at("execution_duration") == 300);
  CHECK(a.at("cleanup_duration") == 20);
  CHECK(a.at("end_time").get<std::int64_t>() - a.at("start_time").get<std::int64_t>() == 420);
  runner.finish("b");
  runner.awaitEnd(id);
  auto ended = getRun(id);
  CHECK(ended.at("state") == Json{{"life_cycle_state", "TERMINATED"},
                                  {"result_state", "SUCCESS"},
                                  {"state_message", ""},
                                  {"user_cancelled_or_timedout", false}});
  CHECK(ended.at("status") ==
        Json{{"state", "TERMINATED"},
             {"termination_details", {{"code", "SUCCESS"}, {"type", "SUCCESS"}, {"message", ""}}}});
  CHECK(ended.at("run_duration") == 420);
  CHECK(ended.at("setup_duration") == 0);
  CHECK(ended.at("execution_duration") == 0);
  CHECK(result(task(ended, "b")) == "SUCCESS");
}

TEST_CASE_METHOD(JobsBench, "a task that fails ends the run as the service tells it") {
  auto id = run({notebook("a"), notebook("b", after({"a"})), notebook("c", after({"a"}, {{"run_if", "ALL_DONE"}}))});
  runner.fail("a", "ZeroDivisionError: division by zero");
  runner.finish("c");
  runner.awaitEnd(id);
  auto ended = getRun(id);
  CHECK(lifeCycle(ended) == "INTERNAL_ERROR");
  CHECK(result(ended) == "FAILED");
  CHECK(ended.at("state").at("state_message") ==
        "Task a failed with message: Workload failed, see run output for details.");
  CHECK(ended.at("status").at("state") == "TERMINATED");
  CHECK(code(ended) == "RUN_EXECUTION_ERROR");
  CHECK(ended.at("status").at("termination_details").at("type") == "CLIENT_ERROR");
  auto a = task(ended, "a");
  CHECK(lifeCycle(a) == "TERMINATED");
  CHECK(result(a) == "FAILED");
  CHECK(a.at("state").at("state_message") == "Workload failed, see run output for details");
  auto b = task(ended, "b");
  CHECK(lifeCycle(b) == "TERMINATED");
  CHECK(result(b) == "UPSTREAM_FAILED");
  CHECK(code(b) == "SKIPPED");
  auto output = get("/api/2.2/jobs/runs/get-output?run_id=" + a.at("run_id").dump());
  CHECK(output.body.at("error") == "ZeroDivisionError: division by zero");
  CHECK(output.body.at("metadata").at("run_id") == a.at("run_id"));
  CHECK(output.body.at("metadata").at("task").at("notebook_task").at("notebook_path") == "/nb/a");
}

TEST_CASE_METHOD(JobsBench, "each way to fail has its own codes") {
  using Ending = TaskOutcome::Ending;
  struct Case {
    Ending ending;
    std::string code;
    std::string type;
  };
  for (const auto& one : {Case{Ending::LibraryFailed, "LIBRARY_INSTALLATION_ERROR", "CLIENT_ERROR"},
                          Case{Ending::ClusterFailed, "CLUSTER_ERROR", "CLOUD_FAILURE"},
                          Case{Ending::NotFound, "RESOURCE_NOT_FOUND", "CLIENT_ERROR"},
                          Case{Ending::InvalidCluster, "INVALID_CLUSTER_REQUEST", "CLIENT_ERROR"},
                          Case{Ending::CheckoutFailed, "REPOSITORY_CHECKOUT_FAILED", "CLIENT_ERROR"},
                          Case{Ending::InvalidConfiguration, "INVALID_RUN_CONFIGURATION", "CLIENT_ERROR"}}) {
    INFO(one.code);
    auto id = run({notebook("a")});
    runner.finish("a", {.ending = one.ending, .message = "it went wrong"});
    runner.awaitEnd(id);
    auto ended = getRun(id);
    CHECK(lifeCycle(ended) == "INTERNAL_ERROR");
    CHECK(result(ended) == "FAILED");
    CHECK(ended.at("state").at("state_message") == "Task a failed with message: it went wrong.");
    CHECK(code(ended) == one.code);
    auto a = task(ended, "a");
    CHECK(lifeCycle(a) == "INTERNAL_ERROR");
    CHECK(result(a) == "FAILED");
    CHECK(code(a) == one.code);
    CHECK(a.at("status").at("termination_details").at("type") == one.type);
    CHECK(get("/api/2.2/jobs/runs/get-output?run_id=" + a.at("run_id").dump()).body.at("error") == "it went wrong");
  }
}

TEST_CASE_METHOD(JobsBench, "a cancelled run stops its tasks and says so") {
  auto id = run({notebook("a"), notebook("b", after({"a"})), notebook("z", after({"b"}, {{"run_if", "ALL_DONE"}}))});
  runner.host("a").executionStarted();
  CHECK(cancel(id).body == Json::object());
  runner.awaitEnd(id);
  CHECK(runner.reason("a") == core::CancelReason::Client);
  auto ended = getRun(id);
  CHECK(lifeCycle(ended) == "TERMINATED");
  CHECK(result(ended) == "CANCELED");
  CHECK(ended.at("state").at("state_message") == "Run cancelled.");
  CHECK(ended.at("state").at("user_cancelled_or_timedout") == true);
  CHECK(code(ended) == "USER_CANCELED");
  for (auto key : {"a", "b", "z"}) CHECK(result(task(ended, key)) == "CANCELED");
  CHECK(cancel(id).status == 200);
  CHECK(cancel(17).message() == "Run 17 does not exist.");
}

TEST_CASE_METHOD(JobsBench, "cancelling one task lets those that handle it run") {
  auto id = run({notebook("a"), notebook("b", after({"a"})), notebook("c", after({"a"}, {{"run_if", "ALL_DONE"}}))});
  auto a = runner.await("a").runId;
  CHECK(cancel(a).status == 200);
  runner.finish("c");
  runner.awaitEnd(id);
  auto ended = getRun(id);
  CHECK(result(task(ended, "a")) == "CANCELED");
  CHECK(result(task(ended, "b")) == "UPSTREAM_CANCELED");
  CHECK(result(task(ended, "c")) == "SUCCESS");
  CHECK(result(ended) == "CANCELED");
}

TEST_CASE_METHOD(JobsBench, "timeouts of a task and of the job follow the clock") {
  auto id = run({notebook("a", {{"timeout_seconds", 60}}), notebook("b", after({"a"}))});
  runner.host("a").executionStarted();
  clock.advance(59s);
  CHECK(lifeCycle(task(getRun(id), "a")) == "RUNNING");
  clock.advance(1s);
  runner.awaitEnd(id);
  CHECK(runner.reason("a") == core::CancelReason::Deadline);
  auto ended = getRun(id);
  CHECK(result(task(ended, "a")) == "TIMEDOUT");
  CHECK(task(ended, "a").at("state").at("user_cancelled_or_timedout") == true);
  CHECK(result(task(ended, "b")) == "UPSTREAM_FAILED");
  CHECK(result(ended) == "TIMEDOUT");

  auto whole = run({notebook("c"), notebook("d", after({"c"}))}, {{"timeout_seconds", 10}});
  runner.await("c");
  clock.advance(10s);
  runner.awaitEnd(whole);
  ended = getRun(whole);
  CHECK(lifeCycle(ended) == "TERMINATED");
  CHECK(result(ended) == "TIMEDOUT");
  CHECK(result(task(ended, "c")) == "TIMEDOUT");
  CHECK(result(task(ended, "d")) == "CANCELED");
}

TEST_CASE_METHOD(JobsBench, "a changed timeout concerns runs that are active") {
  auto job = create({{"timeout_seconds", 1000}, {"tasks", {notebook("a")}}});
  auto id = runNow(job);
  runner.await("a");
  CHECK(post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"timeout_seconds", 5}}}}).status == 200);
  clock.advance(5s);
  runner.awaitEnd(id);
  CHECK(result(getRun(id)) == "TIMEDOUT");
}

TEST_CASE_METHOD(JobsBench, "spans of absurd length do no harm") {
  auto most = std::numeric_limits<std::int64_t>::max();
  auto id = run(notebook("a", {{"timeout_seconds", most}, {"max_retries", 1}, {"min_retry_interval_millis", most}}),
                {{"timeout_seconds", most}});
  runner.fail("a");
  awaitState(id, "a", "WAITING_FOR_RETRY");
  cancel(id);
  runner.awaitEnd(id);
}

TEST_CASE_METHOD(JobsBench, "a failed task is tried again, each attempt an entry of its own") {
  auto id = run({notebook("a", {{"max_retries", 1}, {"min_retry_interval_millis", 5000}})});
  auto first = runner.await("a").runId;
  runner.fail("a");
  awaitState(id, "a", "WAITING_FOR_RETRY");
  auto waiting = getRun(id);
  CHECK(waiting.at("tasks").size() == 2);
  CHECK(waiting.at("tasks")[0].at("run_id") == first);
  CHECK(result(waiting.at("tasks")[0]) == "FAILED");
  CHECK(waiting.at("tasks")[1].at("attempt_number") == 1);
  CHECK(waiting.at("tasks")[1].at("status").at("state") == "WAITING");
  CHECK(lifeCycle(waiting) == "RUNNING");
  clock.advance(5s);
  CHECK(runner.await("a").attempt == 1);
  runner.finish("a");
  runner.awaitEnd(id);
  auto ended = getRun(id);
  CHECK(result(ended) == "SUCCESS");
  auto second = task(ended, "a").at("run_id");
  CHECK(getRun(second).at("original_attempt_run_id") == first);
  CHECK(getRun(second).at("attempt_number") == 1);
}

TEST_CASE_METHOD(JobsBench, "runs above the limit are skipped, or wait in the queue") {
  auto job = create({{"tasks", {notebook("a")}}});
  auto first = runNow(job);
  runner.await("a");
  auto skipped = getRun(runNow(job));
  CHECK(lifeCycle(skipped) == "SKIPPED");
  CHECK(result(skipped) == "MAXIMUM_CONCURRENT_RUNS_REACHED");
  CHECK(code(skipped) == "MAX_CONCURRENT_RUNS_EXCEEDED");
  CHECK_FALSE(skipped.contains("tasks"));

  auto second = runNow(job, {{"queue", {{"enabled", true}}}});
  auto third = runNow(job, {{"queue", {{"enabled", true}}}});
  auto queued = getRun(second);
  CHECK(lifeCycle(queued) == "QUEUED");
  CHECK(queued.at("state").contains("queue_reason"));
  CHECK(queued.at("status").at("state") == "QUEUED");
  CHECK(queued.at("status").at("queue_details").at("code") == "MAX_CONCURRENT_RUNS_REACHED");
  clock.advance(2s);
  CHECK(getRun(second).at("queue_duration") == 2000);
  CHECK(cancel(third).status == 200);
  CHECK(result(getRun(third)) == "CANCELED");
  runner.finish("a");
  runner.awaitEnd(first);
  CHECK(runner.await("a").jobRunId == second);
  CHECK(getRun(second).at("queue_duration") == 2000);
  runner.finish("a");
  runner.awaitEnd(second);
  CHECK(getRun(second).at("run_duration") == 0);

  auto queueing = create({{"queue", {{"enabled", true}}}, {"tasks", {notebook("q")}}});
  auto running = runNow(queueing);
  runner.await("q");
  auto waiting = runNow(queueing);
  CHECK(post("/api/2.2/jobs/runs/cancel-all", {{"job_id", queueing}, {"all_queued_runs", true}}).status == 200);
  CHECK(result(getRun(waiting)) == "CANCELED");
  CHECK(getRun(running).at("end_time") == 0);
  CHECK(post("/api/2.2/jobs/runs/cancel-all", {{"job_id", queueing}}).status == 200);
  runner.awaitEnd(running);
  CHECK(post("/api/2.2/jobs/runs/cancel-all", {{"job_id", 17}}).message() == "Job 17 does not exist.");
  CHECK(post("/api/2.2/jobs/runs/cancel-all", Json::object()).message() == "Missing required field: job_id");
}

TEST_CASE_METHOD(JobsBench, "an idempotency token starts one run") {
  auto job = create({{"tasks", {notebook("a")}}});
  auto first = runNow(job, {{"idempotency_token", "once"}});
  CHECK(runNow(job, {{"idempotency_token", "once"}}) == first);
  auto other = create({{"tasks", {notebook("b")}}});
  CHECK(runNow(other, {{"idempotency_token", "once"}}) != first);
  runner.finish("b");
  runner.finish("a");
  runner.awaitEnd(first);
  CHECK(runNow(job, {{"idempotency_token", "once"}}) == first);
  CHECK(post("/api/2.2/jobs/runs/delete", {{"run_id", first}}).body == Json::object());
  auto again = post("/api/2.2/jobs/run-now", {{"job_id", job}, {"idempotency_token", "once"}});
  CHECK(again.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(post("/api/2.2/jobs/run-now", {{"job_id", job}, {"idempotency_token", std::string(65, 'x')}}).status == 400);
}

TEST_CASE_METHOD(JobsBench, "a run can be deleted once it has ended") {
  auto id = run({notebook("a")});
  auto a = runner.await("a").runId;
  auto active = post("/api/2.2/jobs/runs/delete", {{"run_id", id}});
  CHECK(active.errorCode() == "INVALID_STATE");
  runner.finish("a");
  runner.awaitEnd(id);
  CHECK(post("/api/2.2/jobs/runs/delete", {{"run_id", a}}).status == 400);
  CHECK(post("/api/2.2/jobs/runs/delete", {{"run_id", id}}).status == 200);
  for (auto gone : {id, a}) {
    auto reply = get("/api/2.2/jobs/runs/get?run_id=" + std::to_string(gone));
    CHECK(reply.status == 400);
    CHECK(reply.message() == "Run " + std::to_string(gone) + " does not exist.");
  }
}

TEST_CASE_METHOD(JobsBench, "deleting a job cancels its runs and leaves them to be read") {
  auto job = create({{"tasks", {notebook("a")}}});
  auto id = runNow(job);
  runner.await("a");
  CHECK(post("/api/2.2/jobs/delete", {{"job_id", job}}).status == 200);
  runner.awaitEnd(id);
  CHECK(result(getRun(id)) == "CANCELED");
  CHECK(get("/api/2.2/jobs/runs/list?job_id=" + std::to_string(job)).body.at("runs").size() == 1);
}

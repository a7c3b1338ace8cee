// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/runs.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

std::string sentToken(const http::HttpRequest& request) {
  return core::stringAt(core::parseJson(request.body).value(), "idempotency_token");
}

}  // namespace

TEST_CASE("a run is read with its tasks, attempts, repairs and exact ids") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/runs/get?include_history=true&run_id=455644833").reply(200, R"({
    "job_id":11223344,"run_id":455644833,"original_attempt_run_id":455644833,"creator_user_name":"ada@example.com",
    "state":{"life_cycle_state":"INTERNAL_ERROR","result_state":"FAILED","state_message":"Task a failed",
             "user_cancelled_or_timedout":false},
    "status":{"state":"TERMINATED","termination_details":{"code":"RUN_EXECUTION_ERROR","type":"CLIENT_ERROR",
              "message":"m"}},
    "start_time":1625060460483,"end_time":1625060863413,"run_duration":402930,"queue_duration":12,
    "trigger":"ONE_TIME","run_name":"Nightly","run_type":"JOB_RUN","run_page_url":"https://h/run",
    "job_parameters":[{"name":"table","default":"users","value":"customers"}],
    "tasks":[{"run_id":2112892,"task_key":"a","attempt_number":0,"notebook_task":{"notebook_path":"/a"},
              "state":{"life_cycle_state":"TERMINATED","result_state":"FAILED"},"execution_duration":300,
              "cluster_instance":{"cluster_id":"0923-1","spark_context_id":"4348585301701786933"}},
             {"run_id":2112893,"task_key":"b","condition_task":{"op":"EQUAL_TO","left":"1","right":"1","outcome":"true"},
              "status":{"state":"TERMINATED"}},
             {"run_id":2112899,"task_key":"a","attempt_number":1,"state":{"life_cycle_state":"RUNNING"}}],
    "repair_history":[{"type":"ORIGINAL","start_time":1,"end_time":2},{"type":"REPAIR","id":734650698524280,
              "state":{"life_cycle_state":"RUNNING"}}],"something_new":1})");
  auto run = Runs(scripted.rest).get(455644833);
  REQUIRE(run);
  CHECK(run->jobId == 11223344);
  CHECK(run->state.isOver());
  CHECK_FALSE(run->state.succeeded());
  CHECK(run->state.message == "Task a failed");
  CHECK(run->state.terminationCode == "RUN_EXECUTION_ERROR");
  CHECK(run->durations.run == 402930);
  CHECK(run->durations.queue == 12);
  CHECK(run->parameters.at(0).value == "customers");
  REQUIRE(run->tasks.size() == 3);
  CHECK(run->tasks[0].sparkContextId == 4348585301701786933);
  CHECK(run->tasks[0].clusterId == "0923-1");
  CHECK(run->tasks[0].durations.execution == 300);
  CHECK(run->tasks[1].conditionOutcome == "true");
  CHECK(run->tasks[1].state.isOver());
  CHECK(run->repairs.at(1).id == 734650698524280);
  CHECK(run->document->at("something_new") == 1);
  auto latest = run->latestTasks();
  REQUIRE(latest.size() == 2);
  CHECK(latest[0].runId == 2112899);
  CHECK_FALSE(latest[0].state.isOver());
  CHECK(latest[1].task.key == "b");
}

TEST_CASE("the states that are an end") {
  auto isOver = [](std::string lifeCycle, std::string status = {}) {
    RunState state;
    state.lifeCycle = std::move(lifeCycle);
    state.status = std::move(status);
    return state.isOver();
  };
  for (const char* end : {"TERMINATED", "SKIPPED", "INTERNAL_ERROR"}) CHECK(isOver(end));
  for (const char* way : {"QUEUED", "PENDING", "RUNNING", "TERMINATING", "BLOCKED", "WAITING_FOR_RETRY", "NEWER"})
    CHECK_FALSE(isOver(way));
  CHECK(isOver("", "TERMINATED"));
  CHECK_FALSE(isOver("", "WAITING"));
  CHECK_FALSE(isOver(""));
}

TEST_CASE("a run of more than a hundred tasks is put together from its pages") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.2/jobs/runs/get?include_history=true&run_id=1")
      .reply(200, R"({"run_id":1,"tasks":[{"task_key":"a"}],"has_more":true,"next_page_token":"n"})");
  scripted.http.on("GET", "/api/2.2/jobs/runs/get?include_history=true&page_token=n&run_id=1")
      .reply(200, R"({"run_id":1,"tasks":[{"task_key":"b"}]})");
  auto run = Runs(scripted.rest).get(1);
  REQUIRE(run);
  CHECK(run->tasks.size() == 2);
  CHECK_FALSE(run->cut);
}

TEST_CASE("runs are listed 25 at a time with what they are filtered by") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  scripted.http
      .on("GET",
          "/api/2.2/jobs/runs/list?active_only=true&expand_tasks=true&job_id=7&limit=25&run_type=JOB_RUN"
          "&start_time_from=1700000000000&start_time_to=1700000000001")
      .reply(200, R"({"runs":[{"run_id":9007199254740993,"has_more":true,"end_time":0}],"has_more":false})");
  auto some = runs.list({.jobId = 7,
                         .activity = RunActivity::Active,
                         .type = "JOB_RUN",
                         .startedFrom = 1700000000000,
                         .startedUntil = 1700000000001,
                         .tasks = true})
                  .all();
  REQUIRE(some);
  CHECK(some->at(0).id == 9007199254740993);
  CHECK(some->at(0).cut);
  scripted.http.on("GET", "/api/2.2/jobs/runs/list?completed_only=true&limit=25");
  CHECK(runs.list({.activity = RunActivity::Completed}).all().value().empty());
}

TEST_CASE("a start whose answer is lost is asked for again with the same token") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  scripted.http.on("POST", "/api/2.2/jobs/run-now").drop();
  scripted.http.on("POST", "/api/2.2/jobs/run-now").reply(200, R"({"run_id":455644833})");
  CHECK(runs.runNow({.jobId = 7}).value() == 455644833);
  scripted.http.on("POST", "/api/2.2/jobs/runs/submit").drop(http::Stage::Body);
  scripted.http.on("POST", "/api/2.2/jobs/runs/submit").reply(200, R"({"run_id":2})");
  CHECK(runs.submit({{"run_name", "once"}}).value() == 2);
  scripted.http.on("POST", "/api/2.2/jobs/run-now").reply(200, R"({"run_id":3})");
  CHECK(runs.runNow({.jobId = 7}).value() == 3);

  auto requests = scripted.http.requests();
  REQUIRE(requests.size() == 5);
  CHECK(sentToken(requests[0]).size() == 32);
  CHECK(sentToken(requests[1]) == sentToken(requests[0]));
  CHECK(sentToken(requests[2]).size() == 32);
  CHECK(sentToken(requests[3]) == sentToken(requests[2]));
  CHECK(sentToken(requests[4]) != sentToken(requests[0]));
}

TEST_CASE("a caller's own token and all parameters of a run go out") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  scripted.http.on("POST", "/api/2.2/jobs/run-now").withJson(R"({"job_id":7,"idempotency_token":"mine",
    "job_parameters":{"t":"u"},"notebook_params":{"p":"1"},"python_params":["a"],"jar_params":["b"],
    "spark_submit_params":["c"],"python_named_params":{"n":"2"},"sql_params":{"s":"3"},"dbt_commands":["dbt run"],
    "pipeline_params":{"full_refresh":true},"only":["a","+b"],"queue":{"enabled":false}})");
  CHECK(runs.runNow({.jobId = 7,
                     .parameters = {.job = {{"t", "u"}},
                                    .notebook = {{"p", "1"}},
                                    .python = {"a"},
                                    .jar = {"b"},
                                    .sparkSubmit = {"c"},
                                    .pythonNamed = {{"n", "2"}},
                                    .sql = {{"s", "3"}},
                                    .dbtCommands = {"dbt run"},
                                    .pipelineFullRefresh = true},
                     .only = {"a", "+b"},
                     .queue = false,
                     .idempotencyToken = "mine"}));
  scripted.http.on("POST", "/api/2.2/jobs/runs/submit").withJson(R"({"run_name":"x","idempotency_token":"mine"})");
  CHECK(runs.submit({{"run_name", "x"}, {"idempotency_token", "mine"}}));
}

TEST_CASE("cancelling and deleting are asked again after a lost answer, a repair is not") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  auto twice = [&](const char* path, const char* body) {
    scripted.http.on("POST", path).withJson(body).drop();
    scripted.http.on("POST", path).withJson(body);
  };
  twice("/api/2.2/jobs/runs/cancel", R"({"run_id":1})");
  CHECK(runs.cancel(1));
  twice("/api/2.2/jobs/runs/cancel-all", R"({"job_id":7,"all_queued_runs":false})");
  CHECK(runs.cancelAll(7));
  twice("/api/2.2/jobs/runs/cancel-all", R"({"all_queued_runs":true})");
  CHECK(runs.cancelAll(0));
  twice("/api/2.2/jobs/runs/delete", R"({"run_id":1})");
  CHECK(runs.remove(1));

  scripted.http.on("POST", "/api/2.2/jobs/runs/repair")
      .withJson(R"({"run_id":1,"rerun_all_failed_tasks":true})")
      .drop();
  CHECK_FALSE(runs.repair({.runId = 1}));
  scripted.http.on("POST", "/api/2.2/jobs/runs/repair")
      .withJson(R"({"run_id":1,"rerun_tasks":["a"],"rerun_dependent_tasks":true,"latest_repair_id":5,
                    "notebook_params":{"p":"1"}})")
      .reply(200, R"({"repair_id":734650698524280})");
  CHECK(runs.repair({.runId = 1,
                     .tasks = {"a"},
                     .dependentTasks = true,
                     .latestRepairId = 5,
                     .parameters = {.notebook = {{"p", "1"}}}})
            .value() == 734650698524280);
}

TEST_CASE("a run's output tells an exit value from none") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  scripted.http.on("GET", "/api/2.2/jobs/runs/get-output?run_id=2").reply(200, R"({"metadata":{"run_id":2},
    "notebook_output":{"result":"","truncated":true},"logs":"out","logs_truncated":true,"error":"ZeroDivisionError",
    "error_trace":"trace","info":"i","run_job_output":{"run_id":9007199254740993},
    "sql_output":{"query_output":{"output_link":"https://h/q"}}})");
  auto output = runs.output(2);
  REQUIRE(output);
  CHECK(output->run.id == 2);
  CHECK(output->notebookResult == "");
  CHECK(output->notebookResultTruncated);
  CHECK(output->logs == "out");
  CHECK(output->logsTruncated);
  CHECK(output->error == "ZeroDivisionError");
  CHECK(output->errorTrace == "trace");
  CHECK(output->startedRunId == 9007199254740993);
  CHECK(output->sqlOutputLink == "https://h/q");
  scripted.http.on("GET", "/api/2.2/jobs/runs/get-output?run_id=3").reply(200, R"({"notebook_output":{}})");
  CHECK_FALSE(runs.output(3).value().notebookResult);
  scripted.http.on("GET", "/api/2.2/jobs/runs/get-output?run_id=4")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Retrieving the output of runs with multiple )"
                  R"(tasks is not supported. Please retrieve the output of each individual task run instead."})");
  auto refused = runs.output(4);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(refused.error().message.starts_with("Retrieving the output of runs with multiple tasks is not supported."));
}

TEST_CASE("a run is exported view by view, and one that is gone is NotFound") {
  test::ScriptedWorkspace scripted;
  Runs runs(scripted.rest);
  scripted.http.on("GET", "/api/2.2/jobs/runs/export?run_id=2&views_to_export=ALL")
      .reply(200, R"({"views":[{"content":"<!DOCTYPE html>","name":"nb","type":"NOTEBOOK"}]})");
  auto views = runs.exportViews(2, "ALL");
  REQUIRE(views);
  CHECK(views->at(0).content == "<!DOCTYPE html>");
  scripted.http.on("GET", "/api/2.2/jobs/runs/get?include_history=true&run_id=9")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Run 9 does not exist."})");
  CHECK(runs.get(9).error().code == ErrorCode::NotFound);
}

// SPDX-License-Identifier: Apache-2.0
#include "features/jobs/run_report.hpp"

#include <nlohmann/json.hpp>

#include "features/jobs/run_watch.hpp"
#include "support/catch.hpp"

namespace trowel::features {

namespace {

databricks::Run failedRun() {
  databricks::Run run;
  run.id = 9;
  run.name = "Nightly";
  run.trigger = "PERIODIC";
  run.state.lifeCycle = "INTERNAL_ERROR";
  run.state.result = "FAILED";
  run.state.message = "Task load failed.\nSee its output.";
  run.startTime = 1000;
  run.endTime = 13'000;
  databricks::RunTask task;
  task.task.key = "load";
  task.task.kind = "notebook_task";
  task.task.target = "/Users/ada/load";
  task.runId = 77;
  task.startTime = 1000;
  task.endTime = 12'000;
  task.state.lifeCycle = "TERMINATED";
  task.state.result = "FAILED";
  run.tasks = {task};
  return run;
}

}  // namespace

TEST_CASE("a report says what happened, and no text of others can break out of its fence") {
  auto run = failedRun();
  databricks::RunOutput output;
  output.error = "\x1b[31mValueError\x1b[0m: ```";
  output.logs = "line\n";
  output.logsTruncated = true;
  CHECK(reportText(run, {{run.tasks[0], output}}, 0) ==
        "# Nightly\n\n**failed** · 12 s\n\nTask load failed.\nSee its output.\n\nRun 9, started by schedule.\n\n"
        "## load\n\n**failed** · 11 s\n\nnotebook /Users/ada/load, on serverless, attempt 1, run 77.\n\n"
        "### Error\n\n````\nValueError: ```\n````\n\n"
        "Only the last 5 MB of the output.\n\n### Output\n\n```\nline\n```\n\n");
  auto json = reportJson(run, {{run.tasks[0], core::fail(core::ErrorCode::NotFound, "It has not run.")}});
  CHECK(json["tasks"][0]["no_output"] == "It has not run.");
  CHECK(json["tasks"][0]["task_key"] == "load");
}

TEST_CASE("a notification names the task that failed, in one line") {
  auto run = failedRun();
  CHECK(endSentence(run) == "Nightly: failed after 12 s, in the task load. Task load failed.");
  run.state = {};
  run.state.lifeCycle = "TERMINATED";
  run.state.result = "SUCCESS";
  CHECK(endSentence(run) == "Nightly: succeeded in 12 s.");
  run.name.clear();
  CHECK(nameOf(run) == "Run 9");
}

TEST_CASE("a run is looked at less and less often") {
  using std::chrono::seconds;
  CHECK(nextRunLook(seconds(0)) == seconds(1));
  CHECK(nextRunLook(seconds(100)) == seconds(10));
  CHECK(nextRunLook(seconds(5000)) == seconds(30));
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// Jobs, runs and permissions as the services call them against a workspace that really executes.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/jobs.hpp"
#include "trowel/databricks/permissions.hpp"
#include "trowel/databricks/runs.hpp"
#include "trowel/databricks/workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using core::Json;

namespace {

struct Bench : test::EmulatorWorkspace {
  using EmulatorWorkspace::EmulatorWorkspace;

  Jobs jobs{rest};
  Runs runs{rest};
  Permissions permissions{rest};

  void notebook(const std::string& path, const std::string& text) {
    REQUIRE(Workspace(rest).importObject({.path = path,
                                          .content = "# Databricks notebook source\n" + text,
                                          .format = "SOURCE",
                                          .language = "PYTHON",
                                          .overwrite = true}));
  }
  Run finish(std::int64_t runId) {
    Run run;
    await([&] {
      auto got = runs.get(runId);
      REQUIRE(got);
      run = *std::move(got);
      return run.state.isOver();
    });
    return run;
  }
};

Json condition(const std::string& key, const std::string& left = "1") {
  return {{"task_key", key}, {"condition_task", {{"op", "EQUAL_TO"}, {"left", left}, {"right", "1"}}}};
}

Json jobOf(const std::string& name, Json tasks) { return {{"name", name}, {"tasks", std::move(tasks)}}; }

}  // namespace

TEST_CASE("jobs are made, listed in pages, changed without loss and deleted") {
  Bench bench({.pageCap = 2});
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 5; ++i) {
    auto id = bench.jobs.create(jobOf(fmt::format("job {}", i), {condition("a")}));
    REQUIRE(id);
    ids.push_back(*id);
  }
  CHECK(bench.jobs.list().all().value().size() == 5);
  auto named = bench.jobs.list({.name = "JOB 3", .tasks = true}).all().value();
  REQUIRE(named.size() == 1);
  CHECK(named[0].id == ids[3]);
  CHECK(named[0].settings.tasks.at(0).kind == "condition_task");

  auto job = bench.jobs.get(ids[0]).value();
  CHECK(job.creator == bench.emulator->userName());
  CHECK(job.createdTime > 1'600'000'000'000);
  Json settings = *job.settings.document;
  settings["tags"] = {{"team", "x"}};
  settings["max_concurrent_runs"] = 4;
  REQUIRE(bench.jobs.reset(ids[0], settings));
  job = bench.jobs.get(ids[0]).value();
  CHECK(job.settings.name == "job 0");
  CHECK(job.settings.tags.at("team") == "x");
  CHECK(job.settings.maxConcurrentRuns == 4);
  CHECK(*job.settings.document == settings);

  REQUIRE(bench.jobs.update(ids[0], {{"name", "renamed"}}, {"tags"}));
  job = bench.jobs.get(ids[0]).value();
  CHECK(job.settings.name == "renamed");
  CHECK(job.settings.tags.empty());
  CHECK(job.settings.tasks.size() == 1);

  for (auto id : ids) REQUIRE(bench.jobs.remove(id));
  CHECK(bench.jobs.list().all().value().empty());
  CHECK(bench.jobs.get(ids[0]).error().code == ErrorCode::NotFound);
  CHECK(bench.jobs.get(ids[0]).error().message == fmt::format("Job {} does not exist.", ids[0]));
}

TEST_CASE("a job and its run have all of their 230 tasks") {
  Bench bench;
  Json tasks = Json::array();
  for (int i = 0; i < 230; ++i) tasks.push_back(condition(fmt::format("t{}", i)));
  auto id = bench.jobs.create(jobOf("big", tasks)).value();
  auto job = bench.jobs.get(id).value();
  CHECK(job.settings.tasks.size() == 230);
  CHECK_FALSE(job.cut);
  CHECK(bench.jobs.list({.tasks = true}).all().value().at(0).cut);

  auto run = bench.finish(bench.runs.runNow({.jobId = id}).value());
  CHECK(run.tasks.size() == 230);
  CHECK(run.latestTasks().size() == 230);
  CHECK(run.state.succeeded());
  CHECK(std::ranges::all_of(run.tasks, [](const RunTask& task) { return task.conditionOutcome == "true"; }));
}

TEST_CASE("a start whose answer is lost is one run") {
  Bench bench;
  auto id = bench.jobs.create(jobOf("once", {condition("a")})).value();
  bench.emulator->addFault({.pattern = "POST /api/2.2/jobs/run-now", .afterHandler = true, .drop = true});
  auto run = bench.runs.runNow({.jobId = id});
  REQUIRE(run);
  bench.finish(*run);
  auto all = bench.runs.list({.jobId = id}).all().value();
  REQUIRE(all.size() == 1);
  CHECK(all[0].id == *run);

  bench.emulator->addFault({.pattern = "POST /api/2.2/jobs/runs/submit", .afterHandler = true, .drop = true});
  auto submitted = bench.runs.submit({{"run_name", "alone"}, {"tasks", {condition("a")}}});
  REQUIRE(submitted);
  bench.finish(*submitted);
  CHECK(bench.runs.list({.type = "SUBMIT_RUN"}).all().value().size() == 1);

  auto first = bench.runs.runNow({.jobId = id, .idempotencyToken = "mine"}).value();
  CHECK(bench.runs.runNow({.jobId = id, .idempotencyToken = "mine"}).value() == first);
  CHECK(bench.runs.runNow({.jobId = id}).value() != first);
}

TEST_CASE("runs are watched, read, exported, repaired and deleted") {
  Bench bench({.pageCap = 2});
  bench.notebook("/Shared/strict", "assert dbutils.widgets.get('mood') != 'bad'\ndbutils.notebook.exit('fine')");
  auto id =
      bench.jobs
          .create(jobOf("strict", {{{"task_key", "work"},
                                    {"notebook_task",
                                     {{"notebook_path", "/Shared/strict"}, {"base_parameters", {{"mood", "bad"}}}}}}}))
          .value();
  auto failed = bench.finish(bench.runs.runNow({.jobId = id}).value());
  CHECK_FALSE(failed.state.succeeded());
  CHECK(failed.state.result == "FAILED");
  CHECK(failed.jobId == id);
  CHECK(failed.durations.run > 0);
  REQUIRE(failed.tasks.size() == 1);
  CHECK(failed.tasks[0].task.target == "/Shared/strict");
  auto output = bench.runs.output(failed.tasks[0].runId).value();
  CHECK(output.error.starts_with("AssertionError"));
  CHECK(output.errorTrace.find("AssertionError") != std::string::npos);
  CHECK(output.run.id == failed.tasks[0].runId);

  auto repair = bench.runs.repair({.runId = failed.id, .parameters = {.notebook = {{"mood", "good"}}}});
  REQUIRE(repair);
  auto repaired = bench.finish(failed.id);
  CHECK(repaired.state.succeeded());
  REQUIRE(repaired.repairs.size() == 2);
  CHECK(repaired.repairs[1].id == *repair);
  CHECK(repaired.tasks.size() == 2);
  auto latest = repaired.latestTasks();
  REQUIRE(latest.size() == 1);
  CHECK(bench.runs.output(latest[0].runId).value().notebookResult == "fine");
  auto views = bench.runs.exportViews(latest[0].runId).value();
  REQUIRE(views.size() == 1);
  CHECK(views[0].type == "NOTEBOOK");
  CHECK(views[0].content.starts_with("<!DOCTYPE html>"));

  for (int i = 0; i < 4; ++i) bench.finish(bench.runs.runNow({.jobId = id}).value());
  CHECK(bench.runs.list({.jobId = id, .activity = RunActivity::Completed, .tasks = true}).all().value().size() == 5);
  CHECK(bench.runs.list({.activity = RunActivity::Active}).all().value().empty());
  REQUIRE(bench.runs.remove(failed.id));
  CHECK(bench.runs.get(failed.id).error().code == ErrorCode::NotFound);
}

TEST_CASE("what runs is cancelled, one by one and all together") {
  Bench bench;
  bench.notebook("/Shared/long", "import time\nwhile True: time.sleep(60)");
  auto settings = jobOf("long", {{{"task_key", "work"}, {"notebook_task", {{"notebook_path", "/Shared/long"}}}}});
  settings["max_concurrent_runs"] = 3;
  auto id = bench.jobs.create(settings).value();
  auto run = bench.runs.runNow({.jobId = id}).value();
  CHECK_FALSE(bench.runs.get(run).value().state.isOver());
  CHECK(bench.runs.remove(run).error().code == ErrorCode::Conflict);
  REQUIRE(bench.runs.cancel(run));
  CHECK(bench.finish(run).state.result == "CANCELED");
  REQUIRE(bench.runs.cancel(run));

  auto one = bench.runs.runNow({.jobId = id}).value();
  auto two = bench.runs.runNow({.jobId = id}).value();
  REQUIRE(bench.runs.cancelAll(id));
  CHECK(bench.finish(one).state.result == "CANCELED");
  CHECK(bench.finish(two).state.result == "CANCELED");
}

TEST_CASE("permissions of a job are read, set and added to") {
  Bench bench;
  auto id = bench.jobs.create(jobOf("shared", {condition("a")})).value();
  const PermissionObject job{"jobs", std::to_string(id)};
  auto entries = bench.permissions.get(job).value();
  CHECK(std::ranges::any_of(entries, [&](const AccessEntry& entry) {
    return entry.principal.name == bench.emulator->userName() && entry.levels.at(0).level == "IS_OWNER";
  }));
  CHECK(bench.permissions.levels(job).value().size() == 4);

  const AccessGrant owner{{Principal::Kind::User, bench.emulator->userName()}, "IS_OWNER"};
  const AccessGrant viewers{{Principal::Kind::Group, "users"}, "CAN_VIEW"};
  auto hasViewers = [](const std::vector<AccessEntry>& all) {
    return std::ranges::any_of(all, [](const AccessEntry& entry) {
      return entry.principal.kind == Principal::Kind::Group && entry.principal.name == "users";
    });
  };
  CHECK(hasViewers(bench.permissions.add(job, {viewers}).value()));
  CHECK(hasViewers(bench.permissions.get(job).value()));
  CHECK_FALSE(hasViewers(bench.permissions.set(job, {owner}).value()));
  CHECK(bench.permissions.set(job, {viewers}).error().message == "The job must have exactly one owner.");
  CHECK(bench.permissions.get({"jobs", "1"}).error().code == ErrorCode::NotFound);
}

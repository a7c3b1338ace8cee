// SPDX-License-Identifier: Apache-2.0
// The view Jobs and the commands on jobs and runs, against a workspace that really executes.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "support/jobs_bench.hpp"
#include "support/manual_clock.hpp"

namespace trowel::test {

TEST_CASE("jobs: an empty workspace, one that fails, and one that refuses") {
  Jobs jobs;
  CHECK(jobs.shown() == "history  Runs Without a Job  [submitted] >\n");
  jobs.emulator().clearRequests();
  CHECK(jobs.shown("submitted").empty());
  for (const auto& record : jobs.emulator().requests())
    for (const auto& [name, value] : record.query) CHECK(name != "job_id");
  emulator::Fault refusal;
  refusal.pattern = "GET /api/2.2/jobs/list";
  refusal.status = 400;
  refusal.body = R"({"error_code":"BAD_REQUEST","message":"Not today."})";
  refusal.times = 0;
  jobs.emulator().addFault(refusal);
  jobs.refresh();
  CHECK(jobs.shown().starts_with("error/list.errorForeground  Not today."));
  jobs.emulator().clearFaults();
  refusal.status = 403;
  refusal.body = R"({"error_code":"PERMISSION_DENIED","message":"No access."})";
  jobs.emulator().addFault(refusal);
  jobs.refresh();
  CHECK(jobs.shown().starts_with("lock/list.errorForeground  You lack the permission Can View, which shows you a job"));
}

TEST_CASE("jobs: who may not list what runs sees the jobs nevertheless") {
  Jobs jobs;
  jobs.make(jobOf("beta", Json::array()));
  emulator::Fault refusal;
  refusal.pattern = "GET /api/2.2/jobs/runs/list";
  refusal.status = 403;
  refusal.body = R"({"error_code":"PERMISSION_DENIED","message":"No access."})";
  refusal.times = 0;
  jobs.emulator().addFault(refusal);
  CHECK(jobs.shown() ==
        "tools  beta  \"by hand\"  [job.manual] >\n"
        "history  Runs Without a Job  \"cannot tell what runs\"  [submitted] >\n");
}

TEST_CASE("jobs: one without tasks or trigger, and many, by name") {
  Jobs jobs;
  auto b = jobs.make(jobOf("beta", Json::array()));
  CHECK(jobs.shown() ==
        "tools  beta  \"by hand\"  [job.manual] >\n"
        "history  Runs Without a Job  [submitted] >\n");
  auto scheduled = jobOf("Alpha", Json::array({condition("first")}));
  scheduled["schedule"] = {
      {"quartz_cron_expression", "0 0 6 * * ?"}, {"timezone_id", "UTC"}, {"pause_status", "PAUSED"}};
  auto a = jobs.make(scheduled);
  CHECK(jobs.shown() ==
        "debug-pause  Alpha  \"0 0 6 * * ? (UTC), paused\"  [job.paused] >\n"
        "tools  beta  \"by hand\"  [job.manual] >\n"
        "history  Runs Without a Job  [submitted] >\n");
  CHECK(jobs.shown(b) == "list-tree  Tasks  [jobTasks] >\n");
  CHECK(jobs.shown(b + "/tasks").empty());
  CHECK(jobs.shown(a + "/tasks") == "gear  first  \"condition · 1 EQUAL_TO 1\"  [jobTask]\n");
}

TEST_CASE("jobs: one that the workspace describes badly does not hide the others") {
  Jobs jobs;
  emulator::Fault odd;
  odd.pattern = "GET /api/2.2/jobs/list";
  odd.status = 200;
  odd.body = R"({"jobs":[{"job_id":5},{"job_id":6,"settings":{"name":"fine","tasks":null,"schedule":7}}]})";
  odd.times = 0;
  jobs.emulator().addFault(odd);
  CHECK(jobs.shown() ==
        "tools  Job 5  \"by hand\"  [job.manual] >\n"
        "tools  fine  \"by hand\"  [job.manual] >\n"
        "history  Runs Without a Job  [submitted] >\n");
}

TEST_CASE("jobs: runs, tasks and their honest states") {
  Jobs jobs;
  auto after = condition("after");
  after["depends_on"] = Json::array({{{"task_key", "bad"}}});
  auto job = jobs.make(jobOf("mixed", Json::array({condition("good"), broken("bad"), after})));
  auto run = jobs.finishedRun(job);
  CHECK(jobs.rows(run).size() == 3);
  auto text = jobs.shown(run);
  INFO(text);
  CHECK(text.contains("pass/charts.green  good  \"succeeded"));
  CHECK(text.contains("error/charts.red  bad  \"failed"));
  CHECK(text.contains("after  \"not run: a task before it failed"));
  CHECK_FALSE(text.contains("sync~spin"));
  CHECK(jobs.shown(job).contains("[run.failed] >  -> trowel.run.output\n"));

  jobs.editor().forget();
  runOn(jobs, "trowel.run.output", view::kJobs, {run});
  auto report = jobs.opened();
  CHECK(report.starts_with("# mixed\n\n**failed**"));
  CHECK(report.contains("## bad\n\n**failed**"));
  jobs.editor().forget();
  runOn(jobs, "trowel.run.outputJson", view::kJobs, {run + "/bad"});
  auto parsed = Json::parse(jobs.opened());
  REQUIRE(parsed.at("tasks").size() == 1);
  CHECK(parsed["tasks"][0]["task_key"] == "bad");
  CHECK(parsed["tasks"][0]["result_state"] == "FAILED");

  // Repaired, the failed task has two attempts.
  jobs.picks = {"bad"};
  runOn(jobs, "trowel.run.repair", view::kJobs, {run});
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/repair") == 1);
  await([&] {
    jobs.refresh();
    return !jobs.rows(run + "/bad").empty() && jobs.shown(job).contains("[run.failed]");
  });
  CHECK(jobs.rows(run + "/bad").size() == 2);

  jobs.editor().forget();
  runOn(jobs, "trowel.run.openInBrowser", view::kJobs, {run});
  CHECK_FALSE(jobs.editor().await("trowel/ui/openUrl").at("url").get<std::string>().empty());
}

TEST_CASE("jobs: a run whose last tasks went well in spite of others says both") {
  Jobs jobs;
  auto after = condition("after");
  after["depends_on"] = Json::array({{{"task_key", "bad"}}});
  after["run_if"] = "ALL_DONE";
  auto job = jobs.make(jobOf("patched", Json::array({broken("bad"), after})));
  jobs.finishedRun(job);
  CHECK(jobs.shown(job) ==
        "list-tree  Tasks  [jobTasks] >\n"
        "warning/charts.yellow  MOMENT  \"succeeded, with failed tasks · TIME · by hand\"  [run.warned] >  -> "
        "trowel.run.output\n");
}

TEST_CASE("jobs: a run of a Python file is given arguments") {
  Jobs jobs;
  Json task{{"task_key", "load"},
            {"spark_python_task", {{"python_file", "/Workspace/none.py"}, {"parameters", {"--city", "New York"}}}},
            {"environment_key", "default"}};
  auto definition = jobOf("arguments", Json::array({task}));
  definition["environments"] =
      Json::array({{{"environment_key", "default"}, {"spec", {{"environment_version", "2"}}}}});
  auto job = jobs.make(definition);
  jobs.asked.clear();
  jobs.picks = {"Arguments of Python files", "Run now"};
  jobs.lines = {"--city Vienna"};
  auto run = "run/" + runOn(jobs, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
  CHECK(jobs.asked.at(0)["items"][1]["description"] == "--city \"New York\"");
  jobs.editor().forget();
  runOn(jobs, "trowel.run.outputJson", view::kJobs, {run});
  CHECK(Json::parse(jobs.opened())["run"]["overriding_parameters"]["python_params"] ==
        Json::array({"--city", "Vienna"}));
}

TEST_CASE("jobs: a run is given parameters, from the palette too") {
  Jobs jobs;
  auto definition = jobOf("with parameters", Json::array({condition("check", "{{job.parameters.left}}")}));
  definition["parameters"] = Json::array({{{"name", "left"}, {"default", "2"}}});
  jobs.make(definition);
  jobs.asked.clear();
  jobs.picks = {"with parameters", "left", "Run now"};
  jobs.lines = {"1"};
  auto run = "run/" + runOn(jobs, "trowel.job.run").at("runId").get<std::string>();
  REQUIRE(jobs.asked.size() == 3);
  CHECK(jobs.asked[2]["items"][1]["description"] == "1");
  jobs.editor().forget();
  runOn(jobs, "trowel.run.outputJson", view::kJobs, {run});
  CHECK(Json::parse(jobs.opened())["run"]["job_parameters"][0]["value"] == "1");
}

TEST_CASE("jobs: a schedule is paused and goes on, and nothing else of it changes") {
  Jobs jobs;
  auto definition = jobOf("nightly", Json::array({condition("a")}));
  definition["schedule"] = {
      {"quartz_cron_expression", "0 0 6 * * ?"}, {"timezone_id", "Europe/Vienna"}, {"pause_status", "UNPAUSED"}};
  auto job = jobs.make(definition);
  jobs.picks = {"nightly"};
  runOn(jobs, "trowel.job.pause");
  CHECK(jobs.shown().starts_with("debug-pause  nightly  \"0 0 6 * * ? (Europe/Vienna), paused\"  [job.paused] >\n"));
  runOn(jobs, "trowel.job.resume", view::kJobs, {job});
  CHECK(jobs.shown().starts_with("calendar  nightly  \"0 0 6 * * ? (Europe/Vienna)\"  [job.scheduled] >\n"));
  auto manual = jobs.make(jobOf("by hand", Json::array({condition("a")})));
  CHECK(
      jobs.failure("workspace/executeCommand",
                   {{"command", "trowel.job.pause"},
                    {"arguments", Json::array({{{"view", std::string(view::kJobs)}, {"node", manual}}})}})["message"] ==
      "by hand starts by hand only, so there is nothing to pause. Give it a schedule in its definition first.");
}

TEST_CASE("jobs: what runs is cancelled, one run and all of a job") {
  Jobs jobs;
  auto path = jobs.folder / "long.py";
  std::ofstream(path) << "# Databricks notebook source\nimport time\nwhile True: time.sleep(60)";
  jobs.picks = {"Serverless", "By hand"};
  jobs.lines = {"long", "/Shared/long", ""};
  auto job =
      "job/" +
      runOn(jobs, "trowel.job.createFromFile", "explorer", {core::pathToUri(path)}).at("jobId").get<std::string>();
  runOn(jobs, "trowel.job.run", view::kJobs, {job});
  jobs.picks = {"long"};
  runOn(jobs, "trowel.run.cancel");
  await([&] {
    jobs.refresh();
    return jobs.shown(job).contains("[run.cancelled]");
  });
  const auto run = "run/" + runOn(jobs, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
  // A task goes with its run, and is no run of its own.
  runOn(jobs, "trowel.run.cancel", view::kJobs, {run + "/long", run});
  CHECK(jobs.editor().heard("trowel/ui/confirm").back().at("message") == "Cancel the run " + run.substr(4) + "?");
  const auto other = "run/" + runOn(jobs, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
  runOn(jobs, "trowel.run.cancel", view::kJobs, {run + "/long", other});
  CHECK(jobs.editor().heard("trowel/ui/confirm").back().at("message") == "Cancel 1 run and 1 task?");
  runOn(jobs, "trowel.job.run", view::kJobs, {job});
  runOn(jobs, "trowel.job.cancelRuns", view::kJobs, {job});
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/cancel-all") == 1);
  await([&] {
    jobs.refresh();
    auto text = jobs.shown(job);
    return !text.contains("[run.running]") && !text.contains("[run.waiting]");
  });
}

TEST_CASE("jobs: a definition that is edited and sent back is the same but for the edit") {
  Jobs jobs;
  auto definition = jobOf("round trip", Json::array({condition("a"), broken("b")}));
  definition["tags"] = {{"on", "yes"}, {"number", "1"}};
  auto job = jobs.make(definition);
  for (const char* command : {"trowel.job.editJson", "trowel.job.editYaml"}) {
    INFO(command);
    jobs.editor().forget();
    runOn(jobs, command, view::kJobs, {job});
    auto text = jobs.opened();
    jobs.document = Json{{"content", text}};
    jobs.picks = {"Update round trip"};
    runOn(jobs, "trowel.job.send");
    jobs.editor().forget();
    runOn(jobs, command, view::kJobs, {job});
    CHECK(jobs.opened() == text);
  }
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/reset") == 2);
  jobs.document = Json::object();
  CHECK(jobs.failure("workspace/executeCommand", {{"command", "trowel.job.send"}})["message"]
            .get<std::string>()
            .starts_with("Open the definition of a job first"));
}

TEST_CASE("jobs: who sends a definition of a job that is deployed from files hears of the next deployment") {
  Jobs jobs;
  auto definition = jobOf("deployed", Json::array({condition("a")}));
  definition["edit_mode"] = "UI_LOCKED";
  definition["deployment"] = {{"kind", "BUNDLE"}, {"metadata_file_path", "/Shared/metadata.json"}};
  jobs.make(definition);
  jobs.document = Json{{"content", definition.dump()}};
  jobs.picks = {"Update deployed"};
  jobs.editor().forget();
  runOn(jobs, "trowel.job.send");
  CHECK(jobs.editor().await("trowel/ui/confirm")["detail"].get<std::string>().ends_with(
      "The job is deployed from files, and the next deployment replaces what you send."));
}

TEST_CASE("jobs: the end of a run is told once") {
  ManualClock clock;
  Jobs jobs({.clock = &clock});
  auto job = jobs.make(jobOf("watched", Json::array({condition("a")})));
  auto run = "run/" + runOn(jobs, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
  // Watched already.
  runOn(jobs, "trowel.run.watch", view::kJobs, {run});
  auto told = [&] {
    return std::ranges::count_if(jobs.editor().heard("window/showMessage"), [](const Json& params) {
      return params.at("message").get<std::string>().starts_with("watched: succeeded in ");
    });
  };
  await([&] {
    clock.advance(std::chrono::milliseconds(1));
    return told() > 0;
  });
  CHECK(told() == 1);
}

TEST_CASE("jobs: a definition is saved to the subfolder Jobs, and the job's page opens") {
  TempDir home;
  Jobs jobs({.home = home.path(), .variables = {{"HOME", home.path()}}});
  auto job = jobs.make(jobOf("a/b", Json::array({condition("x")})));
  jobs.editor().forget();
  jobs.picks = {"JSON"};
  runOn(jobs, "trowel.job.save", view::kJobs, {job});
  auto path = core::uriToPath(jobs.editor().await("trowel/ui/openDocument").at("uri").get<std::string>()).value();
  CHECK(path.ends_with("/Jobs/a_b.json"));
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CHECK(Json::parse(text).at("name") == "a/b");
  // Once more is no question, since it is the same.
  jobs.editor().forget();
  jobs.picks = {"JSON"};
  runOn(jobs, "trowel.job.save", view::kJobs, {job});
  CHECK(jobs.editor().heard("trowel/ui/confirm").empty());
  runOn(jobs, "trowel.job.openInBrowser", view::kJobs, {job});
  auto url = jobs.editor().await("trowel/ui/openUrl").at("url").get<std::string>();
  CHECK(url.starts_with(jobs.emulator().host() + "/jobs/" + job.substr(4)));
}

TEST_CASE("jobs: deleted after a question that names it") {
  Jobs jobs;
  auto job = jobs.make(jobOf("gone", Json::array({condition("a")})));
  jobs.editor().forget();
  runOn(jobs, "trowel.job.remove", view::kJobs, {job});
  CHECK(jobs.editor().await("trowel/ui/confirm")["message"] == "Delete the job gone?");
  CHECK(jobs.shown() == "history  Runs Without a Job  [submitted] >\n");
  // A retry finds it done.
  runOn(jobs, "trowel.job.remove", view::kJobs, {job});
}

TEST_CASE("jobs: the history of runs goes back page by page, and names no run twice") {
  Jobs jobs;
  auto job = jobs.make(jobOf("often", Json::array({condition("a")})));
  for (int i = 0; i < 30; ++i) jobs.finishedRun(job);
  std::set<std::string> seen;
  std::size_t count = 0;
  Json params{{"view", std::string(view::kJobs)}, {"node", job}};
  while (true) {
    auto page = jobs.request("trowel/tree/children", params);
    for (const auto& row : page.at("nodes")) {
      if (row.at("contextValue") == "jobTasks") continue;
      ++count;
      seen.insert(row.at("id"));
    }
    if (!page.contains("more")) break;
    params["page"] = page["more"];
  }
  CHECK(count == 30);
  CHECK(seen.size() == 30);
}

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
// Each command on jobs and runs as the emulator's request log saw it: from a row, and from the palette with nothing
// selected.
#include <algorithm>
#include <fstream>

#include "support/jobs_bench.hpp"

namespace trowel::test {

TEST_CASE("jobs: each verb reaches the workspace once, from a row and from the palette") {
  Jobs jobs;
  auto scheduled = jobOf("nightly", Json::array({condition("a")}));
  scheduled["schedule"] = {
      {"quartz_cron_expression", "0 0 6 * * ?"}, {"timezone_id", "UTC"}, {"pause_status", "UNPAUSED"}};
  auto nightly = jobs.make(scheduled);
  auto failing = jobs.make(jobOf("fails", Json::array({broken("bad")})));
  auto failed = jobs.finishedRun(failing);
  const auto file = jobs.folder / "a long one.py";
  std::ofstream(file) << "# Databricks notebook source\nimport time\nwhile True: time.sleep(60)";
  const auto quick = core::pathToUri(jobs.folder / "quick.py");
  std::ofstream(jobs.folder / "quick.py") << "print(1)";
  jobs.picks = {"Serverless", "By hand"};
  jobs.lines = {"a long one", "/Shared/long", "", ""};
  auto endless =
      "job/" +
      runOn(jobs, "trowel.job.createFromFile", "explorer", {core::pathToUri(file)}).at("jobId").get<std::string>();

  // From now on the user takes the first of everything, and what a box has in it.
  // But what is repaired has failed, what is cancelled does not end by itself, and what is run does.
  jobs.editor().on("trowel/ui/pick", [](const Json& params) {
    const auto title = params.at("title").get<std::string>();
    const std::string name = title.starts_with("Repair")   ? "fails"
                             : title.starts_with("Cancel") ? "a long one"
                             : title.starts_with("Run")    ? "nightly"
                                                           : "";
    const auto& items = params.at("items");
    const auto found = std::ranges::find_if(items, [&](const Json& item) { return item.dump().contains(name); });
    return Json{{"ids", Json::array({(found == items.end() ? items.at(0) : *found).at("id")})}};
  });
  int made = 0;
  const auto begin = [&] {
    // One at a time: beside one that is still ending the workspace would skip it.
    await([&] {
      jobs.refresh();
      auto text = jobs.shown(endless);
      return !text.contains("[run.running]") && !text.contains("[run.waiting]");
    });
    return "run/" + runOn(jobs, "trowel.job.run", view::kJobs, {endless}).at("runId").get<std::string>();
  };
  struct Verb {
    const char* command;
    std::string_view view;
    std::string row;
    const char* path;
    bool onActive = false;  // there must be something that runs
  };
  const std::vector<Verb> verbs = {
      {"trowel.job.editJson", view::kJobs, nightly, "GET /api/2.2/jobs/get"},
      {"trowel.job.editYaml", view::kJobs, nightly, "GET /api/2.2/jobs/get"},
      {"trowel.job.save", view::kJobs, nightly, "GET /api/2.2/jobs/get"},
      {"trowel.job.pause", view::kJobs, nightly, "POST /api/2.2/jobs/update"},
      {"trowel.job.resume", view::kJobs, nightly, "POST /api/2.2/jobs/update"},
      {"trowel.run.repair", view::kJobs, failed, "POST /api/2.2/jobs/runs/repair"},
      {"trowel.job.run", view::kJobs, nightly, "POST /api/2.2/jobs/run-now"},
      {"trowel.run.output", view::kJobs, failed, "GET /api/2.2/jobs/runs/get"},
      {"trowel.run.outputJson", view::kJobs, failed, "GET /api/2.2/jobs/runs/get"},
      {"trowel.run.openInBrowser", view::kJobs, failed, "GET /api/2.2/jobs/runs/get"},
      {"trowel.run.cancel", view::kJobs, "", "POST /api/2.2/jobs/runs/cancel", true},
      {"trowel.job.cancelRuns", view::kJobs, endless, "POST /api/2.2/jobs/runs/cancel-all", true},
      {"trowel.job.send", {}, "", "POST /api/2.2/jobs/create"},
      {"trowel.job.createFromFile", "explorer", quick, "POST /api/2.2/jobs/create"},
      {"trowel.job.runFile", "explorer", quick, "POST /api/2.2/jobs/runs/submit"},
      {"trowel.job.remove", view::kJobs, "", "POST /api/2.2/jobs/delete"},
  };
  for (bool selected : {true, false})
    for (const auto& verb : verbs) {
      INFO(verb.command << (selected ? " on a row" : " from the palette"));
      jobs.document = Json{{"language", "python"}, {"content", "print(1)"}};
      if (std::string_view(verb.command) == "trowel.job.send")
        jobs.document =
            Json{{"content", jobOf("sent " + std::to_string(++made), Json::array({condition("a")})).dump()}};
      if (std::string_view(verb.command) == "trowel.run.repair") {
        // Over again, so that there is something to repair.
        await([&] {
          jobs.refresh();
          return jobs.shown(failing).contains("[run.failed]");
        });
      }
      auto row = verb.row;
      // The first by its name, for who picks.
      if (std::string_view(verb.command) == "trowel.job.remove")
        row = jobs.make(jobOf("a doomed one", Json::array({condition("a")})));
      if (verb.onActive) {
        auto run = begin();
        if (row.empty()) row = run;
      }
      // The view looks by itself, too, which is no doing of the command.
      jobs.emulator().clearRequests();
      jobs.editor().forget();
      if (selected && !row.empty())
        runOn(jobs, verb.command, verb.view, {row});
      else
        runOn(jobs, verb.command);
      const std::string_view path = verb.path;
      const auto space = path.find(' ');
      const auto count = calls(jobs.emulator(), path.substr(0, space), path.substr(space + 1));
      if (path.starts_with("POST"))
        CHECK(count == 1);
      else
        CHECK(count >= 1);
      if (std::string_view(verb.command).ends_with("openInBrowser"))
        CHECK(jobs.editor().heard("trowel/ui/openUrl").size() == 1);
    }
  // These ask the workspace nothing at once.
  for (bool selected : {true, false}) {
    INFO((selected ? "on a row" : "from the palette"));
    jobs.editor().forget();
    if (selected)
      runOn(jobs, "trowel.job.openInBrowser", view::kJobs, {failing});
    else
      runOn(jobs, "trowel.job.openInBrowser");
    CHECK(jobs.editor().heard("trowel/ui/openUrl").size() == 1);
    auto run = begin();
    if (selected)
      runOn(jobs, "trowel.run.watch", view::kJobs, {run});
    else
      runOn(jobs, "trowel.run.watch");
    runOn(jobs, "trowel.run.cancel", view::kJobs, {run});
    auto told = jobs.editor().await("window/showMessage", [](const Json& params) {
      return params.at("message").get<std::string>().starts_with("a long one: cancelled");
    });
    CHECK(told["type"] == 2);
  }
}

TEST_CASE("jobs: a command with nothing to act on says why") {
  Jobs jobs;
  const std::pair<const char*, const char*> rows[] = {
      {"trowel.job.run", "This workspace has no job that you may see. Create one first."},
      {"trowel.job.pause", "No job of this workspace starts by itself."},
      {"trowel.job.resume", "No job of this workspace is paused."},
      {"trowel.job.remove", "This workspace has no job that you may see. Create one first."},
      {"trowel.run.output", "This workspace has no run that you may see. Run a job first."},
      {"trowel.run.cancel", "Nothing runs in this workspace."},
      {"trowel.run.watch", "Nothing runs in this workspace."},
      {"trowel.run.repair", "None of the recent runs has failed, so there is nothing to repair."},
  };
  for (const auto& [command, message] : rows) {
    INFO(command);
    CHECK(jobs.failure("workspace/executeCommand", {{"command", command}})["message"] == message);
  }
}

}  // namespace trowel::test

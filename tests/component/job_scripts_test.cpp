// SPDX-License-Identifier: Apache-2.0
// Notebooks and files as jobs, for good or once: languages, compute, parameters, and what is left behind.
#include <fstream>
#include <set>

#include "support/jobs_bench.hpp"

namespace trowel::test {

TEST_CASE("jobs: a file runs as a job, its output opens, and nothing is left behind") {
  Jobs jobs;
  const auto home = "/Users/" + jobs.emulator().userName();
  struct Row {
    const char* name;
    const char* content;
    const char* output;
  };
  const Row rows[] = {
      {"hello.py", "print('from a file')", "from a file"},
      {"note.py", "# Databricks notebook source\ndbutils.notebook.exit('from a notebook')", "from a notebook"},
      {"note.ipynb",
       R"~({"cells":[{"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":["dbutils.notebook.exit('from ipynb')"]}],"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5})~",
       "from ipynb"},
      {"fails.py", "raise ValueError('no luck')", "ValueError"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    auto path = jobs.folder / row.name;
    std::ofstream(path) << row.content;
    jobs.picks = {"Serverless"};
    jobs.lines = {""};
    jobs.editor().forget();
    auto result = runOn(jobs, "trowel.job.runFile", "explorer", {core::pathToUri(path)});
    CHECK(result.at("result") == (std::string_view(row.name) == "fails.py" ? "FAILED" : "SUCCESS"));
    CHECK(jobs.opened().contains(row.output));
    auto left = jobs.request("trowel/workspace/list", {{"path", home}}).at("objects");
    CHECK(left.empty());
  }
  CHECK_FALSE(jobs.rows("submitted").empty());
}

TEST_CASE("jobs: who cancels the run of a file leaves nothing behind, and nothing running") {
  Jobs jobs;
  auto path = jobs.folder / "long.py";
  std::ofstream(path) << "import time\nwhile True: time.sleep(60)";
  jobs.picks = {"Serverless"};
  jobs.lines = {""};
  auto asked =
      jobs.editor().send("workspace/executeCommand",
                         {{"command", "trowel.job.runFile"},
                          {"arguments", Json::array({{{"view", "explorer"}, {"node", core::pathToUri(path)}}})}});
  await([&] { return calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/submit") >= 1; });
  jobs.editor().notify("$/cancelRequest", {{"id", asked}});
  CHECK(jobs.editor().reply(asked).contains("error"));
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/cancel") == 1);
  CHECK(
      jobs.request("trowel/workspace/list", {{"path", "/Users/" + jobs.emulator().userName()}}).at("objects").empty());
  await([&] {
    jobs.refresh();
    return jobs.shown("submitted").contains("[run.cancelled]");
  });
}

TEST_CASE("jobs: an editor that is closed during the run of a file leaves nothing behind, and nothing running") {
  Jobs jobs;
  auto path = jobs.folder / "long.py";
  std::ofstream(path) << "import time\nwhile True: time.sleep(60)";
  jobs.picks = {"Serverless"};
  jobs.editor().send("workspace/executeCommand",
                     {{"command", "trowel.job.runFile"},
                      {"arguments", Json::array({{{"view", "explorer"}, {"node", core::pathToUri(path)}}})}});
  await([&] { return calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/submit") >= 1; });
  jobs.finish();
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/runs/cancel") == 1);
  CHECK(calls(jobs.emulator(), "POST", "/api/2.0/workspace/delete") == 1);
}

TEST_CASE("jobs: a job is made of a file, with compute and schedule") {
  Jobs jobs;
  auto path = jobs.folder / "load.py";
  std::ofstream(path) << "# Databricks notebook source\nprint(1)";
  jobs.picks = {"Serverless", "Each day"};
  // Name, place, packages, parameters, time, zone.
  const auto place = "/Users/" + jobs.emulator().userName() + "/jobs/load";
  jobs.lines = {"Load", place, "", "day=today", "6:30", "Europe/Vienna"};
  auto id =
      runOn(jobs, "trowel.job.createFromFile", "explorer", {core::pathToUri(path)}).at("jobId").get<std::string>();
  CHECK(jobs.shown().starts_with("calendar  Load  \"0 30 6 * * ? (Europe/Vienna)\"  [job.scheduled] >\n"));
  CHECK(jobs.shown("job/" + id + "/tasks") == "notebook  load  \"notebook · " + place + "\"  [jobTask]\n");
  jobs.editor().forget();
  runOn(jobs, "trowel.job.editJson", view::kJobs, {"job/" + id});
  CHECK(Json::parse(jobs.opened())["tasks"][0]["notebook_task"]["base_parameters"] == Json{{"day", "today"}});

  // What is there already is replaced only after a question.
  std::ofstream(path) << "# Databricks notebook source\nprint(2)";
  const auto contentOf = [&] {
    return jobs.request("trowel/workspace/list", {{"path", place}}).at("objects").at(0).at("modifiedAt");
  };
  const auto before = contentOf();
  jobs.editor().on("trowel/ui/confirm", [](const Json& params) {
    bool replaces = params.at("message").get<std::string>().starts_with("Replace ");
    return replaces ? Json::object() : Json{{"action", params.at("actions").at(0)}};
  });
  const auto again = [&] {
    jobs.picks = {"Serverless", "By hand"};
    jobs.lines = {"Load", place, "", ""};
    jobs.editor().forget();
    runOn(jobs, "trowel.job.createFromFile", "explorer", {core::pathToUri(path)});
  };
  again();
  auto asked = jobs.editor().heard("trowel/ui/confirm");
  REQUIRE(asked.size() == 2);
  CHECK(asked[0]["message"] == "There is a job named Load already. Create another one?");
  CHECK(asked[1]["message"] == "Replace " + place + "?");
  CHECK(contentOf() == before);
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/create") == 1);
  jobs.editor().on("trowel/ui/confirm",
                   [](const Json& params) { return Json{{"action", params.at("actions").at(0)}}; });
  again();
  CHECK(contentOf() != before);
  CHECK(calls(jobs.emulator(), "POST", "/api/2.2/jobs/create") == 2);
}

TEST_CASE("jobs: a file runs on a cluster, on a cluster of its own, and in four languages") {
  Jobs jobs({.emulation = {.demo = true, .clusterStartTime = std::chrono::milliseconds(0)}});
  struct Row {
    const char* name;
    const char* content;
    const char* compute;
    const char* result;
    const char* shown;
  };
  const Row rows[] = {
      {"q.sql", "SELECT 40 + 2 AS answer", "Shared analytics", "SUCCESS", "| answer |\n| --- |\n| 42 |\n"},
      {"own.py", "print(6 * 7)", "A job cluster like Shared analytics", "SUCCESS", "42"},
      {"s.scala", "println(1)", "Shared analytics", "FAILED", "```scala\nprintln(1)\n```"},
      {"r.r", "print(1)", "Shared analytics", "FAILED", "```r\nprint(1)\n```"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    auto path = jobs.folder / row.name;
    std::ofstream(path) << row.content;
    jobs.picks = {row.compute};
    jobs.asked.clear();
    jobs.editor().forget();
    auto result = runOn(jobs, "trowel.job.runFile", "explorer", {core::pathToUri(path)});
    CHECK(result.at("result") == row.result);
    auto report = jobs.opened();
    INFO(report);
    CHECK(report.contains(row.shown));
    const bool own = std::string_view(row.compute).starts_with("A job");
    CHECK(report.contains(own ? ", on job cluster main, " : ", on cluster "));
    // Serverless compute has neither Scala nor R, so it is not offered.
    const bool offered = jobs.asked.at(0)["items"][0]["label"] == "Serverless";
    CHECK(offered == (std::string_view(row.result) == "SUCCESS"));
  }
  await([&] {
    runOn(jobs, "trowel.view.refresh");
    return !drawn(jobs, view::kClusters, 1).contains("[jobCluster.running]");
  });
}

TEST_CASE("jobs: a run is given what the user writes, and offers it again the next time") {
  Jobs jobs;
  struct Row {
    const char* name;
    const char* content;
    const char* parameters;
    const char* shown;
  };
  const Row rows[] = {
      {"n.py", "# Databricks notebook source\nprint('at ' + dbutils.widgets.get('city'))", "city=\"New York\"",
       "```\nat New York\n```"},
      {"f.py", "import sys\nprint(sys.argv[1:])", "--city 'New York'", "['--city', 'New York']"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    auto path = jobs.folder / row.name;
    std::ofstream(path) << row.content;
    for (bool first : {true, false}) {
      jobs.picks = {"Serverless"};
      if (first) jobs.lines = {"", row.parameters};
      jobs.editor().forget();
      CHECK(runOn(jobs, "trowel.job.runFile", "explorer", {core::pathToUri(path)}).at("result") == "SUCCESS");
      auto report = jobs.opened();
      INFO(report);
      CHECK(report.contains(row.shown));
      CHECK(jobs.editor().heard("trowel/ui/input").back()["value"] == (first ? "" : row.parameters));
    }
  }
}

TEST_CASE("jobs: what a killed Trowel left in the workspace goes with the next run, and nothing else does") {
  TempDir seeds;
  const std::string home = "/Users/demo@example.com/";
  const auto seed = seeds / "seed.json";
  Json workspace = Json::array();
  for (const char* name : {".trowel-run-1000000000-ab12/n.py", ".trowel-runs/keep.py", "mine.py"})
    workspace.push_back({{"path", home + name}, {"content", "print(1)"}});
  std::ofstream(seed) << Json{{"workspace", workspace}}.dump();
  Jobs jobs({.emulation = {.seedFile = seed}});
  auto path = jobs.folder / "f.py";
  std::ofstream(path) << "print(1)";
  jobs.picks = {"Serverless"};
  runOn(jobs, "trowel.job.runFile", "explorer", {core::pathToUri(path)});
  const auto left = [&] {
    std::set<std::string> names;
    const auto listed = jobs.request("trowel/workspace/list", {{"path", "/Users/demo@example.com"}});
    for (const auto& object : listed.at("objects")) names.insert(object.at("path").get<std::string>());
    return names;
  };
  await([&] { return left() == std::set<std::string>{home + ".trowel-runs", home + "mine.py"}; });
}

TEST_CASE("jobs: what could not be removed is told, with where it is") {
  Jobs jobs;
  emulator::Fault refusal;
  refusal.pattern = "POST /api/2.0/workspace/delete";
  refusal.status = 403;
  refusal.body = R"({"error_code":"PERMISSION_DENIED","message":"No."})";
  jobs.emulator().addFault(refusal);
  auto path = jobs.folder / "f.py";
  std::ofstream(path) << "print(1)";
  jobs.picks = {"Serverless"};
  auto failure =
      jobs.failure("workspace/executeCommand",
                   {{"command", "trowel.job.runFile"},
                    {"arguments", Json::array({{{"view", "explorer"}, {"node", core::pathToUri(path)}}})}})["message"];
  CHECK(failure.get<std::string>().starts_with("The folder /Users/demo@example.com/.trowel-run-"));
  // The output was shown all the same.
  CHECK(jobs.opened().contains("**succeeded**"));
}

TEST_CASE("jobs: what the editor shows of the workspace is made a job as it lies there") {
  Jobs jobs;
  const auto home = "/Users/" + jobs.emulator().userName();
  const auto uri = "wsfs:" + home + "/etl.py";
  jobs.request("trowel/fs/write", {{"uri", uri},
                                   {"base64", core::toBase64("# Databricks notebook source\nprint(1)\n")},
                                   {"create", true},
                                   {"overwrite", false}});
  // As a row of the explorer, and as the document in front.
  for (const bool inFront : {false, true}) {
    jobs.picks = {"Serverless", "By hand"};
    jobs.lines = {inFront ? "Front" : "Row", ""};  // name, packages: nobody asks where to put it
    jobs.document = inFront ? Json{{"uri", uri}, {"language", "python"}, {"content", "print(2)"}} : Json::object();
    const auto made = inFront ? runOn(jobs, "trowel.job.createFromFile")
                              : runOn(jobs, "trowel.job.createFromFile", "explorer", {uri});
    CHECK(jobs.shown("job/" + made.at("jobId").get<std::string>() + "/tasks") ==
          "notebook  etl  \"notebook · " + home + "/etl\"  [jobTask]\n");
  }
  Json params{{"command", "trowel.job.createFromFile"}};
  params["arguments"].push_back({{"view", "explorer"}, {"node", "dbfs:/tmp/etl.py"}});
  CHECK(jobs.failure("workspace/executeCommand", params).at("message") ==
        "/tmp/etl.py lies in DBFS, and jobs run what is in the workspace. Copy it there, then run the copy.");
}

}  // namespace trowel::test

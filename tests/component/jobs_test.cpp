// SPDX-License-Identifier: Apache-2.0
// The view Jobs and every command on jobs and runs, against a workspace that really executes.
#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/manual_clock.hpp"

namespace trowel::test {

namespace {

std::size_t calls(const emulator::Emulator& emulator, std::string_view method, std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count_if(
      emulator.requests(), [&](const auto& record) { return record.method == method && record.path == path; }));
}

// A test that waits in vain is ended by ctest.
template <typename Holds>
void await(const Holds& holds) {
  while (!holds()) std::this_thread::yield();
}

// An editor that answers what the test says: picks by the beginning of the label, lines and files in their order.
struct Jobs : DaemonHarness {
  explicit Jobs(Options options = {}) : DaemonHarness(std::move(options)) {
    connect();
    editor().on("trowel/ui/pick", [this](const Json& params) -> std::optional<Json> {
      asked.push_back(params);
      if (picks.empty()) return Json::object();
      auto wanted = picks.front();
      picks.pop_front();
      for (const auto& item : params.at("items"))
        if (item.at("label").get<std::string>().starts_with(wanted)) return Json{{"ids", Json::array({item.at("id")})}};
      return Json::object();
    });
    editor().on("trowel/ui/input", [this](const Json& params) -> std::optional<Json> {
      if (lines.empty()) return Json{{"value", core::stringAt(params, "value")}};
      auto line = lines.front();
      lines.pop_front();
      return Json{{"value", line}};
    });
    editor().on("trowel/ui/confirm", [](const Json& params) { return Json{{"action", params.at("actions").at(0)}}; });
    editor().on("trowel/ui/activeDocument", [this](const Json&) { return document; });
  }

  // Sends a definition as the user would; the row of the job.
  std::string make(const Json& definition) {
    document = Json{{"language", "json"}, {"content", definition.dump()}};
    picks = {"Create"};
    auto id = runOn(*this, "trowel.job.send").at("jobId").get<std::string>();
    document = Json::object();
    return "job/" + id;
  }
  Json rows(const std::string& node = {}) {
    Json params{{"view", std::string(view::kJobs)}};
    if (!node.empty()) params["node"] = node;
    return request("trowel/tree/children", params).at("nodes");
  }
  void refresh() { request("workspace/executeCommand", {{"command", "trowel.view.refresh"}}); }
  // Starts a run and waits for its end; its row.
  std::string finishedRun(const std::string& job) {
    auto id = "run/" + runOn(*this, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
    await([&] {
      refresh();
      for (const auto& row : rows(job))
        if (row.at("id") == id) {
          auto context = row.at("contextValue").get<std::string>();
          return context != "run.waiting" && context != "run.running";
        }
      return false;
    });
    return id;
  }
  // The rows as text, with moments and times that differ from run to run named instead.
  std::string shown(const std::string& node = {}, int depth = 0) {
    auto text = drawn(*this, view::kJobs, depth, node);
    text = std::regex_replace(text, std::regex("(today|yesterday) \\d\\d:\\d\\d:\\d\\d"), "MOMENT");
    return std::regex_replace(text, std::regex("\\d+ (ms|s)\\b"), "TIME");
  }
  std::string opened() { return editor().await("trowel/ui/openDocument").at("content").get<std::string>(); }

  std::deque<std::string> picks;
  std::deque<std::string> lines;
  std::vector<Json> asked;
  Json document = Json::object();
};

Json condition(const std::string& key, const std::string& left = "1") {
  return {{"task_key", key}, {"condition_task", {{"op", "EQUAL_TO"}, {"left", left}, {"right", "1"}}}};
}

Json jobOf(const std::string& name, Json tasks) { return {{"name", name}, {"tasks", std::move(tasks)}}; }

// Fails at once: there is no such notebook.
Json broken(const std::string& key) {
  return {{"task_key", key}, {"notebook_task", {{"notebook_path", "/Shared/none"}}}};
}

}  // namespace

TEST_CASE("jobs: an empty workspace, and one that refuses") {
  Jobs jobs;
  CHECK(jobs.shown() == "history  Runs Without a Job  [submitted] >\n");
  jobs.emulator().clearRequests();
  CHECK(jobs.shown("submitted").empty());
  for (const auto& record : jobs.emulator().requests())
    for (const auto& [name, value] : record.query) CHECK(name != "job_id");
  emulator::Fault refusal;
  refusal.pattern = "GET /api/2.2/jobs/list";
  refusal.status = 403;
  refusal.body = R"({"error_code":"PERMISSION_DENIED","message":"No access."})";
  refusal.times = 0;
  jobs.emulator().addFault(refusal);
  jobs.refresh();
  CHECK(jobs.shown().starts_with("lock/list.errorForeground  You lack the permission Can View, which shows you a job"));
}

TEST_CASE("jobs: one without tasks or trigger, and many, by name") {
  Jobs jobs;
  auto b = jobs.make(jobOf("beta", Json::array()));
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
  CHECK(jobs.shown(a + "/tasks") == "symbol-event  first  \"condition · 1 EQUAL_TO 1\"  [jobTask]\n");
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

TEST_CASE("jobs: a job is made of a file, with compute and schedule") {
  Jobs jobs;
  auto path = jobs.folder / "load.py";
  std::ofstream(path) << "# Databricks notebook source\nprint(1)";
  jobs.picks = {"Serverless", "Each day"};
  // Name, place, packages, time, zone.
  const auto place = "/Users/" + jobs.emulator().userName() + "/jobs/load";
  jobs.lines = {"Load", place, "", "6:30", "Europe/Vienna"};
  auto id =
      runOn(jobs, "trowel.job.createFromFile", "explorer", {core::pathToUri(path)}).at("jobId").get<std::string>();
  CHECK(jobs.shown().starts_with("calendar  Load  \"0 30 6 * * ? (Europe/Vienna)\"  [job.scheduled] >\n"));
  CHECK(jobs.shown("job/" + id + "/tasks") == "notebook  load  \"notebook · " + place + "\"  [jobTask]\n");
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

// SPDX-License-Identifier: Apache-2.0
#include "features/jobs/script_task.hpp"

#include <nlohmann/json.hpp>

#include "features/jobs/job_node.hpp"
#include "support/catch.hpp"

namespace trowel::features {

using core::Json;

TEST_CASE("files of four languages, source and ipynb, are told apart") {
  struct Row {
    const char* name;
    const char* bytes;
    bool notebook;
    const char* language;
    const char* format;
    const char* object;
  };
  const Row rows[] = {
      {"/p/load.py", "# Databricks notebook source\nx", true, "PYTHON", "SOURCE", "load"},
      {"/p/load.py", "\xEF\xBB\xBF# Databricks notebook source\r\nx", true, "PYTHON", "SOURCE", "load"},
      {"/p/load.py", "import x", false, "PYTHON", "RAW", "load.py"},
      {"q.sql", "SELECT 1", true, "SQL", "SOURCE", "q"},
      {"w.scala", "// Databricks notebook source\n1", true, "SCALA", "SOURCE", "w"},
      {"f.R", "1", true, "R", "SOURCE", "f"},
      {"a.b.ipynb", R"({"cells": [], "metadata": {}})", true, "PYTHON", "JUPYTER", "a.b"},
      {"s.ipynb", R"({"cells": [], "metadata": {"language_info": {"name": "scala"}}})", true, "SCALA", "JUPYTER", "s"},
      {"r.ipynb", R"({"cells": [], "metadata": {"kernelspec": {"language": "R"}}})", true, "R", "JUPYTER", "r"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    auto script = scriptOf(row.name, row.bytes);
    REQUIRE(script);
    CHECK(script->notebook == row.notebook);
    CHECK(script->language == row.language);
    CHECK(script->format == row.format);
    CHECK(script->name == row.object);
  }
  CHECK(scriptOf("q.sql", "SELECT 1")->content == "-- Databricks notebook source\nSELECT 1");
  CHECK(scriptOf("a.txt", "").error().message ==
        "a.txt cannot run as a job. Choose a notebook (.ipynb, or a source file of one) or a .py, .sql, .scala or .r "
        "file.");
  CHECK(scriptOf("a.ipynb", "x").error().message.starts_with("This is no Jupyter notebook: its text is not JSON."));
  CHECK(scriptOf("a.ipynb", R"({"cells": [], "metadata": {"language_info": {"name": "julia"}}})").error().message ==
        "Databricks runs notebooks in Python, SQL, Scala and R, not in julia.");
}

TEST_CASE("a definition names the script and its compute") {
  Script notebook{.notebook = true, .language = "PYTHON", .format = "SOURCE", .name = "load it", .content = {}};
  Script file{.notebook = false, .language = "PYTHON", .format = "RAW", .name = "load.py", .content = {}};
  CHECK(definitionOf(notebook, "/Users/a/load it", {}, {}).value() == Json::parse(R"({"tasks": [{"task_key": "load_it",
                        "notebook_task": {"notebook_path": "/Users/a/load it", "source": "WORKSPACE"}}]})"));
  CHECK(definitionOf(file, "/Users/a/load.py", {.dependencies = {"pandas"}}, Json::array({"-x", "1"})).value() ==
        Json::parse(R"({"environments": [{"environment_key": "default",
                          "spec": {"environment_version": "2", "dependencies": ["pandas"]}}],
                        "tasks": [{"task_key": "load_py", "environment_key": "default",
                          "spark_python_task": {"python_file": "/Workspace/Users/a/load.py", "parameters": ["-x", "1"]}}]})"));
  auto on = definitionOf(notebook, "/n", {.kind = TaskCompute::Kind::Cluster, .clusterId = "c"}, {{"d", "1"}}).value();
  CHECK(on["tasks"][0]["existing_cluster_id"] == "c");
  CHECK(on["tasks"][0]["notebook_task"]["base_parameters"] == Json{{"d", "1"}});
  TaskCompute fresh{.kind = TaskCompute::Kind::JobCluster};
  fresh.newCluster = std::make_shared<const Json>(
      jobClusterLike({{"cluster_name", "x"}, {"autotermination_minutes", 5}, {"num_workers", 2}}));
  on = definitionOf(notebook, "/n", fresh, {}).value();
  CHECK(on["job_clusters"][0]["new_cluster"] == Json{{"num_workers", 2}});
  CHECK(on["tasks"][0]["job_cluster_key"] == "main");
  notebook.language = "R";
  CHECK(definitionOf(notebook, "/n", {}, {}).error().message ==
        "Serverless compute runs Python and SQL. Choose a cluster for Scala and R.");
}

TEST_CASE("keys and packages") {
  CHECK(taskKeyOf("Load sales (v2)") == "Load_sales_v2");
  CHECK(taskKeyOf("übung") == "bung");
  CHECK(taskKeyOf("§") == "main");
  CHECK(taskKeyOf(std::string(200, 'x')).size() == 100);
  CHECK(dependenciesOf(" ").empty());
  CHECK(dependenciesOf("a>=2,<3, ./b.whl ,") == std::vector<std::string>{"a>=2,<3", "./b.whl"});
}

TEST_CASE("a line's words, as a shell parts them") {
  using Words = std::vector<std::string>;
  CHECK(wordsOf("").value().empty());
  CHECK(wordsOf("  a\tb  ").value() == Words{"a", "b"});
  CHECK(wordsOf(R"(--city "New York" 'it''s' a\ b "q\"q" '' '\n')").value() ==
        Words{"--city", "New York", "its", "a b", "q\"q", "", "\\n"});
  const Words odd{"a", "", "b c", "\"d\"", "e\\", "it's"};
  CHECK(wordsOf(lineOf(Json(odd))).value() == odd);
  CHECK(wordsOf("a 'b").error().message == "A quote (') is not closed.");

  Script notebook{.notebook = true, .language = "SQL", .format = "SOURCE", .name = "q", .content = {}};
  CHECK(parametersOf(notebook, R"(day=2026-01-31 city="New York" none= e=a=b)").value() ==
        Json{{"day", "2026-01-31"}, {"city", "New York"}, {"none", ""}, {"e", "a=b"}});
  CHECK(parametersOf(notebook, "").value().empty());
  for (const char* line : {"day", "=1", "day =1"})
    CHECK(parametersOf(notebook, line).error().message.starts_with("Write name=value for each"));
  notebook.notebook = false;
  CHECK(parametersOf(notebook, "day 'a b'").value() == Json::array({"day", "a b"}));
}

TEST_CASE("when a job starts, in the API's words") {
  CHECK(startOf(StartKind::ByHand, "", "").value().empty());
  CHECK(startOf(StartKind::Daily, "6:30", "Europe/Vienna").value() ==
        Json::parse(R"({"schedule": {"quartz_cron_expression": "0 30 6 * * ?", "timezone_id": "Europe/Vienna",
                        "pause_status": "UNPAUSED"}})"));
  CHECK(startOf(StartKind::Periodic, "4 hours", "").value()["trigger"]["periodic"] ==
        Json{{"interval", 4}, {"unit", "HOURS"}});
  CHECK(startOf(StartKind::Periodic, "1 day", "").value()["trigger"]["periodic"]["unit"] == "DAYS");
  CHECK(startOf(StartKind::FileArrival, "/Volumes/a/b/c/", "").value()["trigger"]["file_arrival"]["url"] ==
        "/Volumes/a/b/c/");
  CHECK(startOf(StartKind::Continuous, "", "").value()["continuous"]["pause_status"] == "UNPAUSED");
  for (const char* text : {"24:00", "6", "6:60", "x:y", ""})
    CHECK(startOf(StartKind::Daily, text, "UTC").error().message ==
          "Write the time as hours and minutes, from 0:00 to 23:59.");
  CHECK_FALSE(startOf(StartKind::Cron, "0 6 * * *", "UTC"));
  CHECK(startOf(StartKind::Cron, "0 0 6 * * ?", "UTC"));
  CHECK_FALSE(startOf(StartKind::Periodic, "0 hours", ""));
  CHECK_FALSE(startOf(StartKind::Periodic, "4 months", ""));
  CHECK_FALSE(startOf(StartKind::FileArrival, "landing", ""));
}

TEST_CASE("ids of rows are read as they were written") {
  using Kind = JobNode::Kind;
  const JobNode nodes[] = {{.kind = Kind::Job, .jobId = 7},
                           {.kind = Kind::Tasks, .jobId = 7},
                           {.kind = Kind::Task, .jobId = 7, .task = "load"},
                           {.kind = Kind::Submitted},
                           {.kind = Kind::Run, .runId = 9},
                           {.kind = Kind::RunTask, .runId = 9, .task = "load"},
                           {.kind = Kind::Attempt, .runId = 9, .task = "load", .taskRunId = 77}};
  for (const auto& node : nodes) CHECK(jobNodeOf(idOf(node)) == node);
  for (const char* id :
       {"", "job", "job/", "job/x", "job/-1", "job/7/runs", "run/9/a/b", "run/9/a/7/c", "run/99999999999999999999"})
    CHECK_FALSE(jobNodeOf(id));
  RunPage page{.until = 5, .shown = {1, 2}};
  CHECK(runPageOf(textOf(page)) == page);
  CHECK(runPageOf("") == RunPage{});
  CHECK(runPageOf("x/1") == RunPage{});
}

}  // namespace trowel::features

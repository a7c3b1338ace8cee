// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "task_bench.hpp"
#include "trowel/core/text.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

using Ending = TaskOutcome::Ending;

Json modelOf(const std::string& page) {
  const std::string start = "__DATABRICKS_NOTEBOOK_MODEL = '";
  auto begin = page.find(start);
  REQUIRE(begin != std::string::npos);
  begin += start.size();
  auto encoded = core::fromBase64(page.substr(begin, page.find('\'', begin) - begin));
  REQUIRE(encoded);
  return Json::parse(core::percentDecode(*encoded).value());
}

}  // namespace

TEST_CASE_METHOD(TaskBench, "a notebook task runs all cells with its parameters as widgets") {
  notebook("/Shared/nb",
           "# Databricks notebook source\n# MAGIC %md # Title\n\n# COMMAND ----------\n\nprint('a' + '<b>')\n\n"
           "# COMMAND ----------\n\n# DBTITLE 1,Sum\n# MAGIC %sql\n# MAGIC SELECT 1 AS one\n\n"
           "# COMMAND ----------\n\ndbutils.notebook.exit(dbutils.widgets.get('day'))\n\n"
           "# COMMAND ----------\n\nraise Exception('not reached')\n");
  auto outcome =
      run(request("notebook_task", {{"notebook_path", "/Shared/nb"}, {"base_parameters", {{"day", "2024"}}}}));
  INFO(outcome.message << outcome.output.dump());
  CHECK(outcome.ending == Ending::Success);
  CHECK(outcome.output == Json{{"notebook_output", {{"result", "2024"}, {"truncated", false}}}});
  CHECK(host.executing);
  CHECK(host.clusterId == "");

  CHECK(outcome.exportHtml.starts_with("<!DOCTYPE html>"));
  CHECK(outcome.exportHtml.find("a&lt;b&gt;") != std::string::npos);
  auto model = modelOf(outcome.exportHtml);
  CHECK(model.at("name") == "nb");
  CHECK(model.at("language") == "python");
  REQUIRE(model.at("commands").size() == 5);
  CHECK(model["commands"][0]["command"] == "%md\n# Title");
  CHECK(model["commands"][1]["results"]["data"].get<std::string>().find("a&lt;b&gt;") != std::string::npos);
  CHECK(model["commands"][2]["commandTitle"] == "Sum");
  CHECK(model["commands"][2]["results"]["type"] == "table");
  CHECK(model["commands"][2]["results"]["data"] == Json{{1}});
  CHECK(model["commands"][4]["state"] == "input");
}

TEST_CASE_METHOD(TaskBench, "a notebook without an exit has an empty output, one that raises an error and its trace") {
  notebook("/Shared/quiet", "x = 1");
  CHECK(run(request("notebook_task", {{"notebook_path", "/Shared/quiet"}})).output ==
        Json{{"notebook_output", Json::object()}});

  notebook("/Shared/bad", "1 / 0\n\n# COMMAND ----------\n\nopen('/never', 'w')");
  auto bad = run(request("notebook_task", {{"notebook_path", "/Shared/bad"}}));
  CHECK(bad.ending == Ending::Failed);
  CHECK(bad.message == "");
  CHECK(bad.output.at("error") == "ZeroDivisionError: division by zero");
  CHECK(bad.output.at("error_trace").get<std::string>().find("Traceback (most recent call last)") != std::string::npos);
  CHECK(modelOf(bad.exportHtml)["commands"][0]["state"] == "error");

  auto missing = run(request("notebook_task", {{"notebook_path", "/Shared/nope"}}));
  CHECK(missing.ending == Ending::NotFound);
  CHECK(missing.message.starts_with("Unable to access the notebook \"/Shared/nope\". Either it does not exist"));
}

TEST_CASE_METHOD(TaskBench, "a task whose token is cancelled ends soon, in the middle of a cell") {
  notebook("/Shared/long",
           "import time\nopen('" + (folder.path / "mark").string() + "', 'w').close()\ntime.sleep(600)");
  core::CancelSource cancel;
  auto running = std::async(std::launch::async, [&] {
    return run(request("notebook_task", {{"notebook_path", "/Shared/long"}}), cancel.token());
  });
  while (!std::filesystem::exists(folder.path / "mark") &&
         running.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    std::this_thread::yield();
  cancel.cancel(core::CancelReason::Client);
  CHECK(running.get().ending == Ending::Canceled);
}

TEST_CASE_METHOD(TaskBench, "an existing cluster is started for a task, and shows as its instance") {
  auto id = clusters.create(cluster(), {.owner = user.name, .source = "UI"}).value();
  CHECK(clusters.terminate(id, user.name).has_value());
  notebook("/Shared/nb", "dbutils.notebook.exit('x')");
  auto task = request("notebook_task", {{"notebook_path", "/Shared/nb"}});
  task.compute.kind = TaskCompute::Kind::ExistingCluster;
  task.compute.clusterId = id;
  CHECK(run(task).ending == Ending::Success);
  CHECK(host.clusterId == id);
  CHECK(std::stoll(host.sparkContextId) > (1LL << 53));
  CHECK(clusters.status(id)->state == ClusterState::Running);

  task.compute.clusterId = "nope";
  auto outcome = run(task);
  CHECK(outcome.ending == Ending::NotFound);
  CHECK(outcome.message == "Cluster nope does not exist");
}

TEST_CASE_METHOD(TaskBench, "tasks of a run share its job cluster, which ends with the run") {
  notebook("/Shared/nb", "");
  auto task = request("notebook_task", {{"notebook_path", "/Shared/nb"}});
  task.compute.kind = TaskCompute::Kind::NewCluster;
  task.compute.newCluster = cluster();
  task.compute.jobClusterKey = "main";
  CHECK(run(task).ending == Ending::Success);
  auto first = host.clusterId;
  auto details = clusters.describe(first).value();
  CHECK(details.at("cluster_name") == "job-11-run-22-main");
  CHECK(details.at("cluster_source") == "JOB");
  run(task);
  CHECK(host.clusterId == first);
  CHECK(clusters.status(first)->state == ClusterState::Running);
  runner.runEnded(22);
  CHECK(clusters.status(first)->state != ClusterState::Running);
  run(task);  // a repair
  CHECK(host.clusterId != first);

  task.compute.jobClusterKey = "";
  run(task);
  CHECK(clusters.describe(host.clusterId).value().at("cluster_name") == "job-11-run-22-t");
  CHECK(clusters.status(host.clusterId)->state != ClusterState::Running);

  task.compute.newCluster.erase("spark_version");
  CHECK(run(task).ending == Ending::InvalidCluster);
}

TEST_CASE_METHOD(TaskBench, "a library that cannot be had fails the task before it runs") {
  notebook("/Shared/nb", "");
  auto failing = [&](const Json& library) {
    auto task = request("notebook_task", {{"notebook_path", "/Shared/nb"}}, {{"libraries", {library}}});
    task.compute.kind = TaskCompute::Kind::NewCluster;
    task.compute.newCluster = cluster();
    auto outcome = run(task);
    CHECK(outcome.ending == Ending::LibraryFailed);
    CHECK(outcome.message.starts_with("Library installation failed for library due to user error"));
    CHECK(clusters.status(host.clusterId)->state != ClusterState::Running);
    return outcome.message;
  };
  CHECK(failing({{"whl", "dbfs:/libs/shop-1.0-py3-none-any.whl"}}).find("shop-1.0-py3-none-any.whl: No such file") !=
        std::string::npos);
  CHECK(failing({{"pypi", {{"package", "no-such-package-here==1"}}}}).find("No matching distribution found for") !=
        std::string::npos);
  CHECK_FALSE(host.executing);

  auto serverless = request("notebook_task", {{"notebook_path", "/Shared/nb"}});
  file("Workspace/Shared/requirements.txt", "# comment\n--no-index\n\nno-such-package-here\n");
  serverless.compute.environment = {{"spec", {{"dependencies", {"-r /Workspace/Shared/requirements.txt"}}}}};
  CHECK(run(serverless).ending == Ending::LibraryFailed);
}

TEST_CASE_METHOD(TaskBench, "what a task cannot run here is said before anything is run") {
  auto python = run(request("spark_python_task", {{"python_file", "dbfs:/nope.py"}}));
  CHECK(python.ending == Ending::NotFound);
  CHECK(python.message == "Cannot read the python file dbfs:/nope.py. Please check driver logs for more details.");
  CHECK(run(request("sql_task", {{"dashboard", {{"dashboard_id", "x"}}}})).ending == Ending::InvalidConfiguration);
  CHECK(run(request("sql_task", {{"query", {{"query_id", "x"}}}})).message == "Query x does not exist.");
}

TEST_CASE_METHOD(TaskBench, "a SQL task runs the statements of a file") {
  file("Workspace/Shared/q.sql",
       "CREATE OR REPLACE TABLE main.default.runs AS SELECT '{{ who }}' AS who;\nSELECT * FROM main.default.runs");
  auto outcome = run(request("sql_task", {{"warehouse_id", "w"},
                                          {"file", {{"path", "/Shared/q.sql"}, {"source", "WORKSPACE"}}},
                                          {"parameters", {{"who", "ada"}}}}));
  INFO(outcome.message << outcome.output.dump());
  CHECK(outcome.ending == Ending::Success);
  auto output = outcome.output.at("sql_output").at("query_output");
  CHECK(output.at("warehouse_id") == "w");
  CHECK(output.at("query_text").get<std::string>().find("'ada'") != std::string::npos);

  notebook("/Shared/bad", "SELECT 1\n\n-- COMMAND ----------\n\nSELECT * FROM nope", Language::Sql);
  auto bad = run(request("sql_task", {{"warehouse_id", "w"}, {"file", {{"path", "/Shared/bad"}}}}));
  CHECK(bad.ending == Ending::Failed);
  CHECK(bad.output.at("error").get<std::string>().find("TABLE_OR_VIEW_NOT_FOUND") != std::string::npos);
}

// SPDX-License-Identifier: Apache-2.0
// A job of several kinds of tasks, from the request to the outputs.
#include "command_context.hpp"
#include "git_origin.hpp"
#include "support/catch.hpp"
#include "trowel/core/text.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct JobClient {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client{*emulator};

  Json finished(const Json& runId) {
    while (true) {
      auto run = client.get("/api/2.2/jobs/runs/get?run_id=" + runId.dump()).body;
      std::string state = run.at("state").at("life_cycle_state");
      if (state == "TERMINATED" || state == "INTERNAL_ERROR" || state == "SKIPPED") return run;
    }
  }
  Json output(const Json& run, const std::string& key) {
    for (const auto& task : run.at("tasks"))
      if (task.at("task_key") == key)
        return client.get("/api/2.2/jobs/runs/get-output?run_id=" + task.at("run_id").dump()).body;
    return {};
  }
  void import(const std::string& path, const std::string& language, const std::string& source) {
    REQUIRE(client
                .post("/api/2.0/workspace/import", {{"path", path},
                                                    {"format", "SOURCE"},
                                                    {"language", language},
                                                    {"overwrite", true},
                                                    {"content", encode(source)}})
                .status == 200);
  }
};

}  // namespace

TEST_CASE_METHOD(JobClient, "a notebook, a SQL file and a wheel run one after the other, on what the first one left") {
  import("/Shared/load", "PYTHON",
         "spark.range(3).write.mode('overwrite').saveAsTable('main.default.loaded')\n\n# COMMAND ----------\n\n"
         "dbutils.notebook.exit(dbutils.widgets.get('day'))");
  import("/Shared/count", "SQL",
         "CREATE OR REPLACE TABLE main.default.counted AS SELECT count(*) AS n FROM main.default.loaded");
  import("/Shared/make", "PYTHON",
         "import os, zipfile\nos.makedirs('/dbfs/libs', exist_ok=True)\n"
         "with zipfile.ZipFile('/dbfs/libs/shop-1.0-py3-none-any.whl', 'w') as z:\n"
         "  z.writestr('shop/__init__.py', \"def report():\\n  from databricks.sdk.runtime import spark\\n  "
         "print(spark.table('main.default.counted').collect()[0].n)\\n\")\n"
         "  z.writestr('shop-1.0.dist-info/METADATA', 'Name: shop\\n')\n"
         "  z.writestr('shop-1.0.dist-info/entry_points.txt', '[console_scripts]\\nreport = shop:report\\n')\n");
  auto made = client.post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}});
  REQUIRE(made.status == 200);
  auto warehouse = made.body.at("id");
  Json cluster{{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1}};
  auto submitted =
      client.post("/api/2.2/jobs/runs/submit",
                  {{"run_name", "nightly"},
                   {"tasks",
                    {{{"task_key", "make"}, {"notebook_task", {{"notebook_path", "/Shared/make"}}}},
                     {{"task_key", "load"},
                      {"new_cluster", cluster},
                      {"notebook_task", {{"notebook_path", "/Shared/load"}, {"base_parameters", {{"day", "2024"}}}}}},
                     {{"task_key", "count"},
                      {"depends_on", {{{"task_key", "load"}}}},
                      {"sql_task", {{"warehouse_id", warehouse}, {"file", {{"path", "/Shared/count"}}}}}},
                     {{"task_key", "report"},
                      {"depends_on", {{{"task_key", "count"}}, {{"task_key", "make"}}}},
                      {"new_cluster", cluster},
                      {"libraries", {{{"whl", "dbfs:/libs/shop-1.0-py3-none-any.whl"}}}},
                      {"python_wheel_task", {{"package_name", "shop"}, {"entry_point", "report"}}}}}}});
  INFO(submitted.text);
  REQUIRE(submitted.status == 200);
  auto run = finished(submitted.body.at("run_id"));
  INFO(run.dump(1));
  CHECK(run.at("state").at("result_state") == "SUCCESS");
  CHECK(output(run, "load").at("notebook_output").at("result") == "2024");
  CHECK(output(run, "count").at("sql_output").at("query_output").at("warehouse_id") == warehouse);
  auto report = output(run, "report");
  INFO(report.dump(1));
  CHECK(report.at("logs") == "3");
  CHECK(report.at("metadata").at("cluster_instance").contains("cluster_id"));

  auto exported =
      client.get("/api/2.2/jobs/runs/export?run_id=" + output(run, "load").at("metadata").at("run_id").dump());
  CHECK(exported.body.at("views")[0].at("content").get<std::string>().starts_with("<!DOCTYPE html>"));
}

TEST_CASE_METHOD(JobClient, "a cluster that fails to start fails its task, and the job says why") {
  import("/Shared/nb", "PYTHON", "1");
  emulator->addFault({.pattern = "CLUSTER_START *"});
  auto submitted = client.post(
      "/api/2.2/jobs/runs/submit",
      {{"tasks",
        {{{"task_key", "t"},
          {"new_cluster",
           {{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 0}}},
          {"notebook_task", {{"notebook_path", "/Shared/nb"}}}}}}});
  auto run = finished(submitted.body.at("run_id"));
  INFO(run.dump(1));
  CHECK(run.at("state").at("life_cycle_state") == "INTERNAL_ERROR");
  CHECK(run.at("status").at("termination_details").at("code") == "CLUSTER_ERROR");
  CHECK(run.at("tasks")[0].at("state").at("state_message").get<std::string>().find("failed to start") !=
        std::string::npos);
}

TEST_CASE_METHOD(JobClient, "a pipeline task runs an update to its end") {
  import("/Shared/flow", "PYTHON", "1");
  auto pipeline = [&](const std::string& name, const std::string& path) {
    auto made = client.post("/api/2.0/pipelines",
                            {{"name", name}, {"libraries", {{{"notebook", {{"path", path}}}}}}, {"development", true}});
    INFO(made.text);
    REQUIRE(made.status == 200);
    return made.body.at("pipeline_id");
  };
  auto runOf = [&](const Json& id) {
    auto submitted = client.post("/api/2.2/jobs/runs/submit",
                                 {{"tasks", {{{"task_key", "t"}, {"pipeline_task", {{"pipeline_id", id}}}}}}});
    INFO(submitted.text);
    REQUIRE(submitted.status == 200);
    return finished(submitted.body.at("run_id"));
  };
  auto id = pipeline("good", "/Shared/flow");
  CHECK(runOf(id).at("state").at("result_state") == "SUCCESS");
  auto updates = client.get("/api/2.0/pipelines/" + id.get<std::string>() + "/updates").body.at("updates");
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].at("cause") == "JOB_TASK");
  CHECK(runOf(pipeline("bad", "/Shared/none")).at("state").at("result_state") == "FAILED");
  CHECK(runOf("00000000-0000-0000-0000-000000000000").at("status").at("termination_details").at("code") ==
        "RESOURCE_NOT_FOUND");
}

TEST_CASE_METHOD(JobClient, "a run from Git tells its commit, and a repair stays with it") {
  Origin origin;
  origin.write("say.py", "# Databricks notebook source\ndbutils.notebook.exit('one')\n");
  origin.commit("say");
  Json source{{"git_url", "file://" + core::replaceAll(origin.path.string(), " ", "%20")},
              {"git_provider", "gitHub"},
              {"git_branch", "main"}};
  auto submitted =
      client.post("/api/2.2/jobs/runs/submit",
                  {{"git_source", source},
                   {"tasks",
                    {{{"task_key", "say"}, {"notebook_task", {{"notebook_path", "say"}, {"source", "GIT"}}}},
                     {{"task_key", "none"}, {"notebook_task", {{"notebook_path", "none"}}}}}}});
  INFO(submitted.text);
  REQUIRE(submitted.status == 200);
  auto id = submitted.body.at("run_id");
  auto run = finished(id);
  INFO(run.dump(1));
  CHECK(output(run, "say").at("notebook_output").at("result") == "one");
  std::string commit = run.at("git_source").at("git_snapshot").at("used_commit");
  CHECK(commit.size() == 40);
  origin.write("none.py", "# Databricks notebook source\n");
  origin.commit("none");
  REQUIRE(client.post("/api/2.2/jobs/runs/repair", {{"run_id", id}, {"rerun_tasks", {"none"}}}).status == 200);
  auto again = finished(id);
  CHECK(again.at("state").at("result_state") == "FAILED");
  CHECK(again.at("git_source").at("git_snapshot").at("used_commit") == commit);

  source["git_branch"] = "elsewhere";
  submitted = client.post(
      "/api/2.2/jobs/runs/submit",
      {{"git_source", source}, {"tasks", {{{"task_key", "say"}, {"notebook_task", {{"notebook_path", "say"}}}}}}});
  CHECK(finished(submitted.body.at("run_id")).at("status").at("termination_details").at("code") ==
        "REPOSITORY_CHECKOUT_FAILED");
}

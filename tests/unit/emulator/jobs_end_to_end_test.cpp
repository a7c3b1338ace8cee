// SPDX-License-Identifier: Apache-2.0
// A whole job on the real executors: a Python notebook, a SQL file and a wheel, with a retry, a failure and its repair.
#include <thread>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

// Makes a wheel and hands it over as its exit value.
constexpr const char* kWheelMaker = R"(import base64, io, zipfile
content = io.BytesIO()
with zipfile.ZipFile(content, "w") as wheel:
    wheel.writestr("shout/__init__.py", "import sys\n\ndef main():\n    print('SHOUT', *sys.argv[1:])\n")
    wheel.writestr("shout-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shout\nVersion: 1.0\n")
    wheel.writestr("shout-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("shout-1.0.dist-info/entry_points.txt", "[console_scripts]\nloud = shout:main\n")
    wheel.writestr("shout-1.0.dist-info/RECORD", "")
dbutils.notebook.exit(base64.b64encode(content.getvalue()).decode())
)";

constexpr const char* kLoad = R"(rows = [(i, dbutils.widgets.get("day")) for i in range(3)]
spark.createDataFrame(rows, ["id", "day"]).write.mode("overwrite").saveAsTable("main.default.loaded")

# COMMAND ----------

dbutils.jobs.taskValues.set("rows", 3)
dbutils.notebook.exit(dbutils.widgets.get("day"))
)";

constexpr const char* kFlaky = R"(if dbutils.widgets.get("attempt") == "1":
    raise ValueError("not at the first go")
)";

constexpr const char* kStrict = R"(if dbutils.widgets.get("mood") == "bad":
    1 / 0
)";

struct EndToEnd {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client{*emulator};

  void import(const std::string& path, const std::string& text, const std::string& format,
              const std::string& language) {
    Json body{{"path", path}, {"format", format}, {"content", encode(text)}, {"overwrite", true}};
    if (!language.empty()) body["language"] = language;
    auto reply = client.post("/api/2.0/workspace/import", body);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
  }
  void notebook(const std::string& name, const std::string& text) {
    import("/Shared/" + name, "# Databricks notebook source\n" + text, "SOURCE", "PYTHON");
  }
  Json getRun(std::int64_t id) {
    return client.get("/api/2.2/jobs/runs/get?include_history=true&run_id=" + std::to_string(id)).body;
  }
  Json finish(std::int64_t id) {
    for (;; std::this_thread::yield())
      if (auto run = getRun(id); run.at("status").at("state") == "TERMINATED") return run;
  }
  static Json last(const Json& run, const std::string& key) {
    Json found;
    for (const auto& task : run.at("tasks"))
      if (task.at("task_key") == key) found = task;
    return found;
  }
  static std::string result(const Json& entry) { return entry.at("state").at("result_state"); }
  Json output(const Json& run, const std::string& key) {
    return client.get("/api/2.2/jobs/runs/get-output?run_id=" + last(run, key).at("run_id").dump()).body;
  }
  static Json notebookTask(const std::string& name, const Json& parameters) {
    return {{"notebook_path", "/Shared/" + name}, {"base_parameters", parameters}};
  }
};

}  // namespace

TEST_CASE_METHOD(EndToEnd, "a notebook, a SQL file and a wheel run to the end, one retried and one repaired") {
  notebook("maker", kWheelMaker);
  notebook("load", kLoad);
  notebook("flaky", kFlaky);
  notebook("strict", kStrict);
  import("/Shared/count.sql", "SELECT count(*) AS n FROM main.default.loaded", "RAW", "");

  auto made =
      client.post("/api/2.1/jobs/runs/submit",
                  {{"run_name", "maker"},
                   {"tasks", {{{"task_key", "make"}, {"notebook_task", notebookTask("maker", Json::object())}}}}});
  auto making = finish(made.body.at("run_id"));
  REQUIRE(result(making) == "SUCCESS");
  auto put =
      client.post("/api/2.0/dbfs/put", {{"path", "/libs/shout-1.0-py3-none-any.whl"},
                                        {"contents", output(making, "make").at("notebook_output").at("result")}});
  REQUIRE(put.status == 200);

  auto warehouse = client.post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}}).body.at("id");

  auto after = [](const std::string& key) { return Json::array({{{"task_key", key}}}); };
  Json job{
      {"name", "etl"},
      {"parameters", {{{"name", "day"}, {"default", "monday"}}, {{"name", "mood"}, {"default", "bad"}}}},
      {"job_clusters",
       {{{"job_cluster_key", "main"},
         {"new_cluster",
          {{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 0}}}}}},
      {"tasks",
       {{{"task_key", "load"}, {"job_cluster_key", "main"}, {"notebook_task", notebookTask("load", Json::object())}},
        {{"task_key", "count"},
         {"depends_on", after("load")},
         {"sql_task",
          {{"warehouse_id", warehouse}, {"file", {{"path", "/Shared/count.sql"}, {"source", "WORKSPACE"}}}}}},
        {{"task_key", "shout"},
         {"depends_on", after("load")},
         {"job_cluster_key", "main"},
         {"libraries", {{{"whl", "dbfs:/libs/shout-1.0-py3-none-any.whl"}}}},
         {"python_wheel_task",
          {{"package_name", "shout"},
           {"entry_point", "loud"},
           {"parameters", {"{{job.parameters.day}}", "{{tasks.load.values.rows}}", "{{task.name}}"}}}}},
        {{"task_key", "flaky"},
         {"job_cluster_key", "main"},
         {"max_retries", 1},
         {"notebook_task", notebookTask("flaky", {{"attempt", "{{task.execution_count}}"}})}},
        {{"task_key", "strict"},
         {"depends_on", after("flaky")},
         {"notebook_task", notebookTask("strict", Json::object())}},
        {{"task_key", "next"},
         {"depends_on", after("strict")},
         {"notebook_task", notebookTask("flaky", {{"attempt", "2"}})}},
        {{"task_key", "cleanup"},
         {"depends_on", after("strict")},
         {"run_if", "ALL_DONE"},
         {"notebook_task", notebookTask("flaky", {{"attempt", "2"}})}}}}};
  auto created = client.post("/api/2.1/jobs/create", job);
  INFO(created.text);
  REQUIRE(created.status == 200);
  auto started = client.post("/api/2.1/jobs/run-now",
                             {{"job_id", created.body.at("job_id")}, {"job_parameters", {{"day", "tuesday"}}}});
  auto id = started.body.at("run_id").get<std::int64_t>();
  auto run = finish(id);
  INFO(run.dump(1));
  CHECK(run.at("state").at("life_cycle_state") == "INTERNAL_ERROR");
  CHECK(run.at("state").at("state_message") ==
        "Task strict failed with message: Workload failed, see run output for details.");
  for (auto key : {"load", "count", "shout", "flaky", "cleanup"}) CHECK(result(last(run, key)) == "SUCCESS");
  CHECK(last(run, "flaky").at("attempt_number") == 1);
  CHECK(result(last(run, "next")) == "UPSTREAM_FAILED");
  CHECK(last(run, "load").at("cluster_instance") == last(run, "shout").at("cluster_instance"));
  CHECK(output(run, "load").at("notebook_output").at("result") == "tuesday");
  CHECK(output(run, "shout").at("logs").get<std::string>().find("SHOUT tuesday 3 shout") != std::string::npos);
  CHECK(output(run, "count").at("sql_output").at("query_output").at("query_text") ==
        "SELECT count(*) AS n FROM main.default.loaded");
  CHECK(output(run, "strict").at("error").get<std::string>().find("ZeroDivisionError") == 0);
  auto exported = client.get("/api/2.1/jobs/runs/export?run_id=" + last(run, "load").at("run_id").dump()).body;
  CHECK(exported.at("views")[0].at("content").get<std::string>().find("__DATABRICKS_NOTEBOOK_MODEL") !=
        std::string::npos);

  auto repair = client.post("/api/2.1/jobs/runs/repair",
                            {{"run_id", id}, {"rerun_all_failed_tasks", true}, {"job_parameters", {{"mood", "good"}}}});
  REQUIRE(repair.status == 200);
  auto repaired = finish(id);
  INFO(repaired.dump(1));
  CHECK(result(repaired) == "SUCCESS");
  CHECK(result(last(repaired, "next")) == "SUCCESS");
  CHECK(last(repaired, "load") == last(run, "load"));
  CHECK(repaired.at("repair_history").size() == 2);
}

TEST_CASE_METHOD(EndToEnd, "a notebook that would run for ever is cancelled") {
  notebook("long", "import time\ntime.sleep(600)\n");
  auto id = client
                .post("/api/2.2/jobs/runs/submit",
                      {{"tasks", {{{"task_key", "t"}, {"notebook_task", notebookTask("long", Json::object())}}}}})
                .body.at("run_id")
                .get<std::int64_t>();
  while (getRun(id).at("state").at("life_cycle_state") != "RUNNING") std::this_thread::yield();
  CHECK(client.post("/api/2.2/jobs/runs/cancel", {{"run_id", id}}).status == 200);
  CHECK(result(finish(id)) == "CANCELED");
}

TEST_CASE("an emulator that stops does not wait for its runs") {
  EndToEnd world;
  world.notebook("long", "import time\ntime.sleep(600)\n");
  auto reply = world.client.post(
      "/api/2.2/jobs/runs/submit",
      {{"tasks", {{{"task_key", "t"}, {"notebook_task", EndToEnd::notebookTask("long", Json::object())}}}}});
  auto id = reply.body.at("run_id").get<std::int64_t>();
  while (world.getRun(id).at("state").at("life_cycle_state") != "RUNNING") std::this_thread::yield();
  world.emulator->stop();
}

TEST_CASE_METHOD(EndToEnd, "a notebook that another one runs is a run of its own") {
  notebook("child", "print(1)\ndbutils.notebook.exit('hello ' + dbutils.widgets.get('who'))");
  notebook("parent",
           "first = dbutils.notebook.run('child', 60, {'who': 'ada'})\n"
           "try:\n    dbutils.notebook.run('nowhere', 60)\nexcept Exception as problem:\n    pass\n"
           "dbutils.notebook.exit(first)");
  auto submitted =
      client.post("/api/2.2/jobs/runs/submit",
                  {{"tasks", {{{"task_key", "t"}, {"notebook_task", notebookTask("parent", Json::object())}}}}});
  REQUIRE(submitted.status == 200);
  auto run = finish(submitted.body.at("run_id"));
  CHECK(output(run, "t").at("notebook_output").at("result") == "hello ada");

  auto children = client.get("/api/2.2/jobs/runs/list?run_type=WORKFLOW_RUN&expand_tasks=true").body.at("runs");
  REQUIRE(children.size() == 2);
  CHECK(children[0].at("status").at("termination_details").at("code") == "RESOURCE_NOT_FOUND");
  const auto& child = children[1];
  CHECK(child.at("run_name") == "child");
  CHECK(child.at("creator_user_name") == "demo@example.com");
  CHECK(result(child) == "SUCCESS");
  auto id = child.at("run_id").dump();
  CHECK(client.get("/api/2.2/jobs/runs/get-output?run_id=" + id).body.at("notebook_output").at("result") ==
        "hello ada");
  CHECK(client.get("/api/2.2/jobs/runs/export?run_id=" + id).body.at("views").size() == 1);
  CHECK(client.post("/api/2.2/jobs/runs/repair", {{"run_id", child.at("run_id")}, {"rerun_tasks", {"child"}}}).status ==
        400);
  CHECK(client.post("/api/2.2/jobs/runs/delete", {{"run_id", child.at("run_id")}}).status == 200);
}

TEST_CASE_METHOD(EndToEnd, "a notebook that another one runs can be cancelled alone, and ends with its caller") {
  notebook("child", "import threading\nthreading.Event().wait()");
  notebook("parent",
           "try:\n    dbutils.notebook.run('child', 0)\nexcept Exception as problem:\n    print(problem)\n"
           "dbutils.notebook.run('child', 0)");
  auto submitted =
      client.post("/api/2.2/jobs/runs/submit",
                  {{"tasks", {{{"task_key", "t"}, {"notebook_task", notebookTask("parent", Json::object())}}}}});
  auto children = [&](const std::string& more) {
    return client.get("/api/2.2/jobs/runs/list?run_type=WORKFLOW_RUN&" + more).body.value("runs", Json::array());
  };
  auto awaitChildren = [&](const std::string& more, std::size_t count) {
    for (;; std::this_thread::yield())
      if (auto found = children(more); found.size() == count) return found;
  };
  auto first = awaitChildren("active_only=true", 1)[0].at("run_id");
  CHECK(client.post("/api/2.2/jobs/runs/cancel", {{"run_id", first}}).status == 200);
  awaitChildren("completed_only=true", 1);
  awaitChildren("active_only=true", 1);
  CHECK(client.post("/api/2.2/jobs/runs/cancel", {{"run_id", submitted.body.at("run_id")}}).status == 200);
  CHECK(result(finish(submitted.body.at("run_id"))) == "CANCELED");
  for (const auto& child : awaitChildren("completed_only=true", 2)) CHECK(result(child) == "CANCELED");
}

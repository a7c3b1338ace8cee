// SPDX-License-Identifier: Apache-2.0
// Saved queries, alerts, query history, dashboards, apps and job compliance as the services call them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/apps.hpp"
#include "trowel/databricks/dashboards.hpp"
#include "trowel/databricks/job_compliance.hpp"
#include "trowel/databricks/jobs.hpp"
#include "trowel/databricks/query_history.hpp"
#include "trowel/databricks/saved_queries.hpp"
#include "trowel/databricks/statements.hpp"
#include "trowel/databricks/warehouses.hpp"
#include "trowel/databricks/workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using namespace std::chrono_literals;
using core::ErrorCode;
using core::Json;

namespace {

struct Bench : test::EmulatorWorkspace {
  explicit Bench(emulator::Options options = {.pageCap = 2}) : EmulatorWorkspace(std::move(options)) {}

  std::string warehouse = Warehouses(rest).create({{"name", "w"}, {"cluster_size", "Small"}}).value();

  // Makes three, lists them, reads one, renames it and puts it into the trash.
  template <typename T>
  void goesRound(Json definition) {
    SavedSqlService<T> saved(rest);
    std::string id;
    for (const char* name : {"a", "b", "c"}) {
      definition["display_name"] = name;
      auto made = saved.create(definition);
      INFO((made ? std::string() : core::describe(made.error())));
      REQUIRE(made);
      id = made->id;
    }
    CHECK(saved.list().all().value().size() == 3);
    auto found = saved.get(id).value();
    CHECK(found.name == "c");
    CHECK(found.createdAt > 1'600'000'000'000);
    CHECK(saved.update(id, {{"display_name", "renamed"}}).value().name == "renamed");
    CHECK(saved.get(id).value().name == "renamed");
    REQUIRE(saved.trash(id));
    CHECK(saved.list().all().value().size() == 2);
  }
};

}  // namespace

TEST_CASE("queries and alerts are kept, changed and thrown away") {
  Bench bench;
  bench.goesRound<SavedQuery>({{"query_text", "SELECT 1"}, {"warehouse_id", bench.warehouse}});
  auto query = SavedQueries(bench.rest).list().all().value().at(0);
  CHECK(query.text == "SELECT 1");
  CHECK(query.owner == bench.emulator->userName());
  bench.goesRound<Alert>({{"query_id", query.id}, {"condition", {{"op", "EQUAL"}}}});
  bench.goesRound<AlertV2>({{"query_text", "SELECT 1"},
                            {"warehouse_id", bench.warehouse},
                            {"evaluation", {{"comparison_operator", "EQUAL"}}},
                            {"schedule", {{"quartz_cron_schedule", "0 0 * * * ?"}}}});
}

TEST_CASE("what ran on a warehouse is in its history") {
  Bench bench;
  Statements statements(bench.rest);
  QueryHistory history(bench.rest);
  for (const char* text : {"SELECT 1", "SELECT 2", "SELECT * FROM no_such_table"})
    REQUIRE(statements.execute({.text = text, .warehouseId = bench.warehouse, .wait = 50s}));
  auto all = history.list({.metrics = true}).all().value();
  REQUIRE(all.size() == 3);
  CHECK(all[0].text == "SELECT * FROM no_such_table");
  CHECK(all[0].errorMessage.find("TABLE_OR_VIEW_NOT_FOUND") != std::string::npos);
  CHECK(all[2].status == "FINISHED");
  CHECK(all[2].rows == 1);
  CHECK(all[2].isFinal);
  CHECK(all[2].metrics != nullptr);
  auto failed = history.list({.statuses = {"FAILED"}, .warehouseIds = {bench.warehouse}}).all().value();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].id == all[0].id);
  CHECK(history.list({.startedFrom = all[0].startTime + 60'000}).all().value().empty());
}

TEST_CASE("dashboards are made, changed under their etag, published, reverted and thrown away") {
  Bench bench;
  Dashboards dashboards(bench.rest);
  for (const char* name : {"a", "b"}) REQUIRE(dashboards.create({.name = name, .parentPath = "/Shared"}));
  auto made = dashboards.create({.name = "Sales", .parentPath = "/Shared", .definition = R"({"pages":[]})"}).value();
  CHECK(made.path == "/Shared/Sales.lvdash.json");
  CHECK(dashboards.list().all().value().size() == 3);
  auto changed = dashboards.update(made.id, {.name = "More sales", .etag = made.etag}).value();
  CHECK(changed.etag != made.etag);
  CHECK(dashboards.update(made.id, {.name = "Less", .etag = made.etag}).error().code == ErrorCode::Conflict);

  CHECK(dashboards.published(made.id).error().code == ErrorCode::NotFound);
  CHECK(dashboards.publish(made.id, true, bench.warehouse).value().warehouseId == bench.warehouse);
  CHECK(dashboards.published(made.id).value().embedsCredentials);
  REQUIRE(dashboards.update(made.id, {.definition = R"({"pages":[{"name":"p"}]})"}));
  CHECK(dashboards.revert(made.id).value().definition == made.definition);
  REQUIRE(dashboards.unpublish(made.id));
  REQUIRE(dashboards.trash(made.id));
  CHECK(dashboards.list().all().value().size() == 2);
  auto trashed = dashboards.list(true).all().value();
  CHECK(std::ranges::count(trashed, "TRASHED", &Dashboard::state) == 1);
  CHECK(dashboards.create({.name = "x", .parentPath = "/nope"}).error().message == "Path (/nope) doesn't exist.");
}

TEST_CASE("apps are made, deployed, stopped and deleted") {
  Bench bench({.clusterStartTime = 90s, .pageCap = 2});
  Apps apps(bench.rest);
  REQUIRE(Workspace(bench.rest).mkdirs("/Shared/app"));
  for (const char* name : {"one", "two"}) REQUIRE(apps.create({{"name", name}}, false));
  CHECK(apps.create({{"name", "my-app"}, {"description", "d"}}).value().computeState == "STARTING");
  CHECK(apps.create({{"name", "my-app"}}).error().code == ErrorCode::AlreadyExists);
  CHECK(apps.list().all().value().size() == 3);
  CHECK(apps.get("one").value().computeState == "STOPPED");
  CHECK(apps.deploy("my-app", "/Shared/app").error().code == ErrorCode::Conflict);
  bench.emulator->advanceClock(100s);
  CHECK(apps.get("my-app").value().computeState == "ACTIVE");

  auto deployment = apps.deploy("my-app", "/Shared/app").value();
  CHECK(deployment.state == "IN_PROGRESS");
  CHECK(apps.get("my-app").value().pending->id == deployment.id);
  bench.emulator->advanceClock(100s);
  CHECK(apps.deployment("my-app", deployment.id).value().state == "SUCCEEDED");
  auto running = apps.get("my-app").value();
  CHECK(running.state == "RUNNING");
  CHECK(running.active->sourcePath == "/Shared/app");
  CHECK(apps.deployments("my-app").all().value().size() == 1);
  CHECK(apps.update("my-app", {{"description", "e"}}).value().description == "e");
  CHECK(apps.start("my-app").error().code == ErrorCode::Conflict);
  CHECK(apps.stop("my-app").value().computeState == "STOPPING");
  REQUIRE(apps.remove("my-app"));
  CHECK(apps.get("my-app").error().code == ErrorCode::NotFound);
}

TEST_CASE("a job's clusters are held to their policy") {
  Bench bench;
  constexpr Call kPolicy{Verb::Post, "/api/2.0/policies/clusters/create", Safety::Unsafe};
  auto made = bench.rest.call(kPolicy, {{"name", "tagged"}, {"definition", "{}"}});
  REQUIRE(made);
  auto policy = core::stringAt(*made, "policy_id");
  Json cluster = {{"spark_version", "15.4.x-scala2.12"},
                  {"node_type_id", "Standard_DS3_v2"},
                  {"num_workers", 2},
                  {"policy_id", policy}};
  auto job =
      Jobs(bench.rest)
          .create({{"name", "j"},
                   {"tasks",
                    {{{"task_key", "a"}, {"notebook_task", {{"notebook_path", "/a"}}}, {"new_cluster", cluster}}}}});
  INFO((job ? std::string() : core::describe(job.error())));
  REQUIRE(job);
  JobCompliances compliances(bench.rest);
  CHECK(compliances.get(*job).value().compliant);
  auto listed = compliances.list(policy).all().value();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].jobId == *job);
  CHECK_FALSE(compliances.enforce(*job, true).value().changed);

  constexpr Call kEdit{Verb::Post, "/api/2.0/policies/clusters/edit", Safety::Unsafe};
  REQUIRE(bench.rest.call(kEdit, {{"policy_id", policy},
                                  {"name", "tagged"},
                                  {"definition", R"({"custom_tags.team":{"type":"fixed","value":"x"}})"}}));
  auto broken = compliances.get(*job).value();
  CHECK_FALSE(broken.compliant);
  CHECK(broken.violations == std::map<std::string, std::string>{{"a.custom_tags.team", "the value must be x"}});
  CHECK(compliances.enforce(*job).value().changed);
  CHECK(compliances.get(*job).value().compliant);
}

// SPDX-License-Identifier: Apache-2.0
// Clusters, what they are made of and what is on them, against a workspace whose clusters live.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/cluster_policies.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/databricks/instance_pools.hpp"
#include "trowel/databricks/libraries.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using core::Json;

namespace {

struct Bench : test::EmulatorWorkspace {
  using EmulatorWorkspace::EmulatorWorkspace;

  Clusters clusters{rest};

  std::string make(const Json& more = Json::object()) {
    Json spec = {{"cluster_name", "größe 1"},         {"spark_version", "15.4.x-scala2.12"},
                 {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1},
                 {"spark_conf", {{"spark.a", "b"}}},  {"custom_tags", {{"team", "ü"}}}};
    spec.update(more);
    for (const auto& [name, value] : more.items())
      if (value.is_null()) spec.erase(name);
    auto id = clusters.create(spec);
    REQUIRE(id);
    awaitState(*id, "RUNNING");
    return *id;
  }
  void awaitState(const std::string& id, std::string_view state) {
    await([&] { return clusters.get(id).value().state == state; });
  }
};

}  // namespace

TEST_CASE("a cluster that is read, changed and sent back loses nothing") {
  Bench bench;
  auto id = bench.make({{"autoscale", {{"min_workers", 1}, {"max_workers", 3}}}, {"num_workers", nullptr}});
  auto before = bench.clusters.get(id).value();
  CHECK(before.name == "größe 1");
  REQUIRE(before.autoscale);
  auto spec = specOf(before);
  spec["cluster_name"] = "renamed";
  REQUIRE(bench.clusters.edit(id, spec));
  bench.awaitState(id, "RUNNING");
  auto after = bench.clusters.get(id).value();
  CHECK(after.name == "renamed");
  auto kept = specOf(after);
  kept["cluster_name"] = specOf(before)["cluster_name"];
  CHECK(kept == specOf(before));
}

TEST_CASE("a cluster of a pool can be edited although it shows the machines of the pool") {
  Bench bench;
  InstancePools pools(bench.rest);
  auto pool =
      pools.create({{"instance_pool_name", "wärme"}, {"node_type_id", "Standard_DS3_v2"}, {"min_idle_instances", 0}});
  REQUIRE(pool);
  auto id = bench.make({{"instance_pool_id", *pool}, {"node_type_id", nullptr}});
  auto spec = specOf(bench.clusters.get(id).value());
  spec["autotermination_minutes"] = 30;
  REQUIRE(bench.clusters.edit(id, spec));
  CHECK(bench.clusters.get(id)->autoterminationMinutes == 30);
  CHECK(bench.clusters.get(id)->poolId == *pool);

  auto all = pools.list().all().value();
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "wärme");
  Json changed = *all[0].document;
  changed["max_capacity"] = 7;
  REQUIRE(pools.edit(*pool, changed));
  CHECK(pools.get(*pool)->maxCapacity == 7);
  REQUIRE(pools.remove(*pool));
  CHECK(pools.get(*pool).error().code == ErrorCode::NotFound);
}

TEST_CASE("clusters are updated, resized, pinned and removed for good") {
  Bench bench({.pageCap = 1});
  auto id = bench.make();
  const std::vector<std::string> mask = {"autotermination_minutes"};
  REQUIRE(bench.clusters.update(id, mask, {{"autotermination_minutes", 45}}));
  bench.awaitState(id, "RUNNING");
  CHECK(bench.clusters.get(id)->autoterminationMinutes == 45);
  REQUIRE(bench.clusters.resize(id, {.workers = 2}));
  CHECK(bench.clusters.get(id)->workers == 2);
  bench.awaitState(id, "RUNNING");

  REQUIRE(bench.clusters.pin(id));
  REQUIRE(bench.clusters.pin(id));
  CHECK(bench.clusters.get(id)->pinnedBy == "demo@example.com");
  CHECK(bench.clusters.list({.pinnedOnly = true}).all()->size() == 1);
  CHECK(bench.clusters.removeForGood(id).error().code == ErrorCode::Conflict);
  REQUIRE(bench.clusters.unpin(id));
  CHECK(bench.clusters.list({.pinnedOnly = true}).all()->empty());

  REQUIRE(bench.clusters.stop(id));
  bench.awaitState(id, "TERMINATED");
  CHECK(bench.clusters.resize(id, {.workers = 3}).error().code == ErrorCode::Conflict);
  REQUIRE(bench.clusters.changeOwner(id, "demo@example.com"));
  CHECK(bench.clusters.events(id).all()->size() > 5);
  REQUIRE(bench.clusters.removeForGood(id));
  CHECK(bench.clusters.get(id).error().code == ErrorCode::NotFound);
  CHECK(bench.clusters.create({{"cluster_name", "x"}}).error().code == ErrorCode::InvalidParams);
}

TEST_CASE("what clusters can be made of is told") {
  Bench bench;
  auto types = bench.clusters.nodeTypes().all().value();
  CHECK(std::ranges::any_of(types, [](const auto& type) { return type.id == "Standard_DS3_v2" && type.cores == 4; }));
  auto versions = bench.clusters.sparkVersions().all().value();
  CHECK(std::ranges::any_of(versions, [](const auto& version) { return version.key == "15.4.x-scala2.12"; }));
  CHECK(bench.clusters.zones());
}

TEST_CASE("a policy forbids, and is edited without a loss") {
  Bench bench({.pageCap = 2});
  ClusterPolicies policies(bench.rest);
  auto families = policies.families().all().value();
  CHECK(families.size() > 2);
  CHECK(policies.family(families[0].id)->definition == families[0].definition);
  auto id = policies.create({{"name", "Klein"},
                             {"definition", R"({"num_workers":{"type":"range","maxValue":1}})"},
                             {"description", "für alle"},
                             {"max_clusters_per_user", 2}});
  REQUIRE(id);
  auto refused = bench.clusters.create({{"cluster_name", "x"},
                                        {"spark_version", "15.4.x-scala2.12"},
                                        {"node_type_id", "Standard_DS3_v2"},
                                        {"num_workers", 5},
                                        {"policy_id", *id}});
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  auto policy = policies.get(*id).value();
  Json changed = *policy.document;
  changed["name"] = "Klein 2";
  REQUIRE(policies.edit(*id, changed));
  auto after = policies.get(*id).value();
  CHECK(after.name == "Klein 2");
  CHECK(after.definition == policy.definition);
  CHECK(after.maxClustersPerUser == 2);
  auto all = policies.list().all().value();
  CHECK(std::ranges::is_sorted(all, {}, &ClusterPolicy::name));
  CHECK(std::ranges::any_of(all, &ClusterPolicy::isDefault));
  REQUIRE(policies.remove(*id));
  CHECK(policies.get(*id).error().code == ErrorCode::NotFound);
}

TEST_CASE("libraries come onto a cluster and go") {
  Bench bench;
  auto id = bench.make();
  Libraries libraries(bench.rest);
  const std::vector<Library> wanted = {{.type = "pypi", .name = "no-such-package-ü"},
                                       {.type = "maven", .name = "g:a:v", .exclusions = {"x:y"}}};
  REQUIRE(libraries.install(id, wanted));
  auto statuses = libraries.list(id).all().value();
  REQUIRE(statuses.size() == 2);
  CHECK(statuses[1].library.exclusions == std::vector<std::string>{"x:y"});
  bench.await([&] {
    auto all = libraries.list(id).all().value();
    return std::ranges::all_of(all, [](const auto& one) { return one.status == "FAILED" && !one.messages.empty(); });
  });
  CHECK(libraries.listAll().all()->size() == 1);

  REQUIRE(bench.clusters.stop(id));
  bench.awaitState(id, "TERMINATED");
  std::vector<Library> gone;
  for (const auto& status : statuses) gone.push_back(status.library);
  REQUIRE(libraries.uninstall(id, gone));
  CHECK(libraries.list(id).all()->empty());
  CHECK(libraries.list("none").all().error().code == ErrorCode::NotFound);
}

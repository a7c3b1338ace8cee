// SPDX-License-Identifier: Apache-2.0
// Pipelines as the services call them against a workspace that runs their updates.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/permissions.hpp"
#include "trowel/databricks/pipelines.hpp"
#include "trowel/databricks/workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using namespace std::chrono_literals;
using core::ErrorCode;
using core::Json;

namespace {

// Updates take 90 s of the emulator's time to run and 30 s more to end.
struct Bench : test::EmulatorWorkspace {
  Bench() : EmulatorWorkspace({.clusterStartTime = 90s, .pageCap = 2}) {
    REQUIRE(Workspace(rest).importObject(
        {.path = "/Shared/source", .content = "1", .format = "SOURCE", .language = "PYTHON"}));
  }

  Pipelines pipelines{rest};

  std::string make(const std::string& name, Json more = Json::object()) {
    Json spec = {{"name", name}, {"libraries", {{{"notebook", {{"path", "/Shared/source"}}}}}}};
    spec.update(more);
    return pipelines.create(spec).value();
  }
};

}  // namespace

TEST_CASE("pipelines are made, listed in pages, edited without loss, cloned and deleted") {
  Bench bench;
  for (const char* name : {"a", "b", "sales c"}) bench.make(name);
  auto id = bench.make("sales d", {{"storage", "dbfs:/p"}, {"configuration", {{"k", "v"}}}});
  CHECK(bench.pipelines.list().all().value().size() == 4);
  CHECK(bench.pipelines.list({.namePattern = "sales%"}).all().value().size() == 2);
  CHECK(bench.pipelines.list({.notebook = "/Shared/source"}).all().value().size() == 4);
  CHECK(bench.pipelines.create({{"name", "a"}}).error().code == ErrorCode::Conflict);

  auto pipeline = bench.pipelines.get(id).value();
  CHECK(pipeline.name == "sales d");
  CHECK(pipeline.state == "IDLE");
  CHECK(pipeline.creator == bench.emulator->userName());
  CHECK(pipeline.spec.libraries.at(0).source == "/Shared/source");
  Json spec = *pipeline.spec.document;
  spec["development"] = true;
  REQUIRE(bench.pipelines.edit(id, spec, pipeline.modifiedAt));
  auto edited = bench.pipelines.get(id).value();
  CHECK(edited.spec.development);
  CHECK(edited.spec.configuration.at("k") == "v");
  CHECK(edited.spec.storage == "dbfs:/p");
  CHECK(bench.pipelines.edit(id, spec, pipeline.modifiedAt - 1).error().code == ErrorCode::Conflict);

  auto clone = bench.pipelines.clone(id, {{"name", "moved"}, {"catalog", "main"}, {"target", "default"}});
  INFO((clone ? std::string() : core::describe(clone.error())));
  REQUIRE(clone);
  CHECK(bench.pipelines.get(*clone).value().spec.catalog == "main");
  REQUIRE(bench.pipelines.remove(id));
  CHECK(bench.pipelines.get(id).error().code == ErrorCode::NotFound);
  CHECK(bench.pipelines.get(id).error().message == "The specified pipeline " + id + " was not found.");
}

TEST_CASE("updates are started, watched, stopped, and leave events") {
  Bench bench;
  auto id = bench.make("p");
  auto first = bench.pipelines.startUpdate(id, {.fullRefresh = true}).value();
  auto busy = bench.pipelines.startUpdate(id);
  CHECK(busy.error().code == ErrorCode::Conflict);
  auto running = bench.pipelines.update(id, first).value();
  CHECK_FALSE(running.isOver());
  CHECK(running.fullRefresh);
  CHECK(running.cause == "USER_ACTION");
  CHECK(running.createdAt > 1'600'000'000'000);
  bench.emulator->advanceClock(200s);
  CHECK(bench.pipelines.update(id, first).value().state == "COMPLETED");

  auto second = bench.pipelines.startUpdate(id).value();
  REQUIRE(bench.pipelines.stop(id));
  bench.emulator->advanceClock(200s);
  CHECK(bench.pipelines.update(id, second).value().state == "CANCELED");
  REQUIRE(bench.pipelines.stop(id));
  auto third = bench.pipelines.startUpdate(id).value();
  bench.emulator->advanceClock(200s);

  auto updates = bench.pipelines.updates(id).all().value();
  REQUIRE(updates.size() == 3);
  CHECK(updates[0].id == third);
  CHECK(updates[2].id == first);
  auto latest = bench.pipelines.get(id).value().latestUpdates;
  REQUIRE_FALSE(latest.empty());
  CHECK(latest[0].id == third);
  CHECK(latest[0].createdAt == updates[0].createdAt);

  auto events = bench.pipelines.events(id).all().value();
  CHECK(events.size() > 10);
  CHECK(std::ranges::is_sorted(events, std::greater(), &PipelineEvent::timestamp));
  CHECK(std::ranges::is_sorted(bench.pipelines.events(id, {.oldestFirst = true}).all().value(), {},
                               &PipelineEvent::timestamp));
  CHECK(events[0].updateId == third);
  auto levels = bench.pipelines.events(id, {.filter = "level in ('INFO')"}).all().value();
  CHECK(levels.size() > 4);
  CHECK(std::ranges::all_of(levels, [](const PipelineEvent& event) { return event.level == "INFO"; }));
  CHECK(bench.pipelines.events(id, {.filter = "colour = 'red'"}).all().error().code == ErrorCode::InvalidParams);
}

TEST_CASE("an update whose source is missing fails and says so in an event") {
  Bench bench;
  auto id = bench.pipelines.create({{"name", "broken"}, {"libraries", {{{"notebook", {{"path", "/gone"}}}}}}}).value();
  auto update = bench.pipelines.startUpdate(id).value();
  bench.emulator->advanceClock(200s);
  CHECK(bench.pipelines.update(id, update).value().state == "FAILED");
  auto errors = bench.pipelines.events(id, {.filter = "level='ERROR'"}).all().value();
  REQUIRE_FALSE(errors.empty());
  CHECK(std::ranges::any_of(errors, [](const PipelineEvent& event) {
    return event.message.find("/gone") != std::string::npos || !event.exceptions.empty();
  }));
}

TEST_CASE("permissions of a pipeline are kept under its own type") {
  Bench bench;
  Permissions permissions(bench.rest);
  const PermissionObject pipeline{"pipelines", bench.make("p")};
  auto entries = permissions.add(pipeline, {{{Principal::Kind::Group, "users"}, "CAN_VIEW"}});
  REQUIRE(entries);
  CHECK(std::ranges::any_of(*entries, [](const AccessEntry& entry) { return entry.principal.name == "users"; }));
}

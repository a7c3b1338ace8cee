// SPDX-License-Identifier: Apache-2.0
// Jobs that start when files arrive or tables change.
#include <fstream>
#include <set>

#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Watched : JobsBench {
  std::filesystem::path volume = folder.path / "Volumes/main/default/in";

  Watched() { std::filesystem::create_directories(volume / "deep"); }
  void arrive(const std::string& name) { std::ofstream(volume / name) << "x"; }
  Json fileTrigger(Json more = Json::object()) {
    more["url"] = "/Volumes/main/default/in/";
    return {{"file_arrival", std::move(more)}};
  }
  Json task() {
    return notebook(
        "a", {{"notebook_task",
               {{"notebook_path", "/x"}, {"base_parameters", {{"where", "{{job.trigger.file_arrival.location}}"}}}}}});
  }
  std::int64_t watch(const Json& trigger) { return create({{"trigger", trigger}, {"tasks", {task()}}}); }
  std::size_t runs() { return get("/api/2.2/jobs/runs/list").body.value("runs", Json::array()).size(); }
  void finishRun() {
    auto run = runner.await("a").jobRunId;
    runner.finish("a");
    runner.awaitEnd(run);
  }
};

}  // namespace

TEST_CASE_METHOD(Watched, "a file that arrives starts a run, one that was there does not") {
  arrive("old");
  watch(fileTrigger());
  clock.advance(61s);
  CHECK(runs() == 0);
  arrive("deep/new");
  clock.advance(61s);
  auto request = runner.await("a");
  CHECK(request.task.at("notebook_task").at("base_parameters").at("where") == "/Volumes/main/default/in/");
  CHECK(getRun(request.jobRunId).at("trigger") == "FILE_ARRIVAL");
  finishRun();
  arrive("old");  // once more
  std::filesystem::remove(volume / "deep/new");
  clock.advance(61s);
  CHECK(runs() == 1);
  restart();
  arrive("while it was away");
  clock.advance(61s);
  finishRun();
  CHECK(runs() == 2);
}

TEST_CASE_METHOD(Watched, "a trigger waits for the last file and for its time") {
  auto job = watch(fileTrigger({{"wait_after_last_change_seconds", 100}, {"min_time_between_triggers_seconds", 600}}));
  for (auto name : {"1", "2", "3"}) {
    arrive(name);
    clock.advance(61s);
    CHECK(runs() == 0);
  }
  clock.advance(61s);
  CHECK(runs() == 0);
  clock.advance(61s);
  finishRun();
  arrive("4");
  for (int i = 0; i < 9; ++i) {
    clock.advance(60s);
    CHECK(runs() == 1);  // and it has looked by then
  }
  clock.advance(60s);
  CHECK(runs() == 2);
  finishRun();
  CHECK(runs() == 2);

  auto pause = fileTrigger();
  pause["pause_status"] = "PAUSED";
  CHECK(post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"trigger", pause}}}}).status == 200);
  arrive("5");
  clock.advance(61s);
  CHECK_FALSE(jobs->schedules().nextStart(job));
  CHECK(post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"trigger", fileTrigger()}}}}).status == 200);
  clock.advance(61s);
  CHECK(runs() == 2);
}

TEST_CASE_METHOD(Watched, "only volumes have files that are seen") {
  CHECK(filesBeneath(folder.path, "/Volumes/main/default").empty());
  arrive("f");
  CHECK(filesBeneath(folder.path, "/Volumes/main/default") == std::vector<std::string>{"in/f"});
  for (auto url : {"s3://bucket/x/", "/Volumes/../Volumes/main/default", "/Volumes/none/at/all", "/"})
    CHECK(filesBeneath(folder.path, url).empty());
}

TEST_CASE_METHOD(Watched, "tables start a run when one of them changes, or when all have") {
  tables = {{"m.d.a", "0"}, {"m.d.b", "0"}};
  Json names{"m.d.a", "m.d.b", "m.d.later"};
  auto any = watch({{"table_update", {{"table_names", names}}}});
  clock.advance(61s);
  CHECK(runs() == 0);
  tables["m.d.later"] = "0";
  clock.advance(61s);
  CHECK(getRun(runner.await("a").jobRunId).at("trigger") == "TABLE");
  finishRun();
  CHECK(post("/api/2.2/jobs/delete", {{"job_id", any}}).status == 200);

  watch({{"table_update", {{"table_names", names}, {"condition", "ALL_UPDATED"}}}});
  tables["m.d.a"] = "1";
  clock.advance(61s);
  tables["m.d.later"] = "1";
  clock.advance(61s);
  CHECK(runs() == 1);
  tables["m.d.b"] = "1";
  clock.advance(61s);
  finishRun();
  CHECK(runs() == 2);
}

TEST_CASE("triggers see what clients put into the workspace") {
  auto emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client(*emulator);
  CommandContext context(*emulator, createCluster(client));
  context.run("CREATE TABLE main.default.seen(n INT)", "sql");
  REQUIRE(client
              .post("/api/2.1/unity-catalog/volumes",
                    {{"catalog_name", "main"}, {"schema_name", "default"}, {"name", "in"}, {"volume_type", "MANAGED"}})
              .status == 200);
  auto create = [&](const Json& trigger) {
    auto reply = client.post("/api/2.2/jobs/create", {{"trigger", trigger}, {"tasks", {JobsBench::notebook("a")}}});
    INFO(reply.text);
    REQUIRE(reply.status == 200);
  };
  create({{"table_update", {{"table_names", {"main.default.seen"}}}}});
  create({{"file_arrival", {{"url", "/Volumes/main/default/in/"}}}});
  auto triggers = [&] {
    client.post("/emulator/clock", {{"advance_ms", 61'000}});
    std::set<std::string> all;
    auto runs = client.get("/api/2.2/jobs/runs/list").body.value("runs", Json::array());
    for (const auto& run : runs) all.insert(run.at("trigger"));
    return all;
  };
  CHECK(triggers().empty());
  context.run("INSERT INTO main.default.seen VALUES (1)", "sql");
  CHECK(triggers() == std::set<std::string>{"TABLE"});
  REQUIRE(client.send("PUT", "/api/2.0/fs/files/Volumes/main/default/in/f.csv", {}, "1").status == 204);
  CHECK(triggers() == std::set<std::string>{"FILE_ARRIVAL", "TABLE"});
}

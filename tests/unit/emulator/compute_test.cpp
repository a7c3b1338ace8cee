// SPDX-License-Identifier: Apache-2.0
// What other areas ask of compute: job clusters, starts that fail, waiting, libraries' paths, news of what was lost.
#include "emulator/compute/compute.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "emulator/server/faults.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace std::chrono_literals;
using core::Json;

namespace {

struct Yard {
  trowel::test::TempDir folder;
  trowel::test::ManualClock clock;
  Options options;
  Ids ids;
  Faults faults{clock};
  World world{clock, ids, nullptr, folder.path(), options, faults};
  Users users{world};
  std::optional<EndReason> failure;
  Compute compute{world, users, "ada", 60s, [this](const std::string&) { return failure; }};
  Clusters& clusters = compute.clusters();

  ~Yard() { compute.stop(); }

  static Json spec(const Json& more = Json::object()) {
    Json all{{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1}};
    all.update(more);
    return all;
  }
  std::string create(const Json& more = Json::object()) {
    return clusters.create(spec(more), {.owner = "ada"}).value();
  }
  Json get(const std::string& id) { return clusters.describe(id).value(); }
};

}  // namespace

TEST_CASE_METHOD(Yard, "a job cluster is named for its run, belongs to it and ends with it") {
  auto id = clusters.createForJob(spec({{"cluster_name", "mine"}}), "ada", 12, 34, "main").value();
  CHECK(get(id).at("cluster_name") == "job-12-run-34-main");
  CHECK(get(id).at("cluster_source") == "JOB");
  clock.advance(60s);
  CHECK(clusters.edit(id, spec(), "ada").error().code == "INVALID_STATE");
  REQUIRE(clusters.end(id, {"JOB_FINISHED"}));
  CHECK(get(id).at("termination_reason").at("code") == "JOB_FINISHED");
  clock.advance(30s);
  CHECK(get(id).at("state") == "TERMINATED");
  CHECK(clusters.start(id, "ada").error().code == "INVALID_STATE");
  CHECK(clusters.end(id, {"JOB_FINISHED"}));
  CHECK(clusters.createForJob(Json("none"), "ada", 1, 1).error().message == "Missing required field: spark_version");

  Json rules{{"cluster_type", {{"type", "fixed"}, {"value", "job"}}}};
  auto policy = compute.policies().create({{"name", "jobs"}, {"definition", rules.dump()}}, "ada").value();
  CHECK(clusters.createForJob(spec({{"policy_id", policy}}), "ada", 1, 2));
  CHECK_FALSE(clusters.create(spec({{"policy_id", policy}}), {.owner = "ada"}));
}

TEST_CASE_METHOD(Yard, "a start that is to fail fails when it would have succeeded") {
  failure = EndReason{"CLOUD_PROVIDER_LAUNCH_FAILURE", "CLOUD_FAILURE", "There are no machines."};
  auto id = create();
  failure.reset();
  clock.advance(59s);
  CHECK(get(id).at("state") == "PENDING");
  clock.advance(31s);
  auto ended = get(id);
  CHECK(ended.at("state") == "TERMINATED");
  CHECK(ended.at("state_message") == "There are no machines.");
  CHECK(ended.at("termination_reason").at("type") == "CLOUD_FAILURE");
  REQUIRE(clusters.start(id, "ada"));
  clock.advance(60s);
  CHECK(get(id).at("state") == "RUNNING");
  failure = EndReason{"SPARK_STARTUP_FAILURE", "SERVICE_FAULT"};
  REQUIRE(clusters.restart(id, "ada"));
  clock.advance(60s);
  CHECK(get(id).at("state_message") == "SPARK_STARTUP_FAILURE");
}

TEST_CASE_METHOD(Yard, "whoever waits for a start learns how it ended") {
  auto id = create();
  ClusterState state = ClusterState::Pending;
  auto await = [&](const core::CancelToken& token) {
    return std::thread([&, token] { state = clusters.awaitStart(id, token).value(); });
  };
  auto up = await({});
  clock.awaitWaiters(1);
  clock.advance(60s);
  up.join();
  CHECK(state == ClusterState::Running);

  REQUIRE(clusters.restart(id, "ada"));
  auto ended = await({});
  clock.awaitWaiters(1);
  REQUIRE(clusters.terminate(id, "ada"));
  ended.join();
  CHECK(state == ClusterState::Terminating);

  clock.advance(60s);
  REQUIRE(clusters.start(id, "ada"));
  core::CancelSource source;
  auto cancelled = await(source.token());
  clock.awaitWaiters(1);
  source.cancel(core::CancelReason::Client);
  cancelled.join();
  CHECK(state == ClusterState::Pending);
  CHECK(clusters.awaitStart("nope", {}).error().message == "Cluster nope does not exist");
}

TEST_CASE_METHOD(Yard, "wheels are unpacked onto the path of their cluster") {
  std::filesystem::create_directories(folder / "root/dbfs");
  std::ofstream(folder / "greeting.py") << "WORD = 'hello'\n";
  const std::string command =
      "cd " + folder.path() + " && python3 -m zipfile -c root/dbfs/greeting-1-py3-none-any.whl greeting.py";
  REQUIRE(std::system(command.c_str()) == 0);
  auto id = create();
  const Json wheel = Json::array({{{"whl", "dbfs:/greeting-1-py3-none-any.whl"}}});
  REQUIRE(compute.libraries().install(id, wheel));
  CHECK(compute.libraries().paths(id).empty());
  clock.advance(60s);
  CHECK(compute.libraries().paths(id).empty());
  clock.advance(30s);
  auto paths = compute.libraries().paths(id);
  REQUIRE(paths.size() == 1);
  CHECK(std::filesystem::exists(paths[0] + "/greeting.py"));
  CHECK(compute.libraries().awaitInstalled(id, {}).empty());

  REQUIRE(compute.libraries().install(id, Json::array({{{"whl", "dbfs:/none.whl"}}})));
  std::string problem;
  std::thread waiting([&] { problem = compute.libraries().awaitInstalled(id, {}); });
  for (int i = 0; i < 3; ++i) {
    clock.awaitWaiters(1);
    clock.advance(10s);
  }
  waiting.join();
  CHECK(problem.find("dbfs:/none.whl") != std::string::npos);
  CHECK(compute.libraries().paths(id) == paths);
  REQUIRE(clusters.terminate(id, "ada"));
  CHECK(compute.libraries().awaitInstalled(id, {}).empty());
}

TEST_CASE_METHOD(Yard, "what a cluster loses by itself is told without anybody asking") {
  std::mutex mutex;
  std::condition_variable changed;
  std::multiset<std::string> lost;
  Router router;
  compute.addRoutes(router, [&](const std::string& id) {
    std::lock_guard lock(mutex);
    lost.insert(id);
    changed.notify_all();
  });
  auto await = [&](const std::string& id, std::size_t times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return lost.count(id) >= times; });
  };
  auto idle = create({{"autotermination_minutes", 10}});
  auto job = clusters.createForJob(spec(), "ada", 1, 1).value();
  clock.awaitWaiters(1);
  clock.advance(60s);
  clock.awaitWaiters(1);
  CHECK(lost.empty());
  clock.advance(10min);
  await(idle, 1);
  REQUIRE(clusters.end(job, {"JOB_FINISHED"}));
  await(job, 1);
  REQUIRE(clusters.start(idle, "ada").error().code == "INVALID_STATE");
  clock.advance(30s);
  REQUIRE(clusters.start(idle, "ada"));
  REQUIRE(clusters.remove(idle));
  await(idle, 2);
  CHECK_FALSE(clusters.status(idle));
}

TEST_CASE_METHOD(Yard, "a command that runs keeps its cluster up") {
  auto id = create({{"autotermination_minutes", 10}});
  clock.advance(60s);
  clusters.commandStarted(id);
  clock.advance(1h);
  CHECK(get(id).at("state") == "RUNNING");
  clusters.commandFinished(id);
  clock.advance(9min);
  CHECK(get(id).at("state") == "RUNNING");
  clock.advance(1min);
  CHECK(get(id).at("state") == "TERMINATING");
}

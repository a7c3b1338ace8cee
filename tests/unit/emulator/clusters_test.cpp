// SPDX-License-Identifier: Apache-2.0
// The life of a cluster, and the actions that change it.
#include <thread>

#include "fleet.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(Fleet, "a cluster goes from PENDING to RUNNING to TERMINATED and back") {
  auto id = create();
  CHECK(id.size() == 20);
  CHECK(id.starts_with("0101-"));
  CHECK(state(id) == "PENDING");
  CHECK(get(id).at("state_message") == "Finding instances for new nodes, acquiring more instances if necessary");
  clock.advance(30s);
  CHECK(get(id).at("state_message") == "Setting up 3 nodes.");
  clock.advance(20s);
  CHECK(get(id).at("state_message") == "Starting Spark driver");
  clock.advance(10s);
  auto running = get(id);
  CHECK(running.at("state") == "RUNNING");
  CHECK(running.at("state_message") == "");
  CHECK(running.at("cluster_cores") == 12.0);
  CHECK(running.at("cluster_memory_mb") == 43008);
  CHECK(running.at("executors").size() == 2);
  CHECK(running.at("spark_context_id").is_number_integer());
  CHECK(running.at("spec").at("cluster_name") == "test");
  CHECK(running.at("default_tags").at("ClusterId") == id);

  auto again = act("start", id);
  CHECK(again.status == 400);
  CHECK(again.errorCode() == "INVALID_STATE");
  CHECK(again.message() == "Cluster " + id + " is in unexpected state Running.");

  CHECK(act("restart", id).body == Json::object());
  CHECK(state(id) == "RESTARTING");
  clock.advance(30s);
  CHECK(state(id) == "RUNNING");
  CHECK(get(id).at("last_state_loss_time").get<std::int64_t>() > running.at("start_time").get<std::int64_t>());

  CHECK(act("delete", id).body == Json::object());
  CHECK(state(id) == "TERMINATING");
  CHECK(act("start", id).message() == "Cluster " + id + " is in unexpected state Terminating.");
  CHECK(act("delete", id).status == 200);
  clock.advance(30s);
  auto ended = get(id);
  CHECK(ended.at("state") == "TERMINATED");
  CHECK(ended.at("termination_reason").at("code") == "USER_REQUEST");
  CHECK(ended.at("termination_reason").at("parameters").at("username") == "demo@example.com");
  CHECK(ended.at("state_message") == "Terminated by user");
  for (auto gone : {"driver", "executors", "spark_context_id", "jdbc_port", "cluster_memory_mb", "cluster_cores"})
    CHECK_FALSE(ended.contains(gone));
  CHECK(act("restart", id).message() == "Cluster " + id + " is in unexpected state Terminated.");
  CHECK(act("start", id).status == 200);
  CHECK(state(id) == "PENDING");
}

TEST_CASE_METHOD(Fleet, "an unknown cluster is a bad parameter, not a missing resource") {
  for (auto action : {"start", "restart", "delete", "permanent-delete", "pin", "unpin", "events"}) {
    INFO(action);
    auto reply = act(action, "nope");
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
    CHECK(reply.message() == "Cluster nope does not exist");
    CHECK(client.post("/api/2.0/clusters/" + std::string(action), Json::object()).message() ==
          "Missing required field: cluster_id");
  }
  CHECK(client.get("/api/2.1/clusters/get?cluster_id=nope").message() == "Cluster nope does not exist");
  CHECK(act("edit", "nope", spec()).message() == "Cluster nope does not exist");
  CHECK(act("update", "nope", {{"update_mask", "*"}}).message() == "Cluster nope does not exist");
  CHECK(act("update", "nope").message() == "Missing required field: update_mask");
  CHECK(act("resize", "nope", {{"num_workers", 1}}).message() == "Cluster nope does not exist");
  CHECK(act("change-owner", "nope", {{"owner_username", "demo@example.com"}}).message() ==
        "Cluster nope does not exist");
}

TEST_CASE_METHOD(Fleet, "idle clusters end by themselves") {
  auto id = createRunning({{"autotermination_minutes", 10}});
  CHECK(state(id) == "RUNNING");
  clock.advance(9min);
  CHECK(state(id) == "RUNNING");
  clock.advance(1min);
  CHECK(state(id) == "TERMINATING");
  clock.advance(30s);
  auto ended = get(id);
  CHECK(ended.at("state") == "TERMINATED");
  CHECK(ended.at("termination_reason").at("parameters").at("inactivity_duration_min") == "10");
  CHECK(ended.at("state_message") == "Inactive cluster terminated (inactive for 10 minutes).");
}

TEST_CASE_METHOD(Fleet, "edit replaces everything and restarts what runs") {
  auto id = create();
  Json more{{"cluster_name", "new"}, {"spark_version", "14.3.x-scala2.12"}, {"node_type_id", "Standard_F8s"}};
  CHECK(act("edit", id, spec(more)).message() == "Cluster " + id + " is in unexpected state Pending.");
  clock.advance(60s);
  CHECK(act("edit", id, spec(more)).status == 200);
  CHECK(state(id) == "RESTARTING");
  CHECK(get(id).at("cluster_name") == "new");
  CHECK_FALSE(get(id).at("spec").contains("cluster_id"));
  CHECK(act("edit", id).message() == "Missing required field: spark_version");
  clock.advance(30s);
  act("delete", id);
  clock.advance(30s);
  CHECK(act("edit", id, spec({{"cluster_name", "newer"}})).status == 200);
  CHECK(state(id) == "TERMINATED");
}

TEST_CASE_METHOD(Fleet, "update changes what its mask names") {
  auto id = createRunning({{"custom_tags", {{"team", "x"}}}, {"autotermination_minutes", 30}});
  auto reply = act("update", id,
                   {{"update_mask", "cluster_name,custom_tags,autotermination_minutes"},
                    {"cluster", {{"cluster_name", "renamed"}, {"custom_tags", {{"team", "y"}}}, {"num_workers", 9}}}});
  CHECK(reply.body == Json::object());
  auto now = get(id);
  CHECK(now.at("state") == "RESTARTING");
  CHECK(now.at("cluster_name") == "renamed");
  CHECK(now.at("custom_tags") == Json{{"team", "y"}});
  CHECK(now.at("autotermination_minutes") == 0);
  CHECK(now.at("num_workers") == 2);
  clock.advance(30s);
  CHECK(act("update", id,
            {{"update_mask", "autoscale"}, {"cluster", {{"autoscale", {{"min_workers", 1}, {"max_workers", 3}}}}}})
            .status == 200);
  clock.advance(30s);
  CHECK(get(id).at("spec").at("autoscale").at("max_workers") == 3);
  CHECK_FALSE(get(id).at("spec").contains("num_workers"));
  CHECK(act("update", id, {{"update_mask", "nonsense"}}).message() == "Invalid field in update_mask: nonsense");
  CHECK(act("update", id, {{"update_mask", "spark_version"}}).message() == "Missing required field: spark_version");
  CHECK(act("update", id, {{"update_mask", "*"}, {"cluster", spec({{"cluster_name", "all"}})}}).status == 200);
  CHECK(get(id).at("cluster_name") == "all");
}

TEST_CASE_METHOD(Fleet, "a resize takes a while, and nothing is lost meanwhile") {
  auto id = create();
  CHECK(act("resize", id, {{"num_workers", 4}}).errorCode() == "INVALID_STATE");
  clock.advance(60s);
  auto context = get(id).at("spark_context_id");
  CHECK(act("resize", id, {{"num_workers", 4}}).body == Json::object());
  CHECK(state(id) == "RESIZING");
  CHECK(get(id).at("num_workers") == 2);
  clock.advance(30s);
  auto large = get(id);
  CHECK(large.at("state") == "RUNNING");
  CHECK(large.at("num_workers") == 4);
  CHECK(large.at("executors").size() == 4);
  CHECK(large.at("spark_context_id") == context);
  CHECK(act("resize", id, {{"autoscale", {{"min_workers", 1}, {"max_workers", 8}}}}).status == 200);
  clock.advance(30s);
  CHECK(get(id).at("num_workers") == 1);
  CHECK(get(id).at("autoscale").at("max_workers") == 8);
  CHECK(act("resize", id).message() == "Missing required field: num_workers");
  CHECK(act("resize", id, {{"num_workers", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(act("resize", id, {{"num_workers", "many"}}).errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Fleet, "pinned clusters cannot be removed, and there are at most a hundred") {
  auto id = create();
  CHECK(act("pin", id).body == Json::object());
  CHECK(act("pin", id).status == 200);
  CHECK(get(id).at("pinned_by_user_name") == "demo@example.com");
  CHECK(act("permanent-delete", id).status == 400);
  for (int i = 1; i < 100; ++i) CHECK(act("pin", create()).status == 200);
  auto refused = act("pin", create());
  CHECK(refused.errorCode() == "RESOURCE_LIMIT_EXCEEDED");
  CHECK(act("unpin", id).status == 200);
  CHECK(act("permanent-delete", id).status == 200);
  CHECK(get(id).at("message") == "Cluster " + id + " does not exist");
}

TEST_CASE_METHOD(Fleet, "a cluster changes hands only while it is off") {
  auto id = createRunning();
  CHECK(act("change-owner", id, {{"owner_username", "demo@example.com"}}).errorCode() == "INVALID_STATE");
  act("delete", id);
  clock.advance(30s);
  CHECK(act("change-owner", id).message() == "Missing required field: owner_username");
  CHECK(act("change-owner", id, {{"owner_username", "nobody@example.com"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(act("change-owner", id, {{"owner_username", "demo@example.com"}}).body == Json::object());
}

TEST_CASE_METHOD(Fleet, "clusters outlive the emulator, and go on where they were") {
  auto id = create({{"autotermination_minutes", 10}});
  act("pin", id);
  clock.advance(30s);
  reopen();
  CHECK(state(id) == "PENDING");
  CHECK(get(id).at("pinned_by_user_name") == "demo@example.com");
  clock.advance(30s);
  CHECK(state(id) == "RUNNING");
  auto before = get(id);
  reopen();
  CHECK(get(id) == before);
  act("unpin", id);
  act("permanent-delete", id);
  reopen();
  CHECK(get(id).at("message") == "Cluster " + id + " does not exist");
}

TEST_CASE_METHOD(Fleet, "what ended long ago cannot be seen any more, unless it is pinned") {
  auto old = createRunning();
  auto pinned = createRunning();
  act("pin", pinned);
  act("delete", old);
  act("delete", pinned);
  clock.advance(24h * 29);
  CHECK(state(old) == "TERMINATED");
  clock.advance(48h);
  auto gone = client.get("/api/2.1/clusters/get?cluster_id=" + old);
  CHECK(gone.errorCode() == "INVALID_STATE");
  CHECK(gone.message() == "Cannot access cluster " + old + " that was terminated or unpinned more than 30 days ago.");
  CHECK(client.get("/api/2.1/clusters/list").body.at("clusters").size() == 1);
  act("unpin", pinned);
  CHECK(state(pinned) == "TERMINATED");
  clock.advance(24h * 31);
  CHECK(get(pinned).at("error_code") == "INVALID_STATE");
}

TEST_CASE_METHOD(Fleet, "API 1.2 shows clusters its own way") {
  auto id = createRunning();
  auto all = client.get("/api/1.2/clusters/list").body;
  REQUIRE(all.size() == 1);
  CHECK(all[0].at("id") == id);
  CHECK(all[0].at("status") == "Running");
  CHECK(all[0].at("numWorkers") == 2);
  CHECK(client.get("/api/1.2/clusters/status?clusterId=" + id).body == all[0]);
  CHECK(client.get("/api/1.2/clusters/status?clusterId=x").body.at("error") ==
        "ClusterNotFoundException: Cluster not found: x");
  CHECK(client.get("/api/1.2/clusters/status").body.at("error") ==
        "IllegalArgumentException: requirement failed: missing clusterId");
  CHECK(client.post("/api/1.2/clusters/restart", {{"clusterId", id}}).body.at("id") == id);
  CHECK(state(id) == "RESTARTING");
  CHECK(client.post("/api/1.2/clusters/restart", {{"clusterId", id}}).status == 500);
  CHECK(client.post("/api/1.2/clusters/delete", {{"clusterId", id}}).body.at("id") == id);
  CHECK(state(id) == "TERMINATING");
}

TEST_CASE_METHOD(Fleet, "the processes of a cluster that ends for idleness end too, though nobody asks") {
  auto id = createRunning({{"autotermination_minutes", 10}});
  CommandContext context(*emulator, id);
  const std::string process = "/proc/" + context.text("import os\nos.getpid()");
  REQUIRE(std::filesystem::exists(process));
  clock.advance(10min);
  while (std::filesystem::exists(process)) std::this_thread::yield();
  CHECK(context.execute("1").body.at("error").get<std::string>().starts_with("ClusterNotReadyException"));
}

// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

// Clusters that take a minute to start, and a clock that the test moves.
struct Fleet {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({.clusterStartTime = 60s}, clock).value());
  WorkspaceClient client{*emulator};

  std::string create(Json more = Json::object()) {
    Json spec{{"cluster_name", "test"},
              {"spark_version", "15.4.x-scala2.12"},
              {"node_type_id", "Standard_DS3_v2"},
              {"num_workers", 2}};
    spec.update(more);
    auto reply = client.post("/api/2.1/clusters/create", spec);
    REQUIRE(reply.status == 200);
    return reply.body.at("cluster_id");
  }
  Json get(const std::string& id) { return client.get("/api/2.1/clusters/get?cluster_id=" + id).body; }
  std::string state(const std::string& id) { return get(id).at("state"); }
  Reply act(const std::string& action, const std::string& id) {
    return client.post("/api/2.1/clusters/" + action, {{"cluster_id", id}});
  }
};

}  // namespace

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
  CHECK_FALSE(ended.contains("driver"));
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
}

TEST_CASE_METHOD(Fleet, "create checks what it is given") {
  auto create = [&](const Json& spec) { return client.post("/api/2.1/clusters/create", spec); };
  CHECK(create(Json::object()).message() == "Missing required field: spark_version");
  CHECK(create({{"spark_version", "1.x"}}).message() == "Spark version 1.x is not supported.");
  CHECK(create({{"spark_version", "15.4.x-scala2.12"}}).message() == "Missing required field: node_type_id");
  CHECK(
      create(
          {{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"autotermination_minutes", 5}})
          .errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.1/clusters/spark-versions").body.at("versions").size() >= 5);
  CHECK(client.get("/api/2.1/clusters/list-node-types").body.at("node_types")[0].at("num_cores") == 4.0);
}

TEST_CASE_METHOD(Fleet, "idle clusters end by themselves") {
  auto id = create({{"autotermination_minutes", 10}});
  clock.advance(60s);
  CHECK(state(id) == "RUNNING");
  clock.advance(9min);
  CHECK(state(id) == "RUNNING");
  clock.advance(1min);
  auto ended = get(id);
  CHECK(ended.at("state") == "TERMINATED");
  CHECK(ended.at("termination_reason").at("parameters").at("inactivity_duration_min") == "10");
  CHECK(ended.at("state_message") == "Inactive cluster terminated (inactive for 10 minutes).");
}

TEST_CASE_METHOD(Fleet, "edit replaces everything and restarts what runs") {
  auto id = create();
  Json spec{{"cluster_id", id},
            {"cluster_name", "new"},
            {"spark_version", "14.3.x-scala2.12"},
            {"node_type_id", "Standard_F8s"}};
  CHECK(client.post("/api/2.1/clusters/edit", spec).message() == "Cluster " + id + " is in unexpected state Pending.");
  clock.advance(60s);
  CHECK(client.post("/api/2.1/clusters/edit", spec).status == 200);
  CHECK(state(id) == "RESTARTING");
  CHECK(get(id).at("cluster_name") == "new");
  CHECK(get(id).at("num_workers") == 0);
}

TEST_CASE_METHOD(Fleet, "pinned clusters come first and cannot be removed") {
  auto a = create({{"cluster_name", "a"}});
  auto b = create({{"cluster_name", "b"}});
  CHECK(act("pin", b).body == Json::object());
  CHECK(act("pin", b).status == 200);
  auto list = client.get("/api/2.0/clusters/list").body.at("clusters");
  CHECK(list[0].at("cluster_name") == "b");
  CHECK_FALSE(list[0].contains("spec"));
  CHECK(act("permanent-delete", b).status == 400);
  CHECK(act("unpin", b).status == 200);
  CHECK(act("permanent-delete", b).status == 200);
  CHECK(act("permanent-delete", a).status == 200);
  CHECK(client.get("/api/2.0/clusters/list").body == Json::object());
  CHECK(client.get("/api/2.1/clusters/list").body == Json::object());
}

TEST_CASE_METHOD(Fleet, "2.1 lists in pages and filters") {
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(create({{"cluster_name", "c" + std::to_string(i)}}));
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    auto page = client.get("/api/2.1/clusters/list?page_size=2&page_token=" + token).body;
    for (const auto& cluster : page.at("clusters")) seen.insert(cluster.at("cluster_id").get<std::string>());
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(seen == made);
  CHECK(client.get("/api/2.1/clusters/list?page_token=bad").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get("/api/2.1/clusters/list?filter_by.cluster_states=RUNNING").body == Json::object());
  CHECK(client.get("/api/2.1/clusters/list?filter_by.cluster_states=RUNNING&filter_by.cluster_states=PENDING")
            .body.at("clusters")
            .size() == 5);
  CHECK(client.get("/api/2.1/clusters/list?sort_by.field=CLUSTER_NAME&sort_by.direction=DESC")
            .body.at("clusters")[0]
            .at("cluster_name") == "c4");
}

TEST_CASE_METHOD(Fleet, "events tell the story, newest first, in pages of both kinds") {
  auto id = create();
  clock.advance(60s);
  act("restart", id);
  clock.advance(60s);
  act("delete", id);
  auto types = [&](const Json& body) {
    std::vector<std::string> found;
    for (const auto& event : body.at("events")) found.push_back(event.at("type"));
    return found;
  };
  auto all = client.post("/api/2.1/clusters/events", {{"cluster_id", id}}).body;
  CHECK(types(all) == std::vector<std::string>{"TERMINATING", "RUNNING", "RESTARTING", "RUNNING", "CREATING"});
  CHECK(all.at("total_count") == 5);
  CHECK(all.at("events")[0].at("details").at("reason").at("code") == "USER_REQUEST");
  auto legacy = client.post("/api/2.0/clusters/events", {{"cluster_id", id}, {"limit", 2}, {"order", "ASC"}}).body;
  CHECK(types(legacy) == std::vector<std::string>{"CREATING", "RUNNING"});
  CHECK(legacy.at("next_page").at("offset") == 2);
  auto page = client.post("/api/2.1/clusters/events", {{"cluster_id", id}, {"page_size", 4}}).body;
  CHECK(page.at("total_count") == 0);
  auto last = client.post("/api/2.1/clusters/events",
                          {{"cluster_id", id}, {"page_size", 4}, {"page_token", page.at("next_page_token")}});
  CHECK(types(last.body) == std::vector<std::string>{"CREATING"});
  CHECK(
      types(client.post("/api/2.1/clusters/events", {{"cluster_id", id}, {"event_types", {"CREATING"}}}).body).size() ==
      1);
}

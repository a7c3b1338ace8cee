// SPDX-License-Identifier: Apache-2.0
// Clusters that take a minute to start, and a clock that the test moves.
#pragma once

#include <string>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

namespace trowel::emulator::test {

struct Fleet {
  TemporaryFolder folder;
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = open();
  WorkspaceClient client{*emulator};

  std::unique_ptr<Emulator> open() {
    using namespace std::chrono_literals;
    return std::move(Emulator::start({.dataDir = folder.path, .clusterStartTime = 60s}, clock).value());
  }
  // As after a restart of the program.
  void reopen() {
    emulator.reset();
    emulator = open();
    client = WorkspaceClient(*emulator);
  }

  static Json spec(const Json& more = Json::object()) {
    Json spec{{"cluster_name", "test"},
              {"spark_version", "15.4.x-scala2.12"},
              {"node_type_id", "Standard_DS3_v2"},
              {"num_workers", 2}};
    spec.update(more);
    for (const auto& [name, value] : more.items())
      if (value.is_null()) spec.erase(name);
    return spec;
  }
  Reply tryCreate(const Json& more) { return client.post("/api/2.1/clusters/create", spec(more)); }
  std::string create(const Json& more = Json::object()) {
    auto reply = tryCreate(more);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("cluster_id");
  }
  std::string createRunning(const Json& more = Json::object()) {
    auto id = create(more);
    clock.advance(std::chrono::seconds(60));
    return id;
  }
  Json get(const std::string& id) { return client.get("/api/2.1/clusters/get?cluster_id=" + id).body; }
  std::string state(const std::string& id) { return get(id).at("state"); }
  Reply act(const std::string& action, const std::string& id, const Json& more = Json::object()) {
    Json body{{"cluster_id", id}};
    body.update(more);
    return client.post("/api/2.1/clusters/" + action, body);
  }
};

}  // namespace trowel::emulator::test

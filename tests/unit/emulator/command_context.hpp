// SPDX-License-Identifier: Apache-2.0
// An execution context for tests: runs commands and waits for them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/catch.hpp"
#include "workspace_client.hpp"

namespace trowel::emulator::test {

inline std::string createCluster(WorkspaceClient& client) {
  auto reply = client.post("/api/2.1/clusters/create", {{"cluster_name", "commands"},
                                                        {"spark_version", "15.4.x-scala2.12"},
                                                        {"node_type_id", "Standard_DS3_v2"},
                                                        {"num_workers", 0}});
  REQUIRE(reply.status == 200);
  return reply.body.at("cluster_id");
}

// A context of its own on a cluster that all tests share.
struct CommandContext {
  WorkspaceClient client;
  std::string clusterId;
  std::string contextId;

  explicit CommandContext(Emulator& emulator, std::string cluster)
      : client(emulator), clusterId(std::move(cluster)), contextId(create()) {}
  CommandContext() : CommandContext(sharedEmulator(), sharedCluster()) {}
  ~CommandContext() { client.post("/api/1.2/contexts/destroy", {{"clusterId", clusterId}, {"contextId", contextId}}); }

  static std::string sharedCluster() {
    static const std::string id = [] {
      WorkspaceClient maker(sharedEmulator());
      return createCluster(maker);
    }();
    return id;
  }

  std::string create() {
    auto reply = client.post("/api/1.2/contexts/create", {{"clusterId", clusterId}, {"language", "python"}});
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("id");
  }
  std::string query() const { return "?clusterId=" + clusterId + "&contextId=" + contextId; }
  Reply status() { return client.get("/api/1.2/contexts/status" + query()); }
  Reply execute(const std::string& code, const std::string& language = "python") {
    return client.post("/api/1.2/commands/execute",
                       {{"clusterId", clusterId}, {"contextId", contextId}, {"language", language}, {"command", code}});
  }
  std::string begin(const std::string& code, const std::string& language = "python") {
    auto reply = execute(code, language);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("id");
  }
  Json state(const std::string& command) {
    return client.get("/api/1.2/commands/status" + query() + "&commandId=" + command).body;
  }
  Json await(const std::string& command) {
    while (true) {
      auto now = state(command);
      std::string status = now.at("status");
      if (status == "Finished" || status == "Cancelled" || status == "Error") return now;
    }
  }
  Json run(const std::string& code, const std::string& language = "python") {
    auto done = await(begin(code, language));
    CHECK(done.at("status") == "Finished");
    return done.at("results");
  }
  std::string text(const std::string& code) {
    auto results = run(code);
    INFO(results.dump());
    REQUIRE(results.at("resultType") == "text");
    return results.at("data");
  }
  Json error(const std::string& code, const std::string& language = "python") {
    auto results = run(code, language);
    INFO(results.dump().substr(0, 2000));
    REQUIRE(results.at("resultType") == "error");
    return results;
  }
  Json rows(const std::string& sql) {
    auto results = run(sql, "sql");
    INFO(results.dump().substr(0, 2000));
    REQUIRE(results.at("resultType") == "table");
    return results.at("data");
  }
  // Until the command has made a file, so that it is known to be in the middle.
  void awaitFile(const std::filesystem::path& file) {
    while (!std::filesystem::exists(file)) status();
  }
  Reply cancel(const std::string& command) {
    return client.post("/api/1.2/commands/cancel",
                       {{"clusterId", clusterId}, {"contextId", contextId}, {"commandId", command}});
  }
};

struct TemporaryFolder {
  std::filesystem::path path = [] {
    std::string pattern = (std::filesystem::temp_directory_path() / "emulator-test-XXXXXX").string();
    return std::filesystem::path(::mkdtemp(pattern.data()));
  }();
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

}  // namespace trowel::emulator::test

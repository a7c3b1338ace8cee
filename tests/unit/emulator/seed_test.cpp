// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "command_context.hpp"
#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct SeedFixture {
  TemporaryFolder folder;

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder.path / name, std::ios::binary) << text;
    return folder.path / name;
  }
  core::Result<std::unique_ptr<Emulator>> start(const Json& seed) {
    Options options{.seedFile = write("seed.json", seed.dump()), .userName = "ada@example.com"};
    options.dataDir = folder.path / "data";
    return Emulator::start(options);
  }
};

const Json kSeed = {
    {"users", {{{"name", "eve@example.com"}, {"token", "dapi00000000000000000000000000000001"}}}},
    {"workspace",
     {{{"path", "/Users/{user}/nb.py"}, {"content", "# Databricks notebook source\nprint(1)"}},
      {{"path", "/Users/{user}/empty/"}},
      {{"path", "/Users/{user}/notes.txt"}, {"file", "notes.txt"}}}},
    {"dbfs", {{{"path", "/tmp/a.txt"}, {"content", "a"}}}},
    {"volumes", {{{"name", "main.default.v"}, {"files", {{{"path", "a b/c.txt"}, {"content", "c"}}}}}}},
    {"secrets", {{{"scope", "s"}, {"values", {{"k", "v"}}}, {"acls", {{"users", "READ"}}}}}},
    {"clusters",
     {{{"cluster_id", "0101-000000-seeded01"},
       {"state", "RUNNING"},
       {"cluster_name", "seeded"},
       {"spark_version", "15.4.x-scala2.12"},
       {"node_type_id", "Standard_DS3_v2"},
       {"num_workers", 0}}}},
    {"sql", {"CREATE TABLE main.default.seeded AS SELECT 42 AS answer"}},
    {"warehouses", {{{"as", "w"}, {"name", "W"}, {"cluster_size", "Small"}}}},
    {"jobs",
     {{{"name", "J"},
       {"tasks",
        {{{"task_key", "t"},
          {"sql_task", {{"warehouse_id", "$w"}, {"file", {{"path", "/Users/{user}/notes.txt"}}}}}}}}}}}};

}  // namespace

TEST_CASE_METHOD(SeedFixture, "a seed describes a workspace") {
  write("notes.txt", "SELECT 1");
  auto emulator = std::move(start(kSeed).value());
  WorkspaceClient client(*emulator);
  auto status = [&](const std::string& path) {
    return client.get("/api/2.0/workspace/get-status?path=/Users/ada%40example.com/" + path).body;
  };
  CHECK(status("nb").at("object_type") == "NOTEBOOK");
  CHECK(status("empty").at("object_type") == "DIRECTORY");
  CHECK(status("notes.txt").at("object_type") == "FILE");
  CHECK(client.get("/api/2.0/dbfs/get-status?path=/tmp/a.txt").body.at("file_size") == 1);
  CHECK(client.get("/api/2.0/fs/files/Volumes/main/default/v/a%20b/c.txt").text == "c");
  CHECK(CommandContext(*emulator, "0101-000000-seeded01").rows("SELECT answer FROM main.default.seeded") == Json{{42}});
  auto warehouse = client.get("/api/2.0/sql/warehouses").body.at("warehouses").at(0).at("id");
  auto job = client.get("/api/2.1/jobs/list?expand_tasks=true").body.at("jobs").at(0);
  CHECK(job.at("settings").at("tasks").at(0).at("sql_task").at("warehouse_id") == warehouse);

  client.setToken("dapi00000000000000000000000000000001");
  CHECK(client.get("/api/2.0/preview/scim/v2/Me").body.at("userName") == "eve@example.com");
  CHECK(client.get("/api/2.0/secrets/get?scope=s&key=k").status == 200);
}

TEST_CASE_METHOD(SeedFixture, "a seed is applied once, and what users change afterwards stays") {
  write("notes.txt", "SELECT 1");
  {
    auto emulator = std::move(start(kSeed).value());
    WorkspaceClient client(*emulator);
    CHECK(client.post("/api/2.0/workspace/delete", {{"path", "/Users/ada@example.com/nb"}}).status == 200);
  }
  auto emulator = std::move(start(kSeed).value());
  WorkspaceClient client(*emulator);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Users/ada%40example.com/nb").status == 404);
  CHECK(client.get("/api/2.1/jobs/list").body.at("jobs").size() == 1);
}

TEST_CASE_METHOD(SeedFixture, "a seed that cannot be used says where") {
  auto why = [&](const Json& seed) {
    auto started = start(seed);
    REQUIRE_FALSE(started);
    return started.error().message;
  };
  CHECK(why(Json::array()).find("one JSON object") != std::string::npos);
  CHECK(why({{"worksapce", Json::array()}}).find("no section of this name: worksapce") != std::string::npos);
  CHECK(
      why({{"jobs", {{{"name", "x"}, {"tasks", {{{"task_key", "!"}}}}}}}}).find("jobs[0]: POST /api/2.2/jobs/create") !=
      std::string::npos);
  CHECK(why({{"workspace", {{{"path", "/Shared/x"}, {"file", "missing.txt"}}}}}).find("missing.txt cannot be read") !=
        std::string::npos);
  CHECK(why({{"workspace", {{{"content", "x"}}}}}).find("workspace[0]: The field path is missing") !=
        std::string::npos);
}

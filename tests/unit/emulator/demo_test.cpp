// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

void walk(WorkspaceClient& client, const std::string& folder, std::vector<Json>& found) {
  auto list = client.get("/api/2.0/workspace/list?path=" + httplib::detail::encode_query_param(folder));
  REQUIRE(list.status == 200);
  if (!list.body.contains("objects")) return;
  for (const auto& object : list.body.at("objects")) {
    found.push_back(object);
    if (object.at("object_type") == "DIRECTORY") walk(client, object.at("path"), found);
  }
}

}  // namespace

TEST_CASE("the demo workspace has notebooks in four languages, files and three clusters") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({.demo = true, .userName = "ada@example.com"}, clock).value());
  WorkspaceClient client(*emulator);
  std::vector<Json> objects;
  walk(client, "/", objects);
  std::set<std::string> languages;
  int files = 0;
  for (const auto& object : objects) {
    if (object.contains("language")) languages.insert(object.at("language").get<std::string>());
    if (object.at("object_type") == "FILE") ++files;
  }
  CHECK(languages == std::set<std::string>{"PYTHON", "R", "SCALA", "SQL"});
  CHECK(files == 4);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Users/ada%40example.com/Getting%20started")
            .body.at("object_type") == "NOTEBOOK");

  auto clusters = client.get("/api/2.1/clusters/list").body.at("clusters");
  REQUIRE(clusters.size() == 3);
  CHECK(clusters[0].at("cluster_name") == "Shared analytics");
  CHECK(clusters[0].at("state") == "RUNNING");
  CHECK(clusters[1].at("cluster_name") == "Demo cluster");
  CHECK(clusters[1].at("state") == "TERMINATED");
  std::string id = clusters[1].at("cluster_id");
  CHECK(client.post("/api/2.1/clusters/start", {{"cluster_id", id}}).status == 200);
  clock.advance(2s);
  CHECK(client.get("/api/2.1/clusters/get?cluster_id=" + id).body.at("state") == "PENDING");
  clock.advance(1s);
  CHECK(client.get("/api/2.1/clusters/get?cluster_id=" + id).body.at("state") == "RUNNING");
}

TEST_CASE("the demo's tables are filled, and its notebooks run") {
  auto emulator = std::move(Emulator::start({.demo = true, .userName = "ada@example.com"}).value());
  WorkspaceClient client(*emulator);
  const std::string cluster = "0103-101530-shared7k";
  CHECK(CommandContext(*emulator, cluster).rows("SELECT count(*) FROM samples.nyctaxi.trips") == Json{{500}});
  std::vector<Json> objects;
  walk(client, "/", objects);
  int cells = 0;
  for (const auto& object : objects) {
    std::string language = object.value("language", "");
    if (language != "PYTHON" && language != "SQL") continue;
    auto exported = client.get("/api/2.0/workspace/export?format=JUPYTER&path=" +
                               httplib::detail::encode_query_param(object.at("path").get<std::string>()));
    auto notebook = Json::parse(decode(exported.body.at("content")));
    CommandContext context(*emulator, cluster);
    for (const auto& cell : notebook.at("cells")) {
      std::string code;
      for (const auto& line : cell.at("source")) code += line.get<std::string>();
      if (cell.at("cell_type") != "code") continue;
      bool sql = language == "SQL" || code.starts_with("%sql");
      if (code.starts_with("%sql\n")) code.erase(0, 5);
      auto results = context.run(code, sql ? "sql" : "python");
      INFO(code << "\n" << results.dump().substr(0, 1000));
      bool meantToFail =
          code.find("fare_per_mile(10, 0)") != std::string::npos || code.find("raise ValueError") != std::string::npos;
      CHECK((results.at("resultType") == "error") == meantToFail);
      ++cells;
    }
  }
  CHECK(cells >= 12);
}

TEST_CASE("contexts that come first together do not stand in each other's way") {
  auto emulator = std::move(Emulator::start({.demo = true}).value());
  std::vector<std::unique_ptr<CommandContext>> contexts;
  std::vector<std::string> commands;
  for (int i = 0; i < 6; ++i) {
    contexts.push_back(std::make_unique<CommandContext>(*emulator, "0103-101530-shared7k"));
    commands.push_back(contexts.back()->begin("SELECT count(*) FROM samples.tpch.orders", "sql"));
  }
  for (std::size_t i = 0; i < contexts.size(); ++i)
    CHECK(contexts[i]->await(commands[i]).at("results").at("data") == Json{{300}});
}

TEST_CASE("a data folder keeps workspace, clusters and tables") {
  TemporaryFolder folder;
  Options options{.demo = true, .dataDir = folder.path / "data"};
  Json before;
  {
    auto emulator = std::move(Emulator::start(options).value());
    WorkspaceClient client(*emulator);
    CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", "/Shared/kept"}}).status == 200);
    CHECK(client
              .post("/api/2.0/workspace/import",
                    {{"path", "/Shared/kept/nb"}, {"language", "SQL"}, {"content", encode("select 1")}})
              .status == 200);
    CHECK(client.post("/api/2.0/workspace/delete", {{"path", "/Shared/reports"}, {"recursive", true}}).status == 200);
    before = client.get("/api/2.0/workspace/get-status?path=/Shared/kept/nb").body;
    CHECK(CommandContext(*emulator, "0103-101530-shared7k").rows("CREATE TABLE main.default.kept AS SELECT 42 AS n") ==
          Json::array());
    CHECK(client.post("/api/2.1/clusters/delete", {{"cluster_id", "0103-101530-shared7k"}}).status == 200);
    CHECK(client.post("/api/2.1/clusters/pin", {{"cluster_id", "0104-142200-mltrain3"}}).status == 200);

    auto second = Emulator::start(options);
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("in use by another emulator") != std::string::npos);
  }
  options.clusterStartTime = 0ms;
  auto emulator = std::move(Emulator::start(options).value());
  WorkspaceClient client(*emulator);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Shared/kept/nb").body == before);
  CHECK(decode(client.get("/api/2.0/workspace/export?path=/Shared/kept/nb").body.at("content")).ends_with("select 1"));
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Shared/reports").status == 404);
  auto clusters = client.get("/api/2.0/clusters/list").body.at("clusters");
  REQUIRE(clusters.size() == 3);
  CHECK(clusters[0].at("cluster_name") == "ML training");
  CHECK(client.post("/api/2.1/clusters/start", {{"cluster_id", "0104-142200-mltrain3"}}).status == 200);
  CHECK(CommandContext(*emulator, "0104-142200-mltrain3").rows("SELECT n FROM main.default.kept") == Json{{42}});
}

TEST_CASE("a data folder that cannot be used is an error with a way out") {
  TemporaryFolder folder;
  auto inFile = Emulator::start({.dataDir = "/proc/none/data"});
  REQUIRE_FALSE(inFile);
  CHECK(inFile.error().message.find("Choose another folder") != std::string::npos);
}

TEST_CASE("the demo has a run that succeeded and one that failed, to look at") {
  auto emulator = std::move(Emulator::start({.demo = true, .userName = "ada@example.com"}).value());
  WorkspaceClient client(*emulator);
  std::map<std::string, std::string> results;
  do {
    results.clear();
    auto listed = client.get("/api/2.1/jobs/runs/list").body;
    for (const auto& run : listed.at("runs")) results[run.at("run_name")] = run.at("state").value("result_state", "");
  } while (results["Daily revenue"].empty() || results["Check quality"].empty());
  CHECK(results["Daily revenue"] == "SUCCESS");
  CHECK(results["Check quality"] == "FAILED");
}

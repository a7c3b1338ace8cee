// SPDX-License-Identifier: Apache-2.0
// A project's connection from the editor's side: what is chosen, remembered, noticed and kept apart.
#include <filesystem>

#include "support/connecting.hpp"
#include "support/editor_settings.hpp"

namespace trowel::test {

TEST_CASE("a choice is remembered for the next session without a word in the project") {
  auto first = start("ada@example.com");
  TempDir home;
  TempDir project;
  {
    DaemonHarness daemon({.emulator = false, .home = home.path()});
    daemon.writeProfiles({profileOf("DEV", *first)});
    open(daemon, {project.path()});
    CHECK(daemon.request("trowel/connection/select", {{"id", "profile:DEV"}})["user"] == "ada@example.com");
    CHECK(daemon.editor().heard("trowel/ui/setting").empty());
  }
  CHECK(std::filesystem::is_empty(project.path()));
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  open(daemon, {project.path()});
  CHECK(daemon.request("trowel/connection/status")["user"] == "ada@example.com");
}

TEST_CASE("a user's choice goes before the folder's setting until the setting changes") {
  auto team = start("team@example.com");
  auto own = start("own@example.com");
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "folder");
  settings.set("trowel.connection", "profile:TEAM");
  daemon.writeProfiles({profileOf("TEAM", *team), profileOf("OWN", *own)});
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/status")["user"] == "team@example.com");
  daemon.request("trowel/connection/select", {{"id", "profile:OWN"}});
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  CHECK(daemon.request("trowel/connection/status")["user"] == "own@example.com");
  settings.set("trowel.connection", "demo");
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  daemon.editor().await("trowel/connection/changed",
                        [](const Json& params) { return params.value("id", "") == "demo"; });
}

TEST_CASE("two folders, two workspaces, two tokens: 200 calls go where they belong") {
  auto dev = start("dev@example.com");
  auto test = start("test@example.com");
  TempDir a;
  TempDir b;
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *dev), profileOf("TEST", *test)});
  open(daemon, {a.path(), b.path()});
  auto uriA = core::pathToUri(a.path());
  auto uriB = core::pathToUri(b.path());
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:DEV"}, {"folder", uriA}})["state"] == "ready");
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:TEST"}, {"folder", uriB}})["state"] == "ready");
  std::vector<std::pair<std::int64_t, std::string>> asked;
  for (int i = 0; i < 200; ++i) {
    bool toA = i % 2 == 0;
    // (Views answer many equal questions with one call.)
    asked.emplace_back(
        daemon.editor().send("trowel/workspace/list", {{"path", "/Users"}, {"folder", toA ? uriA : uriB}}),
        toA ? "/Users/dev@example.com" : "/Users/test@example.com");
  }
  for (const auto& [id, home] : asked) {
    auto reply = daemon.editor().reply(id);
    INFO(reply.dump());
    CHECK(reply.at("result").dump().find(home) != std::string::npos);
  }
  for (const auto& [emulator, user] : {std::pair{dev.get(), "dev@example.com"}, {test.get(), "test@example.com"}}) {
    CHECK(emulator->requests().size() > 100);
    // A token that is not this workspace's own would be nobody, refused with 401 or 403.
    for (const auto& record : emulator->requests()) {
      if (record.path.starts_with("/api/")) CHECK(record.user == user);
      CHECK(record.status < 400);
    }
  }
}

TEST_CASE("an edit of the configuration file takes effect at once") {
  auto old = start("old@example.com");
  auto fresh = start("fresh@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *old)});
  daemon.initialize();
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:DEV"}})["user"] == "old@example.com");
  daemon.writeProfiles({profileOf("DEV", *fresh)});
  daemon.editor().await("trowel/connection/changed",
                        [](const Json& params) { return params.value("user", "") == "fresh@example.com"; });
  CHECK(daemon.request("trowel/connection/status")["user"] == "fresh@example.com");

  daemon.writeProfiles({});
  awaitState(daemon, "failed");
  daemon.writeProfiles({profileOf("DEV", *fresh)});
  daemon.editor().forget();
  awaitState(daemon, "ready");
}

TEST_CASE("a workspace that goes away is shown as offline by whoever talks to it, and a refresh finds it again") {
  TempDir data;
  emulator::Options options{.dataDir = data.path(), .userName = "ada@example.com"};
  auto emulator = emulator::Emulator::start(options).value();
  auto host = emulator->host();
  options.port = std::stoi(host.substr(host.rfind(':') + 1));
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *emulator)});
  daemon.initialize();
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:DEV"}})["state"] == "ready");
  emulator.reset();
  auto rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}})["nodes"];
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["contextValue"] == "failure");
  auto status = awaitState(daemon, "offline");
  CHECK(status["message"].get<std::string>().find(host) != std::string::npos);
  // The views say it; the command itself has not failed.
  daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"];
  CHECK(rows[0]["icon"] == "debug-disconnect");
  CHECK(rows[0]["description"].get<std::string>().starts_with("offline, tried again by itself. "));

  emulator = emulator::Emulator::start(options).value();
  daemon.editor().forget();
  daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  awaitState(daemon, "ready");
}

TEST_CASE("a refresh while the window opens does not lose what was chosen") {
  auto emulator = start("ada@example.com");
  TempDir home;
  TempDir project;
  {
    DaemonHarness daemon({.emulator = false, .home = home.path()});
    daemon.writeProfiles({profileOf("DEV", *emulator)});
    open(daemon, {project.path()});
    daemon.request("trowel/connection/select", {{"id", "profile:DEV"}});
  }
  // Asked while the settings are being asked for.
  std::int64_t refresh = 0;
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  daemon.editor().on("workspace/configuration", [&](const Json&) {
    if (refresh == 0) refresh = daemon.editor().send("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
    return Json::array({Json::object(), Json()});
  });
  open(daemon, {project.path()});
  awaitState(daemon, "ready");
  CHECK(daemon.editor().reply(refresh).contains("result"));
  CHECK(daemon.request("trowel/connection/status")["user"] == "ada@example.com");
}

TEST_CASE("a sub-folder that becomes a project again has the connection that was chosen for it") {
  auto inner = start("inner@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("INNER", *inner)});
  daemon.folder.write("etl/main.py", "1");
  daemon.initialize();
  auto sub = daemon.folder / "etl";
  auto uri = core::pathToUri(sub);
  Json add{{"command", "trowel.project.add"}, {"arguments", Json::array({{{"view", "explorer"}, {"node", uri}}})}};
  daemon.editor().on("trowel/ui/pick", [&](const Json&) { return Json::object({{"ids", Json::array({sub})}}); });
  daemon.request("workspace/executeCommand", add);
  daemon.request("trowel/connection/select", {{"id", "profile:INNER"}, {"folder", uri}});
  daemon.request("workspace/executeCommand", {{"command", "trowel.project.remove"}});
  CHECK(daemon.failure("trowel/connection/status", {{"folder", uri}})["message"].get<std::string>().find("not open") !=
        std::string::npos);
  daemon.editor().forget();
  daemon.request("workspace/executeCommand", add);
  awaitState(daemon, "ready");
  CHECK(daemon.request("trowel/connection/status", {{"folder", uri}})["user"] == "inner@example.com");
}

TEST_CASE("sub-folders that settings make projects are folders, beneath theirs, and each one once") {
  DaemonHarness daemon({.emulator = false});
  TempDir elsewhere;
  for (const char* file : {"a/x.py", "a/b/x.py", "open/x.py", "file"}) daemon.folder.write(file, "1");
  std::filesystem::create_directory_symlink(elsewhere.path(), daemon.folder / "out");
  std::filesystem::create_directory_symlink(daemon.folder / "a", daemon.folder / "again");
  Json wanted = Json::array({"a", "./a", "again", "a/b/", "a/..", "..", "../..", "/etc", elsewhere.path(), "out",
                             "file", "missing", "open", "", 7, nullptr});
  daemon.editor().on("workspace/configuration", [&](const Json& params) {
    Json values = Json::array();
    for (std::size_t i = 0; i + 1 < params.at("items").size(); ++i) values.push_back({{"projects", wanted}});
    values.push_back(nullptr);
    return values;
  });
  open(daemon, {daemon.folder.path(), daemon.folder / "open", daemon.folder.path()});
  auto projects = daemon.editor().await("trowel/connection/projects")["projects"];
  std::vector<std::string> uris;
  for (const auto& project : projects) uris.push_back(project.at("uri"));
  auto uri = [&](const char* path) { return core::pathToUri(daemon.folder / path); };
  CHECK(uris == std::vector<std::string>{daemon.folderUri(), uri("a"), uri("a/b"), uri("open")});
}

TEST_CASE("what cannot be done to a connection is said in whole sentences") {
  DaemonHarness daemon({.emulator = false});
  daemon.initialize();
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"edit", "The demo workspace is part of Trowel; there is nothing to edit."},
      {"remove", "The demo workspace is part of Trowel; there is nothing to remove."},
      {"signOut", "The demo workspace needs no sign-in, so there is none to end."},
      {"copyHost", "'Demo workspace' has no address as long as it is not connected."},
      {"openInBrowser", "'Demo workspace' has no address as long as it is not connected."},
  };
  for (const auto& [command, sentence] : rows) {
    INFO(command);
    Json params{{"command", "trowel.connection." + command},
                {"arguments", Json::array({{{"view", std::string(view::kConnections)}, {"node", "demo"}}})}};
    CHECK(daemon.failure("workspace/executeCommand", params)["message"] == sentence);
  }
}

TEST_CASE("a click on the row of the connection that is active does not connect anew") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *emulator)});
  daemon.initialize();
  auto row = [&] {
    return daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"][0];
  };
  CHECK(row()["command"]["command"] == "trowel.connection.activate");
  daemon.request("trowel/connection/select", {{"id", "profile:DEV"}});
  CHECK_FALSE(row().contains("command"));
}

TEST_CASE("a sub-folder can be a project with a connection of its own") {
  auto outer = start("outer@example.com");
  auto inner = start("inner@example.com");
  TempDir home;
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  daemon.writeProfiles({profileOf("OUTER", *outer), profileOf("INNER", *inner)});
  daemon.folder.write("etl/ä b/main.py", "1");
  daemon.initialize();
  daemon.request("trowel/connection/select", {{"id", "profile:OUTER"}});
  auto sub = daemon.folder / "etl/ä b";
  auto uri = core::pathToUri(sub);
  daemon.request("workspace/executeCommand", {{"command", "trowel.project.add"},
                                              {"arguments", Json::array({{{"view", "explorer"}, {"node", uri}}})}});
  auto projects = daemon.editor().await("trowel/connection/projects")["projects"];
  REQUIRE(projects.size() == 2);
  CHECK(projects[1]["uri"] == uri);
  CHECK(daemon.request("trowel/connection/select", {{"id", "profile:INNER"}, {"folder", uri}})["user"] ==
        "inner@example.com");
  CHECK(daemon.request("trowel/connection/status")["user"] == "outer@example.com");
  CHECK(daemon.request("trowel/connection/status", {{"folder", uri}})["user"] == "inner@example.com");
  CHECK(std::filesystem::exists(sub));
  CHECK_FALSE(std::filesystem::exists(daemon.folder / ".vscode"));
}

TEST_CASE("a connection is tested, and its address copied and opened, without choosing it") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *emulator)});
  daemon.initialize();
  run(daemon, "trowel.connection.test", "profile:DEV");
  CHECK(daemon.editor().await("window/showMessage")["message"] == "DEV answers: you are ada@example.com.");
  run(daemon, "trowel.connection.copyHost", "profile:DEV");
  CHECK(daemon.editor().await("trowel/ui/copy")["text"] == emulator->host());
  run(daemon, "trowel.connection.openInBrowser", "profile:DEV");
  CHECK(daemon.editor().await("trowel/ui/openUrl")["url"] == emulator->host());
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
}

TEST_CASE("a project computes on what its connection's source names, until the user chooses") {
  auto emulator = emulator::Emulator::start({.demo = true}).value();
  TempDir home;
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  const auto profile = "\nhost = " + emulator->host() + "\ntoken = " + emulator->token().reveal() + "\n";
  home.write("databrickscfg", "[PLAIN]" + profile);
  daemon.initialize();
  daemon.request("trowel/connection/select", {{"id", "profile:PLAIN"}});
  auto clusters = daemon.request("trowel/cluster/list")["clusters"];
  REQUIRE_FALSE(clusters.empty());
  CHECK(clusters[0]["attached"] == false);
  auto id = clusters[0]["id"].get<std::string>();
  home.write("databrickscfg", "[NAMES]" + profile + "cluster_id = " + id + "\n");
  daemon.request("trowel/connection/select", {{"id", "profile:NAMES"}});
  clusters = daemon.request("trowel/cluster/list")["clusters"];
  REQUIRE_FALSE(clusters.empty());
  for (const auto& cluster : clusters) CHECK((cluster["id"] == id) == (cluster["attached"] == true));

  std::string warehouse;
  daemon.editor().on("trowel/ui/pick", [&](const Json& params) {
    warehouse = params.at("items").at(0).at("id");
    return Json::object({{"ids", Json::array({warehouse})}});
  });
  daemon.request("workspace/executeCommand", {{"command", "trowel.warehouse.select"}});
  daemon.request("workspace/executeCommand", {{"command", "trowel.connection.copyEnvironment"}});
  auto variables = daemon.editor().await("trowel/ui/copy")["text"].get<std::string>();
  CHECK(variables.find("DATABRICKS_WAREHOUSE_ID='" + warehouse + "'") != std::string::npos);
  CHECK(variables.find("DATABRICKS_CLUSTER_ID='" + id + "'") != std::string::npos);
  CHECK(variables.find("DATABRICKS_AUTH_TYPE='metadata-service'") != std::string::npos);
  CHECK(variables.find(emulator->token().reveal()) == std::string::npos);
}

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
// A project's connection from the editor's side: what is chosen, remembered, noticed and kept apart.
#include <thread>

#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

using trowel::core::Json;
using trowel::test::DaemonHarness;
using trowel::test::TempDir;
namespace view = trowel::protocol::view;

namespace {

using Started = std::unique_ptr<trowel::emulator::Emulator>;

Started start(const std::string& user) { return trowel::emulator::Emulator::start({.userName = user}).value(); }

DaemonHarness::Profile profileOf(const std::string& name, const trowel::emulator::Emulator& emulator) {
  return {name, emulator.host(), emulator.token().reveal()};
}

// initialize for these folders, then initialized.
void open(DaemonHarness& daemon, const std::vector<std::string>& folders) {
  Json list = Json::array();
  for (const auto& folder : folders) list.push_back({{"uri", trowel::core::pathToUri(folder)}, {"name", folder}});
  daemon.request("initialize", {{"capabilities", Json::object()}, {"workspaceFolders", list}});
  daemon.editor().notify("initialized", Json::object());
}

Json awaitState(DaemonHarness& daemon, const std::string& state) {
  return daemon.editor().await("trowel/connection/changed",
                               [&](const Json& params) { return params.at("state") == state; });
}

Json run(DaemonHarness& daemon, const std::string& command, const std::string& node, const std::string& folder = {}) {
  Json params{{"command", command}};
  if (!node.empty()) params["arguments"] = Json::array({{{"view", std::string(view::kConnections)}, {"node", node}}});
  if (!folder.empty()) params["folder"] = trowel::core::pathToUri(folder);
  return daemon.request("workspace/executeCommand", params);
}

// The editor's value of one setting in one scope, which the daemon may replace.
void scopes(DaemonHarness& daemon, const std::string& setting, const std::string& scope, Json& value) {
  daemon.editor().on("trowel/ui/settings", [&value, setting, scope](const Json& params) {
    Json values = Json::array();
    for (const auto& key : params.at("keys")) {
      Json each{{"key", key}};
      if (key == setting) each[scope] = value;
      values.push_back(std::move(each));
    }
    return Json::object({{"values", values}});
  });
  daemon.editor().on("trowel/ui/setting", [&value](const Json& params) {
    value = params.at("value");
    return Json();
  });
}

}  // namespace

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
  Json settings{{"connection", "profile:TEAM"}};
  DaemonHarness daemon({.emulator = false});
  daemon.editor().on("workspace/configuration", [&](const Json&) { return Json::array({settings, Json()}); });
  daemon.writeProfiles({profileOf("TEAM", *team), profileOf("OWN", *own)});
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/status")["user"] == "team@example.com");
  daemon.request("trowel/connection/select", {{"id", "profile:OWN"}});
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  CHECK(daemon.request("trowel/connection/status")["user"] == "own@example.com");
  settings["connection"] = "demo";
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
  auto uriA = trowel::core::pathToUri(a.path());
  auto uriB = trowel::core::pathToUri(b.path());
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:DEV"}, {"folder", uriA}})["state"] == "ready");
  REQUIRE(daemon.request("trowel/connection/select", {{"id", "profile:TEST"}, {"folder", uriB}})["state"] == "ready");
  std::vector<std::pair<std::int64_t, std::string>> asked;
  for (int i = 0; i < 200; ++i) {
    bool toA = i % 2 == 0;
    asked.emplace_back(daemon.editor().send("trowel/tree/children", {{"view", std::string(view::kWorkspace)},
                                                                     {"node", "/Users"},
                                                                     {"folder", toA ? uriA : uriB}}),
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
  trowel::emulator::Options options{.dataDir = data.path(), .userName = "ada@example.com"};
  auto emulator = trowel::emulator::Emulator::start(options).value();
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

  emulator = trowel::emulator::Emulator::start(options).value();
  daemon.editor().forget();
  daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  awaitState(daemon, "ready");
}

TEST_CASE("a token that stands in the settings moves to the keyring, and is used from there") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  Json connections = Json::array({{{"displayName", "shop"},
                                   {"apiRootUrl", emulator->host()},
                                   {"personalAccessToken", emulator->token().reveal()},
                                   {"localSyncFolder", "/tmp/x"}}});
  daemon.editor().on("trowel/ui/settings", [&](const Json& params) {
    Json values = Json::array();
    for (const auto& key : params.at("keys")) {
      Json value{{"key", key}};
      if (key == "databricks.connections") value["user"] = connections;
      values.push_back(std::move(value));
    }
    return Json::object({{"values", values}});
  });
  daemon.editor().on("trowel/ui/setting", [&](const Json& params) {
    connections = params.at("value");
    return Json();
  });
  daemon.initialize();
  auto written = daemon.editor().await("trowel/ui/setting");
  CHECK(written["key"] == "databricks.connections");
  CHECK(written["scope"] == "user");
  CHECK(written["value"] ==
        Json::array({{{"displayName", "shop"}, {"apiRootUrl", emulator->host()}, {"localSyncFolder", "/tmp/x"}}}));
  auto message = daemon.editor().await("window/showMessage");
  CHECK(message["message"] ==
        "Moved the token of 'shop' out of your settings, where everybody could read it. It is kept in the keyring of "
        "this desktop.");
  CHECK(daemon.request("trowel/connection/select", {{"id", "settings:shop"}})["user"] == "ada@example.com");
  CHECK(daemon.keyring().names().size() == 1);

  // Entered again, it replaces the one that is kept.
  connections[0]["personalAccessToken"] = "dapi00000000000000000000000000000000";
  daemon.editor().forget();
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  daemon.editor().await("trowel/ui/setting");
  awaitState(daemon, "signIn");
  CHECK(daemon.failure("trowel/connection/select", {{"id", "settings:shop"}})["data"]["name"] == "Unauthenticated");
}

TEST_CASE("every token of the settings moves, whatever stands around it") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  auto entry = [&](const char* name) {
    return Json{{"displayName", name}, {"apiRootUrl", emulator->host()}, {"personalAccessToken", name}};
  };
  Json connections = Json::array({7, entry("a"), nullptr, entry("b ö"), "x"});
  scopes(daemon, "databricks.connections", "user", connections);
  daemon.initialize();
  daemon.editor().await("trowel/ui/setting", [](const Json& params) {
    return params.at("value").dump().find("personalAccessToken") == std::string::npos;
  });
  daemon.editor().await("window/showMessage", [](const Json& params) {
    return params.at("message").get<std::string>().find("'b ö'") != std::string::npos;
  });
  CHECK(connections.size() == 5);
  CHECK(daemon.keyring().names().size() == 2);
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
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  // Asked while the settings are being asked for.
  std::int64_t refresh = 0;
  daemon.editor().on("workspace/configuration", [&](const Json&) {
    if (refresh == 0) refresh = daemon.editor().send("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
    return Json::array({Json::object(), Json()});
  });
  open(daemon, {project.path()});
  awaitState(daemon, "ready");
  CHECK(daemon.editor().reply(refresh).contains("result"));
  CHECK(daemon.request("trowel/connection/status")["user"] == "ada@example.com");
}

TEST_CASE("in a folder that is not trusted nothing of its settings counts and nothing is sent") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false, .initializationOptions = {{"trusted", false}}});
  Json connections = Json::array(
      {{{"displayName", "trap"}, {"apiRootUrl", emulator->host()}, {"personalAccessToken", "dapi-of-trap"}}});
  scopes(daemon, "databricks.connections", "folder", connections);
  daemon.writeProfiles({profileOf("DEV", *emulator)});
  daemon.initialize();
  auto rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"];
  CHECK(rows.dump().find("trap") == std::string::npos);
  for (const char* command : {"test", "signIn", "select", "add"}) {
    INFO(command);
    Json params{{"command", std::string("trowel.connection.") + command},
                {"arguments", Json::array({{{"view", std::string(view::kConnections)}, {"node", "profile:DEV"}}})}};
    CHECK(daemon.failure("workspace/executeCommand", params)["data"]["name"] == "Untrusted");
  }
  CHECK(daemon.editor().heard("trowel/ui/setting").empty());
  CHECK(emulator->requests().empty());
  daemon.editor().notify("trowel/workspace/trusted", Json::object());
  daemon.editor().await("trowel/ui/setting");
}

TEST_CASE("a sub-folder that becomes a project again has the connection that was chosen for it") {
  auto inner = start("inner@example.com");
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("INNER", *inner)});
  daemon.folder.write("etl/main.py", "1");
  daemon.initialize();
  auto sub = daemon.folder / "etl";
  auto uri = trowel::core::pathToUri(sub);
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
  auto uri = [&](const char* path) { return trowel::core::pathToUri(daemon.folder / path); };
  CHECK(uris == std::vector<std::string>{daemon.folderUri(), uri("a"), uri("a/b"), uri("open")});
}

TEST_CASE("of two connections with one name the one that is removed goes, and the other stays as it is") {
  Json own = Json::array({{{"name", "x"}, {"host", "https://a.example"}},
                          {{"name", "x"}, {"host", "https://b.example"}, {"note", 1}},
                          {{"host", "https://c.example"}}});
  DaemonHarness daemon({.emulator = false});
  scopes(daemon, "trowel.connections", "user", own);
  daemon.editor().on("workspace/configuration",
                     [&](const Json&) { return Json::array({Json::object({{"connections", own}}), Json()}); });
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object({{"action", "Remove"}}); });
  daemon.initialize();
  daemon.request("trowel/connection/status");  // the settings are there
  run(daemon, "trowel.connection.remove", "settings:x");
  CHECK(own ==
        Json::array({{{"name", "x"}, {"host", "https://b.example"}, {"note", 1}}, {{"host", "https://c.example"}}}));
  run(daemon, "trowel.connection.remove", "settings:connection 2");
  CHECK(own == Json::array({{{"name", "x"}, {"host", "https://b.example"}, {"note", 1}}}));
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
  CHECK(row()["command"]["command"] == "trowel.connection.select");
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
  auto uri = trowel::core::pathToUri(sub);
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

TEST_CASE("a connection is added only with an address and a token that work, and removed with its token") {
  auto emulator = start("ada@example.com");
  Json own = Json::array();
  DaemonHarness daemon({.emulator = false});
  daemon.editor().on("trowel/ui/settings", [&](const Json& params) {
    Json values = Json::array();
    for (const auto& key : params.at("keys")) {
      Json value{{"key", key}};
      if (key == "trowel.connections" && !own.empty()) value["user"] = own;
      values.push_back(std::move(value));
    }
    return Json::object({{"values", values}});
  });
  daemon.editor().on("workspace/configuration",
                     [&](const Json&) { return Json::array({Json::object({{"connections", own}}), Json()}); });
  daemon.editor().on("trowel/ui/setting", [&](const Json& params) {
    own = params.at("value");
    return Json();
  });
  std::vector<std::string> prompts;
  std::vector<Json> answers = {"http://example.com", emulator->host(), "shop", "dapi00000000000000000000000000000000",
                               emulator->token().reveal()};
  daemon.editor().on("trowel/ui/input", [&](const Json& params) {
    prompts.push_back(params.value("prompt", ""));
    Json answer = Json::object();
    answer["value"] = answers.at(prompts.size() - 1);
    return answer;
  });
  daemon.editor().on("trowel/ui/pick", [](const Json&) { return Json::object({{"ids", Json::array({"token"})}}); });
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object({{"action", "Remove"}}); });
  daemon.initialize();
  run(daemon, "trowel.connection.add", "");
  REQUIRE(prompts.size() == 5);
  CHECK(prompts[1].find("https") != std::string::npos);
  CHECK(prompts[4].find("does not accept that token") != std::string::npos);
  CHECK(own == Json::array({{{"name", "shop"}, {"host", emulator->host()}}}));
  CHECK(daemon.request("trowel/connection/status")["user"] == "ada@example.com");
  CHECK(daemon.keyring().names().size() == 1);

  run(daemon, "trowel.connection.remove", "settings:shop");
  CHECK(own.empty());
  CHECK(daemon.keyring().names().empty());
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
}

TEST_CASE("a project computes on what its connection's source names, until the user chooses") {
  auto emulator = trowel::emulator::Emulator::start({.demo = true}).value();
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
  for (const auto& cluster : daemon.request("trowel/cluster/list")["clusters"])
    CHECK((cluster["id"] == id) == (cluster["attached"] == true));

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

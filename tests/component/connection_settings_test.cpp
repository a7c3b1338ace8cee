// SPDX-License-Identifier: Apache-2.0
// Connections and tokens that are written in settings: taken over, moved, added, removed.
#include <algorithm>

#include "support/connecting.hpp"
#include "support/editor_settings.hpp"

namespace trowel::test {

TEST_CASE("a token that stands in the settings moves to the keyring, and is used from there") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "user");
  Json entry{{"displayName", "shop"}, {"apiRootUrl", emulator->host()}, {"localSyncFolder", "/tmp/x"}};
  auto withToken = entry;
  withToken["personalAccessToken"] = emulator->token().reveal();
  settings.set("databricks.connections", Json::array({withToken}));
  daemon.initialize();
  auto written = daemon.editor().await("trowel/ui/setting");
  CHECK(written["key"] == "databricks.connections");
  CHECK(written["scope"] == "user");
  CHECK(written["value"] == Json::array({entry}));
  auto message = daemon.editor().await("window/showMessage");
  CHECK(message["message"] ==
        "Moved the token of 'shop' out of your settings, where everybody could read it. It is kept in the keyring of "
        "this desktop.");
  CHECK(daemon.request("trowel/connection/select", {{"id", "settings:shop"}})["user"] == "ada@example.com");
  CHECK(daemon.keyring().names().size() == 1);

  // Entered again, it replaces the one that is kept.
  withToken["personalAccessToken"] = "dapi00000000000000000000000000000000";
  daemon.editor().forget();
  settings.set("databricks.connections", Json::array({withToken}));
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  daemon.editor().await("trowel/ui/setting");
  awaitState(daemon, "signIn");
  CHECK(daemon.failure("trowel/connection/select", {{"id", "settings:shop"}})["data"]["name"] == "Unauthenticated");
}

TEST_CASE("the same token is never moved twice, however often an editor goes on telling of it") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "user");
  settings.set("databricks.connections", Json::array({{{"displayName", "shop"},
                                                       {"apiRootUrl", emulator->host()},
                                                       {"personalAccessToken", emulator->token().reveal()}}}));
  // One that has not noticed the change of its file.
  daemon.editor().on("trowel/ui/setting", [](const Json&) { return Json(); });
  daemon.initialize();
  daemon.editor().await("window/showMessage");
  const auto stored = [&] { return std::ranges::count(daemon.keyring().calls(), "set"); };
  const auto once = stored();
  CHECK(once > 0);
  for (int again = 0; again < 3; ++again) {
    daemon.editor().forget();
    daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
    CHECK(daemon.editor().await("trowel/ui/setting")["key"] == "databricks.connections");
    // The views are the last to hear of settings.
    daemon.editor().await("trowel/tree/changed",
                          [](const Json& params) { return params["view"] == std::string(view::kClusters); });
    CHECK(daemon.editor().heard("window/showMessage").empty());
  }
  CHECK(stored() == once);
  // Another one is another matter.
  settings.set("databricks.connections",
               Json::array({{{"displayName", "shop"},
                             {"apiRootUrl", emulator->host()},
                             {"personalAccessToken", "dapi00000000000000000000000000000000"}}}));
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  daemon.editor().await("window/showMessage");
  CHECK(stored() > once);
}

TEST_CASE("every token of the settings moves, whatever stands around it") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false});
  auto entry = [&](const char* name) {
    return Json{{"displayName", name}, {"apiRootUrl", emulator->host()}, {"personalAccessToken", name}};
  };
  EditorSettings settings(daemon.editor(), "user");
  settings.set("databricks.connections", Json::array({7, entry("a"), nullptr, entry("b ö"), "x"}));
  daemon.initialize();
  daemon.editor().await("trowel/ui/setting", [](const Json& params) {
    return params.at("value").dump().find("personalAccessToken") == std::string::npos;
  });
  daemon.editor().await("window/showMessage", [](const Json& params) {
    return params.at("message").get<std::string>().find("'b ö'") != std::string::npos;
  });
  CHECK(settings.get("databricks.connections").size() == 5);
  CHECK(daemon.keyring().names().size() == 2);
}

TEST_CASE("in a folder that is not trusted nothing of its settings counts and nothing is sent") {
  auto emulator = start("ada@example.com");
  DaemonHarness daemon({.emulator = false, .initializationOptions = {{"trusted", false}}});
  EditorSettings settings(daemon.editor(), "folder");
  settings.set(
      "databricks.connections",
      Json::array(
          {{{"displayName", "trap"}, {"apiRootUrl", emulator->host()}, {"personalAccessToken", "dapi-of-trap"}}}));
  daemon.writeProfiles({profileOf("DEV", *emulator)});
  daemon.initialize();
  auto rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"];
  CHECK(rows.dump().find("trap") == std::string::npos);
  for (const char* command : {"test", "signIn", "activate", "add"}) {
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

TEST_CASE("of two connections with one name the one that is removed goes, and the other stays as it is") {
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "user");
  settings.set("trowel.connections", Json::array({{{"name", "x"}, {"host", "https://a.example"}},
                                                  {{"name", "x"}, {"host", "https://b.example"}, {"note", 1}},
                                                  {{"host", "https://c.example"}}}));
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object({{"action", "Remove"}}); });
  daemon.initialize();
  daemon.request("trowel/connection/status");  // the settings are there
  run(daemon, "trowel.connection.remove", "settings:x");
  CHECK(settings.get("trowel.connections") ==
        Json::array({{{"name", "x"}, {"host", "https://b.example"}, {"note", 1}}, {{"host", "https://c.example"}}}));
  run(daemon, "trowel.connection.remove", "settings:connection 2");
  CHECK(settings.get("trowel.connections") ==
        Json::array({{{"name", "x"}, {"host", "https://b.example"}, {"note", 1}}}));
}

TEST_CASE("a connection is added only with an address and a token that work, and removed with its token") {
  auto emulator = start("ada@example.com");
  std::vector<std::string> prompts;
  std::vector<Json> answers = {"http://example.com", emulator->host(), "shop", "dapi00000000000000000000000000000000",
                               emulator->token().reveal()};
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "user");
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
  CHECK(settings.get("trowel.connections") == Json::array({{{"name", "shop"}, {"host", emulator->host()}}}));
  CHECK(daemon.request("trowel/connection/status")["user"] == "ada@example.com");
  CHECK(daemon.keyring().names().size() == 1);

  run(daemon, "trowel.connection.remove", "settings:shop");
  CHECK(settings.get("trowel.connections").empty());
  CHECK(daemon.keyring().names().empty());
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
}

TEST_CASE("a setting that asks to verify no certificates is told, once, that nothing does so") {
  DaemonHarness daemon({.emulator = false});
  EditorSettings settings(daemon.editor(), "user");
  settings.set("http.proxyStrictSSL", false);
  daemon.initialize();
  auto message = daemon.editor().await("window/showMessage")["message"].get<std::string>();
  CHECK(message.find("http.proxyStrictSSL") != std::string::npos);
  daemon.editor().forget();
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  // The views are the last to hear of settings.
  daemon.editor().await("trowel/tree/changed",
                        [](const Json& params) { return params["view"] == std::string(view::kClusters); });
  CHECK(daemon.editor().heard("window/showMessage").empty());
}

}  // namespace trowel::test

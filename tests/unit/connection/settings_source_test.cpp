// SPDX-License-Identifier: Apache-2.0
#include "unit/connection/offer_fixture.hpp"

namespace trowel::connection {

namespace {

constexpr const char* kList = "databricks.connections";

}  // namespace

TEST_CASE("Power Tools' connections are read with all that they say") {
  OfferFixture f;
  f.environment = {{"WORK", "/srv"}};
  f.set(kList, "global", R"([
    {"displayName": "DEV", "apiRootUrl": "https://adb-1.2.azuredatabricks.net/?o=5", "personalAccessToken": "t",
     "localSyncFolder": "%WORK%/dev", "localSyncSubfolders": {"Workspace": "ws"}, "exportFormats": {"Python": ".py"}}])");
  f.set("databricks.connection.default.exportFormats", "global", R"({"Python": ".ipynb", "SQL": ".sql"})");
  f.set("databricks.connection.default.localSyncSubfolders", "default", R"({"DBFS": "never"})");
  auto offer = f.get("settings:DEV");
  CHECK(offer.problem.empty());
  CHECK(offer.host == "https://adb-1.2.azuredatabricks.net");
  CHECK(offer.config.get(auth::Attribute::WorkspaceId) == "5");
  CHECK(tokenOf(offer) == "t");
  CHECK(offer.config.sourceOf(auth::Attribute::Token) ==
        "the connection 'DEV' in the setting databricks.connections (user)");
  CHECK_FALSE(offer.tokenIsStored);
  REQUIRE(offer.tokenInSettings);
  CHECK(offer.tokenInSettings->setting == kList);
  CHECK(offer.tokenInSettings->scope == SettingScope::User);
  CHECK(offer.tokenInSettings->index == 0);
  CHECK(offer.localSyncFolder == "/srv/dev");
  CHECK(offer.localSyncSubfolders == std::map<std::string, std::string>{{"Workspace", "ws"}});
  CHECK(offer.exportFormats == std::map<std::string, std::string>{{"Python", ".py"}, {"SQL", ".sql"}});
}

TEST_CASE("the default connection is made of its settings, each with its own scope") {
  OfferFixture f;
  f.set("databricks.connection.default.displayName", "global", "\"main\"");
  f.set("databricks.connection.default.personalAccessToken", "global", "\"t\"");
  CHECK(f.ids().empty());
  f.set("databricks.connection.default.apiRootUrl", "workspace", "\"https://h.example\"");
  f.set("databricks.connection.default.localSyncFolder", "workspaceFolder", "\"~/sync\"");
  auto offer = f.get("settings:main");
  CHECK(offer.host == "https://h.example");
  CHECK(offer.localSyncFolder == "/home/me/sync");
  // The user's token was not meant for the host that a folder names.
  CHECK(tokenOf(offer).empty());
  CHECK_FALSE(offer.tokenInSettings);
  f.set("databricks.connection.default.apiRootUrl", "global", "\"https://h.example\"");
  offer = f.get("settings:main");
  CHECK(tokenOf(offer) == "t");
  REQUIRE(offer.tokenInSettings);
  CHECK(offer.tokenInSettings->setting == "databricks.connection.default.personalAccessToken");
  CHECK(offer.tokenInSettings->scope == SettingScope::User);
}

TEST_CASE("scopes are merged by name, and a token stays with its host") {
  struct Row {
    const char* name;
    const char* user;
    const char* workspace;
    const char* host;
    const char* token;
    bool stored;
  };
  for (const auto& row : {
           Row{"nothing narrower", R"({"apiRootUrl":"https://a.example","personalAccessToken":"t"})", "",
               "https://a.example", "t", false},
           Row{"a narrower value", R"({"apiRootUrl":"https://a.example","personalAccessToken":"t"})",
               R"({"personalAccessToken":"u"})", "https://a.example", "u", false},
           Row{"the same host", R"({"apiRootUrl":"https://a.example","personalAccessToken":"t"})",
               R"({"apiRootUrl":"A.example/"})", "https://a.example", "t", false},
           Row{"another host does not get the token", R"({"apiRootUrl":"https://a.example","personalAccessToken":"t"})",
               R"({"apiRootUrl":"https://b.example"})", "https://b.example", "", true},
           Row{"a token without a host", R"({"personalAccessToken":"t"})", R"({"apiRootUrl":"https://b.example"})",
               "https://b.example", "", true},
           Row{"a profile without a host", R"({"personalAccessTokenSecure":{"databricksCLIProfileName":"cli"}})",
               R"({"apiRootUrl":"https://b.example"})", "https://b.example", "", true},
           Row{"another host with its own token", R"({"apiRootUrl":"https://a.example","personalAccessToken":"t"})",
               R"({"apiRootUrl":"https://b.example","personalAccessToken":"u"})", "https://b.example", "u", false},
       }) {
    INFO(row.name);
    OfferFixture f;
    auto add = [&](const char* scope, const char* fields) {
      auto entry = core::Json::parse(fields);
      entry["displayName"] = "x";
      f.settings[kList][scope] = core::Json::array({entry});
    };
    add("global", row.user);
    if (*row.workspace) add("workspace", row.workspace);
    auto offer = f.get("settings:x");
    CHECK(offer.problem.empty());
    CHECK(offer.host == row.host);
    CHECK(tokenOf(offer) == row.token);
    CHECK(offer.tokenIsStored == row.stored);
    CHECK(f.gather().size() == 1);
  }
}

TEST_CASE("connections of all scopes are there together") {
  OfferFixture f;
  f.set(kList, "global", R"([{"displayName":"a","apiRootUrl":"https://a.example"}])");
  f.set(kList, "workspace", R"([{"displayName":"b","apiRootUrl":"https://b.example"}])");
  f.set(kList, "workspaceFolder",
        R"([{"displayName":"c","apiRootUrl":"https://c.example","personalAccessToken":"t"}])");
  CHECK(f.ids() == "settings:a settings:b settings:c");
  CHECK(f.get("settings:c").tokenInSettings->scope == SettingScope::Folder);
}

TEST_CASE("two connections with one name are a problem of both") {
  OfferFixture f;
  f.set(
      kList, "global",
      R"([{"displayName":"x","apiRootUrl":"https://a.example"},{"displayName":"x","apiRootUrl":"https://b.example"}])");
  f.set("trowel.connections", "workspace", R"([{"name":"x","host":"https://c.example"}])");
  CHECK(f.ids() == "settings:x settings:x#2 settings:x#3");
  for (const auto& offer : f.gather())
    CHECK(offer.problem ==
          "3 connections in the settings are called 'x', so it is open which one is meant. Rename all "
          "but one.");
}

TEST_CASE("a reference to a secret: a profile of the CLI, or what Trowel keeps itself") {
  OfferFixture f;
  f.configFile = "[cli]\nhost = https://a.example\ntoken = of-cli\n";
  f.set(kList, "global", R"([
    {"displayName":"cli","apiRootUrl":"https://a.example","personalAccessTokenSecure":{"databricksCLIProfileName":"cli"}},
    {"displayName":"other","apiRootUrl":"https://b.example","personalAccessTokenSecure":{"databricksCLIProfileName":"cli"}},
    {"displayName":"gone","apiRootUrl":"https://b.example","personalAccessTokenSecure":{"databricksCLIProfileName":"x"}},
    {"displayName":"kept","apiRootUrl":"https://c.example","personalAccessTokenSecure":{"keyTarSettingName":"k"}},
    {"displayName":"kept2","apiRootUrl":"https://c.example","personalAccessTokenSecure":{"keyChainSettingName":"k"}},
    {"displayName":"bare","apiRootUrl":"https://d.example"},
    {"displayName":"azure","apiRootUrl":"https://adb-1.2.azuredatabricks.net","azureResourceId":"/subscriptions/s"}])");
  CHECK(tokenOf(f.get("settings:cli")) == "of-cli");
  CHECK_FALSE(f.get("settings:cli").tokenIsStored);
  CHECK(f.get("settings:other")
            .problem.starts_with("The host is https://b.example by the connection 'other' in the "
                                 "setting databricks.connections (user), but the profile cli "
                                 "(~/.databrickscfg:2) is for https://a.example"));
  CHECK(f.get("settings:gone").problem.starts_with("There is no profile [x]"));
  for (const char* id : {"settings:kept", "settings:kept2", "settings:bare"}) {
    INFO(id);
    CHECK(f.get(id).tokenIsStored);
    CHECK(f.get(id).problem.empty());
  }
  CHECK_FALSE(f.get("settings:azure").tokenIsStored);
  CHECK(f.get("settings:azure").cloud == auth::Cloud::Azure);
}

TEST_CASE("whoever wants tokens in settings keeps them there") {
  OfferFixture f;
  f.set(kList, "global", R"([{"displayName":"x","apiRootUrl":"https://a.example","personalAccessToken":"t"}])");
  f.set("databricks.sensitiveValueStore", "global", "\"VSCodeSettings\"");
  CHECK_FALSE(f.get("settings:x").tokenInSettings);
  CHECK(tokenOf(f.get("settings:x")) == "t");
}

TEST_CASE("the environment does not mix into a connection of the settings") {
  OfferFixture f;
  f.environment = {{"DATABRICKS_TOKEN", "e"}, {"DATABRICKS_CLIENT_ID", "e"}};
  f.set("trowel.connections", "global", R"([{"name":"x","host":"https://a.example"}])");
  CHECK(tokenOf(f.get("settings:x")).empty());
  CHECK(f.get("settings:x").tokenIsStored);
}

TEST_CASE("Trowel's own connections: by token, by profile, by a way of signing in") {
  OfferFixture f;
  f.configFile = "[p]\nhost = https://p.example\nauth_type = databricks-cli\ncluster_id = of-profile\n";
  f.set("trowel.connections", "global", R"([
    {"name":"a","host":"https://a.example","clusterId":"c","warehouseId":"w"},
    {"name":"b","profile":"p"},
    {"name":"c","host":"https://c.example","authType":"databricks-cli"},
    {"name":"d"},
    {"host":"https://e.example"}])");
  CHECK(f.get("settings:a").tokenIsStored);
  CHECK(f.get("settings:a").clusterId == "c");
  CHECK(f.get("settings:a").warehouseId == "w");
  CHECK(f.get("settings:b").host == "https://p.example");
  CHECK(f.get("settings:b").clusterId == "of-profile");
  CHECK_FALSE(f.get("settings:b").tokenIsStored);
  CHECK_FALSE(f.get("settings:c").tokenIsStored);
  CHECK(f.get("settings:d").problem ==
        "The connection 'd' in the setting trowel.connections (user) has no host. Add it.");
  CHECK(f.get("settings:connection 5").problem ==
        "Entry 5 of the setting trowel.connections (user) has no name. Give it one.");
}

TEST_CASE("the folder for files is the named one, or one of the connection's name") {
  OfferFixture f;
  f.set("trowel.connections", "global", R"([
    {"name":"a","host":"https://a.example"},
    {"name":"x/../y","host":"https://a.example"},
    {"name":"..","host":"https://a.example"},
    {"name":"win","host":"https://a.example","localSyncFolder":"C:\\sync"}])");
  CHECK(f.get("settings:a").localSyncFolder == "/home/me/Databricks-VSCode/a");
  CHECK(f.get("settings:x/../y").localSyncFolder == "/home/me/Databricks-VSCode/x_.._y");
  CHECK(f.get("settings:..").localSyncFolder == "/home/me/Databricks-VSCode/_");
  auto windows = f.get("settings:win");
  CHECK(windows.localSyncFolder.empty());
  CHECK(windows.problem.empty());
  CHECK(windows.syncFolderProblem ==
        "The localSyncFolder of 'win' cannot be used. 'C:\\sync' is a path of Windows, and "
        "this is not. Write one that begins with / or ~.");
}

}  // namespace trowel::connection

// SPDX-License-Identifier: Apache-2.0
#include "app/folder_connection.hpp"

#include <filesystem>
#include <map>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "trowel/connection/project_store.hpp"

namespace trowel::app {
namespace {

http::Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST_CASE("a shell command takes the connection of the flag, the environment, the folder, the configuration file") {
  const FolderWord chosen{.id = "settings:shop", .folder = "/shop", .chosen = true};
  const FolderWord proposed{.id = "profile:TEAM", .folder = "/shop"};
  const std::string ofDefault = "[DEFAULT]\nhost = h\n[A]\nhost = a\n";
  const std::string named = ofDefault + "[__settings__]\ndefault_profile = A\n";
  const std::map<std::string, std::string> host{{"DATABRICKS_HOST", "h"}};
  struct Row {
    std::string profile;
    std::map<std::string, std::string> environment;
    FolderWord word;
    std::string file;
    const char* id;
    const char* why;
  };
  for (const auto& row : {
           Row{"DEV", host, chosen, named, "profile:DEV", ""},
           Row{"", host, chosen, named, "environment", "Uses the connection of the environment (DATABRICKS_HOST)."},
           Row{"",
               {{"DATABRICKS_CONFIG_PROFILE", "A"}},
               chosen,
               named,
               "environment",
               "Uses the connection of the environment (DATABRICKS_CONFIG_PROFILE)."},
           Row{"",
               {{"DATABRICKS_AZURE_RESOURCE_ID", "/r"}},
               {},
               "",
               "environment",
               "Uses the connection of the environment (DATABRICKS_AZURE_RESOURCE_ID)."},
           Row{"",
               {{"DATABRICKS_HOST", ""}, {"DATABRICKS_TOKEN", "t"}},
               chosen,
               named,
               "settings:shop",
               "Uses settings:shop, which was chosen for /shop in the editor."},
           Row{"", {}, proposed, named, "profile:TEAM", "Uses profile:TEAM, as the settings of /shop say."},
           Row{"", {}, {}, named, "profile:A", "Uses the default profile A of ~/.databrickscfg."},
           Row{"", {}, {}, ofDefault, "profile:DEFAULT", "Uses the profile DEFAULT of ~/.databrickscfg."},
           Row{"", {}, {}, "[DEFAULT\n", "profile:DEFAULT", "Uses the profile DEFAULT of ~/.databrickscfg."},
           Row{"", {}, {}, "[DEFAULT]\n[A]\nhost = a\n", "", ""},
           Row{"", {}, {}, "", "", ""},
       }) {
    INFO(row.id << " " << row.why);
    auto found = chooseConnection(row.profile, variables(row.environment), row.word,
                                  auth::ConfigFile(row.file, "~/.databrickscfg"));
    CHECK(found.id == row.id);
    CHECK(found.why == row.why);
  }
  // The connection says what is wrong with the file.
  auto unreadable = auth::ConfigFile::unreadable("It is a folder.", "~/.databrickscfg");
  CHECK(chooseConnection("", {}, {}, unreadable).id == "profile:DEFAULT");
}

TEST_CASE("a folder without a word of its own has that of the nearest folder around it") {
  test::TempDir home;
  DaemonOptions system;
  system.stateFolder = home / "state";
  system.home = home.path();
  system.configFile = home / "databrickscfg";
  const auto project = home / "shop";
  home.write("shop/etl/deep/main.py", "");
  home.write("shop/.vscode/settings.json", "{ // the team's\n \"trowel.connection\": \"profile:TEAM\" }");
  CHECK(connectionOf(project + "/etl/deep", "", system).why ==
        "Uses profile:TEAM, as the settings of " + project + " say.");
  const connection::ProjectStore store(home / "state/projects");
  auto choose = [&](const std::string& folder, const connection::Chosen& chosen) {
    REQUIRE(store.update(folder, core::systemClock(), {},
                         [&](connection::ProjectChoice& choice) { choice.connection = chosen; }));
  };
  choose(project, {"profile:OWN", "profile:TEAM"});
  CHECK(connectionOf(project + "/etl/deep", "", system).why ==
        "Uses profile:OWN, which was chosen for " + project + " in the editor.");
  choose(project + "/etl", {"demo", ""});
  CHECK(connectionOf(project + "/etl/deep", "", system).id == "demo");
  CHECK(connectionOf(project, "", system).id == "profile:OWN");
  // The setting has changed since the choice.
  home.write("shop/.vscode/settings.json", R"({"trowel.connection": "profile:NEW"})");
  CHECK(connectionOf(project, "", system).id == "profile:NEW");
  CHECK(connectionOf(home.path(), "", system).id.empty());
}

TEST_CASE("settings of a folder around it that everybody may write to do not count") {
  test::TempDir home;
  DaemonOptions system;
  system.stateFolder = home / "state";
  system.configFile = home / "databrickscfg";
  home.write("open/shop/main.py", "");
  home.write("open/.vscode/settings.json", R"({"trowel.connection": "profile:PLANTED"})");
  const auto open = home / "open";
  CHECK(connectionOf(open + "/shop", "", system).id == "profile:PLANTED");
  std::filesystem::permissions(open, std::filesystem::perms::all);
  CHECK(connectionOf(open + "/shop", "", system).id.empty());
  CHECK(connectionOf(open, "", system).id == "profile:PLANTED");  // who asks for a folder means it
}

TEST_CASE("whoever cannot be connected in a shell hears how to name a connection there") {
  CHECK(adviceFor({.id = "profile:X"}) ==
        "Name a profile with --profile, or set DATABRICKS_CONFIG_PROFILE or DATABRICKS_HOST.");
  CHECK(adviceFor({.id = "settings:shop"})
            .starts_with("A shell knows the settings of the folder, but not those of the editor. Name"));
}

}  // namespace
}  // namespace trowel::app

// SPDX-License-Identifier: Apache-2.0
#include "unit/connection/offer_fixture.hpp"

namespace trowel::connection {

TEST_CASE("profiles are offered as the CLI writes them") {
  OfferFixture f;
  f.configFile =
      "\xEF\xBB\xBF; a comment\r\n"
      "[DEFAULT]\r\n"
      "\r\n"
      "[dev]\r\n"
      "host  = https://ADB-1.2.azuredatabricks.net:443/\r\n"
      "token = dapi-secret = with an equals sign\r\n"
      "cluster_id = c\r\n"
      "warehouse_id = w\r\n"
      "[prod eu]\n"
      "HOST=https://x.cloud.databricks.com\n"
      "[serverless]\n"
      "host = https://y.cloud.databricks.com\n"
      "serverless_compute_id = auto\n"
      "[__settings__]\n"
      "default_profile = dev\n";
  CHECK(f.ids() == "profile:dev profile:prod eu profile:serverless");
  auto dev = f.get("profile:dev");
  CHECK(dev.source == Source::Profile);
  CHECK(dev.host == "https://adb-1.2.azuredatabricks.net");
  CHECK(tokenOf(dev) == "dapi-secret = with an equals sign");
  CHECK(dev.config.sourceOf(auth::Attribute::Token) == "the profile dev in ~/.databrickscfg:6");
  CHECK(dev.clusterId == "c");
  CHECK(dev.warehouseId == "w");
  CHECK(dev.localSyncFolder == "/home/me/Databricks-VSCode/dev");
  CHECK(f.get("profile:serverless").serverless);
}

TEST_CASE("Power Tools' extra keys in a profile") {
  OfferFixture f;
  f.configFile =
      "[a]\nhost = https://a.example\nlocalSyncFolder = ~/sync ; here\n"
      "localSyncSubFolders = {\"Workspace\": \"ws\", \"Jobs\": 7}\nexportFormats = {\"Python\": \".py\"}\n"
      "[b]\nhost = https://b.example\nlocalSyncSubfolders = {\"DBFS\": \"d\"}\n"
      "[c]\nhost = https://c.example\nexportFormats = .py\n";
  f.set("databricks.connection.default.exportFormats", "workspace", R"({"Python": ".ipynb"})");
  auto a = f.get("profile:a");
  CHECK(a.localSyncFolder == "/home/me/sync");
  CHECK(a.localSyncSubfolders == std::map<std::string, std::string>{{"Workspace", "ws"}});
  CHECK(a.exportFormats == std::map<std::string, std::string>{{"Python", ".py"}});
  auto b = f.get("profile:b");
  CHECK(b.localSyncSubfolders == std::map<std::string, std::string>{{"DBFS", "d"}});
  CHECK(b.exportFormats == std::map<std::string, std::string>{{"Python", ".ipynb"}});
  auto c = f.get("profile:c");
  CHECK(c.problem.empty());
  REQUIRE(c.notes.size() == 1);
  CHECK(c.notes[0] ==
        "~/.databrickscfg:11: exportFormats is passed over, for it is no JSON object in one line, like "
        "{\"Python\": \".py\"}.");
}

TEST_CASE("what is wrong with a profile is said with its line, and the others stay usable") {
  struct Row {
    const char* text;
    const char* problem;
  };
  for (const auto& row : {
           Row{"\n[a]\ntoken = t\n",
               "The profile [a] (~/.databrickscfg:2) has no host. Add a line 'host = https://…'."},
           Row{"[a]\nhost = h.example\n\nwhat\n", "~/.databrickscfg:4 cannot be understood"},
           Row{"[a\nhost = h.example\n", "~/.databrickscfg:1 begins a profile, but its ']' is missing."},
           Row{"[a]\nhost = h.example\n[a]\ntoken = t\n",
               "The profile [a] stands twice in ~/.databrickscfg, in lines 1 and 3. Remove one."},
           Row{"[a]\nhost = h.example\ntoken = t\nclient_id = i\n",
               "More than one way of signing in is configured: oauth and pat."},
           Row{"[a]\nhost = http://h.example\n",
               "The host from the profile a in ~/.databrickscfg:2 cannot be used. The address of the workspace begins "
               "with http://"},
           Row{"[a]\nhost = ftp://h.example\n", "The host from the profile a in ~/.databrickscfg:2 cannot be used."},
           Row{"[a]\nhost = https://1.gcp.databricks.com\ngoogle_credentials = x\n",
               "This signs in with a Google service account"},
       }) {
    INFO(row.text);
    OfferFixture f;
    f.configFile = std::string(row.text) + "[good]\nhost = https://g.example\n";
    INFO(f.get("profile:a").problem);
    CHECK(f.get("profile:a").problem.starts_with(row.problem));
    CHECK(f.get("profile:good").problem.empty());
    CHECK(f.gather().size() == 2);
  }
}

TEST_CASE("a configuration file that cannot be read stands for its profiles, and no other source goes with it") {
  core::Json settings = core::Json::parse(R"({"trowel.connections": {"global": [
      {"name": "shop", "host": "https://shop.example"}, {"name": "by profile", "profile": "dev"}]}})");
  const std::string problem = "You may not read ~/.databrickscfg. Make it yours.";
  auto offers =
      gatherOffers({.settings = settings,
                    .configFile = auth::ConfigFile::unreadable(problem, "~/.databrickscfg"),
                    .environment =
                        [](const std::string& name) {
                          return name == "DATABRICKS_HOST" ? std::optional<std::string>("e.example") : std::nullopt;
                        },
                    .home = "/home/me"});
  std::string outline;
  for (const auto& offer : offers) outline += offer.id + (offer.problem.empty() ? "" : "!") + " ";
  CHECK(outline == "settings:shop settings:by profile! profile:! environment demo ");
  CHECK(offers[1].problem.starts_with(problem));
  CHECK(offers[2].name == "~/.databrickscfg");
  CHECK(offers[2].problem == problem);
}

TEST_CASE("the environment is a connection where it names a host or a profile") {
  OfferFixture f;
  f.configFile = "[dev]\nhost = https://dev.example\ntoken = of-dev\n";
  f.environment = {{"DATABRICKS_TOKEN", "t"}};
  CHECK(f.ids() == "profile:dev");
  f.environment = {{"DATABRICKS_HOST", "e.example"}, {"DATABRICKS_TOKEN", "t"}, {"DATABRICKS_CLUSTER_ID", "c"}};
  auto offer = f.get("environment");
  CHECK(offer.host == "https://e.example");
  CHECK(tokenOf(offer) == "t");
  CHECK(offer.clusterId == "c");
  // Meant for its own host, so no other connection gets it.
  CHECK(tokenOf(f.get("profile:dev")) == "of-dev");
  f.environment = {{"DATABRICKS_CONFIG_PROFILE", "dev"}};
  CHECK(f.get("environment").host == "https://dev.example");
  f.environment = {{"DATABRICKS_CONFIG_PROFILE", "gone"}};
  CHECK(
      f.get("environment").problem.starts_with("There is no profile [gone] (the variable DATABRICKS_CONFIG_PROFILE)"));
}

}  // namespace trowel::connection

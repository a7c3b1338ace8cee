// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include "unit/connection/offer_fixture.hpp"

namespace trowel::connection {

namespace {

OfferFixture everything() {
  OfferFixture f;
  f.set("databricks.connections", "global", R"([{"displayName":"pt","apiRootUrl":"https://pt.example"}])");
  f.set("trowel.connections", "global", R"([{"name":"own","host":"https://own.example"}])");
  f.configFile = "[dev]\nhost = https://dev.example\n";
  f.environment = {{"DATABRICKS_HOST", "https://env.example"}};
  f.project.bundle = {{"databricks.yml", "workspace:\n  host: https://bundle.example\n"}};
  f.azure = {{.name = "ws",
              .resourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/ws",
              .host = "https://adb-1.2.azuredatabricks.net"}};
  return f;
}

constexpr const char* kAzureId = "azure:/subscriptions/s/resourcegroups/g/providers/microsoft.databricks/workspaces/ws";

}  // namespace

TEST_CASE("the setting connectionManager chooses the sources") {
  const std::string all = "project:default settings:pt settings:own profile:dev environment " + std::string(kAzureId);
  struct Row {
    const char* ours;
    const char* theirs;
    std::string ids;
  };
  for (const auto& row : {
           Row{"", "", all},
           Row{"Default", "", all},
           Row{"Default", "Default", all},
           Row{"no such manager", "", all},
           Row{"VSCode Settings", "", "settings:pt settings:own"},
           Row{"Databricks CLI Profiles", "", "profile:dev"},
           Row{"Azure", "", kAzureId},
           Row{"Databricks Extension", "", "project:default"},
           Row{"Manual", "", "settings:own"},
           Row{"Environment", "", "environment"},
           Row{"", "Environment", "environment"},
           Row{"Default", "Environment", "environment"},
           Row{"Environment", "Azure", "environment"},
       }) {
    INFO(row.ours << " / " << row.theirs);
    auto f = everything();
    if (*row.ours) f.settings["trowel.connectionManager"]["workspace"] = row.ours;
    f.settings["databricks.connectionManager"]["default"] = "Manual";
    if (*row.theirs) f.settings["databricks.connectionManager"]["global"] = row.theirs;
    CHECK(f.ids() == row.ids);
  }
}

TEST_CASE("without anything there is the demo") {
  OfferFixture f;
  CHECK(f.ids().empty());
  f.settings = core::Json();
  CHECK(f.ids().empty());
  for (const char* odd : {"7", "\"x\"", "{\"name\":\"x\"}", "[7, {}, null, \"x\"]"}) {
    INFO(odd);
    f.settings = core::Json::object();
    for (const char* setting : {"trowel.connections", "databricks.connections", "databricks.azure.workspaces",
                                "databricks.azure.subscriptionIds"})
      f.set(setting, "global", odd);
    CHECK(f.ids().empty());
  }
}

TEST_CASE("every host tells its cloud") {
  auto f = everything();
  CHECK(f.get(kAzureId).cloud == auth::Cloud::Azure);
  CHECK(f.get("profile:dev").cloud == auth::Cloud::Aws);
  f.configFile = "[g]\nhost = https://1.2.gcp.databricks.com\n";
  CHECK(f.get("profile:g").cloud == auth::Cloud::Gcp);
}

TEST_CASE("a host that holds more than an address is a problem and is never shown") {
  for (std::string host : {"https://me:s3cret@example.com", "s3cret", "http://s3cret.example.com"}) {
    OfferFixture f;
    f.configFile = "[p]\ntoken = t\nhost = " + host + "\n";
    f.settings["trowel.connections"]["global"] = {{{"name", "s"}, {"host", host}}};
    for (const char* id : {"profile:p", "settings:s"}) {
      auto offer = f.get(id);
      INFO(host << " " << offer.problem);
      CHECK(offer.host.empty());
      CHECK(offer.problem.find("cannot be used") != std::string::npos);
      CHECK(offer.problem.find("s3cret") == std::string::npos);
    }
  }
  OfferFixture f;
  f.configFile = "[p]\nhost = https://example.com/?token=s3cret\n";
  CHECK(f.get("profile:p").host == "https://example.com");
}

TEST_CASE("an account console is no workspace") {
  OfferFixture f;
  f.configFile = "[acc]\nhost = https://accounts.cloud.databricks.com\naccount_id = a\n";
  CHECK(f.get("profile:acc").problem ==
        "'acc' is an account console (https://accounts.cloud.databricks.com), not a workspace. Use the address of a "
        "workspace.");
}

}  // namespace trowel::connection

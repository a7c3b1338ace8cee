// SPDX-License-Identifier: Apache-2.0
// The search for workspaces of Azure against the emulator's Resource Manager, with a token of its managed identity; and
// which of the editor's accounts is asked for, and what is said where none can be.
#include <nlohmann/json.hpp>

#include "support/connecting.hpp"
#include "support/editor_settings.hpp"
#include "support/emulator_workspace.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "trowel/connection/azure_workspace.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

using namespace trowel;

namespace {

core::Result<core::SecretString> managementToken(test::EmulatorWorkspace& workspace, const core::CancelToken& cancel) {
  http::HttpRequest request{.method = "GET",
                            .origin = workspace.emulator->host(),
                            .target = "/standins/imds/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                                      core::percentEncode(auth::azureClouds().front().armResource)};
  request.headers = {{"Metadata", "true"}};
  auto response = TROWEL_TRY(workspace.http.send(request, {.cancel = cancel}));
  return core::SecretString(core::stringAt(TROWEL_TRY(core::parseJson(response.body)), "access_token"));
}

}  // namespace

TEST_CASE("the emulator's workspaces of Azure are found, whether its lists come whole or in pages") {
  for (std::size_t pageCap : {0U, 1U}) {
    INFO(pageCap);
    test::EmulatorWorkspace workspace({.pageCap = pageCap});
    connection::AzureQuery query;
    query.arm = workspace.emulator->host() + "/standins/arm";
    query.token = [&](const std::string&, const core::CancelToken& cancel) {
      return managementToken(workspace, cancel);
    };
    auto found = connection::findAzureWorkspaces(query, workspace.http, core::systemClock(), {});
    if (!found) FAIL(found.error().message);
    REQUIRE(found->found.size() == 2);
    // Azure names hosts without a scheme.
    CHECK(found->found[0].host == core::replaceAll(workspace.emulator->host(), "http://", "https://"));
    CHECK(found->found[1].host == "https://adb-5206439413157315.15.azuredatabricks.net");
    REQUIRE(found->notes.size() == 1);
    CHECK(found->notes[0].starts_with("The workspace broken of the subscription Emulated is left out"));
  }
}

TEST_CASE("a token that Azure does not know finds nothing, and the reason is Azure's") {
  test::EmulatorWorkspace workspace;
  connection::AzureQuery query;
  query.arm = workspace.emulator->host() + "/standins/arm";
  query.token = [](const std::string&, const core::CancelToken&) { return core::SecretString("nonsense"); };
  auto found = connection::findAzureWorkspaces(query, workspace.http, core::systemClock(), {});
  REQUIRE_FALSE(found);
  CHECK(found.error().code == core::ErrorCode::Unauthenticated);
  CHECK(found.error().message == "Azure does not list the subscriptions: The access token is invalid.");
}

TEST_CASE("workspaces of a sovereign cloud are listed with the editor's account of that cloud") {
  test::EmulatorWorkspace workspace;
  const auto token = managementToken(workspace, {}).value().reveal();
  std::vector<core::Json> asked;
  std::vector<core::Json> picks;
  bool signsIn = true;
  test::DaemonHarness daemon(
      {.emulator = false, .variables = {{"ARM_ENDPOINT", workspace.emulator->host() + "/standins/arm"}}});
  test::EditorSettings settings(daemon.editor(), "user");
  settings.set("databricks.connectionManager", "Azure");
  settings.set("microsoft-sovereign-cloud.environment", "ChinaCloud");
  daemon.editor().on("trowel/ui/microsoftSession", [&](const core::Json& params) {
    asked.push_back(params);
    return params.at("ask").get<bool>() ? core::Json::object({{"token", token}}) : core::Json::object();
  });
  daemon.editor().on("trowel/ui/pick", [&](const core::Json& params) {
    picks.push_back(params);
    return std::exchange(signsIn, false) ? core::Json::object({{"ids", core::Json::array({"azure"})}})
                                         : core::Json::object();
  });
  daemon.initialize();
  daemon.editor().await("trowel/ui/microsoftSession");  // of the look at the start, which asks nobody
  test::run(daemon, "trowel.connection.select", "");
  REQUIRE(picks.size() == 2);
  CHECK(picks[0].dump().find("Sign in to Azure") != std::string::npos);
  CHECK(picks[1].dump().find("analytics") != std::string::npos);
  for (const auto& params : asked) {
    CHECK(params.at("sovereign") == true);
    CHECK(params.at("scopes") == core::Json::array({"https://management.core.chinacloudapi.cn//.default"}));
  }
  CHECK(asked.back().at("tenant").is_string());
  auto told = daemon.editor().await("window/showMessage");
  CHECK(
      told["message"].get<std::string>().starts_with("The workspace broken of the subscription Emulated is left out"));
}

TEST_CASE("an account of another cloud than the workspace's is not asked for") {
  test::DaemonHarness daemon({.emulator = false});
  test::EditorSettings settings(daemon.editor(), "user");
  REQUIRE(os::replaceFile(daemon.home() + "/databrickscfg",
                          "[GOV]\nhost = https://adb-1.2.databricks.azure.us\nauth_type = vscode-microsoft\n"
                          "azure_tenant_id = t\n"));
  const bool other = GENERATE(true, false);
  if (other) settings.set("microsoft-sovereign-cloud.environment", "ChinaCloud");
  daemon.initialize();
  auto failed = daemon.failure("trowel/connection/select", {{"id", "profile:GOV"}});
  CHECK(failed["message"] ==
        "The editor signs in to this cloud of Azure only where its setting microsoft-sovereign-cloud.environment is "
        "USGovernment. Set that, then sign in with 'Trowel: Sign In…'.");
  CHECK(daemon.editor().heard("trowel/ui/microsoftSession").empty());
}

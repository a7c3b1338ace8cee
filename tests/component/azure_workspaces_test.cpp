// SPDX-License-Identifier: Apache-2.0
// The search for workspaces of Azure against the emulator's Resource Manager, with a token of its managed identity.
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "trowel/connection/azure_workspace.hpp"
#include "trowel/core/text.hpp"

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
    auto found = connection::findAzureWorkspaces(query, workspace.http, {});
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
  auto found = connection::findAzureWorkspaces(query, workspace.http, {});
  REQUIRE_FALSE(found);
  CHECK(found.error().code == core::ErrorCode::Unauthenticated);
  CHECK(found.error().message == "Azure does not list the subscriptions: The access token is invalid.");
}

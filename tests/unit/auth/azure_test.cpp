// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <cstdlib>

#include "auth/strategies/azure_cli.hpp"
#include "auth_fixture.hpp"

using namespace trowel;
using namespace trowel::auth;
using core::ErrorCode;

namespace {

constexpr const char* kHost = "https://adb-1.2.azuredatabricks.net";
constexpr const char* kResource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w";
constexpr const char* kApplication = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

struct Fixture : test::AuthFixture {
  Fixture() { set(Attribute::Host, kHost); }

  core::Result<http::Authorization> authorize(const std::string& authType) {
    set(Attribute::AuthType, authType);
    auto made = TROWEL_TRY(signIn());
    headers = made.headers;
    host = made.host;
    return made.credentials->authorize({});
  }
  void expectTenant() {
    http.on("GET", "/aad/auth")
        .reply(302, "", {{"Location", "https://login.microsoftonline.com/ten-ant/oauth2/authorize?client_id=x"}});
  }
  test::ScriptedHttp::Exchange& onEntra(const std::string& resource) {
    return http.on("POST", "/ten-ant/oauth2/token")
        .withBody("grant_type=client_credentials&client_id=app&client_secret=s%2Fecret&resource=" + resource);
  }
  // An `az` in PATH that is this script.
  void installAz(const std::string& script) {
    home.write("bin/az", "#!/bin/sh\n" + script);
    ::chmod((home / "bin/az").c_str(), 0755);
    ::setenv("PATH", (home / "bin" + ":/usr/bin:/bin").c_str(), 1);
  }
  ~Fixture() { ::setenv("PATH", path.c_str(), 1); }

  std::string path = std::getenv("PATH");
  http::Headers headers;
  std::string host;
};

constexpr const char* kTokenBody = R"({"access_token":"t","token_type":"Bearer","expires_in":"3599"})";

}  // namespace

TEST_CASE_METHOD(Fixture, "a service principal of Entra ID gets its token for the workspace's application") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  expectTenant();
  onEntra(kApplication).reply(200, kTokenBody);
  auto authorization = authorize("azure-client-secret");
  REQUIRE(authorization);
  CHECK(authorization->value.reveal() == "Bearer t");
  CHECK(authorization->more.empty());
  CHECK(headers.empty());
  CHECK(http.requests().back().origin == "https://login.microsoftonline.com");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "whom only Azure knows comes with the resource id and a token of Azure's management") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  set(Attribute::AzureTenantId, "ten-ant");
  set(Attribute::AzureWorkspaceResourceId, kResource);
  onEntra(kApplication).reply(200, kTokenBody);
  onEntra("https%3A%2F%2Fmanagement.core.windows.net%2F").reply(200, R"({"access_token":"m","expires_in":3600})");
  auto authorization = authorize("azure-client-secret");
  REQUIRE(authorization);
  REQUIRE(authorization->more.size() == 1);
  CHECK(authorization->more[0].first == "X-Databricks-Azure-SP-Management-Token");
  CHECK(authorization->more[0].second.reveal() == "m");
  CHECK(headers == http::Headers{{"X-Databricks-Azure-Workspace-Resource-Id", kResource}});
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a workspace that is named by its resource id alone is found") {
  config.set(Attribute::Host, "", "");
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  set(Attribute::AzureTenantId, "ten-ant");
  set(Attribute::AzureWorkspaceResourceId, kResource);
  onEntra("https%3A%2F%2Fmanagement.core.windows.net%2F").reply(200, R"({"access_token":"arm","expires_in":3600})");
  http.on("GET", std::string(kResource) + "?api-version=2018-04-01")
      .reply(200, R"({"properties":{"workspaceUrl":"adb-7.8.azuredatabricks.net"}})");
  onEntra(kApplication).reply(200, kTokenBody);
  onEntra("https%3A%2F%2Fmanagement.core.windows.net%2F").reply(200, R"({"access_token":"m","expires_in":3600})");
  REQUIRE(authorize("azure-client-secret"));
  CHECK(host == "https://adb-7.8.azuredatabricks.net");
  CHECK(http.requests().at(1).origin == "https://management.azure.com");
  CHECK(http.requests().at(1).authorization.reveal() == "Bearer arm");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a wrong secret is told in Entra's words") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  set(Attribute::AzureTenantId, "ten-ant");
  onEntra(kApplication)
      .reply(401, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."})");
  CHECK(authorize("azure-client-secret").error().message ==
        "Entra ID at https://login.microsoftonline.com refused: AADSTS7000215: Invalid client secret provided.");
}

TEST_CASE_METHOD(Fixture, "sovereign clouds and stand-ins have addresses of their own") {
  auto [environment, authority, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"", "", "https://login.microsoftonline.com/ten-ant/oauth2/token"},
      {"USGOVERNMENT", "", "https://login.microsoftonline.us/ten-ant/oauth2/token"},
      {"CHINA", "", "https://login.chinacloudapi.cn/ten-ant/oauth2/token"},
      {"", "http://127.0.0.1:9/standins/azuread/", "http://127.0.0.1:9/standins/azuread/ten-ant/oauth2/token"},
  }));
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  set(Attribute::AzureTenantId, "ten-ant");
  set(Attribute::AzureEnvironment, environment);
  if (!authority.empty()) variables["AZURE_AUTHORITY_HOST"] = authority;
  static_cast<void>(authorize("azure-client-secret"));
  REQUIRE(http.requests().size() == 1);
  CHECK(http.requests()[0].origin + http.requests()[0].target == expected);
}

TEST_CASE_METHOD(Fixture, "Entra's address is no place for secrets in the clear") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret");
  set(Attribute::AzureTenantId, "ten-ant");
  variables["AZURE_AUTHORITY_HOST"] = "http://login.example.com";
  CHECK(authorize("azure-client-secret").error().message ==
        "The variable AZURE_AUTHORITY_HOST is an http address, over which secrets would travel in the clear. Use "
        "https.");
  variables.clear();
  set(Attribute::AzureEnvironment, "MARS");
  CHECK(authorize("azure-client-secret").error().message ==
        "azure_environment (the test) must be PUBLIC, USGOVERNMENT or CHINA.");
  set(Attribute::AzureEnvironment, "");
  set(Attribute::AzureTenantId, "../evil");
  CHECK(authorize("azure-client-secret").error().message == "The azure_tenant_id must be a tenant's id or domain.");
  CHECK(http.requests().empty());
}

TEST_CASE_METHOD(Fixture, "a virtual machine's own identity needs no secret") {
  set(Attribute::AzureUseMsi, "true");
  set(Attribute::AzureClientId, "app");
  http.on("GET", "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" + std::string(kApplication) +
                     "&client_id=app")
      .reply(200, R"({"access_token":"t","expires_on":"1893456000"})");
  CHECK(authorize("azure-msi")->value.reveal() == "Bearer t");
  CHECK(http.requests()[0].origin == "http://169.254.169.254");
  CHECK(http.requests()[0].headers == http::Headers{{"Metadata", "true"}});
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a job of GitHub proves to Entra who it is") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureTenantId, "ten-ant");
  set(Attribute::ActionsIdTokenRequestUrl, "https://gh.example.com/token");
  set(Attribute::ActionsIdTokenRequestToken, "gh");
  http.on("GET", "/token?audience=api%3A%2F%2FAzureADTokenExchange").reply(200, R"({"value":"jwt"})");
  http.on("POST", "/ten-ant/oauth2/token")
      .withBody(
          "grant_type=client_credentials&client_id=app&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
          "client-assertion-type%3Ajwt-bearer&client_assertion=jwt&resource=" +
          std::string(kApplication))
      .reply(200, kTokenBody);
  CHECK(authorize("github-oidc-azure")->value.reveal() == "Bearer t");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "the editor's Microsoft account is asked only where the user chose it") {
  std::vector<std::string> asked;
  Outside editor{.http = http,
                 .clock = clock,
                 .keyring = keyring,
                 .environment = outside.environment,
                 .home = outside.home,
                 .microsoft = [&](const MicrosoftScope& wanted, const core::CancelToken&) -> core::Result<AccessToken> {
                   asked.push_back(std::string(wanted.cloud.environment) + " " + wanted.tenant + " " + wanted.scope +
                                   (wanted.mayAsk ? " ask" : ""));
                   return AccessToken{.value = core::SecretString("t")};
                 }};
  set(Attribute::AzureTenantId, "ten-ant");
  set(Attribute::AuthType, "vscode-microsoft");
  auto made = auth::signIn(config, editor, {});
  REQUIRE(made);
  CHECK(made->credentials->authorize({})->value.reveal() == "Bearer t");
  CHECK(asked == std::vector<std::string>{"PUBLIC ten-ant " + std::string(kApplication) + "/.default ask"});

  // Its account is one of the host's cloud, or of the one that is configured.
  asked.clear();
  set(Attribute::Host, "https://adb-1.2.databricks.azure.us");
  REQUIRE(auth::signIn(config, editor, {}));
  set(Attribute::Host, "https://adb-1.2.azuredatabricks.net");
  set(Attribute::AzureEnvironment, "China");
  REQUIRE(auth::signIn(config, editor, {}));
  CHECK(asked.at(0).starts_with("USGOVERNMENT ten-ant "));
  CHECK(asked.at(1).starts_with("CHINA ten-ant "));
  CHECK(authorize("vscode-microsoft")
            .error()
            .message.starts_with(
                "auth_type is vscode-microsoft (the test), which needs an editor with a Microsoft account."));
}

TEST_CASE_METHOD(Fixture, "a host that is nobody's in Azure gets no token of Entra") {
  keyring.trouble = test::noKeyring();
  set(Attribute::Host, "https://w.example.com");
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureTenantId, "ten-ant");
  auto way = GENERATE(Attribute::AzureClientSecret, Attribute::AzureUseMsi, Attribute::ActionsIdTokenRequestUrl);
  set(way, way == Attribute::AzureUseMsi ? "true" : "https://gh.example.com/token");
  set(Attribute::ActionsIdTokenRequestToken, "gh");
  if (way == Attribute::ActionsIdTokenRequestUrl) {
    http.on("GET", "/.well-known/databricks-config").reply(404, "");
    http.on("GET", "/oidc/.well-known/oauth-authorization-server").reply(404, "");
  }
  auto failed = signIn();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("https://w.example.com is no host of Azure that Trowel knows, and gets no token of "
                                    "Entra ID. If it is one, set cloud = azure.") != std::string::npos);
  http.verify();
  set(Attribute::AuthType, "azure-cli");
  set(Attribute::AzureWorkspaceResourceId, kResource);
  CHECK(signIn().error().message.starts_with("https://w.example.com is no host of Azure that Trowel knows"));
  set(Attribute::AuthType, "");
  set(Attribute::AzureWorkspaceResourceId, "");
  set(Attribute::Cloud, "azure");
  if (way != Attribute::AzureClientSecret) return;
  http.on("POST", "/ten-ant/oauth2/token").reply(200, kTokenBody);
  CHECK(signIn()->authType == "azure-client-secret");
}

TEST_CASE_METHOD(Fixture, "a service that quotes what it was sent does not bring it into a sentence") {
  set(Attribute::AzureClientId, "app");
  set(Attribute::AzureClientSecret, "s/ecret with space");
  set(Attribute::AzureTenantId, "ten-ant");
  http.on("POST", "/ten-ant/oauth2/token")
      .reply(401, R"({"error":"invalid_client","error_description":"Bad secret 's/ecret with space' of app."})");
  CHECK(authorize("azure-client-secret").error().message ==
        "Entra ID at https://login.microsoftonline.com refused: Bad secret '***' of app.");
  set(Attribute::Host, "https://w.example.com");
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "another secret");
  expectDiscovery();
  http.on("POST", "/oidc/v1/token").reply(400, R"({"error":"invalid_client","error_description":"another secret?"})");
  CHECK(authorize("oauth-m2m").error().message == "The sign-in service at https://w.example.com refused: ***?.");
}

// ---- the Azure CLI

TEST_CASE("the Azure CLI is asked by subscription before tenant") {
  using Questions = std::vector<std::vector<std::string>>;
  const std::vector<std::string> base{"account", "get-access-token", "--resource", "r", "--output", "json"};
  auto with = [&](const char* option, const char* value) {
    auto question = base;
    question.insert(question.end(), {option, value});
    return question;
  };
  CHECK(azureCliQuestions("r", "", "") == Questions{base});
  CHECK(azureCliQuestions("r", "s", "t") == Questions{with("--subscription", "s"), with("--tenant", "t")});
  CHECK(subscriptionOf("/subscriptions/abc/resourceGroups/x") == "abc");
  CHECK(subscriptionOf("abc").empty());
}

TEST_CASE("the Azure CLI's token ends when the epoch says, else by this machine's time of day") {
  auto newer = readAzureCliToken(
      R"({"accessToken":"t","expiresOn":"2001-01-01 00:00:00.000000","expires_on":1893456000,"tokenType":"Bearer"})");
  CHECK(newer->expiry == core::WallTime(std::chrono::seconds(1893456000)));
  auto older = readAzureCliToken(R"({"accessToken":"t","expiresOn":"2030-01-01 00:00:00.000000"})");
  std::tm local{};
  local.tm_mday = 1;
  local.tm_year = 130;
  local.tm_isdst = -1;
  CHECK(older->expiry == std::chrono::system_clock::from_time_t(std::mktime(&local)));
  CHECK(readAzureCliToken("{}").error().message ==
        "The Azure CLI answered without a token. Update it, or run: az login");
  CHECK(readAzureCliToken(R"({"accessToken":"t"})").error().message ==
        "The Azure CLI did not say when its token ends. Update it with: az upgrade");
}

TEST_CASE_METHOD(Fixture, "whoever is signed in with the Azure CLI is signed in here") {
  set(Attribute::AzureTenantId, "ten-ant");
  installAz(R"sh(
echo "$*" >> "$(dirname "$0")/log"
case "$*" in
"account show"*) echo '{"user":{"name":"ada@example.com"}}' ;;
*--tenant\ ten-ant*) echo '{"accessToken":"t","expires_on":1893456000}' ;;
*) echo "wrong" >&2; exit 1 ;;
esac
)sh");
  CHECK(authorize("azure-cli")->value.reveal() == "Bearer t");
  CHECK(home.read("bin/log") == "account show --output json\naccount get-access-token --resource " +
                                    std::string(kApplication) + " --output json --tenant ten-ant\n");
}

TEST_CASE_METHOD(Fixture, "a managed identity of the Azure CLI is not told its tenant") {
  set(Attribute::AzureTenantId, "ten-ant");
  installAz(R"sh(
case "$*" in
"account show"*) echo '{"user":{"name":"systemAssignedIdentity"}}' ;;
*--tenant*) exit 1 ;;
*) echo '{"accessToken":"t","expires_on":1893456000}' ;;
esac
)sh");
  CHECK(authorize("azure-cli")->value.reveal() == "Bearer t");
}

TEST_CASE_METHOD(Fixture, "what the Azure CLI lacks is told with the command that helps") {
  set(Attribute::AzureTenantId, "ten-ant");
  SECTION("it is not there") {
    ::setenv("PATH", (home / "none").c_str(), 1);
    CHECK(authorize("azure-cli").error().message ==
          "The Azure CLI (az) is not installed, or not in PATH. Install it and run: az login");
  }
  SECTION("nobody is signed in") {
    installAz("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");
    auto failed = authorize("azure-cli");
    CHECK(failed.error().code == ErrorCode::Unauthenticated);
    CHECK(failed.error().message == "The Azure CLI is not signed in. Run: az login --tenant ten-ant");
  }
  SECTION("another trouble, in its words") {
    installAz("echo 'ERROR: AADSTS50076: use multi-factor authentication.' >&2; exit 1");
    CHECK(authorize("azure-cli").error().message ==
          "The Azure CLI gave no token: AADSTS50076: use multi-factor authentication.");
  }
  SECTION("F10: it floods") {
    installAz("yes");
    CHECK(authorize("azure-cli").error().message == "The program az printed far more than it should and was stopped.");
  }
}

TEST_CASE_METHOD(Fixture, "without auth_type the Azure CLI is asked for hosts of Azure only") {
  keyring.trouble = test::noKeyring();
  set(Attribute::AzureTenantId, "ten-ant");
  installAz(R"(echo '{"accessToken":"t","expires_on":1893456000}')");
  CHECK(signIn()->authType == "azure-cli");
  set(Attribute::Host, "https://w.cloud.databricks.com");
  CHECK_FALSE(signIn());
}

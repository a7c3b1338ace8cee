// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "trowel/core/text.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

const std::string kMe = "/api/2.0/preview/scim/v2/Me";
const std::string kDatabricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const std::string kManagement = "https://management.core.windows.net/";
const std::string kForm = "application/x-www-form-urlencoded";

struct Azure {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator =
      std::move(Emulator::start({.userName = "ada.lovelace@example.com", .pageCap = 2}, clock).value());
  WorkspaceClient client{*emulator};
  std::string tenant = findTenant();

  std::string findTenant() {
    auto location = nobody().get("/aad/auth").header("Location");
    REQUIRE(location.starts_with("https://login.microsoftonline.com/"));
    auto path = location.substr(34);
    return path.substr(0, path.find('/'));
  }
  WorkspaceClient nobody() {
    WorkspaceClient open(*emulator);
    open.setToken("");
    return open;
  }
  WorkspaceClient bearer(const std::string& token) {
    WorkspaceClient theirs(*emulator);
    theirs.setToken(token);
    return theirs;
  }
  emulator::test::Reply login(const std::string& body, const std::string& version = "") {
    return nobody().postText("/standins/azuread/" + tenant + "/oauth2/" + version + "token", body, kForm);
  }
  // A service principal of the workspace with a secret, as form fields.
  std::string robot() {
    auto principal = client.post("/api/2.0/preview/scim/v2/ServicePrincipals", {{"displayName", "robot"}}).body;
    auto secret = client.post(
        "/api/2.0/accounts/servicePrincipals/" + principal.at("id").get<std::string>() + "/credentials/secrets",
        Json::object());
    return "grant_type=client_credentials&client_id=" + principal.at("applicationId").get<std::string>() +
           "&client_secret=" + secret.body.at("secret").get<std::string>();
  }
  std::string managementToken() {
    return login(robot() + "&resource=" + core::percentEncode(kManagement)).body.at("access_token");
  }
};

}  // namespace

TEST_CASE_METHOD(Azure, "Azure AD gives a service principal tokens that the workspace accepts") {
  auto fields = robot();
  auto first = login(fields + "&resource=" + kDatabricks);
  REQUIRE(first.status == 200);
  CHECK(first.body.at("expires_in") == "3600");
  CHECK(first.body.at("expires_on") == std::to_string(1767225600 + 3600));
  CHECK(first.body.at("resource") == kDatabricks);
  auto second = login(fields + "&scope=" + kDatabricks + "%2F.default", "v2.0/");
  REQUIRE(second.status == 200);
  CHECK(second.body.at("expires_in") == 3600);
  for (const auto& answer : {first, second}) {
    auto me = bearer(answer.body.at("access_token")).get(kMe);
    CHECK(me.status == 200);
    CHECK(me.body.at("displayName") == "robot");
  }
  // A token for the management is none for the workspace.
  CHECK(bearer(managementToken()).get(kMe).message().starts_with("Invalid access token."));
  clock.advance(1h);
  auto expired = bearer(first.body.at("access_token")).get(kMe);
  CHECK(expired.status == 403);
  CHECK(expired.message().starts_with("Token is expired."));
}

TEST_CASE_METHOD(Azure, "Azure AD refuses in its own words") {
  auto fields = robot();
  auto wrong = login(fields + "x&resource=" + kDatabricks);
  CHECK(wrong.status == 401);
  CHECK(wrong.body.at("error") == "invalid_client");
  CHECK(wrong.body.at("error_codes") == Json{7000215});
  CHECK(wrong.body.at("error_description").get<std::string>().starts_with("AADSTS7000215: Invalid client secret"));
  CHECK(wrong.body.at("timestamp") == "2026-01-01 00:00:00Z");
  auto codeOf = [&](const std::string& body, const std::string& version = "") {
    return login(body, version).body.at("error_codes").at(0).get<int>();
  };
  CHECK(codeOf("grant_type=client_credentials&client_id=x&client_secret=y&resource=" + kDatabricks) == 700016);
  CHECK(codeOf(fields) == 900144);
  CHECK(codeOf(fields, "v2.0/") == 900144);
  CHECK(codeOf(fields + "&resource=other") == 500011);
  CHECK(codeOf("grant_type=device_code") == 70003);
  CHECK(codeOf(fields.substr(0, fields.find("&client_secret")) + "&resource=" + kDatabricks) == 7000218);
  CHECK(nobody().postText("/standins/azuread/elsewhere/oauth2/token", fields, kForm).body.at("error_codes") ==
        Json{90002});
  CHECK(nobody().postText("/standins/azuread/" + tenant + "/oauth2/v2.0/devicecode", "client_id=x", kForm).status ==
        401);
}

TEST_CASE_METHOD(Azure, "people stay signed in at Azure AD by a refresh token") {
  const std::string person =
      "grant_type=password&client_id=c&username=ada.lovelace@example.com&password=x&scope=" + kDatabricks + "/.default";
  CHECK_FALSE(login(person, "v2.0/").body.contains("refresh_token"));
  auto first = login(person + "+offline_access", "v2.0/").body;
  std::string refresh = "grant_type=refresh_token&client_id=c&scope=" + kDatabricks +
                        "/.default&refresh_token=" + first.at("refresh_token").get<std::string>();
  auto second = login(refresh, "v2.0/").body;
  CHECK(second.at("access_token") != first.at("access_token"));
  CHECK(bearer(second.at("access_token")).get(kMe).body.at("userName") == "ada.lovelace@example.com");
  CHECK(login("grant_type=refresh_token&refresh_token=x&scope=" + kDatabricks + "/.default", "v2.0/").status == 400);
  clock.advance(24h * 91);
  CHECK(login(refresh, "v2.0/").body.at("error_codes") == Json{700082});
  for (std::string name : {std::string("example.com"), core::replaceAll(tenant, "d", "D")})
    CHECK(nobody().postText("/standins/azuread/" + name + "/oauth2/v2.0/token", person, kForm).status == 200);
}

TEST_CASE_METHOD(Azure, "a program that only Azure knows gets in with a management token") {
  auto made = nobody().post("/standins/azuread/applications", Json::object()).body;
  std::string id = made.at("client_id");
  std::string fields = "grant_type=client_credentials&client_id=" + id +
                       "&client_secret=" + made.at("client_secret").get<std::string>() + "&resource=";
  std::string access = login(fields + kDatabricks).body.at("access_token");
  std::string management = login(fields + core::percentEncode(kManagement)).body.at("access_token");

  auto stranger = bearer(access);
  CHECK(stranger.get(kMe).errorCode() == "PERMISSION_DENIED");
  stranger.setHeader("X-Databricks-Azure-SP-Management-Token", management);
  CHECK(stranger.get(kMe).status == 403);
  auto arm = bearer(management).get("/standins/arm/subscriptions?api-version=2020-01-01").body.at("value").at(0);
  auto workspaces = bearer(management)
                        .get("/standins/arm" + arm.at("id").get<std::string>() +
                             "/providers/Microsoft.Databricks/workspaces?api-version=2018-04-01")
                        .body.at("value");
  stranger.setHeader("X-Databricks-Azure-Workspace-Resource-Id", workspaces.at(0).at("id"));
  auto me = stranger.get(kMe);
  CHECK(me.status == 200);
  CHECK(me.body.at("userName") == id);
  CHECK(bearer(access).get(kMe).status == 200);  // it is in the workspace now

  auto other = bearer(access);
  other.setHeader("X-Databricks-Azure-SP-Management-Token", access);
  CHECK(other.get(kMe).status == 200);
}

TEST_CASE_METHOD(Azure, "people sign in at Azure AD, and only they make scopes of Key Vault") {
  std::string fields = "grant_type=password&client_id=cli&username=ada.lovelace@example.com&password=";
  CHECK(login(fields + "&resource=" + kDatabricks).body.at("error_codes") == Json{50126});
  auto ada = bearer(login(fields + "any&resource=" + kDatabricks).body.at("access_token"));
  CHECK(ada.get(kMe).body.at("userName") == "ada.lovelace@example.com");

  const std::string secrets = "/api/2.0/secrets/";
  Json scope{{"scope", "vault"},
             {"scope_backend_type", "AZURE_KEYVAULT"},
             {"backend_azure_keyvault",
              {{"resource_id", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"},
               {"dns_name", "https://kv.vault.azure.net/"}}}};
  auto refused = client.post(secrets + "scopes/create", scope);
  CHECK(refused.status == 400);
  CHECK(refused.message() == "Scope with Azure KeyVault must have userAADToken defined!");
  CHECK(ada.post(secrets + "scopes/create", scope).status == 200);
  CHECK(client.get(secrets + "scopes/list").body.at("scopes").at(0) ==
        Json{{"name", "vault"},
             {"backend_type", "AZURE_KEYVAULT"},
             {"keyvault_metadata", scope.at("backend_azure_keyvault")}});
  CHECK(client.get(secrets + "list?scope=vault").body == Json::object());
  CHECK(nobody().put("/standins/keyvault/kv/secrets/Password", {{"value", "p"}}).status == 200);
  CHECK(client.get(secrets + "get?scope=vault&key=password").body.at("value") == encode("p"));
  CHECK(client.get(secrets + "list?scope=vault").body.at("secrets").at(0).at("key") == "Password");
  CHECK(client.get(secrets + "get?scope=vault&key=other").status == 404);
  CHECK(client.post(secrets + "put", {{"scope", "vault"}, {"key", "k"}, {"string_value", "v"}}).errorCode() ==
        "BAD_REQUEST");
  CHECK(client.post(secrets + "delete", {{"scope", "vault"}, {"key", "password"}}).errorCode() == "BAD_REQUEST");
  scope["backend_azure_keyvault"].erase("dns_name");
  CHECK(ada.post(secrets + "scopes/create", scope).message() ==
        "Missing required field: backend_azure_keyvault.dns_name");
  CHECK(nobody().remove("/standins/keyvault/kv/secrets/password").status == 200);
  CHECK(nobody().get("/standins/keyvault/kv/secrets/password").status == 404);
}

TEST_CASE_METHOD(Azure, "a machine's identity comes from the metadata service") {
  std::string url = "/standins/imds/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
  auto machine = nobody();
  auto bare = machine.get(url + kDatabricks);
  CHECK(bare.status == 400);
  CHECK(bare.body.at("error_description") == "Required metadata header not specified");
  machine.setHeader("Metadata", "true");
  auto answer = machine.get(url + kDatabricks);
  CHECK(answer.status == 200);
  CHECK(answer.body.at("expires_on") == std::to_string(1767225600 + 3600));
  CHECK(machine.get(url + kDatabricks + "&client_id=unknown").body.at("error_description") == "Identity not found");
  CHECK(machine.get(url + "other").body.at("error") == "invalid_resource");
  CHECK(machine.get("/standins/imds/metadata/identity/oauth2/token?resource=" + kDatabricks).status == 400);
  CHECK(bearer(answer.body.at("access_token")).get(kMe).message().starts_with("User not authorized."));
}

TEST_CASE_METHOD(Azure, "Azure Resource Manager lists subscriptions and workspaces page by page") {
  auto arm = bearer(managementToken());
  auto subscriptions = arm.get("/standins/arm/subscriptions?api-version=2020-01-01").body;
  REQUIRE(subscriptions.at("value").size() == 2);
  CHECK_FALSE(subscriptions.contains("nextLink"));
  CHECK(subscriptions.at("value").at(0).at("tenantId") == tenant);
  std::string list = "/standins/arm" + subscriptions.at("value").at(0).at("id").get<std::string>() +
                     "/providers/Microsoft.Databricks/workspaces?api-version=2018-04-01";
  auto first = arm.get(list).body;
  REQUIRE(first.at("value").size() == 2);
  auto own = first.at("value").at(0);
  CHECK("http://" + own.at("properties").at("workspaceUrl").get<std::string>() == emulator->host());
  CHECK(own.at("properties").at("workspaceId") == "7405605312947683");
  std::string next = first.at("nextLink");
  REQUIRE(next.starts_with(emulator->host()));
  auto rest = arm.get(next.substr(emulator->host().size())).body;
  CHECK(rest.at("value").size() == 1);
  CHECK_FALSE(rest.at("value").at(0).at("properties").contains("workspaceUrl"));
  CHECK_FALSE(rest.contains("nextLink"));

  auto single = "/standins/arm" + own.at("id").get<std::string>();
  CHECK(arm.get(single + "?api-version=2018-04-01").body == own);
  CHECK(arm.get(single + "?api-version=").body.at("error").at("code") == "MissingApiVersionParameter");
  CHECK(arm.get(single + "x?api-version=2018-04-01").body.at("error").at("code") == "ResourceNotFound");
  CHECK(arm.get("/standins/arm/subscriptions/x/providers/Microsoft.Databricks/workspaces?api-version=1").status == 404);
  CHECK(arm.get("/standins/arm/tenants?api-version=1").body.at("value").at(0).at("tenantId") == tenant);
  CHECK(nobody().get(list).body.at("error").at("code") == "AuthenticationFailed");
  CHECK(nobody().get("/standins/arm/nope").body.at("error").at("code") == "AuthenticationFailed");
  CHECK(arm.get("/standins/arm/nope?api-version=1").body.at("error").at("code") == "ResourceNotFound");
  CHECK(arm.get(core::replaceAll(single, "resourceGroups", "resourcegroups") + "?api-version=1").body == own);
  CHECK(arm.get(core::replaceAll(single, "emulator", "EMULATOR") + "?api-version=1").body == own);
  CHECK(subscriptions.at("count") == Json{{"type", "Total"}, {"value", 2}});
  std::string subscription = subscriptions.at("value").at(0).at("id");
  CHECK(arm.get("/standins/arm" + subscription + "?api-version=1").body.at("state") == "Enabled");
  CHECK(arm.get("/standins/arm/subscriptions/x?api-version=1").body.at("error").at("code") == "SubscriptionNotFound");
  CHECK(client.get(list).body.at("error").at("code") == "InvalidAuthenticationToken");
}

TEST_CASE_METHOD(Azure, "builds exchange their tokens for the workspace's") {
  auto fields = robot();
  auto id = fields.substr(fields.find("client_id=") + 10, 36);
  auto exchange = [&](const std::string& subject, const std::string& more) {
    return nobody().postText("/oidc/v1/token",
                             "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=" +
                                 subject + "&subject_token_type=urn:ietf:params:oauth:token-type:jwt" + more,
                             kForm);
  };
  auto github = [&](const std::string& audience, const std::string& more = "") {
    return bearer("request").get("/standins/github/token?audience=" + core::percentEncode(audience) + more);
  };
  std::string audience = emulator->host() + "/oidc/v1/token";
  std::string token = github(audience).body.at("value");
  auto answer = exchange(token, "&client_id=" + id);
  CHECK(answer.status == 200);
  CHECK(bearer(answer.body.at("access_token")).get(kMe).body.at("userName") == id);
  auto devops = bearer("system").post(
      "/standins/azuredevops/acme/widgets/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken"
      "?api-version=7.2-preview.1",
      Json::object());
  CHECK(exchange(devops.body.at("oidcToken"), "&client_id=" + id).status == 200);
  // Without a client, the subject of the token says who it is.
  auto named = github(audience, "&sub=ada.lovelace@example.com").body.at("value").get<std::string>();
  CHECK(bearer(exchange(named, "").body.at("access_token")).get(kMe).body.at("userName") == "ada.lovelace@example.com");
  CHECK(exchange(token, "").body.at("error") == "invalid_grant");
  CHECK(exchange(token, "&client_id=other").body.at("error") == "invalid_client");
  CHECK(exchange(github("https://elsewhere.example").body.at("value"), "&client_id=" + id).body.at("error") ==
        "invalid_grant");
  CHECK(exchange("a.b.c", "&client_id=" + id).body.at("error") == "invalid_grant");
  CHECK(exchange(answer.body.at("access_token"), "&client_id=" + id).body.at("error") == "invalid_grant");
  CHECK(bearer(token).get(kMe).message().starts_with("Invalid access token."));
  CHECK(nobody().get("/standins/github/token?audience=x").status == 401);
  clock.advance(10min);
  CHECK(exchange(token, "&client_id=" + id).body.at("error") == "invalid_grant");

  // Or at Azure AD, in place of a secret.
  std::string assertion = github("api://AzureADTokenExchange").body.at("value");
  auto azure = [&](const std::string& proof) {
    return login(
        "grant_type=client_credentials&client_id=" + id + "&resource=" + kDatabricks +
        "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=" + proof);
  };
  CHECK(bearer(azure(assertion).body.at("access_token")).get(kMe).status == 200);
  CHECK(azure(github(audience).body.at("value")).body.at("error_codes") == Json{700211});
}

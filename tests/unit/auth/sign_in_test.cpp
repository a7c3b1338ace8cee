// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/sign_in.hpp"

#include <future>

#include "auth_fixture.hpp"

using namespace trowel;
using namespace trowel::auth;
using core::ErrorCode;

namespace {

struct Fixture : test::AuthFixture {
  Fixture() { variables["DATABRICKS_AUTH_STORAGE"] = "plaintext"; }
  std::string problem() {
    auto made = signIn();
    return made ? "none: " + made->authType : made.error().message;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a personal access token comes first, and says where it is renewed") {
  config.set(Attribute::Token, "dapi1", "the profile DEV in ~/.databrickscfg:3");
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  auto made = signIn();
  REQUIRE(made);
  CHECK(made->authType == "pat");
  CHECK(made->host == "https://w.example.com");
  CHECK(made->source == "the profile DEV in ~/.databrickscfg:3");
  CHECK(made->headers.empty());
  auto authorization = made->credentials->authorize({}).value();
  CHECK(authorization.value.reveal() == "Bearer dapi1");
  CHECK_FALSE(made->credentials->refused(authorization));
  CHECK(http.requests().empty());
}

TEST_CASE_METHOD(Fixture, "one host for many workspaces is told which one is meant") {
  set(Attribute::DiscoveryUrl, "https://w.example.com/oidc/accounts/a/.well-known/oauth-authorization-server");
  set(Attribute::Token, "dapi1");
  CHECK(problem().find("pat: https://w.example.com serves many workspaces, and none is named. Set workspace_id.") !=
        std::string::npos);
  set(Attribute::WorkspaceId, "42");
  CHECK(signIn()->headers == http::Headers{{"X-Databricks-Workspace-Id", "42"}});
  set(Attribute::WorkspaceId, "none");
  CHECK(signIn()->headers.empty());
}

TEST_CASE_METHOD(Fixture, "user name and password make a header") {
  set(Attribute::Username, "ada");
  set(Attribute::Password, "pässword");
  CHECK(headerOf("basic").value() == "Basic YWRhOnDDpHNzd29yZA==");
}

TEST_CASE_METHOD(Fixture, "a way that does not work is passed over, and what stood against each is told") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "wrong");
  expectDiscovery();
  http.on("POST", "/oidc/v1/token")
      .withBody("grant_type=client_credentials&scope=all-apis")
      .reply(401, R"({"error":"invalid_client","error_description":"Client authentication failed"})");
  CHECK(problem() ==
        "No way of signing in to https://w.example.com works. oauth-m2m: The sign-in service at https://w.example.com "
        "refused: Client authentication failed. databricks-cli: Nobody is signed in to https://w.example.com. Sign in "
        "with: trowel auth login --host https://w.example.com");
  CHECK(http.requests().back().authorization.reveal() == "Basic aWQ6d3Jvbmc=");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a way that does not work leaves the next one its chance") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "wrong");
  set(Attribute::MetadataServiceUrl, "http://127.0.0.1:1/secret-path");
  expectDiscovery();
  http.on("POST", "/oidc/v1/token").reply(401, R"({"error":"invalid_client"})");
  http.on("GET", "/secret-path").reply(200, R"({"access_token":"m","token_type":"Bearer","expires_on":1893456000})");
  auto made = signIn();
  REQUIRE(made);
  CHECK(made->authType == "metadata-service");
  CHECK(http.requests().back().headers ==
        http::Headers{{"X-Databricks-Metadata-Version", "1"}, {"X-Databricks-Host", "https://w.example.com"}});
  http.verify();
}

TEST_CASE_METHOD(Fixture, "auth_type allows one way only, and its error is the answer") {
  set(Attribute::Token, "dapi1");
  set(Attribute::AuthType, "databricks-cli");
  CHECK(problem() ==
        "Nobody is signed in to https://w.example.com. Sign in with: trowel auth login --host "
        "https://w.example.com");
  set(Attribute::AuthType, "oauth-m2m");
  CHECK(problem() ==
        "auth_type is oauth-m2m (the test), which needs host, client_id and client_secret. Set are: host = "
        "https://w.example.com (the test), token = ******** (the test), auth_type = oauth-m2m (the test).");
  set(Attribute::AuthType, "magic");
  CHECK(problem() ==
        "auth_type 'magic' (the test) is no way of signing in that Trowel knows. It knows pat, basic, oauth-m2m, "
        "databricks-cli, metadata-service, github-oidc, azure-devops-oidc, env-oidc, file-oidc, github-oidc-azure, "
        "azure-msi, azure-client-secret, azure-cli and vscode-microsoft.");
}

TEST_CASE_METHOD(Fixture, "nothing is sent to a host in the clear, nor without one") {
  set(Attribute::Token, "dapi1");
  set(Attribute::Host, "http://w.example.com");
  auto failed = signIn();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::InvalidParams);
  CHECK(failed.error().message.find("dapi1") == std::string::npos);
  set(Attribute::Host, "http://127.0.0.1:8080");
  CHECK(signIn());
  config.set(Attribute::Host, "", "");
  CHECK(problem() == "No host is configured. Set host in a profile of the configuration file, or DATABRICKS_HOST.");
}

TEST_CASE_METHOD(Fixture, "a host that cannot be reached is asked once, not by every way") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  http.on("GET", "/.well-known/databricks-config").drop(http::Stage::Connect);
  CHECK(problem().starts_with(
      "No way of signing in to https://w.example.com works. oauth-m2m: The connection was lost."));
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a token that the service refuses is fetched anew, once") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  expectDiscovery();
  http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"one","expires_in":3600})");
  http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"two","expires_in":"3600"})");
  auto made = signIn().value();
  auto used = made.credentials->authorize({}).value();
  CHECK(used.value.reveal() == "Bearer one");
  CHECK(made.credentials->refused(used));
  used = made.credentials->authorize({}).value();
  CHECK(used.value.reveal() == "Bearer two");
  CHECK_FALSE(made.credentials->refused(used));
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a cancelled sign-in ends at once, whatever it waits for") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  core::CancelSource cancel;
  http.on("GET", "/.well-known/databricks-config").hang();
  auto waiting = std::async(std::launch::async, [&] { return auth::signIn(config, outside, cancel.token()); });
  http.awaitRequests(1);
  cancel.cancel(core::CancelReason::Client);
  CHECK(waiting.get().error().code == ErrorCode::Cancelled);
}

TEST_CASE_METHOD(Fixture, "a service that gives out tokens must be on this machine") {
  set(Attribute::MetadataServiceUrl, "https://elsewhere.example.com/x");
  CHECK(headerOf("metadata-service").error().message ==
        "The metadata_service_url must be on this machine: http://127.0.0.1 or http://localhost.");
  set(Attribute::MetadataServiceUrl, "http://localhost:1/secret-path");
  http.on("GET", "/secret-path").reply(404, "{}");
  auto failed = headerOf("metadata-service");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "The service that gives out tokens at http://localhost:1 refused: HTTP status 404.");
}

// ---- what a host says about where its tokens are

TEST_CASE_METHOD(Fixture, "a host sends nobody's secret to somebody else") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  http.on("GET", "/.well-known/databricks-config").reply(200, R"({"oidc_endpoint":"https://evil.example.com/oidc"})");
  http.on("GET", "/oidc/.well-known/oauth-authorization-server")
      .reply(200,
             R"({"authorization_endpoint":"https://w.example.com/a","token_endpoint":"https://evil.example.com/t"})");
  CHECK(headerOf("oauth-m2m").error().message ==
        "https://w.example.com sends sign-ins to another host, https://evil.example.com. Trowel does not follow it "
        "there.");
  for (const auto& request : http.requests()) CHECK(request.origin == "https://w.example.com");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "redirects are not followed, and a page is no document") {
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  SECTION("redirect") {
    expectDiscovery();
    http.on("POST", "/oidc/v1/token").reply(307, "", {{"Location", "https://evil.example.com/"}});
    CHECK(headerOf("oauth-m2m").error().message ==
          "The sign-in service at https://w.example.com refused: HTTP status 307.");
  }
  SECTION("no OAuth") {
    http.on("GET", "/.well-known/databricks-config").reply(404, "");
    http.on("GET", "/oidc/.well-known/oauth-authorization-server").reply(404, "");
    CHECK(headerOf("oauth-m2m").error().message ==
          "https://w.example.com does not know OAuth. Use a personal access token, or check the address.");
  }
  SECTION("a page") {
    http.on("GET", "/.well-known/databricks-config").reply(200, "<html>");
    http.on("GET", "/oidc/.well-known/oauth-authorization-server").reply(200, "<html>");
    CHECK(headerOf("oauth-m2m").error().message ==
          "The sign-in service at https://w.example.com did not answer with JSON. Check that the address is right.");
  }
  http.verify();
}

TEST_CASE_METHOD(Fixture, "an account's tokens are where the account is") {
  set(Attribute::Host, "https://accounts.cloud.databricks.com");
  set(Attribute::ClientId, "id");
  set(Attribute::ClientSecret, "secret");
  http.on("GET", "/.well-known/databricks-config").reply(404, "");
  CHECK(
      headerOf("oauth-m2m")
          .error()
          .message.find("https://accounts.cloud.databricks.com serves accounts, and none is named. Set account_id.") !=
      std::string::npos);
  set(Attribute::AccountId, "abc");
  http.on("GET", "/.well-known/databricks-config").reply(404, "");
  http.on("POST", "/oidc/accounts/abc/v1/token").reply(200, R"({"access_token":"t"})");
  CHECK(headerOf("oauth-m2m").value() == "Bearer t");
  http.verify();
}

// ---- tokens of build systems

TEST_CASE_METHOD(Fixture, "a job of GitHub exchanges its token, for the audience that the host names") {
  set(Attribute::ActionsIdTokenRequestUrl, "https://gh.example.com/token?x=1");
  set(Attribute::ActionsIdTokenRequestToken, "gh");
  set(Attribute::ClientId, "sp");
  http.on("GET", "/.well-known/databricks-config")
      .reply(200, R"({"token_federation_default_oidc_audiences":["first","second"]})");
  http.on("GET", "/oidc/.well-known/oauth-authorization-server")
      .reply(200, R"({"authorization_endpoint":"https://w.example.com/a","token_endpoint":"https://w.example.com/t"})");
  http.on("GET", "/token?x=1&audience=first").reply(200, R"({"value":"jwt"})");
  http.on("POST", "/t")
      .withBody(
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token_type=urn%3Aietf%3A"
          "params%3Aoauth%3Atoken-type%3Ajwt&scope=all-apis&client_id=sp&subject_token=jwt")
      .reply(200, R"({"access_token":"t","expires_in":60})");
  CHECK(headerOf("github-oidc").value() == "Bearer t");
  CHECK(http.requests().at(2).origin == "https://gh.example.com");
  CHECK(http.requests().at(2).authorization.reveal() == "Bearer gh");
  CHECK(http.requests().at(3).authorization.empty());
  http.verify();
}

TEST_CASE_METHOD(Fixture, "a job of GitHub sends its token nowhere in the clear") {
  set(Attribute::ActionsIdTokenRequestUrl, "http://gh.example.com/token");
  set(Attribute::ActionsIdTokenRequestToken, "gh");
  CHECK(headerOf("github-oidc").error().message ==
        "The actions_id_token_request_url is an http address, over which secrets would travel in the clear. Use "
        "https.");
  CHECK(http.requests().empty());
}

TEST_CASE_METHOD(Fixture, "a job of Azure DevOps asks for its token") {
  variables.insert({{"SYSTEM_ACCESSTOKEN", "ado"},
                    {"SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "https://dev.example.com/org"},
                    {"SYSTEM_HOSTTYPE", "build"},
                    {"SYSTEM_PLANID", "p"},
                    {"SYSTEM_JOBID", "j"}});
  CHECK(headerOf("azure-devops-oidc")
            .error()
            .message.starts_with("auth_type is azure-devops-oidc (the test), which needs a job of Azure DevOps with "
                                 "SYSTEM_ACCESSTOKEN and its "
                                 "other SYSTEM_ variables."));
  variables["SYSTEM_TEAMPROJECTID"] = "pr";
  expectDiscovery();
  http.on("POST", "/org/pr/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken?api-version=7.2-preview.1")
      .reply(200, R"({"oidcToken":"jwt"})");
  http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"t"})");
  CHECK(headerOf("azure-devops-oidc").value() == "Bearer t");
  CHECK(http.requests().at(2).authorization.reveal() == "Bearer ado");
  http.verify();
}

TEST_CASE_METHOD(Fixture, "identity tokens come from a variable or from a file") {
  SECTION("variable") {
    CHECK(headerOf("env-oidc")
              .error()
              .message.starts_with("auth_type is env-oidc (the test), which needs an identity token in the variable "
                                   "DATABRICKS_OIDC_TOKEN."));
    set(Attribute::OidcTokenEnv, "MY_TOKEN");
    variables["MY_TOKEN"] = "jwt\n";
    expectDiscovery();
    http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"t"})");
    CHECK(headerOf("env-oidc").value() == "Bearer t");
  }
  SECTION("file") {
    home.write("token", "\n");
    set(Attribute::OidcTokenFile, home / "token");
    expectDiscovery();
    CHECK(headerOf("file-oidc").error().message == "The file " + home / "token" + " holds no identity token.");
    home.write("token", "jwt\n");
    expectDiscovery();
    http.on("POST", "/oidc/v1/token").reply(200, R"({"access_token":"t"})");
    CHECK(headerOf("file-oidc").value() == "Bearer t");
  }
  CHECK(http.requests().back().body.ends_with("&subject_token=jwt"));
  http.verify();
}

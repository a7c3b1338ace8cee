// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/secrets.hpp"

#include <nlohmann/json.hpp>

#include "support/answering_http.hpp"
#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("scopes are listed with their vaults and made of every kind") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  scripted.http.on("GET", "/api/2.0/secrets/scopes/list")
      .reply(200, R"({"scopes":[{"name":"s","backend_type":"DATABRICKS"},{"name":"kv","backend_type":"AZURE_KEYVAULT",
        "keyvault_metadata":{"resource_id":"/subscriptions/1/vaults/kv","dns_name":"https://kv.vault.azure.net/"}}]})");
  auto scopes = secrets.listScopes().all();
  REQUIRE(scopes);
  REQUIRE(scopes->size() == 2);
  CHECK_FALSE(scopes->at(0).isReadOnly());
  CHECK(scopes->at(1).isReadOnly());
  CHECK(scopes->at(1).keyVault->dnsName == "https://kv.vault.azure.net/");

  scripted.http.on("POST", "/api/2.0/secrets/scopes/create")
      .withJson(R"({"scope":"a","initial_manage_principal":"users"})");
  CHECK(secrets.createScope({.name = "a", .managedByUsers = true}));
  scripted.http.on("POST", "/api/2.0/secrets/scopes/create")
      .withJson(R"({"scope":"kv","scope_backend_type":"AZURE_KEYVAULT",
                    "backend_azure_keyvault":{"resource_id":"/r","dns_name":"https://kv/"}})");
  CHECK(secrets.createScope({.name = "kv", .keyVault = KeyVault{.resourceId = "/r", .dnsName = "https://kv/"}}));
  scripted.http.on("POST", "/api/2.0/secrets/scopes/create")
      .reply(400, R"({"error_code":"RESOURCE_ALREADY_EXISTS","message":"Scope a already exists!"})");
  CHECK(secrets.createScope({.name = "a"}).error().code == ErrorCode::AlreadyExists);
  scripted.http.on("POST", "/api/2.0/secrets/scopes/delete").withJson(R"({"scope":"a"})");
  CHECK(secrets.removeScope("a"));
}

TEST_CASE("a secret goes as text where it is text and as bytes where it is not") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  scripted.http.on("POST", "/api/2.0/secrets/put").withJson(R"({"scope":"s","key":"k","string_value":"pä\"ss"})");
  CHECK(secrets.put("s", "k", core::SecretString("pä\"ss")));
  scripted.http.on("POST", "/api/2.0/secrets/put").withJson(R"({"scope":"s","key":"k","bytes_value":"AP8="})").drop();
  scripted.http.on("POST", "/api/2.0/secrets/put").withJson(R"({"scope":"s","key":"k","bytes_value":"AP8="})");
  CHECK(secrets.put("s", "k", core::SecretString(std::string("\0\xff", 2))));
}

TEST_CASE("a secret comes back as its bytes, and a damaged one never shows in the error") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  scripted.http.on("GET", "/api/2.0/secrets/get?key=k%2F1&scope=s").reply(200, R"({"key":"k/1","value":"cMOkc3M="})");
  CHECK(secrets.get("s", "k/1")->reveal() == "päss");
  scripted.http.on("GET", "/api/2.0/secrets/get?key=k&scope=s").reply(200, R"({"key":"k","value":"hunter2!"})");
  auto damaged = secrets.get("s", "k");
  CHECK(damaged.error().code == ErrorCode::DataLoss);
  CHECK(damaged.error().message == "The workspace sent the secret s/k damaged.");
  CHECK(core::describe(damaged.error()).find("hunter2") == std::string::npos);
  scripted.http.on("GET", "/api/2.0/secrets/get?key=k&scope=s")
      .reply(404,
             R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Secret does not exist with scope: s and key: k"})");
  CHECK(secrets.get("s", "k").error().code == ErrorCode::NotFound);
}

TEST_CASE("an answer that is cut off in the middle of a secret shows nothing of it") {
  test::ManualClock clock;
  clock.advanceOnWait();
  test::AnsweringHttp http([](const http::HttpRequest&) -> http::HttpResponse {
    return {.status = 200, .headers = {}, .body = R"({"key":"k","value":"aHVudGVyMg)"};
  });
  RestClient rest(test::ScriptedWorkspace::config(), http, clock);
  auto cut = Secrets(rest).get("s", "k");
  CHECK(cut.error().code == ErrorCode::DataLoss);
  CHECK(core::describe(cut.error()).find("aHVud") == std::string::npos);
}

TEST_CASE("keys are listed and deleted") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  scripted.http.on("GET", "/api/2.0/secrets/list?scope=s")
      .reply(200, R"({"secrets":[{"key":"k","last_updated_timestamp":1520467595000}]})");
  auto keys = secrets.list("s").all();
  REQUIRE(keys);
  REQUIRE(keys->size() == 1);
  CHECK(keys->at(0).updatedAt == 1520467595000);
  scripted.http.on("GET", "/api/2.0/secrets/list?scope=s").reply(200, "{}");
  CHECK(secrets.list("s").all()->empty());
  scripted.http.on("POST", "/api/2.0/secrets/delete").withJson(R"({"scope":"s","key":"k"})");
  CHECK(secrets.remove("s", "k"));
}

TEST_CASE("access control lists of scopes") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  scripted.http.on("POST", "/api/2.0/secrets/acls/put")
      .withJson(R"({"scope":"s","principal":"users","permission":"READ"})");
  CHECK(secrets.putAcl("s", {.principal = "users", .permission = "READ"}));
  scripted.http.on("GET", "/api/2.0/secrets/acls/get?principal=users&scope=s")
      .reply(200, R"({"principal":"users","permission":"READ"})");
  CHECK(secrets.getAcl("s", "users")->permission == "READ");
  scripted.http.on("GET", "/api/2.0/secrets/acls/list?scope=s")
      .reply(200, R"({"items":[{"principal":"admins","permission":"MANAGE"}]})");
  CHECK(secrets.listAcls("s").all()->at(0).permission == "MANAGE");
  scripted.http.on("POST", "/api/2.0/secrets/acls/delete").withJson(R"({"scope":"s","principal":"users"})");
  CHECK(secrets.removeAcl("s", "users"));
}

TEST_CASE("a workspace that repeats a secret in its refusal is not quoted") {
  test::ScriptedWorkspace scripted;
  Secrets secrets(scripted.rest);
  const auto said = [&](const std::string& value, const std::string& message) {
    scripted.http.on("POST", "/api/2.0/secrets/put")
        .reply(400, core::dumpJson({{"error_code", "MALFORMED_REQUEST"}, {"message", message}}));
    auto error = secrets.put("s", "k", core::SecretString(value)).error();
    CHECK(error.code == ErrorCode::InvalidParams);
    return core::describe(error);
  };
  const auto hidden =
      "The workspace refused this. Its words repeat the secret that it was sent, so they are not shown.";
  CHECK(said("hunter2hunter2", "Bad value: hunter2hunter2").contains(hidden));
  CHECK(said("two\nlines", R"(Bad body: {"string_value":"two\nlines"})").contains(hidden));
  const std::string text(2000, 'x');
  CHECK(said(text, "Too long: " + text.substr(0, 100) + "...").contains(hidden));
  CHECK(said(std::string("\0\xff\0\xff", 4), "Bad value: AP8A/w==").contains(hidden));
  CHECK(said("hunter2", "Scope s does not like this.").contains("Scope s does not like this."));
}

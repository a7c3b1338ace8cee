// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/tokens.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("tokens are listed with their exact times, and -1 and nothing mean that they stay") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/token/list").reply(200, R"({"token_infos":[
        {"token_id":"5b","creation_time":1580265020299,"expiry_time":1580265030299,"comment":"x","scopes":["sql"]},
        {"token_id":"5c","creation_time":1580265020299,"expiry_time":-1,"comment":null},{"token_id":"5d"}]})");
  auto tokens = Tokens(scripted.rest).list().all();
  REQUIRE(tokens);
  REQUIRE(tokens->size() == 3);
  CHECK(tokens->at(0).createdAt == 1580265020299);
  CHECK(tokens->at(0).expiresAt == 1580265030299);
  CHECK(tokens->at(0).scopes == std::vector<std::string>{"sql"});
  CHECK_FALSE(tokens->at(1).expiresAt);
  CHECK_FALSE(tokens->at(2).expiresAt);
}

TEST_CASE("a new token comes out once, and a lost answer makes no second one") {
  test::ScriptedWorkspace scripted;
  Tokens tokens(scripted.rest);
  scripted.http.on("POST", "/api/2.0/token/create")
      .withJson(R"({"comment":"ci","lifetime_seconds":3600})")
      .reply(200, R"({"token_value":"dapi-fresh","token_info":{"token_id":"5b","comment":"ci"}})");
  auto token = tokens.create({.comment = "ci", .lifetime = std::chrono::hours(1)});
  REQUIRE(token);
  CHECK(token->value.reveal() == "dapi-fresh");
  CHECK(token->info.id == "5b");

  scripted.http.on("POST", "/api/2.0/token/create").withJson("{}").drop();
  CHECK(tokens.create({}).error().code == ErrorCode::Unavailable);
  scripted.http.on("POST", "/api/2.0/token/create").reply(200, "{}");
  CHECK(tokens.create({}).error().message ==
        "The workspace's answer has no token in it. One may have been made all the same: see the list under Settings → "
        "Developer → Access tokens.");
  scripted.http.on("POST", "/api/2.0/token/create")
      .reply(400, R"({"error_code":"QUOTA_EXCEEDED","message":"The quota of 600 tokens has been reached."})");
  CHECK(tokens.create({}).error().code == ErrorCode::Conflict);
}

TEST_CASE("a token is deleted by its id, and one that is gone is NotFound") {
  test::ScriptedWorkspace scripted;
  Tokens tokens(scripted.rest);
  scripted.http.on("POST", "/api/2.0/token/delete").withJson(R"({"token_id":"5b"})").drop();
  scripted.http.on("POST", "/api/2.0/token/delete").withJson(R"({"token_id":"5b"})");
  CHECK(tokens.remove("5b"));
  scripted.http.on("POST", "/api/2.0/token/delete")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Token with ID 5b does not exist."})");
  CHECK(tokens.remove("5b").error().code == ErrorCode::NotFound);
}

TEST_CASE("administrators see, make and delete tokens of others") {
  test::ScriptedWorkspace scripted;
  TokenManagement management(scripted.rest);
  scripted.http.on("GET", "/api/2.0/token-management/tokens?created_by_id=7&created_by_username=ada%40example.com")
      .reply(200,
             R"({"token_infos":[{"token_id":"5b","owner_id":4348585301701786933,"created_by_username":"ada@example.com",
                      "last_used_day":1700000000000}]})");
  auto tokens = management.list({.createdById = "7", .createdByName = "ada@example.com"}).all();
  REQUIRE(tokens);
  REQUIRE(tokens->size() == 1);
  CHECK(tokens->at(0).ownerId == 4348585301701786933);
  CHECK(tokens->at(0).createdBy == "ada@example.com");
  CHECK(tokens->at(0).lastUsedDay == 1700000000000);

  scripted.http.on("GET", "/api/2.0/token-management/tokens/5b")
      .reply(200, R"({"token_info":{"token_id":"5b","comment":"x"}})");
  CHECK(management.get("5b")->comment == "x");
  scripted.http.on("DELETE", "/api/2.0/token-management/tokens/5b");
  CHECK(management.remove("5b"));
  scripted.http.on("POST", "/api/2.0/token-management/on-behalf-of/tokens")
      .withJson(R"({"application_id":"a-1","comment":"bot"})")
      .reply(200, R"({"token_value":"dapi-bot","token_info":{"token_id":"5e"}})");
  CHECK(management.createOnBehalf("a-1", {.comment = "bot"})->value.reveal() == "dapi-bot");
}

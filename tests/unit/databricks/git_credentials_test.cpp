// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/git_credentials.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("Git credentials are listed without, and made with their tokens") {
  test::ScriptedWorkspace scripted;
  GitCredentials credentials(scripted.rest);
  scripted.http.on("GET", "/api/2.0/git-credentials")
      .reply(200, R"({"credentials":[{"credential_id":93488329053511,"git_provider":"gitHub","git_username":"ada",
                      "is_default_for_provider":true}]})");
  auto list = credentials.list().all();
  REQUIRE(list);
  REQUIRE(list->size() == 1);
  CHECK(list->at(0).id == 93488329053511);
  CHECK(list->at(0).isDefault);

  scripted.http.on("POST", "/api/2.0/git-credentials")
      .withJson(R"({"git_provider":"gitHub","git_username":"ada","personal_access_token":"ghp_1","name":"work"})")
      .reply(200, R"({"credential_id":1,"git_provider":"gitHub"})");
  CHECK(credentials
            .create({.provider = "gitHub", .userName = "ada", .token = core::SecretString("ghp_1"), .name = "work"})
            ->id == 1);
  scripted.http.on("POST", "/api/2.0/git-credentials")
      .reply(400, R"({"error_code":"INVALID_STATE","message":"Only one Git credential is supported at this time."})");
  CHECK(credentials.create({.provider = "gitHub"}).error().code == ErrorCode::Conflict);
}

TEST_CASE("Git credentials are changed and deleted") {
  test::ScriptedWorkspace scripted;
  GitCredentials credentials(scripted.rest);
  scripted.http.on("PATCH", "/api/2.0/git-credentials/1")
      .withJson(R"({"git_provider":"gitHub","personal_access_token":"ghp_2","is_default_for_provider":true})");
  CHECK(credentials.update(1, {.provider = "gitHub", .token = core::SecretString("ghp_2"), .makeDefault = true}));
  scripted.http.on("GET", "/api/2.0/git-credentials/1").reply(200, R"({"credential_id":1,"git_email":"a@b"})");
  CHECK(credentials.get(1)->email == "a@b");
  scripted.http.on("DELETE", "/api/2.0/git-credentials/1");
  CHECK(credentials.remove(1));
}

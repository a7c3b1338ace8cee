// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/repos.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("repos page with a parameter named like the field") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/repos?path_prefix=%2FWorkspace%2FUsers%2Fada")
      .reply(200, R"({"repos":[{"id":5249608814509279,"path":"/Repos/ada/proj","url":"https://g/o/proj.git",
        "provider":"gitHub","branch":"main","head_commit_id":"7e08","sparse_checkout":{"patterns":["src"]}}],
        "next_page_token":"a"})");
  scripted.http.on("GET", "/api/2.0/repos?next_page_token=a&path_prefix=%2FWorkspace%2FUsers%2Fada")
      .reply(200, R"({"repos":[{"id":"4348585301701786933"}]})");
  auto repos = Repos(scripted.rest).list("/Workspace/Users/ada").all();
  REQUIRE(repos);
  REQUIRE(repos->size() == 2);
  CHECK(repos->at(0).id == 5249608814509279);
  CHECK(repos->at(0).sparsePatterns == std::vector<std::string>{"src"});
  CHECK(repos->at(1).id == 4348585301701786933);
  CHECK(repos->at(1).branch.empty());
}

TEST_CASE("a repo is cloned once, with minutes of patience") {
  test::ScriptedWorkspace scripted;
  Repos repos(scripted.rest);
  scripted.http.on("POST", "/api/2.0/repos")
      .withJson(R"({"url":"https://g/o/p.git","provider":"gitHub","path":"/Repos/ada/p",
                    "sparse_checkout":{"patterns":["src"]},"git_credential_id":93488329053511})")
      .reply(200, R"({"id":1,"path":"/Repos/ada/p"})");
  auto repo = repos.create({.url = "https://g/o/p.git",
                            .provider = "gitHub",
                            .path = "/Repos/ada/p",
                            .sparsePatterns = {"src"},
                            .credentialId = 93488329053511});
  REQUIRE(repo);
  CHECK(repo->id == 1);
  scripted.http.on("POST", "/api/2.0/repos").drop();
  CHECK(repos.create({.url = "u", .provider = "gitHub"}).error().code == ErrorCode::Unavailable);
}

TEST_CASE("a repo is pulled, moved to a branch or a tag, and deleted") {
  test::ScriptedWorkspace scripted;
  Repos repos(scripted.rest);
  scripted.http.on("PATCH", "/api/2.0/repos/5249608814509279").withJson(R"({"branch":"main"})").drop();
  scripted.http.on("PATCH", "/api/2.0/repos/5249608814509279").withJson(R"({"branch":"main"})");
  CHECK(repos.update(5249608814509279, {.branch = "main"}));
  scripted.http.on("PATCH", "/api/2.0/repos/1")
      .withJson(R"({"tag":"v1","sparse_checkout":{"patterns":[]},"dangerously_force_discard_all":true})");
  CHECK(repos.update(1, {.tag = "v1", .sparsePatterns = std::vector<std::string>(), .discardLocalChanges = true}));
  scripted.http.on("PATCH", "/api/2.0/repos/1")
      .reply(400, R"({"error_code":"GIT_UNKNOWN_REF","message":"Branch x not found in remote."})");
  CHECK(repos.update(1, {.branch = "x"}).error().code == ErrorCode::NotFound);
  scripted.http.on("PATCH", "/api/2.0/repos/1")
      .reply(409, R"({"error_code":"GIT_CONFLICT","message":"Local changes are in the way."})");
  CHECK(repos.update(1, {.branch = "x"}).error().code == ErrorCode::Conflict);
  scripted.http.on("GET", "/api/2.0/repos/1").reply(200, R"({"id":1,"head_commit_id":"7e08"})");
  CHECK(repos.get(1)->head == "7e08");
  scripted.http.on("DELETE", "/api/2.0/repos/1");
  CHECK(repos.remove(1));
}

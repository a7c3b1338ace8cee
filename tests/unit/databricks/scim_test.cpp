// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/scim.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("users come page by page, with what SCIM hides in objects") {
  test::ScriptedWorkspace scripted;
  const std::string target =
      "/api/2.0/preview/scim/v2/Users?attributes=userName&count=100"
      "&filter=userName%20eq%20%22a%5C%22b%22";
  scripted.http.on("GET", target)
      .reply(200, R"({"totalResults":2,"startIndex":1,"itemsPerPage":1,"Resources":[
        {"id":"6319212438871234","userName":"ada@example.com","displayName":"Ada L","active":true,
         "emails":[{"value":"old@example.com"},{"value":"ada@example.com","primary":true}],
         "groups":[{"display":"admins","type":"direct","value":"1234","$ref":"Groups/1234"}],
         "entitlements":[{"value":"allow-cluster-create"}],"roles":null}]})",
             {{"Content-Type", "application/scim+json"}});
  scripted.http.on("GET", target + "&startIndex=2")
      .reply(200, R"({"totalResults":2,"startIndex":2,"itemsPerPage":1,"Resources":[{"id":"7"}]})");
  auto users = Scim(scripted.rest).users({.filter = scimEquals("userName", "a\"b"), .attributes = "userName"}).all();
  REQUIRE(users);
  REQUIRE(users->size() == 2);
  const auto& ada = users->at(0);
  CHECK(ada.id == "6319212438871234");
  CHECK(ada.emails == std::vector<std::string>{"ada@example.com", "old@example.com"});
  REQUIRE(ada.groups.size() == 1);
  CHECK(ada.groups[0].display == "admins");
  CHECK(ada.groups[0].id == "1234");
  CHECK(ada.groups[0].type == "direct");
  CHECK(ada.entitlements == std::vector<std::string>{"allow-cluster-create"});
  CHECK(ada.roles.empty());
  CHECK_FALSE(users->at(1).active);
}

TEST_CASE("groups and service principals are read, and nobody at all is an empty list") {
  test::ScriptedWorkspace scripted;
  Scim scim(scripted.rest);
  scripted.http.on("GET", "/api/2.0/preview/scim/v2/Groups/1234")
      .reply(200, R"({"id":"1234","displayName":"data","members":[{"display":"Ada","value":"7","$ref":"Users/7"}]})");
  auto group = scim.group("1234");
  REQUIRE(group);
  CHECK(group->displayName == "data");
  REQUIRE(group->members.size() == 1);
  CHECK(group->members[0].type == "Users/7");

  scripted.http.on("GET", "/api/2.0/preview/scim/v2/ServicePrincipals?count=100")
      .reply(200,
             R"({"totalResults":1,"Resources":[{"id":"9","applicationId":"a-1","displayName":"bot","active":true}]})");
  auto principals = scim.servicePrincipals().all();
  REQUIRE(principals);
  REQUIRE(principals->size() == 1);
  CHECK(principals->at(0).applicationId == "a-1");

  scripted.http.on("GET", "/api/2.0/preview/scim/v2/Groups?count=100").reply(200, R"({"totalResults":0})");
  CHECK(scim.groups().all()->empty());
}

TEST_CASE("SCIM's own errors are understood") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/preview/scim/v2/Users/x")
      .reply(404, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"User with id x not found.",
                      "status":"404"})");
  auto user = Scim(scripted.rest).user("x");
  CHECK(user.error().code == ErrorCode::NotFound);
  CHECK(user.error().message == "User with id x not found.");
}

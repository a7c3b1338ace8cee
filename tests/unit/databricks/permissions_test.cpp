// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/permissions.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("permissions tell who may what and whence") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/permissions/jobs/123").reply(200, R"({"object_id":"/jobs/123","object_type":"job",
    "access_control_list":[
      {"user_name":"ada@example.com","display_name":"Ada L","all_permissions":[{"permission_level":"IS_OWNER","inherited":false}]},
      {"group_name":"admins","all_permissions":[{"permission_level":"CAN_MANAGE","inherited":true,
       "inherited_from_object":["/jobs/"]}]},
      {"service_principal_name":"5f1c","all_permissions":null}]})");
  auto entries = Permissions(scripted.rest).get({"jobs", "123"});
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK(entries->at(0).principal.kind == Principal::Kind::User);
  CHECK(entries->at(0).displayName == "Ada L");
  CHECK(entries->at(0).levels.at(0).level == "IS_OWNER");
  CHECK(entries->at(1).principal.kind == Principal::Kind::Group);
  CHECK(entries->at(1).levels.at(0).inherited);
  CHECK(entries->at(1).levels.at(0).inheritedFrom == std::vector<std::string>{"/jobs/"});
  CHECK(entries->at(2).principal.kind == Principal::Kind::ServicePrincipal);
  CHECK(entries->at(2).principal.name == "5f1c");
  CHECK(entries->at(2).levels.empty());
}

TEST_CASE("a type of two parts keeps its slash, an id does not") {
  test::ScriptedWorkspace scripted;
  Permissions permissions(scripted.rest);
  scripted.http.on("GET", "/api/2.0/permissions/sql/warehouses/ab%2Fc/permissionLevels")
      .reply(200, R"({"permission_levels":[{"permission_level":"CAN_USE","description":"Can use"}]})");
  auto levels = permissions.levels({"sql/warehouses", "ab/c"});
  REQUIRE(levels);
  CHECK(levels->at(0).level == "CAN_USE");
  CHECK(levels->at(0).description == "Can use");
  scripted.http.on("GET", "/api/2.0/permissions/authorization/tokens");
  CHECK(permissions.get({"authorization", "tokens"}).value().empty());
}

TEST_CASE("setting replaces, adding adds, and both are asked again after a lost answer") {
  test::ScriptedWorkspace scripted;
  Permissions permissions(scripted.rest);
  const std::vector<AccessGrant> grants = {
      {{Principal::Kind::User, "ada@example.com"}, "IS_OWNER"},
      {{Principal::Kind::Group, "users"}, "CAN_VIEW"},
      {{Principal::Kind::ServicePrincipal, "5f1c"}, "CAN_MANAGE_RUN"},
  };
  const char* body = R"({"access_control_list":[{"user_name":"ada@example.com","permission_level":"IS_OWNER"},
    {"group_name":"users","permission_level":"CAN_VIEW"},
    {"service_principal_name":"5f1c","permission_level":"CAN_MANAGE_RUN"}]})";
  scripted.http.on("PUT", "/api/2.0/permissions/jobs/1").withJson(body).drop();
  scripted.http.on("PUT", "/api/2.0/permissions/jobs/1")
      .withJson(body)
      .reply(200, R"({"access_control_list":[{"group_name":"users"}]})");
  CHECK(permissions.set({"jobs", "1"}, grants).value().size() == 1);
  scripted.http.on("PATCH", "/api/2.0/permissions/jobs/1").withJson(body).drop();
  scripted.http.on("PATCH", "/api/2.0/permissions/jobs/1").withJson(body);
  CHECK(permissions.add({"jobs", "1"}, grants));
}

TEST_CASE("what the workspace refuses comes through in its words") {
  test::ScriptedWorkspace scripted;
  Permissions permissions(scripted.rest);
  scripted.http.on("PUT", "/api/2.0/permissions/jobs/1")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"The job must have exactly one owner."})");
  CHECK(permissions.set({"jobs", "1"}, {}).error().message == "The job must have exactly one owner.");
  scripted.http.on("PATCH", "/api/2.0/permissions/jobs/1")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Principal: UserName(x) does not exist"})");
  CHECK(permissions.add({"jobs", "1"}, {}).error().code == ErrorCode::NotFound);
}

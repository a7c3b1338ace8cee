// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/grants.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {
const std::string kBase = "/api/2.1/unity-catalog/";
}

TEST_CASE("grants are listed for all and for one") {
  test::ScriptedWorkspace scripted;
  Grants grants(scripted.rest);
  scripted.http.on("GET", kBase + "permissions/catalog/main?max_results=0")
      .reply(200, R"({"privilege_assignments":[{"principal":"account users","privileges":["USE_CATALOG","NEWER"]}],
                      "next_page_token":"t"})");
  scripted.http.on("GET", kBase + "permissions/catalog/main?max_results=0&page_token=t");
  auto all = grants.list({"catalog", "main"}).all();
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  CHECK(all->at(0).principal == "account users");
  CHECK(all->at(0).privileges == std::vector<std::string>{"USE_CATALOG", "NEWER"});
  scripted.http.on("GET", kBase + "permissions/table/a.b.c?max_results=0&principal=ada%40example.com");
  CHECK(grants.list({"table", "a.b.c"}, "ada@example.com").all().value().empty());
}

TEST_CASE("effective privileges say where they come from") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kBase + "effective-permissions/table/a.b.c?max_results=0")
      .reply(200, R"({"privilege_assignments":[{"principal":"x","privileges":[{"privilege":"SELECT"},
        {"privilege":"MODIFY","inherited_from_type":"CATALOG","inherited_from_name":"a"}]}]})");
  auto effective = Grants(scripted.rest).effective({"table", "a.b.c"}).all();
  REQUIRE(effective);
  CHECK(effective->at(0).privileges.at(0).inheritedFromType.empty());
  CHECK(effective->at(0).privileges.at(1).inheritedFromType == "CATALOG");
  CHECK(effective->at(0).privileges.at(1).inheritedFromName == "a");
}

TEST_CASE("a change names what comes and what goes, and is asked again after a lost answer") {
  test::ScriptedWorkspace scripted;
  Grants grants(scripted.rest);
  const char* body = R"({"changes":[{"principal":"x","add":["SELECT"],"remove":[]},
                                    {"principal":"y","add":[],"remove":["MODIFY"]}]})";
  scripted.http.on("PATCH", kBase + "permissions/table/a.b.c").withJson(body).drop();
  scripted.http.on("PATCH", kBase + "permissions/table/a.b.c")
      .withJson(body)
      .reply(200, R"({"privilege_assignments":[{"principal":"x","privileges":["SELECT"]}]})");
  auto after = grants.change({"table", "a.b.c"},
                             {{.principal = "x", .add = {"SELECT"}}, {.principal = "y", .remove = {"MODIFY"}}});
  REQUIRE(after);
  CHECK(after->at(0).privileges.at(0) == "SELECT");
  scripted.http.on("PATCH", kBase + "permissions/table/a.b.c")
      .reply(400,
             R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Privilege X is not applicable to this entity."})");
  auto refused = grants.change({"table", "a.b.c"}, {});
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(refused.error().message == "Privilege X is not applicable to this entity.");
}

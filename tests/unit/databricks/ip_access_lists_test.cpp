// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/ip_access_lists.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("IP access lists are read") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/ip-access-lists")
      .reply(200, R"({"ip_access_lists":[{"list_id":"l1","label":"office","list_type":"ALLOW","address_count":1,
        "ip_addresses":["10.0.0.0/8"],"enabled":true,"created_at":1700000000000,"created_by":4348585301701786933}]})");
  auto lists = IpAccessLists(scripted.rest).list().all();
  REQUIRE(lists);
  REQUIRE(lists->size() == 1);
  CHECK(lists->at(0).addresses == std::vector<std::string>{"10.0.0.0/8"});
  CHECK(lists->at(0).createdBy == 4348585301701786933);
  CHECK(lists->at(0).enabled);
}

TEST_CASE("IP access lists are for administrators") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/ip-access-lists")
      .reply(403, R"({"error_code":"PERMISSION_DENIED","message":"Only workspace administrators may do this."})");
  CHECK(IpAccessLists(scripted.rest).list().all().error().code == ErrorCode::PermissionDenied);
}

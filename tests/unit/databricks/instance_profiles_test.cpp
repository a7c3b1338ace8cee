// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/instance_profiles.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;

TEST_CASE("instance profiles are read") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/instance-profiles/list")
      .reply(200, R"({"instance_profiles":[{"instance_profile_arn":"arn:aws:iam::1:instance-profile/x",
                      "iam_role_arn":"arn:aws:iam::1:role/y","is_meta_instance_profile":true},{}]})");
  auto profiles = InstanceProfiles(scripted.rest).list().all();
  REQUIRE(profiles);
  REQUIRE(profiles->size() == 2);
  CHECK(profiles->at(0).arn == "arn:aws:iam::1:instance-profile/x");
  CHECK(profiles->at(0).roleArn == "arn:aws:iam::1:role/y");
  CHECK(profiles->at(0).meta);
}

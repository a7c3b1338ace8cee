// SPDX-License-Identifier: Apache-2.0
#include "features/files/write_permission.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

using Kind = databricks::Principal::Kind;

databricks::AccessEntry entry(Kind kind, const char* name, const char* level, bool inherited = false) {
  return {.principal = {kind, name},
          .displayName = {},
          .levels = {{.level = level, .inherited = inherited, .inheritedFrom = {}}}};
}

databricks::Me member(const char* group) {
  databricks::Me me;
  me.userName = "ada@example.com";
  me.groups = {group};
  return me;
}

}  // namespace

TEST_CASE("who may write is told by the grants of the user and of the user's groups") {
  const auto me = member("data");
  CHECK(mayWrite({entry(Kind::User, "ada@example.com", "CAN_EDIT")}, me));
  CHECK(mayWrite({entry(Kind::User, "ada@example.com", "IS_OWNER")}, me));
  CHECK(mayWrite({entry(Kind::Group, "data", "CAN_MANAGE", true)}, me));
  CHECK(mayWrite({entry(Kind::Group, "users", "CAN_EDIT")}, me));
  CHECK_FALSE(mayWrite({entry(Kind::User, "ada@example.com", "CAN_RUN")}, me));
  CHECK_FALSE(mayWrite({entry(Kind::User, "bob@example.com", "CAN_MANAGE")}, me));
  CHECK_FALSE(mayWrite({entry(Kind::User, "data", "CAN_MANAGE")}, me));
  CHECK_FALSE(mayWrite({}, me));
}

TEST_CASE("administrators may write") { CHECK(mayWrite({}, member("admins"))); }

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "write_permission.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trowel::features {

namespace {

constexpr std::array<std::string_view, 3> kWriting{"CAN_EDIT", "CAN_MANAGE", "IS_OWNER"};

// Everybody is in this group, which the workspace does not say of each.
bool isMe(const databricks::Principal& principal, const databricks::Me& me) {
  if (principal.kind != databricks::Principal::Kind::Group) return principal.name == me.userName;
  return principal.name == "users" || std::ranges::find(me.groups, principal.name) != me.groups.end();
}

}  // namespace

bool mayWrite(const std::vector<databricks::AccessEntry>& entries, const databricks::Me& me) {
  if (std::ranges::find(me.groups, "admins") != me.groups.end()) return true;
  return std::ranges::any_of(entries, [&](const databricks::AccessEntry& entry) {
    return isMe(entry.principal, me) && std::ranges::any_of(entry.levels, [](const databricks::GrantedLevel& granted) {
             return std::ranges::find(kWriting, granted.level) != kWriting.end();
           });
  });
}

}  // namespace trowel::features

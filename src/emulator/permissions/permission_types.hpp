// SPDX-License-Identifier: Apache-2.0
// The kinds of objects that have permissions, and the levels that each kind has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trowel::emulator {

struct PermissionType {
  std::string_view name;                 // in URLs: clusters, sql/warehouses
  std::string_view objectType;           // object_type of answers
  std::string_view prefix;               // of object_id: /clusters/
  std::vector<std::string_view> levels;  // from least to most; IS_OWNER last where objects have owners

  // What administrators have: CAN_MANAGE for nearly all.
  std::string_view highest() const { return hasOwner() ? levels[levels.size() - 2] : levels.back(); }
  bool hasOwner() const { return levels.back() == "IS_OWNER"; }
  // 1 for the least; 0: there is no such level here.
  std::size_t rank(std::string_view level) const;
};

const std::vector<PermissionType>& permissionTypes();
// By the name in URLs; aliases (`warehouses`) give the type that they stand for. Null: there is none.
const PermissionType* findPermissionType(std::string_view name);

// "Can attach to", for what a level lets people do.
std::string describeLevel(std::string_view level);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// How an area guards the calls about its objects with the workspace's permissions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/permissions/permissions.hpp"
#include "emulator/server/call.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Any thread. `permissions` outlives it and the endpoints that it makes. What it is asked about an object that does not
// exist it lets pass: the area itself says so best.
class ObjectAccess {
 public:
  // `type` as in URLs; `variable` of the routes holds the object's id.
  ObjectAccess(Permissions& permissions, std::string type, std::string variable = "id")
      : permissions_(&permissions), type_(std::move(type)), variable_(std::move(variable)) {}

  // 403 where the caller has not at least `level` on the object.
  Reply<void> require(const Call& call, const std::string& id, std::string_view level) const;
  // The endpoint for those alone who have `level`.
  Endpoint guard(std::string level, Endpoint endpoint) const;
  // Leaves in a list what the caller may see: has `level` on, by the id in `field`.
  void keepVisible(const Call& call, std::string_view level, std::vector<core::Json>& objects, const char* field) const;

  bool allows(const Call& call, const std::string& id, std::string_view level) const {
    return permissions_->allows(call.caller(), type_, id, level);
  }
  // The object is no more.
  void removed(const std::string& id) const { permissions_->removed(type_, id); }

 private:
  Permissions* permissions_;
  std::string type_;
  std::string variable_;
};

}  // namespace trowel::emulator

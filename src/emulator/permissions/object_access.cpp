// SPDX-License-Identifier: Apache-2.0
#include "emulator/permissions/object_access.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

Reply<void> ObjectAccess::require(const Call& call, const std::string& id, std::string_view level) const {
  if (!permissions_->exists(type_, id)) return {};
  return permissions_->require(call.caller(), type_, id, level);
}

Endpoint ObjectAccess::guard(std::string level, Endpoint endpoint) const {
  return
      [access = *this, level = std::move(level), endpoint = std::move(endpoint)](const Call& call) -> Reply<Response> {
        TROWEL_TRY(access.require(call, call.path(access.variable_), level));
        return endpoint(call);
      };
}

void ObjectAccess::keepVisible(const Call& call, std::string_view level, std::vector<core::Json>& objects,
                               const char* field) const {
  if (call.caller().admin) return;
  std::erase_if(objects, [&](const core::Json& object) { return !allows(call, core::stringAt(object, field), level); });
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/permissions.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kGet{Verb::Get, "/api/2.0/permissions/{type...}/{id}", Safety::Safe};
constexpr Call kLevels{Verb::Get, "/api/2.0/permissions/{type...}/{id}/permissionLevels", Safety::Safe};
constexpr Call kSet{Verb::Put, "/api/2.0/permissions/{type...}/{id}", Safety::Safe};
constexpr Call kAdd{Verb::Patch, "/api/2.0/permissions/{type...}/{id}", Safety::Safe};

struct KindField {
  Principal::Kind kind;
  const char* field;
};
constexpr KindField kKinds[] = {
    {Principal::Kind::User, "user_name"},
    {Principal::Kind::Group, "group_name"},
    {Principal::Kind::ServicePrincipal, "service_principal_name"},
};

core::Json paramsOf(const PermissionObject& object) { return {{"type", object.type}, {"id", object.id}}; }

GrantedLevel readGranted(const core::Json& json) {
  return {.level = core::stringAt(json, "permission_level"),
          .inherited = core::boolAt(json, "inherited"),
          .inheritedFrom = textsAt(json, "inherited_from_object")};
}

AccessEntry readEntry(const core::Json& json) {
  AccessEntry entry;
  for (const auto& [kind, field] : kKinds)
    if (auto name = core::stringAt(json, field); !name.empty()) entry.principal = {.kind = kind, .name = name};
  entry.displayName = core::stringAt(json, "display_name");
  entry.levels = listAt(json, "all_permissions", &readGranted);
  return entry;
}

PermissionLevel readLevel(const core::Json& json) {
  return {.level = core::stringAt(json, "permission_level"), .description = core::stringAt(json, "description")};
}

core::Json grantJson(const AccessGrant& grant) {
  core::Json json = {{"permission_level", grant.level}};
  for (const auto& [kind, field] : kKinds)
    if (kind == grant.principal.kind) json[field] = grant.principal.name;
  return json;
}

}  // namespace

core::Result<std::vector<AccessEntry>> Permissions::get(const PermissionObject& object,
                                                        const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kGet, paramsOf(object), options));
  return listAt(json, "access_control_list", &readEntry);
}

core::Result<std::vector<PermissionLevel>> Permissions::levels(const PermissionObject& object,
                                                               const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kLevels, paramsOf(object), options));
  return listAt(json, "permission_levels", &readLevel);
}

core::Result<std::vector<AccessEntry>> Permissions::set(const PermissionObject& object,
                                                        const std::vector<AccessGrant>& grants,
                                                        const CallOptions& options) const {
  return change(kSet, object, grants, options);
}

core::Result<std::vector<AccessEntry>> Permissions::add(const PermissionObject& object,
                                                        const std::vector<AccessGrant>& grants,
                                                        const CallOptions& options) const {
  return change(kAdd, object, grants, options);
}

core::Result<std::vector<AccessEntry>> Permissions::change(const Call& call, const PermissionObject& object,
                                                           const std::vector<AccessGrant>& grants,
                                                           const CallOptions& options) const {
  auto params = paramsOf(object);
  auto& list = params["access_control_list"] = core::Json::array();
  for (const auto& grant : grants) list.push_back(grantJson(grant));
  auto json = TROWEL_TRY(rest_.call(call, params, options));
  return listAt(json, "access_control_list", &readEntry);
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/grants.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.1/unity-catalog/permissions/{type}/{name}", Safety::Safe,
                     byToken("privilege_assignments")};
constexpr Call kEffective{Verb::Get, "/api/2.1/unity-catalog/effective-permissions/{type}/{name}", Safety::Safe,
                          byToken("privilege_assignments")};
constexpr Call kChange{Verb::Patch, "/api/2.1/unity-catalog/permissions/{type}/{name}", Safety::Safe};

Privileges readPrivileges(const core::Json& json) {
  return {.principal = core::stringAt(json, "principal"), .privileges = textsAt(json, "privileges")};
}

EffectivePrivilege readEffectiveOne(const core::Json& json) {
  return {.privilege = core::stringAt(json, "privilege"),
          .inheritedFromType = core::stringAt(json, "inherited_from_type"),
          .inheritedFromName = core::stringAt(json, "inherited_from_name")};
}

EffectivePrivileges readEffective(const core::Json& json) {
  return {.principal = core::stringAt(json, "principal"), .privileges = listAt(json, "privileges", &readEffectiveOne)};
}

core::Json paramsOf(const SecurableRef& object) { return {{"type", object.type}, {"name", object.fullName}}; }

core::Json listParams(const SecurableRef& object, std::string_view principal) {
  auto params = paramsOf(object);
  params["max_results"] = 0;  // pages of the server's own size; without it old workspaces send everything at once
  if (!principal.empty()) params["principal"] = principal;
  return params;
}

}  // namespace

Listing<Privileges> Grants::list(const SecurableRef& object, std::string_view principal,
                                 const CallOptions& options) const {
  return rest_.list(kList, listParams(object, principal), &readPrivileges, options);
}

Listing<EffectivePrivileges> Grants::effective(const SecurableRef& object, std::string_view principal,
                                               const CallOptions& options) const {
  return rest_.list(kEffective, listParams(object, principal), &readEffective, options);
}

core::Result<std::vector<Privileges>> Grants::change(const SecurableRef& object,
                                                     const std::vector<PrivilegeChange>& changes,
                                                     const CallOptions& options) const {
  auto params = paramsOf(object);
  auto& list = params["changes"] = core::Json::array();
  for (const auto& change : changes)
    list.push_back({{"principal", change.principal}, {"add", change.add}, {"remove", change.remove}});
  auto json = TROWEL_TRY(rest_.call(kChange, params, options));
  return listAt(json, "privilege_assignments", &readPrivileges);
}

}  // namespace trowel::databricks

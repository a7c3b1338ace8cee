// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/scim.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kMe{Verb::Get, "/api/2.0/preview/scim/v2/Me", Safety::Safe};
constexpr Call kUsers{Verb::Get, "/api/2.0/preview/scim/v2/Users", Safety::Safe, byStartIndex()};
constexpr Call kUser{Verb::Get, "/api/2.0/preview/scim/v2/Users/{id}", Safety::Safe};
constexpr Call kGroups{Verb::Get, "/api/2.0/preview/scim/v2/Groups", Safety::Safe, byStartIndex()};
constexpr Call kGroup{Verb::Get, "/api/2.0/preview/scim/v2/Groups/{id}", Safety::Safe};
constexpr Call kPrincipals{Verb::Get, "/api/2.0/preview/scim/v2/ServicePrincipals", Safety::Safe, byStartIndex()};
constexpr Call kPrincipal{Verb::Get, "/api/2.0/preview/scim/v2/ServicePrincipals/{id}", Safety::Safe};

constexpr int kPageSize = 100;

// SCIM writes lists of words as [{"value":"allow-cluster-create"}].
std::vector<std::string> valuesAt(const core::Json& json, const char* field) {
  std::vector<std::string> values;
  eachAt(json, field, [&](const core::Json& item) {
    if (auto value = core::stringAt(item, "value"); !value.empty()) values.push_back(std::move(value));
  });
  return values;
}

ScimReference readReference(const core::Json& json) {
  return {.id = core::stringAt(json, "value"),
          .display = core::stringAt(json, "display"),
          .type = core::stringAt(json, "type", core::stringAt(json, "$ref"))};
}

std::vector<std::string> emailsOf(const core::Json& json) {
  std::vector<std::string> emails;
  eachAt(json, "emails", [&](const core::Json& item) {
    auto at = core::boolAt(item, "primary") ? emails.begin() : emails.end();
    if (auto email = core::stringAt(item, "value"); !email.empty()) emails.insert(at, std::move(email));
  });
  return emails;
}

User readUser(const core::Json& json) {
  User user;
  user.id = core::stringAt(json, "id");
  user.userName = core::stringAt(json, "userName");
  user.displayName = core::stringAt(json, "displayName");
  user.active = core::boolAt(json, "active");
  user.emails = emailsOf(json);
  user.groups = listAt(json, "groups", &readReference);
  user.entitlements = valuesAt(json, "entitlements");
  user.roles = valuesAt(json, "roles");
  return user;
}

Group readGroup(const core::Json& json) {
  Group group;
  group.id = core::stringAt(json, "id");
  group.displayName = core::stringAt(json, "displayName");
  group.members = listAt(json, "members", &readReference);
  group.groups = listAt(json, "groups", &readReference);
  group.entitlements = valuesAt(json, "entitlements");
  group.roles = valuesAt(json, "roles");
  return group;
}

ServicePrincipal readPrincipal(const core::Json& json) {
  ServicePrincipal principal;
  principal.id = core::stringAt(json, "id");
  principal.applicationId = core::stringAt(json, "applicationId");
  principal.displayName = core::stringAt(json, "displayName");
  principal.active = core::boolAt(json, "active");
  principal.groups = listAt(json, "groups", &readReference);
  principal.entitlements = valuesAt(json, "entitlements");
  principal.roles = valuesAt(json, "roles");
  return principal;
}

core::Json paramsOf(const ScimQuery& query) {
  core::Json params = {{"count", kPageSize}};
  if (!query.filter.empty()) params["filter"] = query.filter;
  if (!query.attributes.empty()) params["attributes"] = query.attributes;
  return params;
}

}  // namespace

std::string scimEquals(std::string_view attribute, std::string_view value) {
  auto escaped = core::replaceAll(core::replaceAll(std::string(value), "\\", "\\\\"), "\"", "\\\"");
  return std::string(attribute) + " eq \"" + escaped + "\"";
}

core::Result<Me> Scim::me(const CallOptions& options) const {
  http::Headers headers;
  auto json = TROWEL_TRY(rest_.call(kMe, {}, options, &headers));
  Me me;
  me.id = core::stringAt(json, "id");
  me.userName = core::stringAt(json, "userName");
  me.displayName = core::stringAt(json, "displayName");
  me.active = core::boolAt(json, "active");
  eachAt(json, "groups", [&](const core::Json& group) { me.groups.push_back(core::stringAt(group, "display")); });
  // No call tells the workspace's id; every answer carries it.
  auto id = http::headerOf(headers, "X-Databricks-Org-Id");
  std::from_chars(id.data(), id.data() + id.size(), me.workspaceId);
  return me;
}

Listing<User> Scim::users(const ScimQuery& query, const CallOptions& options) const {
  return rest_.list(kUsers, paramsOf(query), &readUser, options);
}

core::Result<User> Scim::user(std::string_view id, const CallOptions& options) const {
  return readUser(TROWEL_TRY(rest_.call(kUser, {{"id", id}}, options)));
}

Listing<Group> Scim::groups(const ScimQuery& query, const CallOptions& options) const {
  return rest_.list(kGroups, paramsOf(query), &readGroup, options);
}

core::Result<Group> Scim::group(std::string_view id, const CallOptions& options) const {
  return readGroup(TROWEL_TRY(rest_.call(kGroup, {{"id", id}}, options)));
}

Listing<ServicePrincipal> Scim::servicePrincipals(const ScimQuery& query, const CallOptions& options) const {
  return rest_.list(kPrincipals, paramsOf(query), &readPrincipal, options);
}

core::Result<ServicePrincipal> Scim::servicePrincipal(std::string_view id, const CallOptions& options) const {
  return readPrincipal(TROWEL_TRY(rest_.call(kPrincipal, {{"id", id}}, options)));
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/scim_resource.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "emulator/state/ids.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::string_view kEntitlements[] = {"allow-cluster-create", "allow-instance-pool-create",
                                              "databricks-sql-access", "workspace-access", "workspace-consume"};

// "ada.lovelace@example.com" -> Ada, Lovelace
std::pair<std::string, std::string> namesOf(const std::string& userName) {
  std::string local = userName.substr(0, userName.find('@'));
  std::pair<std::string, std::string> names;
  auto dot = local.find_first_of("._-");
  names.first = local.substr(0, dot);
  if (dot != std::string::npos) names.second = local.substr(dot + 1);
  for (std::string* name : {&names.first, &names.second})
    if (!name->empty() && name->front() >= 'a' && name->front() <= 'z')
      name->front() = static_cast<char>(name->front() - 'a' + 'A');
  return names;
}

const std::vector<std::string>& attributesOf(PrincipalKind kind) {
  static const std::vector<std::string> kOfUsers{"userName", "displayName",  "name",  "emails",
                                                 "active",   "entitlements", "roles", "externalId"};
  static const std::vector<std::string> kOfPrincipals{"applicationId", "displayName", "active",
                                                      "entitlements",  "roles",       "externalId"};
  static const std::vector<std::string> kOfGroups{"displayName", "members", "entitlements", "roles", "externalId"};
  if (kind == PrincipalKind::User) return kOfUsers;
  return kind == PrincipalKind::Group ? kOfGroups : kOfPrincipals;
}

// The name is that of a folder as well: /Users/<name>.
bool isPrincipalName(std::string_view name) {
  return name.size() <= kMaxName && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(), [](char c) { return c == '/' || (c >= 0 && c < ' ') || c == 0x7f; });
}

Reply<void> checkTypes(const Json& resource) {
  for (const char* field : {"userName", "displayName", "applicationId", "externalId"})
    if (resource.contains(field) && !resource.at(field).is_string())
      return invalidValue("Attribute " + std::string(field) + " must be a string.");
  for (const char* field : {"emails", "entitlements", "roles", "members"}) {
    if (!resource.contains(field)) continue;
    bool fine = resource.at(field).is_array();
    for (const auto& element : core::arrayAt(resource, field))
      fine = fine && element.is_object() && element.contains("value") && element.at("value").is_string();
    if (!fine) return invalidValue("Attribute " + std::string(field) + " must be a list of objects with a value.");
  }
  if (resource.contains("name") && !resource.at("name").is_object())
    return invalidValue("Attribute name must be an object.");
  if (resource.contains("active") && !resource.at("active").is_boolean())
    return invalidValue("Attribute active must be a boolean.");
  return {};
}

}  // namespace

std::string_view noun(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "User";
  return kind == PrincipalKind::Group ? "Group" : "Service principal";
}

const char* nameField(PrincipalKind kind) {
  if (kind == PrincipalKind::User) return "userName";
  return kind == PrincipalKind::Group ? "displayName" : "applicationId";
}

std::string scimReference(PrincipalKind kind, const std::string& id) {
  if (kind == PrincipalKind::User) return "Users/" + id;
  return (kind == PrincipalKind::Group ? "Groups/" : "ServicePrincipals/") + id;
}

Json knownAttributes(PrincipalKind kind, const Json& resource) {
  Json kept = Json::object();
  for (const auto& field : attributesOf(kind))
    for (const auto& [key, value] : resource.items())
      if (core::equalsIgnoreCase(key, field) && !value.is_null()) kept[field] = value;
  // Azure's provisioning sends it as text.
  if (auto active = kept.find("active"); active != kept.end() && active->is_string()) {
    const auto text = active->get<std::string>();
    for (bool flag : {true, false})
      if (core::equalsIgnoreCase(text, flag ? "true" : "false")) *active = flag;
  }
  return kept;
}

void completeResource(PrincipalKind kind, Json& resource) {
  if (kind != PrincipalKind::Group && !resource.contains("active")) resource["active"] = true;
  if (kind == PrincipalKind::ServicePrincipal) {
    if (core::stringAt(resource, "applicationId").empty()) resource["applicationId"] = randomUuid();
    if (!resource.contains("displayName")) resource["displayName"] = resource["applicationId"];
  }
  if (kind != PrincipalKind::User) return;
  const std::string userName = core::stringAt(resource, "userName");
  auto [given, family] = namesOf(userName);
  if (!resource.contains("name")) {
    resource["name"] = {{"givenName", given}};
    if (!family.empty()) resource["name"]["familyName"] = family;
  }
  if (!resource.contains("displayName")) {
    given = core::stringAt(resource["name"], "givenName", given);
    family = core::stringAt(resource["name"], "familyName", family);
    resource["displayName"] = family.empty() ? given : given + " " + family;
  }
  if (!resource.contains("emails")) resource["emails"] = {{{"type", "work"}, {"value", userName}, {"primary", true}}};
}

Reply<void> checkAttributes(PrincipalKind kind, const Json& resource) {
  if (auto typed = checkTypes(resource); !typed) return typed;
  const std::string name = core::stringAt(resource, nameField(kind));
  if (name.empty() && kind != PrincipalKind::ServicePrincipal)
    return invalidValue("Attribute " + std::string(nameField(kind)) + " is required.");
  if (kind != PrincipalKind::Group && !isPrincipalName(name))
    return invalidValue("Attribute " + std::string(nameField(kind)) + " is not valid.");
  for (const auto& entitlement : core::arrayAt(resource, "entitlements")) {
    const std::string value = core::stringAt(entitlement, "value");
    if (std::find(std::begin(kEntitlements), std::end(kEntitlements), value) == std::end(kEntitlements))
      return invalidValue("There is no entitlement " + core::toValidUtf8(value) + ".");
  }
  return {};
}

std::unexpected<ApiError> invalidValue(std::string detail) { return scimError(400, "invalidValue", std::move(detail)); }

}  // namespace trowel::emulator

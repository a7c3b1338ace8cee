// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/identity_api.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

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

Json describeUser(const User& user) {
  auto [given, family] = namesOf(user.name);
  Json name{{"givenName", given}};
  if (!family.empty()) name["familyName"] = family;
  return {
      {"schemas",
       {"urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:workspace:2.0:User"}},
      {"id", user.id},
      {"userName", user.name},
      {"displayName", family.empty() ? given : given + " " + family},
      {"active", true},
      {"name", name},
      {"emails", {{{"type", "work"}, {"value", user.name}, {"primary", true}}}},
      {"groups",
       {{{"display", "admins"}, {"type", "direct"}, {"value", "705"}, {"$ref", "Groups/705"}},
        {{"display", "users"}, {"type", "direct"}, {"value", "706"}, {"$ref", "Groups/706"}}}},
      {"entitlements", {{{"value", "workspace-access"}}, {{"value", "allow-cluster-create"}}}},
  };
}

// SCIM: `id` and `schemas` always come; attributes are compared without regard to case.
Json select(const Json& user, const Call& call) {
  auto namesIn = [&](const char* field) {
    std::vector<std::string> names;
    std::string list = call.text(field);
    for (auto name : core::split(list, ','))
      if (!core::trim(name).empty()) names.push_back(core::toLower(core::trim(name)));
    return names;
  };
  auto wanted = namesIn("attributes");
  auto unwanted = namesIn("excludedAttributes");
  auto contains = [](const std::vector<std::string>& names, const std::string& key) {
    return std::find(names.begin(), names.end(), core::toLower(key)) != names.end();
  };
  Json selected = Json::object();
  for (const auto& [key, value] : user.items()) {
    bool always = key == "id" || key == "schemas";
    if (always || ((wanted.empty() || contains(wanted, key)) && !contains(unwanted, key))) selected[key] = value;
  }
  return selected;
}

}  // namespace

std::string scimId(const std::string& userName) {
  return std::to_string(1'000'000'000'000'000 + std::stoull(core::sha256(userName).substr(0, 12), nullptr, 16));
}

void addIdentityRoutes(Router& router) {
  router.add("GET", "/api/2.0/preview/scim/v2/Me", [](const Call& call) -> Reply<Response> {
    Response response = jsonResponse(select(describeUser(call.caller()), call));
    response.contentType = "application/scim+json";
    return response;
  });
}

}  // namespace trowel::emulator

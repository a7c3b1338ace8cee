// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/scim_api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/scim_filter.hpp"
#include "emulator/server/message.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kMaxCount = 10000;
constexpr std::int64_t kStandardCount = 100;

Response scimResponse(const Json& body, int status = 200) {
  Response response = jsonResponse(body);
  response.status = status;
  response.contentType = "application/scim+json";
  return response;
}

// `attributes` and `excludedAttributes`: `id` and `schemas` always come; names are compared without regard to case, and
// of "name.givenName" the attribute counts.
Json select(const Json& resource, const Call& call) {
  auto namesIn = [&](const char* field) {
    std::vector<std::string> names;
    for (const auto& list : call.texts(field))
      for (auto name : core::split(list, ','))
        if (auto text = core::trim(name); !text.empty()) names.push_back(core::toLower(text.substr(0, text.find('.'))));
    return names;
  };
  auto wanted = namesIn("attributes");
  auto unwanted = namesIn("excludedAttributes");
  auto contains = [](const std::vector<std::string>& names, const std::string& key) {
    return std::find(names.begin(), names.end(), core::toLower(key)) != names.end();
  };
  Json selected = Json::object();
  for (const auto& [key, value] : resource.items()) {
    bool always = key == "id" || key == "schemas";
    if (always || ((wanted.empty() || contains(wanted, key)) && !contains(unwanted, key))) selected[key] = value;
  }
  return selected;
}

Reply<void> adminOnly(const Call& call) {
  if (call.caller().admin) return {};
  return scimError(403, "", "Only workspace administrators may change users, groups and service principals.");
}

std::string sortValue(const Json& resource, const std::string& attribute) {
  const Json* value = scimAttribute(resource, attribute);
  return value && value->is_string() ? core::toLower(value->get<std::string>()) : std::string();
}

Reply<std::int64_t> wholeNumber(const Call& call, const char* field, std::int64_t fallback) {
  auto read = readMessage(call.params(), {{field, ValueType::Number}});
  if (!read) return invalidValue("Parameter " + std::string(field) + " must be a number.");
  return core::intAt(*read, field, fallback);
}

Reply<Response> list(const Users& users, PrincipalKind kind, const Call& call) {
  std::vector<Json> resources = users.list(kind);
  if (std::string text = call.text("filter"); !text.empty()) {
    auto filter = ScimFilter::parse(text);
    if (!filter) return scimError(400, "invalidFilter", "Given filter operator is not supported.");
    std::erase_if(resources, [&](const Json& one) { return !filter->matches(one); });
  }
  if (std::string by = call.text("sortBy"); !by.empty()) {
    std::stable_sort(resources.begin(), resources.end(),
                     [&](const Json& a, const Json& b) { return sortValue(a, by) < sortValue(b, by); });
    if (core::equalsIgnoreCase(call.text("sortOrder"), "descending")) std::reverse(resources.begin(), resources.end());
  }
  // Values out of range mean the nearest one in it (RFC 7644 3.4.2.4).
  auto first = TROWEL_TRY(wholeNumber(call, "startIndex", 1));
  auto most = TROWEL_TRY(wholeNumber(call, "count", kStandardCount));
  auto start = static_cast<std::size_t>(std::max<std::int64_t>(1, first));
  auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(most, 0, kMaxCount));
  if (call.pageCap() != 0) count = std::min(count, call.pageCap());
  std::size_t begin = std::min(start - 1, resources.size());
  std::size_t end = begin + std::min(count, resources.size() - begin);
  Json page = Json::array();
  for (std::size_t i = begin; i < end; ++i)
    if (auto resource = users.get(kind, core::stringAt(resources[i], "id"))) page.push_back(select(*resource, call));
  Json body{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
            {"totalResults", resources.size()},
            {"startIndex", start},
            {"itemsPerPage", page.size()}};
  if (!page.empty()) body["Resources"] = std::move(page);
  return scimResponse(body);
}

}  // namespace

void addScimRoutes(Router& router, Users& users, std::function<void(const std::string& id)> removed) {
  static constexpr std::pair<PrincipalKind, std::string_view> kKinds[] = {
      {PrincipalKind::User, "Users"},
      {PrincipalKind::ServicePrincipal, "ServicePrincipals"},
      {PrincipalKind::Group, "Groups"}};
  const std::string base = "/api/2.0/preview/scim/v2/";
  router.add("GET", base + "Me", [&users](const Call& call) -> Reply<Response> {
    const User& caller = call.caller();
    auto kind = caller.servicePrincipal ? PrincipalKind::ServicePrincipal : PrincipalKind::User;
    Json me = TROWEL_TRY(users.get(kind, caller.id));
    // A service principal, too, finds itself described as a user here, named by its application id.
    if (caller.servicePrincipal) me["userName"] = caller.name;
    return scimResponse(select(me, call));
  });
  for (auto [kind, name] : kKinds) {
    const std::string all = base + std::string(name);
    const std::string one = all + "/{id}";
    router.add("GET", all, [&users, kind = kind](const Call& call) { return list(users, kind, call); });
    router.add("GET", one, [&users, kind = kind](const Call& call) -> Reply<Response> {
      Json resource = TROWEL_TRY(users.get(kind, call.path("id")));
      return scimResponse(select(resource, call));
    });
    router.add("POST", all, [&users, kind = kind](const Call& call) -> Reply<Response> {
      TROWEL_TRY(adminOnly(call));
      Json created = TROWEL_TRY(users.create(kind, call.params()));
      return scimResponse(created, 201);
    });
    router.add("PUT", one, [&users, kind = kind](const Call& call) -> Reply<Response> {
      TROWEL_TRY(adminOnly(call));
      Json replaced = TROWEL_TRY(users.replace(kind, call.path("id"), call.params()));
      return scimResponse(replaced);
    });
    router.add("PATCH", one, [&users, kind = kind](const Call& call) -> Reply<Response> {
      TROWEL_TRY(adminOnly(call));
      Json patched = TROWEL_TRY(users.patch(kind, call.path("id"), call.params()));
      return scimResponse(patched);
    });
    router.add("DELETE", one, [&users, removed, kind = kind](const Call& call) -> Reply<Response> {
      TROWEL_TRY(adminOnly(call));
      TROWEL_TRY(users.remove(kind, call.path("id")));
      if (kind != PrincipalKind::Group) removed(call.path("id"));
      return Response{.status = 204, .contentType = {}};
    });
  }
}

}  // namespace trowel::emulator

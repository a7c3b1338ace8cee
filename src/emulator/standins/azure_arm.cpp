// SPDX-License-Identifier: Apache-2.0
#include "emulator/standins/azure_arm.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/standins/azure_ad.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kBase = "/standins/arm";
constexpr std::string_view kOtherSubscription = "8a9b0c1d-2e3f-4051-9273-84956a7b8c9d";

Response problem(int status, const char* code, const std::string& message) {
  Response response = jsonResponse({{"error", {{"code", code}, {"message", core::toValidUtf8(message)}}}});
  response.status = status;
  return response;
}

Json subscription(std::string_view id, const char* name) {
  return {{"id", "/subscriptions/" + std::string(id)},
          {"subscriptionId", id},
          {"displayName", name},
          {"state", "Enabled"},
          {"tenantId", kTenantId},
          {"subscriptionPolicies", {{"locationPlacementId", "Public_2014-09-01"}, {"spendingLimit", "Off"}}}};
}

Json subscriptions() { return {subscription(kSubscriptionId, "Emulated"), subscription(kOtherSubscription, "Empty")}; }

Json workspace(const std::string& resourceId, const char* state) {
  return {{"id", resourceId},
          {"name", resourceId.substr(resourceId.rfind('/') + 1)},
          {"type", "Microsoft.Databricks/workspaces"},
          {"location", "westeurope"},
          {"tags", Json::object()},
          {"sku", {{"name", "premium"}}},
          {"properties",
           {{"provisioningState", state},
            {"managedResourceGroupId", "/subscriptions/" + std::string(kSubscriptionId) + "/resourceGroups/managed"},
            {"createdDateTime", "2024-01-02T03:04:05.0000000Z"}}}};
}

Json workspaces(const std::string& host) {
  const std::string own(kWorkspaceResourceId);
  const std::string group = own.substr(0, own.rfind('/') + 1);
  Json here = workspace(own, "Succeeded");
  here["properties"].update({{"workspaceId", kWorkspaceId}, {"workspaceUrl", host.substr(host.find("://") + 3)}});
  Json elsewhere = workspace(group + "analytics", "Succeeded");
  elsewhere["properties"].update(
      {{"workspaceId", "5206439413157315"}, {"workspaceUrl", "adb-5206439413157315.15.azuredatabricks.net"}});
  return {std::move(here), std::move(elsewhere), workspace(group + "broken", "Failed")};
}

// A page of a list: all of it, or what a page cap lets through, with an absolute link to the rest.
Response page(const Call& call, const Json& all) {
  auto offset = static_cast<std::size_t>(std::max<std::int64_t>(0, call.number("$skiptoken")));
  std::size_t size = call.pageCap() == 0 ? all.size() : call.pageCap();
  Json value = Json::array();
  std::size_t end = offset;
  for (; end < all.size() && value.size() < size; ++end) value.push_back(all[end]);
  Json body{{"value", std::move(value)}};
  if (end < all.size())
    body["nextLink"] = call.host() + call.request().path +
                       "?api-version=" + core::percentEncode(call.text("api-version")) +
                       "&%24skiptoken=" + std::to_string(end);
  return jsonResponse(body);
}

Response notFound(const std::string& what) {
  return problem(404, "ResourceNotFound", "The " + what + " was not found.");
}

Response noSubscription(const std::string& id) {
  return problem(404, "SubscriptionNotFound", "The subscription '" + id + "' could not be found.");
}

// "/Subscriptions/X/resourcegroups/…" -> its segments in lower case: ids of Azure are compared without regard to case.
std::vector<std::string> segmentsOf(const std::string& path) {
  std::vector<std::string> segments;
  const std::string lower = core::toLower(path);
  for (auto part : core::split(lower, '/')) segments.emplace_back(part);
  return segments;
}

Response showSubscription(const std::string& id) {
  for (const auto& one : subscriptions())
    if (core::stringAt(one, "subscriptionId") == id) return jsonResponse(one);
  return noSubscription(id);
}

Response listWorkspaces(const Call& call, const std::string& subscription) {
  if (subscription == kSubscriptionId) return page(call, workspaces(call.host()));
  if (subscription == kOtherSubscription) return page(call, Json::array());
  return noSubscription(subscription);
}

Response showWorkspace(const Call& call) {
  for (const auto& one : workspaces(call.host()))
    if (core::equalsIgnoreCase(core::stringAt(one, "id"), "/" + call.path("path"))) return jsonResponse(one);
  return notFound("Resource '" + call.path("path") + "'");
}

Response showSubscriptions(const Call& call) {
  Json all = subscriptions();
  Response response = page(call, all);
  auto body = core::parseJson(response.body);
  (*body)["count"] = {{"type", "Total"}, {"value", all.size()}};
  return jsonResponse(*body);
}

Response tenants(const Call& call) {
  return page(call, {{{"id", "/tenants/" + std::string(kTenantId)},
                      {"tenantId", kTenantId},
                      {"displayName", "Emulated"},
                      {"defaultDomain", kTenantDomain}}});
}

Response find(const Call& call) {
  auto at = segmentsOf(call.path("path"));
  auto is = [&](std::size_t i, std::string_view text) { return i < at.size() && at[i] == text; };
  if (at.size() == 1 && is(0, "tenants")) return tenants(call);
  if (!is(0, "subscriptions")) return notFound("path '" + call.path("path") + "'");
  if (at.size() == 1) return showSubscriptions(call);
  if (at.size() == 2) return showSubscription(at[1]);
  auto isProvider = [&](std::size_t i) {
    return is(i, "providers") && is(i + 1, "microsoft.databricks") && is(i + 2, "workspaces");
  };
  if (at.size() == 5 && isProvider(2)) return listWorkspaces(call, at[1]);
  if (at.size() == 8 && is(2, "resourcegroups") && isProvider(4)) return showWorkspace(call);
  return notFound("path '" + call.path("path") + "'");
}

}  // namespace

void addAzureArmRoutes(Router& router, const World& world, JwtSigner& signer) {
  router.add("GET", std::string(kBase) + "/{path...}", [&world, &signer](const Call& call) -> Reply<Response> {
    auto header = call.request().header("authorization");
    if (!core::equalsIgnoreCase(header.substr(0, 7), "Bearer "))
      return problem(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
    if (!isManagementToken(signer, core::trim(header.substr(7)), world.now()))
      return problem(401, "InvalidAuthenticationToken", "The access token is invalid.");
    if (call.text("api-version").empty())
      return problem(400, "MissingApiVersionParameter",
                     "The api-version query parameter (?api-version=) is required for all requests.");
    return find(call);
  });
}

}  // namespace trowel::emulator

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

}  // namespace

void addAzureArmRoutes(Router& router, const World& world, JwtSigner& signer) {
  // What every call has in common: a token for the management, and a version.
  auto add = [&](const std::string& path, std::function<Response(const Call&)> reply) {
    router.add("GET", std::string(kBase) + path,
               [&world, &signer, reply = std::move(reply)](const Call& call) -> Reply<Response> {
                 auto header = call.request().header("authorization");
                 if (!core::equalsIgnoreCase(header.substr(0, 7), "Bearer "))
                   return problem(401, "AuthenticationFailed",
                                  "Authentication failed. The 'Authorization' header is missing.");
                 if (!isManagementToken(signer, core::trim(header.substr(7)), world.now()))
                   return problem(401, "InvalidAuthenticationToken", "The access token is invalid.");
                 if (call.text("api-version").empty())
                   return problem(400, "MissingApiVersionParameter",
                                  "The api-version query parameter (?api-version=) is required for all requests.");
                 return reply(call);
               });
  };
  add("/subscriptions", [](const Call& call) {
    Response response = page(call, subscriptions());
    return response;
  });
  add("/tenants", [](const Call& call) {
    return page(call, {{{"id", "/tenants/" + std::string(kTenantId)},
                        {"tenantId", kTenantId},
                        {"displayName", "Emulated"},
                        {"defaultDomain", "example.com"}}});
  });
  add("/subscriptions/{subscription}/providers/Microsoft.Databricks/workspaces", [](const Call& call) {
    if (call.path("subscription") == kSubscriptionId) return page(call, workspaces(call.host()));
    if (call.path("subscription") == kOtherSubscription) return page(call, Json::array());
    return problem(404, "SubscriptionNotFound",
                   "The subscription '" + call.path("subscription") + "' could not be found.");
  });
  add("/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Databricks/workspaces/{name}",
      [](const Call& call) {
        for (const auto& one : workspaces(call.host()))
          if (core::equalsIgnoreCase(std::string(kBase) + core::stringAt(one, "id"), call.request().path))
            return jsonResponse(one);
        return problem(404, "ResourceNotFound",
                       "The Resource 'Microsoft.Databricks/workspaces/" + call.path("name") +
                           "' under resource group '" + call.path("group") + "' was not found.");
      });
}

}  // namespace trowel::emulator

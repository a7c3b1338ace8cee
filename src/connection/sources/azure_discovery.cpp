// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "trowel/auth/host.hpp"
#include "trowel/connection/azure_workspace.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr std::size_t kMostPages = 1000;

ErrorCode codeOf(int status) {
  switch (status) {
    case 401:
      return ErrorCode::Unauthenticated;
    case 403:
      return ErrorCode::PermissionDenied;
    case 404:
      return ErrorCode::NotFound;
    case 429:
      return ErrorCode::RateLimited;
    default:
      return status >= 500 ? ErrorCode::Unavailable : ErrorCode::Unsupported;
  }
}

class Discovery {
 public:
  Discovery(const AzureQuery& query, http::HttpClient& http, const core::CancelToken& cancel)
      : query_(query), http_(http), cancel_(cancel) {
    auto mark = query.arm.find("://");
    auto path = query.arm.find('/', mark == std::string::npos ? 0 : mark + 3);
    origin_ = query.arm.substr(0, path);
    base_ = path == std::string::npos ? "" : query.arm.substr(path);
  }

  Result<AzureWorkspaces> run() {
    if (!query_.only.tenant.empty()) {
      TROWEL_TRY(readTenant(query_.only.tenant));
      return std::move(result_);
    }
    const auto home = TROWEL_TRY(query_.token("", cancel_));
    auto tenants = list("/tenants?api-version=2020-01-01", home, "the tenants");
    if (cancel_.cancelled()) return std::unexpected(cancel_.error("Looking for workspaces of Azure"));
    // Whoever may not list tenants still has the home one.
    if (!tenants || tenants->empty()) {
      TROWEL_TRY(readSubscriptions("", home));
      return std::move(result_);
    }
    std::optional<core::Error> first;
    bool any = false;
    for (const auto& tenant : *tenants) {
      auto id = core::stringAt(tenant, "tenantId");
      auto read = readTenant(id);
      if (cancel_.cancelled()) return std::unexpected(cancel_.error("Looking for workspaces of Azure"));
      any = any || read;
      if (read) continue;
      result_.notes.push_back(fmt::format("The tenant {} is left out. {}", core::stringAt(tenant, "displayName", id),
                                          read.error().message));
      if (!first) first = std::move(read).error();
    }
    if (!any && first) return std::unexpected(*std::move(first));
    return std::move(result_);
  }

 private:
  Result<void> readTenant(const std::string& tenant) {
    const auto token = TROWEL_TRY(query_.token(tenant, cancel_));
    return readSubscriptions(tenant, token);
  }

  Result<void> readSubscriptions(const std::string& tenant, const core::SecretString& token) {
    const auto subscriptions = TROWEL_TRY(list("/subscriptions?api-version=2020-01-01", token, "the subscriptions"));
    for (const auto& subscription : subscriptions) {
      auto id = core::stringAt(subscription, "subscriptionId");
      // One may be seen from several tenants.
      if (id.empty() || !isWanted(id) || !seen_.insert(core::toLower(id)).second) continue;
      auto name = core::stringAt(subscription, "displayName", id);
      auto workspaces = list("/subscriptions/" + core::percentEncode(id) +
                                 "/providers/Microsoft.Databricks/workspaces?api-version=2018-04-01",
                             token, "the workspaces");
      if (cancel_.cancelled()) return std::unexpected(cancel_.error("Looking for workspaces of Azure"));
      if (!workspaces) {
        result_.notes.push_back(fmt::format("The subscription {} is left out. {}", name, workspaces.error().message));
        continue;
      }
      for (const auto& workspace : *workspaces) take(workspace, core::stringAt(subscription, "tenantId", tenant), name);
    }
    return {};
  }

  bool isWanted(const std::string& subscription) const {
    const auto& only = query_.only.subscriptions;
    return only.empty() ||
           std::ranges::any_of(only, [&](const auto& id) { return core::equalsIgnoreCase(id, subscription); });
  }

  void take(const Json& workspace, std::string tenant, const std::string& subscription) {
    const auto& properties = core::objectAt(workspace, "properties");
    auto name = core::stringAt(workspace, "name");
    auto url = core::stringAt(properties, "workspaceUrl");
    if (url.empty()) {
      result_.notes.push_back(
          fmt::format("The workspace {} of the subscription {} is left out, for it has no address "
                      "(its state is {}).",
                      name, subscription, core::stringAt(properties, "provisioningState", "unknown")));
      return;
    }
    auto address = auth::normaliseHost(url);
    if (!address) {
      result_.notes.push_back(fmt::format("The workspace {} of the subscription {} is left out. {}", name, subscription,
                                          address.error().message));
      return;
    }
    result_.found.push_back({.name = std::move(name),
                             .resourceId = core::stringAt(workspace, "id"),
                             .host = std::move(address->host),
                             .workspaceId = core::stringAt(properties, "workspaceId"),
                             .tenant = std::move(tenant),
                             .subscription = subscription,
                             .location = core::stringAt(workspace, "location")});
  }

  // Every element of every page.
  Result<std::vector<Json>> list(const std::string& first, const core::SecretString& token, const char* what) {
    std::vector<Json> all;
    std::set<std::string> seen;
    for (std::string target = base_ + first; !target.empty();) {
      if (!seen.insert(target).second || seen.size() > kMostPages)
        return core::fail(ErrorCode::DataLoss,
                          fmt::format("Azure leads in a circle through the pages of {}. Try again later.", what));
      auto page = TROWEL_TRY(get(target, token, what));
      for (auto& each : page["value"]) all.push_back(std::move(each));
      target = TROWEL_TRY(behind(core::stringAt(page, "nextLink"), what));
    }
    return all;
  }

  // The token goes nowhere but where it was meant for.
  Result<std::string> behind(const std::string& link, const char* what) const {
    if (link.empty()) return link;
    if (link.size() > origin_.size() && core::equalsIgnoreCase(link.substr(0, origin_.size()), origin_) &&
        link[origin_.size()] == '/')
      return link.substr(origin_.size());
    return core::fail(ErrorCode::DataLoss,
                      fmt::format("Azure says that the next page of {} lies on another host, and Trowel does not send "
                                  "your token there.",
                                  what));
  }

  // An object with an array `value`.
  Result<Json> get(const std::string& target, const core::SecretString& token, const char* what) {
    http::HttpRequest request{.method = "GET", .origin = origin_, .target = target};
    request.headers = {{"Accept", "application/json"}};
    request.authorization = core::SecretString("Bearer " + token.reveal());
    const auto response = TROWEL_TRY(http_.send(request, {.cancel = cancel_}));
    auto parsed = core::parseJson(response.body);
    Json body = parsed ? *std::move(parsed) : Json();
    if (response.status < 200 || response.status > 299) {
      auto reason =
          core::stringAt(core::objectAt(body, "error"), "message", fmt::format("It answered {}.", response.status));
      auto failed = core::fail(codeOf(response.status), fmt::format("Azure does not list {}: {}", what,
                                                                    core::redact(core::toValidUtf8(reason))));
      failed.error().httpStatus = response.status;
      return failed;
    }
    if (!body.contains("value") || !body["value"].is_array())
      return core::fail(ErrorCode::DataLoss, fmt::format("Azure's list of {} cannot be read.", what));
    return body;
  }

  const AzureQuery& query_;
  http::HttpClient& http_;
  const core::CancelToken& cancel_;
  std::string origin_;          // "https://management.azure.com"
  std::string base_;            // the path before all others
  std::set<std::string> seen_;  // subscriptions
  AzureWorkspaces result_;
};

}  // namespace

Result<AzureWorkspaces> findAzureWorkspaces(const AzureQuery& query, http::HttpClient& http,
                                            const core::CancelToken& cancel) {
  return Discovery(query, http, cancel).run();
}

}  // namespace trowel::connection

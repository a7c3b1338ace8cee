// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "trowel/auth/host.hpp"
#include "trowel/connection/azure_workspace.hpp"
#include "trowel/core/text.hpp"
#include "trowel/http/patience.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr std::size_t kMostPages = 1000;
constexpr core::Duration kPatienceInAll = std::chrono::minutes(2);
constexpr core::Duration kTimeout = std::chrono::seconds(30);  // of one attempt

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
  Discovery(const AzureQuery& query, http::HttpClient& http, core::Clock& clock, const core::CancelToken& cancel)
      : query_(query), http_(http), clock_(clock), patienceEnds_(clock.now() + kPatienceInAll), cancel_(cancel) {
    auto mark = query.arm.find("://");
    auto path = query.arm.find('/', mark == std::string::npos ? 0 : mark + 3);
    origin_ = query.arm.substr(0, path);
    base_ = path == std::string::npos ? "" : query.arm.substr(path);
  }

  Result<AzureWorkspaces> run() {
    auto done = readAll();
    if (cancel_.cancelled()) return std::unexpected(cancel_.error("Looking for workspaces of Azure"));
    TROWEL_TRY(std::move(done));
    if (!readAny_ && trouble_) return std::unexpected(*std::move(trouble_));
    for (const auto& id : query_.only.subscriptions)
      if (!seen_.contains(core::toLower(id)))
        result_.notes.push_back(fmt::format("The subscription {} is left out, for your account does not see it.", id));
    return std::move(result_);
  }

 private:
  Result<void> readAll() {
    if (!query_.only.tenant.empty()) return readTenant(query_.only.tenant);
    const auto home = TROWEL_TRY(query_.token("", cancel_));
    auto tenants = list("/tenants?api-version=2020-01-01", home, "the tenants");
    if (cancel_.cancelled()) return {};
    // Whoever may not list tenants still has the home one.
    if (!tenants || tenants->empty()) return readSubscriptions("", home);
    for (const auto& tenant : *tenants) {
      auto id = core::stringAt(tenant, "tenantId");
      auto read = readTenant(id);
      if (cancel_.cancelled()) return {};
      if (!read) leaveOut("tenant", core::stringAt(tenant, "displayName", id), std::move(read).error());
    }
    return {};
  }

  void leaveOut(const char* what, const std::string& name, core::Error why) {
    result_.notes.push_back(fmt::format("The {} {} is left out. {}", what, name, why.message));
    if (!trouble_) trouble_ = std::move(why);
  }

  Result<void> readTenant(const std::string& tenant) {
    const auto token = TROWEL_TRY(query_.token(tenant, cancel_));
    return readSubscriptions(tenant, token);
  }

  Result<void> readSubscriptions(const std::string& tenant, const core::SecretString& token) {
    const auto subscriptions = TROWEL_TRY(list("/subscriptions?api-version=2020-01-01", token, "the subscriptions"));
    bool whole = true;
    for (const auto& subscription : subscriptions) {
      auto id = core::stringAt(subscription, "subscriptionId");
      // One may be seen from several tenants.
      if (id.empty() || !isWanted(id) || !seen_.insert(core::toLower(id)).second) continue;
      auto name = core::stringAt(subscription, "displayName", id);
      auto workspaces = list("/subscriptions/" + core::percentEncode(id) +
                                 "/providers/Microsoft.Databricks/workspaces?api-version=2018-04-01",
                             token, "the workspaces");
      if (cancel_.cancelled()) return {};
      if (!workspaces) {
        leaveOut("subscription", name, std::move(workspaces).error());
        whole = false;
        continue;
      }
      readAny_ = true;
      for (const auto& workspace : *workspaces) take(workspace, core::stringAt(subscription, "tenantId", tenant), name);
    }
    readAny_ = readAny_ || whole;
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
                             .location = core::stringAt(workspace, "location"),
                             .environment = std::string(query_.cloud.isSovereign() ? query_.cloud.environment : "")});
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
    // What one subscription costs must not add up over a hundred.
    auto policy = http::kPatience;
    policy.budget = std::min(policy.budget, patienceEnds_ - clock_.now());
    const auto response =
        TROWEL_TRY(http::sendPatiently(request, {.cancel = cancel_, .timeout = kTimeout}, http_, clock_, policy));
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
  core::Clock& clock_;
  const core::TimePoint patienceEnds_;
  const core::CancelToken& cancel_;
  std::string origin_;                  // "https://management.azure.com"
  std::string base_;                    // the path before all others
  std::set<std::string> seen_;          // subscriptions
  bool readAny_ = false;                // one of them, or a tenant that has none
  std::optional<core::Error> trouble_;  // the first
  AzureWorkspaces result_;
};

}  // namespace

Result<AzureWorkspaces> findAzureWorkspaces(const AzureQuery& query, http::HttpClient& http, core::Clock& clock,
                                            const core::CancelToken& cancel) {
  return Discovery(query, http, clock, cancel).run();
}

}  // namespace trowel::connection

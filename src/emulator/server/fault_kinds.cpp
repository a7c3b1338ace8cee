// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/fault_kinds.hpp"

#include <algorithm>
#include <iterator>

namespace trowel::emulator {

namespace {

struct Kind {
  std::string_view name;
  int status;
  std::string_view body;
  std::string_view contentType = "application/json";
  std::string_view location = {};
};

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kLoginPage =
    "<!doctype html>\n<html><head><title>Databricks - Sign In</title></head>"
    "<body><form method=\"post\" action=\"/login.html\"></form></body></html>\n";

constexpr Kind kKinds[] = {
    // Too much, or too early.
    {"too_many_requests", 429,
     R"json({"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Your request was rejected since your organization has exceeded the rate limit. Please retry your request later."})json"},
    {"resource_exhausted", 429,
     R"json({"error_code":"RESOURCE_EXHAUSTED","message":"RPC token bucket limit has been exceeded."})json"},
    {"cluster_not_ready", 500,
     R"json({"error":"ClusterNotReadyException: Cluster not currently ready for driver client (currently Pending)"})json"},
    // The service is down.
    {"internal_error", 500,
     R"json({"error_code":"INTERNAL_ERROR","message":"There was an internal error handling request {request_id}."})json"},
    {"bad_gateway", 502, "<html><head><title>502 Bad Gateway</title></head><body></body></html>\n", kHtml},
    {"unavailable", 503,
     R"json({"error_code":"TEMPORARILY_UNAVAILABLE","message":"No webapps are available to handle your request. Please try again later."})json"},
    {"maintenance", 503,
     R"json({"error_code":"SERVICE_UNDER_MAINTENANCE","message":"The workspace is under maintenance. Please try again later."})json"},
    {"gateway_timeout", 504, R"json({"error_code":"DEADLINE_EXCEEDED","message":"deadline exceeded"})json"},
    // The token is no good, or not good enough.
    {"unauthenticated", 401,
     R"json({"error_code":401,"message":"Credential was not sent or was of an unsupported type for this API. [ReqId: {request_id}]"})json"},
    {"token_expired", 401, R"json({"error_code":401,"message":"Access token has expired. [ReqId: {request_id}]"})json"},
    {"token_revoked", 403, R"json({"error_code":"403","message":"Invalid access token. [ReqId: {request_id}]"})json"},
    {"token_without_scope", 403,
     R"json({"error_code":"403","message":"Provided OAuth token does not have required scopes: all-apis. [ReqId: {request_id}]"})json"},
    {"ip_blocked", 403,
     R"json({"error_code":"403","message":"Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace: 7405605312947683"})json"},
    {"permission_denied", 403,
     R"json({"error_code":"PERMISSION_DENIED","message":"You do not have permission to do this."})json"},
    // Somebody else answers.
    {"login_page", 200, kLoginPage, kHtml},
    {"login_redirect", 302, "", kHtml, "/login.html?next_url=%2F"},
    {"private_link", 302, "", kHtml, "/login.html?error=private-link-validation-error"},
    // Half done.
    {"partial_delete", 503,
     R"json({"error_code":"PARTIAL_DELETE","message":"The requested delete operation is not finished. Please invoke the request again to delete the remaining files."})json"},
};

}  // namespace

bool applyKind(Fault& fault, std::string_view kind) {
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& each) { return each.name == kind; });
  if (found == std::end(kKinds)) return false;
  fault.status = found->status;
  fault.body = found->body;
  fault.contentType = found->contentType;
  if (!found->location.empty()) fault.headers.emplace_back("Location", found->location);
  return true;
}

std::vector<std::string> faultKinds() {
  std::vector<std::string> names;
  for (const auto& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace trowel::emulator

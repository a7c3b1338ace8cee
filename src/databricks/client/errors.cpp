// SPDX-License-Identifier: Apache-2.0
// The REST API answers errors in many shapes, with codes that are sometimes numbers, sometimes missing, and now and
// then contradict the status (a cluster that does not exist is a 400). Clients that go by status alone get them wrong,
// so everything here goes from the most telling fact to the least.
#include "databricks/client/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

using core::ErrorCode;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

struct Known {
  std::string_view code;
  ErrorCode means;
};

// Codes that say what happened whatever the status beside them. METASTORE_*, *_DOES_NOT_EXIST and *_ALREADY_EXISTS
// are read by their ending.
constexpr std::array kKnown = {
    Known{"NOT_FOUND", ErrorCode::NotFound},
    Known{"GIT_UNKNOWN_REF", ErrorCode::NotFound},
    Known{"ALREADY_EXISTS", ErrorCode::AlreadyExists},
    Known{"ENDPOINT_NOT_FOUND", ErrorCode::Unsupported},
    Known{"FEATURE_DISABLED", ErrorCode::Unsupported},
    Known{"NOT_IMPLEMENTED", ErrorCode::Unsupported},
    Known{"UNAUTHENTICATED", ErrorCode::Unauthenticated},
    Known{"PERMISSION_DENIED", ErrorCode::PermissionDenied},
    Known{"PERMISSION_NOT_PROPAGATED", ErrorCode::PermissionDenied},
    Known{"CUSTOMER_UNAUTHORIZED", ErrorCode::PermissionDenied},
    Known{"DIRECTORY_PROTECTED", ErrorCode::PermissionDenied},
    Known{"GIT_URL_NOT_ON_ALLOW_LIST", ErrorCode::PermissionDenied},
    Known{"BAD_REQUEST", ErrorCode::InvalidParams},
    Known{"INVALID_PARAMETER_VALUE", ErrorCode::InvalidParams},
    Known{"MALFORMED_REQUEST", ErrorCode::InvalidParams},
    Known{"INVALID_STATE", ErrorCode::Conflict},
    Known{"INVALID_STATE_TRANSITION", ErrorCode::Conflict},
    Known{"ABORTED", ErrorCode::Conflict},
    Known{"CONFLICT", ErrorCode::Conflict},
    Known{"RESOURCE_CONFLICT", ErrorCode::Conflict},
    Known{"COULD_NOT_ACQUIRE_LOCK", ErrorCode::Conflict},
    Known{"DIRECTORY_NOT_EMPTY", ErrorCode::Conflict},
    Known{"CATALOG_NOT_EMPTY", ErrorCode::Conflict},
    Known{"SCHEMA_NOT_EMPTY", ErrorCode::Conflict},
    Known{"GIT_CONFLICT", ErrorCode::Conflict},
    Known{"PARTIAL_DELETE", ErrorCode::Conflict},
    Known{"QUOTA_EXCEEDED", ErrorCode::Conflict},
    Known{"RESOURCE_LIMIT_EXCEEDED", ErrorCode::Conflict},
    Known{"REQUEST_LIMIT_EXCEEDED", ErrorCode::RateLimited},
    Known{"RESOURCE_EXHAUSTED", ErrorCode::RateLimited},
    Known{"TEMPORARILY_UNAVAILABLE", ErrorCode::Unavailable},
    Known{"WORKSPACE_TEMPORARILY_UNAVAILABLE", ErrorCode::Unavailable},
    Known{"SERVICE_UNDER_MAINTENANCE", ErrorCode::Unavailable},
    Known{"INTERNAL_ERROR", ErrorCode::Unavailable},
    Known{"UNKNOWN", ErrorCode::Unavailable},
    Known{"DATA_LOSS", ErrorCode::DataLoss},
    Known{"DEADLINE_EXCEEDED", ErrorCode::DeadlineExceeded},
    Known{"CANCELLED", ErrorCode::Cancelled},
};

std::optional<ErrorCode> byCode(std::string_view code) {
  if (auto it = std::ranges::find(kKnown, code, &Known::code); it != kKnown.end()) return it->means;
  if (code.ends_with("_DOES_NOT_EXIST")) return ErrorCode::NotFound;
  if (code.ends_with("_ALREADY_EXISTS")) return ErrorCode::AlreadyExists;
  if (code.starts_with("MAX_") && code.ends_with("_EXCEEDED")) return ErrorCode::InvalidParams;
  return std::nullopt;
}

ErrorCode byStatus(int status) {
  switch (status) {
    case 401:
      return ErrorCode::Unauthenticated;
    case 403:
      return ErrorCode::PermissionDenied;
    case 404:
      return ErrorCode::NotFound;
    case 408:
    case 504:
      return ErrorCode::DeadlineExceeded;
    case 409:
    case 412:
      return ErrorCode::Conflict;
    case 429:
      return ErrorCode::RateLimited;
    case 499:
      return ErrorCode::Cancelled;
    case 405:
    case 501:
      return ErrorCode::Unsupported;
    default:
      return status >= 400 && status < 500 ? ErrorCode::InvalidParams : ErrorCode::Unavailable;
  }
}

// A bad token comes as 401 or 403, with a numeric code, PERMISSION_DENIED or none.
bool isBadToken(int status, std::string_view message) {
  if (status != 400 && status != 401 && status != 403) return false;
  constexpr std::array<std::string_view, 5> kSigns = {"Invalid access token", "Credential was not sent",
                                                      "Token is expired", "Access token has expired",
                                                      "token is invalid or expired"};
  return std::ranges::any_of(kSigns, [&](auto sign) { return contains(message, sign); });
}

// Calls that answer 400 INVALID_PARAMETER_VALUE for what is missing. Same list as in the official SDKs, plus the
// other cluster calls, which use the same words.
bool isMissingDespite400(std::string_view path, std::string_view message) {
  if (contains(path, "/clusters/") || contains(path, "/libraries/"))
    return message.starts_with("Cluster ") && contains(message, " does not exist");
  if (contains(path, "/jobs/runs/"))
    return message.starts_with("Run") && (contains(message, " does not exist") || contains(message, " doesn't exist"));
  if (contains(path, "/jobs/")) return message.starts_with("Job ") && contains(message, " does not exist");
  return false;
}

// Where words or a reason say more than the code beside them.
std::optional<ErrorCode> byWords(const Call& call, int status, const ErrorFacts& facts) {
  if (isBadToken(status, facts.message)) return ErrorCode::Unauthenticated;
  if (status == 400 && isMissingDespite400(call.path, facts.message)) return ErrorCode::NotFound;
  // The Files API blurs its codes and is exact in its reasons. What it does not do on this host, others do for it.
  if (facts.reason.ends_with("_IS_NOT_EMPTY")) return ErrorCode::Conflict;
  if (facts.reason.ends_with("_IS_NOT_FOUND")) return ErrorCode::NotFound;
  if (facts.reason == "FILES_API_API_IS_NOT_ENABLED" || facts.reason == "FILES_API_REQUESTER_NETWORK_ZONE_UNKNOWN")
    return ErrorCode::Unsupported;
  // DBFS says IO_ERROR or BAD_REQUEST to all of this.
  if (status == 400 && contains(facts.message, "irectory is not empty")) return ErrorCode::Conflict;
  if (status == 400 && (contains(facts.message, "Access denied") || contains(facts.message, "Access is denied")))
    return ErrorCode::PermissionDenied;
  return std::nullopt;
}

bool isLoginRedirect(const http::HttpResponse& response) { return response.status >= 300 && response.status < 400; }

std::string sentence(std::string text) {
  text = core::redact(core::toValidUtf8(core::trim(text)));
  constexpr std::size_t kMaxLength = 600;  // bytes; the rest helps nobody in a message box
  if (text.size() > kMaxLength) text = core::toValidUtf8(text.substr(0, kMaxLength)) + "…";
  if (!text.empty() && !contains(".!?…", text.substr(text.size() - 1))) text += '.';
  return text;
}

// What the user can do about a refusal whose words do not tell.
std::string_view wayOut(std::string_view message) {
  if (contains(message, "IP ACL"))
    return " Connect from a network that the workspace allows, such as your company's VPN.";
  if (contains(message, "required scopes")) return " Sign in again with these scopes.";
  return {};
}

std::string explain(ErrorCode code, int status, const ErrorFacts& facts, const Addressee& to) {
  auto said = sentence(facts.message);
  auto orItsWords = [&](std::string_view otherwise) { return said.empty() ? std::string(otherwise) : said; };
  switch (code) {
    case ErrorCode::Unauthenticated:
      if (!to.renewal.empty())
        return fmt::format("The workspace {} does not accept this sign-in. {}", to.host, to.renewal);
      return fmt::format(
          "The workspace {} does not accept this token. Create a new one under Settings → Developer → Access tokens, "
          "then update {}.",
          to.host, to.credentialSource);
    case ErrorCode::PermissionDenied:
      return fmt::format("The workspace does not allow this: {}{}",
                         orItsWords("it gave no reason. Ask its administrator."), wayOut(said));
    case ErrorCode::RateLimited:
      return fmt::format(
          "The workspace {} gets too many requests and asked to slow down for longer than this could "
          "wait. Try again in a minute.",
          to.host);
    case ErrorCode::Unavailable:
      return fmt::format("The workspace {} cannot answer now (HTTP {}){} Try again later.", to.host, status,
                         said.empty() ? "." : ": " + said);
    case ErrorCode::DeadlineExceeded:
      return fmt::format("The workspace {} did not answer in time (HTTP {}){} Try again later.", to.host, status,
                         said.empty() ? "." : ": " + said);
    case ErrorCode::Unsupported:
      return fmt::format("The workspace {} does not offer this{}", to.host, said.empty() ? "." : ": " + said);
    case ErrorCode::NotFound:
      return orItsWords(fmt::format("The workspace {} does not have what was asked for (HTTP {}).", to.host, status));
    default:
      if (status == 413)
        return orItsWords(fmt::format("What was sent is too large for the workspace {} (HTTP 413).", to.host));
      return orItsWords(fmt::format("The workspace {} refused this with HTTP {} and no reason.", to.host, status));
  }
}

}  // namespace

core::ErrorCode classify(const Call& call, int status, const ErrorFacts& facts) {
  if (auto said = byWords(call, status, facts)) return *said;
  if (auto known = byCode(facts.errorCode)) return *known;
  // Importing a file onto something: 409, or 400 without a code. API 1.2 tells by the name of its exception only.
  if ((status == 400 || status == 409) && contains(facts.message, "lready exists")) return ErrorCode::AlreadyExists;
  if (contains(facts.message, "ClusterNotReadyException")) return ErrorCode::Conflict;
  if (contains(facts.message, "ClusterNotFoundException") || contains(facts.message, "ContextNotFound") ||
      contains(facts.message, "CommandNotFound"))
    return ErrorCode::NotFound;
  if (contains(facts.message, "Too many execution contexts")) return ErrorCode::Conflict;
  return byStatus(status);
}

http::Verdict verdictOf(int status, const ErrorFacts& facts) {
  constexpr std::array<std::string_view, 9> kNotStarted = {"UnknownWorkerEnvironmentException",
                                                           "does not have any associated worker environments",
                                                           "There is no worker environment with id",
                                                           "Unknown worker environment",
                                                           "ClusterNotReadyException",
                                                           "RPC token bucket limit has been exceeded",
                                                           "REQUEST_LIMIT_EXCEEDED",
                                                           "No webapps are available to handle your request",
                                                           "Please try again later or try a faster operation."};
  // The official SDKs repeat any call on these; but what timed out may have happened.
  constexpr std::array<std::string_view, 3> kInDoubt = {"Timed out after ", "deadline exceeded", "Unexpected error"};
  auto says = [&](std::string_view sign) { return contains(facts.message, sign); };

  if (status == 429 || byCode(facts.errorCode) == ErrorCode::RateLimited) return http::Verdict::NotStarted;
  // Waiting does not start that cluster; only one that comes up by itself is worth another attempt.
  if (says("ClusterNotReadyException") && says("currently Terminat")) return http::Verdict::Final;
  if (std::ranges::any_of(kNotStarted, says) || (says("worker env ") && says(" not found")))
    return http::Verdict::NotStarted;
  if (status == 408 || status == 502 || status == 503 || status == 504 || std::ranges::any_of(kInDoubt, says))
    return http::Verdict::Unknown;
  return http::Verdict::Final;
}

core::Error webPageError(const http::HttpResponse& response, const Addressee& to) {
  core::Error error;
  error.code = ErrorCode::Unavailable;
  error.message = fmt::format(
      "{} answered with a web page instead of data. Check that the address is the one of a Databricks workspace, and "
      "that no proxy or login page stands in between.",
      to.host);
  error.httpStatus = response.status;
  error.requestId = http::headerOf(response.headers, "x-request-id");
  return error;
}

core::Error toError(const Call& call, const http::HttpResponse& response, const ErrorFacts& facts,
                    const Addressee& to) {
  core::Error error;
  if (isLoginRedirect(response)) {
    auto location = http::headerOf(response.headers, "Location");
    error = webPageError(response, to);
    if (contains(location, "private-link-validation-error")) {
      error.code = ErrorCode::PermissionDenied;
      error.errorCode = "PRIVATE_LINK_VALIDATION_ERROR";
      error.message = fmt::format(
          "The workspace {} can only be reached through its private network (Private Link). "
          "Connect from there, or ask its administrator.",
          to.host);
    } else if (contains(location, "/login")) {
      error.code = ErrorCode::Unauthenticated;
      error.message = fmt::format("{} wants a login instead of answering. Check the address and the credential in {}.",
                                  to.host, to.credentialSource);
    }
    return error;
  }

  error.code = classify(call, response.status, facts);
  bool pageWithoutReason = isWebPage(response) && facts.message.empty();
  error.message = pageWithoutReason && response.status < 500 && error.code != ErrorCode::Unauthenticated
                      ? webPageError(response, to).message
                      : explain(error.code, response.status, facts, to);
  error.detail = fmt::format("{} {}: {}", toString(call.verb), call.path, sentence(facts.message));
  error.httpStatus = response.status;
  error.errorCode = facts.errorCode;
  error.requestId = facts.requestId;
  return error;
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "databricks/errors.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using http::Verdict;

namespace {

constexpr Call kAnyCall{Verb::Get, "/api/2.0/any", Safety::Safe};
constexpr Addressee kAddressee{.host = "http://127.0.0.1:8080", .credentialSource = "the profile TEST"};

http::HttpResponse answer(int status, std::string body, http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

core::Error errorOf(const http::HttpResponse& response, const Call& call = kAnyCall) {
  return toError(call, response, readError(response), kAddressee);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every shape of an error answer is read") {
  struct Row {
    const char* body;
    const char* code;
    const char* message;
  };
  for (const auto& row : {
           Row{R"({"error_code":"NOT_FOUND","message":"no","details":[]})", "NOT_FOUND", "no"},
           Row{R"({"error_code":401,"message":"who? [ReqId: 7f-1]"})", "401", "who?"},
           Row{R"({"error_code":"X","message":null,"details":"odd"})", "X", ""},
           Row{R"({"error":"ClusterNotReadyException: not yet"})", "", "ClusterNotReadyException: not yet"},
           Row{R"({"error":"invalid_client","error_description":"no such app"})", "", "no such app"},
           Row{R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"gone","status":"404",
                   "scimType":"noTarget"})",
               "SCIM_404", "noTarget gone"},
           Row{R"({"schemas":[],"detail":"null","status":500})", "SCIM_500", "SCIM API internal error"},
           Row{"INVALID_STATE: not now\n", "INVALID_STATE", "not now"},
           Row{"<html><head><title>503</title></head><body><pre> out of\norder </pre></body></html>", "",
               "out of\norder"},
           Row{"<!doctype html><title>Bad gateway</title>", "", "Bad gateway"},
           Row{"<html></html>", "", ""},
           Row{"", "", ""},
           Row{"upstream connect error", "", "upstream connect error"},
           Row{"[1]", "", "[1]"},
       }) {
    CAPTURE(row.body);
    auto facts = readError(answer(400, row.body));
    CHECK(facts.errorCode == row.code);
    CHECK(facts.message == row.message);
  }
}

TEST_CASE("the request id comes from the header, the details or the message") {
  CHECK(readError(answer(400, "{}", {{"X-Request-ID", "h"}})).requestId == "h");
  CHECK(readError(answer(400, R"({"details":[{"@type":"x"},3,{"request_id":"d"}]})")).requestId == "d");
  CHECK(readError(answer(400, R"({"message":"m [ReqId: m-1]"})")).requestId == "m-1");
}

TEST_CASE("the code decides before the status") {
  struct Row {
    int status;
    const char* errorCode;
    const char* message;
    ErrorCode means;
  };
  for (const auto& row : {
           Row{400, "RESOURCE_DOES_NOT_EXIST", "", ErrorCode::NotFound},
           Row{404, "RESOURCE_DOES_NOT_EXIST", "", ErrorCode::NotFound},
           Row{404, "SCHEMA_DOES_NOT_EXIST", "", ErrorCode::NotFound},
           Row{404, "ENDPOINT_NOT_FOUND", "No API found for 'GET /x'", ErrorCode::Unsupported},
           Row{400, "RESOURCE_ALREADY_EXISTS", "", ErrorCode::AlreadyExists},
           Row{409, "ALREADY_EXISTS", "", ErrorCode::AlreadyExists},
           Row{409, "", "File already exists at (/x).", ErrorCode::AlreadyExists},
           Row{400, "", "Path (/x) already exists.", ErrorCode::AlreadyExists},
           Row{409, "", "", ErrorCode::Conflict},
           Row{400, "INVALID_STATE", "", ErrorCode::Conflict},
           Row{400, "DIRECTORY_NOT_EMPTY", "", ErrorCode::Conflict},
           Row{400, "INVALID_PARAMETER_VALUE", "", ErrorCode::InvalidParams},
           Row{400, "INVALID_PARAMETER_VALUE", "Cluster x does not exist", ErrorCode::InvalidParams},
           Row{400, "MAX_NOTEBOOK_SIZE_EXCEEDED", "", ErrorCode::InvalidParams},
           Row{400, "SOMETHING_NEW", "", ErrorCode::InvalidParams},
           Row{400, "REQUEST_LIMIT_EXCEEDED", "", ErrorCode::RateLimited},
           Row{429, "", "", ErrorCode::RateLimited},
           Row{401, "", "", ErrorCode::Unauthenticated},
           Row{401, "401", "Credential was not sent or was of an unsupported type", ErrorCode::Unauthenticated},
           Row{403, "403", "Invalid access token.", ErrorCode::Unauthenticated},
           Row{403, "PERMISSION_DENIED", "Invalid access token.", ErrorCode::Unauthenticated},
           Row{403, "PERMISSION_DENIED", "no", ErrorCode::PermissionDenied},
           Row{403, "", "", ErrorCode::PermissionDenied},
           Row{500, "INTERNAL_ERROR", "", ErrorCode::Unavailable},
           Row{500, "", "ClusterNotReadyException: x", ErrorCode::Conflict},
           Row{500, "", "CommandNotFound", ErrorCode::NotFound},
           Row{503, "", "", ErrorCode::Unavailable},
           Row{504, "", "", ErrorCode::DeadlineExceeded},
           Row{501, "", "", ErrorCode::Unsupported},
           Row{400, "FEATURE_DISABLED", "", ErrorCode::Unsupported},
       }) {
    CAPTURE(row.status, row.errorCode, row.message);
    CHECK(classify(kAnyCall, row.status, {.errorCode = row.errorCode, .message = row.message}) == row.means);
  }
}

TEST_CASE("some calls say 400 for what does not exist") {
  auto at = [](std::string_view path, const char* message) {
    return classify({Verb::Get, path}, 400, {.errorCode = "INVALID_PARAMETER_VALUE", .message = message});
  };
  CHECK(at("/api/2.1/clusters/get", "Cluster 1 does not exist") == ErrorCode::NotFound);
  CHECK(at("/api/2.1/clusters/get", "Cluster name is bad") == ErrorCode::InvalidParams);
  CHECK(at("/api/2.2/jobs/get", "Job 5 does not exist.") == ErrorCode::NotFound);
  CHECK(at("/api/2.2/jobs/runs/get", "Run 5 does not exist.") == ErrorCode::NotFound);
  CHECK(at("/api/2.2/jobs/runs/get", "Run: 5 in job: 6 doesn't exist.") == ErrorCode::NotFound);
}

TEST_CASE("what may be tried again") {
  auto verdict = [](int status, const char* errorCode, const char* message) {
    return verdictOf(status, {.errorCode = errorCode, .message = message});
  };
  CHECK(verdict(429, "", "") == Verdict::NotStarted);
  CHECK(verdict(400, "RESOURCE_EXHAUSTED", "") == Verdict::NotStarted);
  CHECK(verdict(500, "", "There is no worker environment with id 5") == Verdict::NotStarted);
  CHECK(verdict(500, "", "worker env WorkerEnvId(x) not found") == Verdict::NotStarted);
  CHECK(verdict(500, "", "ClusterNotReadyException: c (currently Pending)") == Verdict::NotStarted);
  CHECK(verdict(500, "", "ClusterNotReadyException: c (currently Terminating)") == Verdict::Final);
  CHECK(verdict(500, "INTERNAL_ERROR", "Timed out after 5 s") == Verdict::Unknown);
  for (int status : {408, 502, 503, 504}) CHECK(verdict(status, "", "") == Verdict::Unknown);
  for (int status : {400, 401, 403, 404, 409, 500, 501}) CHECK(verdict(status, "", "") == Verdict::Final);
}

TEST_CASE("a token that is refused comes with a way out") {
  auto error = errorOf(answer(403, R"({"error_code":"403","message":"Invalid access token. [ReqId: r]"})"));
  CHECK(error.code == ErrorCode::Unauthenticated);
  CHECK(error.message ==
        "The workspace http://127.0.0.1:8080 does not accept this token. Create a new one under Settings → Developer → "
        "Access tokens, then update the profile TEST.");
  CHECK(error.httpStatus == 403);
  CHECK(error.errorCode == "403");
  CHECK(error.requestId == "r");
  CHECK(errorOf(answer(401, "<html>sign in</html>")).message == error.message);
}

TEST_CASE("a web page is told apart from an answer") {
  CHECK(has(errorOf(answer(404, "<html></html>")).message, "web page instead of data"));
  CHECK_FALSE(has(errorOf(answer(502, "<html><title>Bad gateway</title></html>")).message, "<"));
  CHECK(has(errorOf(answer(502, "<html><title>Bad gateway</title></html>")).message, "(HTTP 502): Bad gateway."));
  auto login = errorOf(answer(302, "", {{"Location", "https://h/login.html"}}));
  CHECK(login.code == ErrorCode::Unauthenticated);
  CHECK(has(login.message, "wants a login"));
  auto link = errorOf(answer(302, "", {{"location", "/login.html?error=private-link-validation-error"}}));
  CHECK(link.code == ErrorCode::PermissionDenied);
  CHECK(has(link.message, "Private Link"));
  CHECK(has(errorOf(answer(301, "", {{"Location", "https://elsewhere"}})).message, "web page"));
}

TEST_CASE("messages are sentences of bounded length without tokens") {
  CHECK(errorOf(answer(404, R"({"message":"Path (/x) doesn't exist"})")).message == "Path (/x) doesn't exist.");
  CHECK(errorOf(answer(400, "")).message ==
        "The workspace http://127.0.0.1:8080 refused this with HTTP 400 and no reason.");
  CHECK(errorOf(answer(400, std::string(100'000, 'x'))).message.size() < 1000);
  auto leaked = errorOf(answer(400, "no dapi0123456789abcdef0123456789abcdef here"));
  CHECK_FALSE(has(leaked.message + leaked.detail, "0123456789abcdef"));
  CHECK(core::ErrorCode::RateLimited == errorOf(answer(429, "")).code);
  CHECK(has(errorOf(answer(429, "")).message, "asked to slow down"));
}

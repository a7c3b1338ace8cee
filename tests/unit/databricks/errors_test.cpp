// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/errors.hpp"

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
           Row{R"({"errorCode":"E0000011","errorSummary":"bad app"})", "E0000011", "bad app"},
           Row{R"({"error":{"code":"AuthorizationFailed","message":"no role"}})", "AuthorizationFailed", "no role"},
           Row{R"({"error":{"odd":1}})", "", ""},
           Row{R"({"message":{"odd":1},"error_code":true})", "", ""},
           Row{"INVALID_STATE: not now\n", "INVALID_STATE", "not now"},
           Row{"<html><head><title>503</title></head><body><pre> out of\norder </pre></body></html>", "",
               "out of\norder"},
           Row{"<pre>a <a href='x'>link</a> &amp;lt; &lt;b&gt;</pre>", "", "a link &lt; <b>"},
           Row{"<pre>cut <b", "", ""},
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

TEST_CASE("a reason and a time to wait are found among details of any shape") {
  auto read = [](const std::string& details) {
    return readError(answer(429, R"({"error_code":"X","details":)" + details + "}"));
  };
  auto facts = read(R"([null,7,{"@type":5},{"@type":"type.googleapis.com/google.rpc.Help","links":[]},
    {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"FILES_API_X","metadata":{"k":"v"}},
    {"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"42.5s"}])");
  CHECK(facts.reason == "FILES_API_X");
  CHECK(facts.retryDelay == std::chrono::milliseconds(42500));
  for (auto delay : {"\"\"", "\"s\"", "\"5\"", "\"-1s\"", "\"nans\"", "7", "null", "{}"}) {
    CAPTURE(delay);
    CHECK_FALSE(read(std::string(R"([{"@type":"x.RetryInfo","retry_delay":)") + delay + "}]").retryDelay);
  }
  CHECK(read(R"([{"@type":"x.RetryInfo","retry_delay":"1e300s"}])").retryDelay == std::chrono::hours(24));
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
           Row{400, "IO_ERROR", "/x: Directory is not empty. Use recursive delete.", ErrorCode::Conflict},
           Row{400, "BAD_REQUEST", "Directory is not empty.", ErrorCode::Conflict},
           Row{400, "IO_ERROR", "s3a://b: Access denied", ErrorCode::PermissionDenied},
           Row{400, "", "Public DBFS root is disabled. Access is denied on path: /x", ErrorCode::PermissionDenied},
           Row{400, "IO_ERROR", "", ErrorCode::InvalidParams},
           Row{500, "IO_ERROR", "", ErrorCode::Unavailable},
           Row{400, "GIT_URL_NOT_ON_ALLOW_LIST", "", ErrorCode::PermissionDenied},
           Row{400, "GIT_REMOTE_ERROR", "", ErrorCode::InvalidParams},
           Row{503, "PARTIAL_DELETE", "", ErrorCode::Conflict},
           Row{404, "SCIM_404", "gone", ErrorCode::NotFound},
           Row{409, "SCIM_409", "uniqueness", ErrorCode::Conflict},
           Row{403, "PERMISSION_DENIED", "Provided OAuth token does not have required scopes: sql",
               ErrorCode::PermissionDenied},
           Row{405, "", "", ErrorCode::Unsupported},
           Row{412, "", "", ErrorCode::Conflict},
           Row{413, "", "", ErrorCode::InvalidParams},
           Row{499, "", "", ErrorCode::Cancelled},
       }) {
    CAPTURE(row.status, row.errorCode, row.message);
    CHECK(classify(kAnyCall, row.status, {.errorCode = row.errorCode, .message = row.message}) == row.means);
  }
}

TEST_CASE("every code of the API has a meaning that fits the status it comes with") {
  struct Row {
    ErrorCode means;
    std::vector<const char*> codes;
  };
  for (const auto& row : {
           Row{ErrorCode::NotFound,
               {"NOT_FOUND", "CATALOG_DOES_NOT_EXIST", "SCHEMA_DOES_NOT_EXIST", "TABLE_DOES_NOT_EXIST",
                "METASTORE_DOES_NOT_EXIST", "PRINCIPAL_DOES_NOT_EXIST", "GIT_UNKNOWN_REF"}},
           Row{ErrorCode::AlreadyExists,
               {"ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS", "CATALOG_ALREADY_EXISTS", "SCHEMA_ALREADY_EXISTS",
                "TABLE_ALREADY_EXISTS"}},
           Row{ErrorCode::Conflict,
               {"ABORTED", "CONFLICT", "RESOURCE_CONFLICT", "INVALID_STATE_TRANSITION", "COULD_NOT_ACQUIRE_LOCK",
                "CATALOG_NOT_EMPTY", "SCHEMA_NOT_EMPTY", "GIT_CONFLICT", "QUOTA_EXCEEDED", "RESOURCE_LIMIT_EXCEEDED"}},
           Row{ErrorCode::PermissionDenied,
               {"CUSTOMER_UNAUTHORIZED", "PERMISSION_NOT_PROPAGATED", "DIRECTORY_PROTECTED"}},
           Row{ErrorCode::InvalidParams,
               {"BAD_REQUEST", "MALFORMED_REQUEST", "DRY_RUN_FAILED", "GIT_SENSITIVE_TOKEN_DETECTED",
                "IPYNB_FILE_IN_REPO", "MAX_BLOCK_SIZE_EXCEEDED", "MAX_CHILD_NODE_SIZE_EXCEEDED",
                "MAX_LIST_SIZE_EXCEEDED", "MAX_READ_SIZE_EXCEEDED", "SEARCH_QUERY_TOO_LONG", "SEARCH_QUERY_TOO_SHORT"}},
           Row{ErrorCode::RateLimited, {"REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}},
           Row{ErrorCode::Unavailable,
               {"TEMPORARILY_UNAVAILABLE", "WORKSPACE_TEMPORARILY_UNAVAILABLE", "SERVICE_UNDER_MAINTENANCE",
                "INTERNAL_ERROR", "UNKNOWN"}},
           Row{ErrorCode::Unsupported, {"NOT_IMPLEMENTED", "FEATURE_DISABLED"}},
           Row{ErrorCode::DataLoss, {"DATA_LOSS"}},
           Row{ErrorCode::DeadlineExceeded, {"DEADLINE_EXCEEDED"}},
           Row{ErrorCode::Cancelled, {"CANCELLED"}},
           Row{ErrorCode::Unauthenticated, {"UNAUTHENTICATED"}},
       })
    for (const auto* code : row.codes) {
      CAPTURE(code);
      CHECK(classify(kAnyCall, 400, {.errorCode = code}) == row.means);
    }
}

TEST_CASE("the Files API is understood by its reasons") {
  auto by = [](int status, const char* code, const char* reason) {
    return classify(kAnyCall, status, {.errorCode = code, .reason = reason});
  };
  CHECK(by(400, "INVALID_PARAMETER_VALUE", "FILES_API_DIRECTORY_IS_NOT_EMPTY") == ErrorCode::Conflict);
  CHECK(by(404, "NOT_FOUND", "FILES_API_DIRECTORY_IS_NOT_FOUND") == ErrorCode::NotFound);
  CHECK(by(403, "PERMISSION_DENIED", "FILES_API_API_IS_NOT_ENABLED") == ErrorCode::Unsupported);
  CHECK(by(400, "INVALID_PARAMETER_VALUE", "FILES_API_REQUESTER_NETWORK_ZONE_UNKNOWN") == ErrorCode::Unsupported);
  CHECK(by(400, "INVALID_PARAMETER_VALUE", "SOMETHING_NEW") == ErrorCode::InvalidParams);
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
  CHECK(verdict(503, "TEMPORARILY_UNAVAILABLE", "No webapps are available to handle your request.") ==
        Verdict::NotStarted);
  CHECK(verdict(500, "", "REQUEST_LIMIT_EXCEEDED: later") == Verdict::NotStarted);
  CHECK(verdict(503, "PARTIAL_DELETE", "again, please") == Verdict::Unknown);
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

TEST_CASE("a sign-in that is refused names its own way out") {
  constexpr Addressee kSignedIn{.host = "https://h",
                                .credentialSource = "the profile TEST",
                                .renewal = "Sign in again with `trowel auth login`."};
  auto response = answer(401, "");
  CHECK(toError(kAnyCall, response, readError(response), kSignedIn).message ==
        "The workspace https://h does not accept this sign-in. Sign in again with `trowel auth login`.");
}

TEST_CASE("F26, F41: what is said for a refusal, read aloud") {
  struct Row {
    int status;
    const char* body;
    const char* said;
  };
  for (const auto& row : {
           Row{403, R"({"error_code":"PERMISSION_DENIED","message":"User has no CAN_EDIT on /x"})",
               "The workspace does not allow this: User has no CAN_EDIT on /x."},
           Row{403, "", "The workspace does not allow this: it gave no reason. Ask its administrator."},
           Row{403, R"({"message":"Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 7"})",
               "The workspace does not allow this: Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for "
               "workspace: 7. Connect from a network that the workspace allows, such as your company's VPN."},
           Row{403, R"({"message":"Provided OAuth token does not have required scopes: sql"})",
               "The workspace does not allow this: Provided OAuth token does not have required scopes: sql. Sign in "
               "again with these scopes."},
           Row{404, "", "The workspace http://127.0.0.1:8080 does not have what was asked for (HTTP 404)."},
           Row{404, R"({"error_code":"ENDPOINT_NOT_FOUND","message":"No API found for 'POST /foo'"})",
               "The workspace http://127.0.0.1:8080 does not offer this: No API found for 'POST /foo'."},
           Row{409, R"({"error_code":"ALREADY_EXISTS","message":"/x is there!"})", "/x is there!"},
           Row{413, "", "What was sent is too large for the workspace http://127.0.0.1:8080 (HTTP 413)."},
           Row{413, R"({"error_code":"MAX_NOTEBOOK_SIZE_EXCEEDED","message":"10 MB at most"})", "10 MB at most."},
           Row{400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Path (x) should start with '/'"})",
               "Path (x) should start with '/'."},
           Row{500, "<html><body><h1>Oops</h1></body></html>",
               "The workspace http://127.0.0.1:8080 cannot answer now (HTTP 500). Try again later."},
           Row{502, "<html><head><title>502 Bad Gateway</title></head></html>",
               "The workspace http://127.0.0.1:8080 cannot answer now (HTTP 502): 502 Bad Gateway. Try again later."},
           Row{504, "<html></html>",
               "The workspace http://127.0.0.1:8080 did not answer in time (HTTP 504). Try again later."},
       }) {
    CAPTURE(row.status, row.body);
    CHECK(errorOf(answer(row.status, row.body)).message == row.said);
  }
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

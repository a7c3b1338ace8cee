// SPDX-License-Identifier: Apache-2.0
#include "features/api_request.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel::features;
using trowel::core::Json;

namespace {

// The request as it goes out, or what is wrong with it.
std::string read(std::string_view line) {
  auto request = readRequestLine(line);
  return request ? request->line() : request.error().message;
}

std::vector<std::string> likely(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& each : likelyRequests(text)) lines.push_back(each.request.line());
  return lines;
}

}  // namespace

TEST_CASE("a line is a verb and a path, a path alone is read") {
  CHECK(read("GET /api/2.1/clusters/list") == "GET /api/2.1/clusters/list");
  CHECK(read("  post\t/api/2.2/jobs/create  ") == "POST /api/2.2/jobs/create");
  CHECK(read("/api/2.0/workspace/list?path=/Users/ada lovelace") ==
        "GET /api/2.0/workspace/list?path=/Users/ada%20lovelace");
  CHECK(read("GET /api/2.0/workspace-files/Shared%2Fa.txt") == "GET /api/2.0/workspace-files/Shared%2Fa.txt");
  CHECK(read("GET /api/2.0/{id}") == "GET /api/2.0/%7Bid%7D");
  CHECK(read("FETCH /api/2.0/x").starts_with("The API has no 'FETCH'."));
}

TEST_CASE("only what is below /api/ of the connected host is sent") {
  const std::string elsewhere = "Give a path that begins with /api/";
  for (const auto* line : {"GET https://evil.example/api/2.0/x", "GET //evil.example/api/", "GET /login", "GET api/2.0",
                           "GET @evil.example/api/", "", "/ajax-api/2.0/x"}) {
    INFO(line);
    CHECK(read(line).starts_with(elsewhere));
  }
  for (const auto* line : {"GET /api/../login", "GET /api/2.0/%2e%2E/x", "GET /api/2.0/..%2f..%2flogin",
                           "GET /api/2.0/\\..\\x", "GET /api/./x", "GET /api/2.0/%0d%0aHost:x", "GET /api/2.0/%zz"}) {
    INFO(line);
    CHECK(read(line).starts_with("The path has segments or characters that lead elsewhere."));
  }
  CHECK(read("GET /api/2.0/fs/files/a..b") == "GET /api/2.0/fs/files/a..b");
}

TEST_CASE("a text is a request when its first line is one") {
  CHECK(isRequest("# The jobs\n\n// of everybody\nGET /api/2.2/jobs/list\n"));
  CHECK(isRequest("DELETE /login"));  // so that the user hears what is wrong with it
  CHECK_FALSE(isRequest("GET started"));
  CHECK_FALSE(isRequest("{\"tasks\": []}"));
  CHECK_FALSE(isRequest(""));

  auto request = readRequest("# a note\nPOST /api/2.2/jobs/run-now\n\n{ \"job_id\": 7,\n  \"only\": null }\n");
  REQUIRE(request);
  CHECK(request->line() == "POST /api/2.2/jobs/run-now");
  CHECK(request->body == "{ \"job_id\": 7,\n  \"only\": null }");
  CHECK(readRequest("GET /api/2.0/x")->body.empty());
  CHECK(readRequest("POST /api/2.0/x\n[1]").error().message.starts_with("The body must be a JSON object"));
  CHECK(readRequest("POST /api/2.0/x\n{").error().message.starts_with("The body is no JSON: "));
}

TEST_CASE("definitions are offered to the calls that take them, in their shape") {
  using Lines = std::vector<std::string>;
  CHECK(likely(R"({"spark_version": "15.4", "num_workers": 1})") == Lines{"POST /api/2.1/clusters/create"});
  CHECK(likely(R"({"cluster_id": "1", "spark_version": "15.4"})") ==
        Lines{"POST /api/2.1/clusters/edit", "POST /api/2.1/clusters/create"});
  CHECK(likely(R"({"name": "nightly", "tasks": []})") == Lines{"POST /api/2.2/jobs/create"});
  CHECK(likely(R"({"a": 1})").empty());
  CHECK(likely("[1]").empty());
  CHECK(likely("print(1)").empty());

  auto asRead = likelyRequests(R"({"job_id": 7, "created_time": 1, "settings": {"name": "nightly"}})");
  REQUIRE(asRead.size() == 3);
  CHECK(Json::parse(asRead[0].request.body) == Json::parse(R"({"job_id": 7, "new_settings": {"name": "nightly"}})"));
  CHECK(asRead[0].request.path == "/api/2.2/jobs/reset");
  CHECK(Json::parse(asRead[2].request.body) == Json::parse(R"({"name": "nightly"})"));
  // The id is the workspace's to give.
  CHECK_FALSE(likelyRequests(R"({"cluster_id": "1", "spark_version": "15.4"})")[1].request.body.contains("cluster_id"));
}

TEST_CASE("an answer shows no token and no secret's value") {
  CHECK(
      answerText("/api/2.0/token/create", Json::parse(R"({"token_value": "dapi1", "token_info": {"comment": "c"}})")) ==
      "{\n  \"token_info\": {\n    \"comment\": \"c\"\n  },\n  \"token_value\": \"(not shown)\"\n}\n");
  CHECK(answerText("/api/2.0/secrets/get?scope=a&key=b", Json::parse(R"({"key": "b", "value": "czNjcmV0"})")) ==
        "{\n  \"key\": \"b\",\n  \"value\": \"(not shown)\"\n}\n");
  // What Unity Catalog gives out for the storage behind a volume or table.
  const auto given = answerText(
      "/api/2.1/unity-catalog/temporary-path-credentials",
      Json::parse(
          R"({"aws_temp_credentials": {"access_key_id": "AKIA", "secret_access_key": "s1", "session_token": "s2"},
                      "azure_user_delegation_sas": {"sas_token": "s3"}, "gcp_oauth_token": {"oauth_token": "s4"}})"));
  for (const char* secret : {"s1", "s2", "s3", "s4"}) CHECK_FALSE(given.contains("\"" + std::string(secret) + "\""));
  CHECK(given.contains("AKIA"));
  CHECK(answerText("/api/2.0/x", Json::parse(R"({"list": [{"client_secret": "s"}], "value": "v"})")) ==
        "{\n  \"list\": [\n    {\n      \"client_secret\": \"(not shown)\"\n    }\n  ],\n  \"value\": \"v\"\n}\n");
}

// SPDX-License-Identifier: Apache-2.0
#include "raw_connection.hpp"
#include "support/catch.hpp"
#include "trowel/core/text.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

// Sends bytes as they are and returns everything up to the end of the connection.
std::string talk(const Emulator& emulator, const std::string& bytes) {
  RawConnection connection(std::stoi(emulator.host().substr(17)));
  REQUIRE(connection.send(bytes));
  return connection.readAll();
}

std::string withToken(const std::string& requestLine, const std::string& rest = "") {
  return requestLine + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " +
         sharedEmulator().token().reveal() + "\r\n" + rest;
}

}  // namespace

TEST_CASE("the token decides who gets in") {
  WorkspaceClient client(sharedEmulator());
  CHECK(sharedEmulator().token().reveal().starts_with("dapi"));
  CHECK(sharedEmulator().token().reveal().size() == 36);

  client.setToken("");
  auto none = client.get("/api/2.0/workspace/list?path=/");
  CHECK(none.status == 401);
  CHECK(none.body.at("error_code") == 401);
  CHECK(none.message().starts_with("Credential was not sent or was of an unsupported type for this API. [ReqId: "));

  client.setToken("dapi00000000000000000000000000000000");
  auto wrong = client.get("/api/2.0/workspace/list?path=/");
  CHECK(wrong.status == 403);
  CHECK(wrong.errorCode() == "403");
  CHECK(wrong.message().starts_with("Invalid access token."));
  CHECK(client.get("/emulator/requests").status == 403);

  httplib::Client basic(sharedEmulator().host());
  basic.set_basic_auth("token", sharedEmulator().token().reveal());
  CHECK(basic.Get("/api/2.0/preview/scim/v2/Me")->status == 200);
  basic.set_basic_auth("ada", "password");
  CHECK(basic.Get("/api/2.0/preview/scim/v2/Me")->status == 401);
}

TEST_CASE("every API answer names workspace and request") {
  WorkspaceClient client(sharedEmulator());
  auto me = client.get("/api/2.0/preview/scim/v2/Me");
  CHECK(me.status == 200);
  CHECK(me.headers.find("X-Databricks-Org-Id")->second == "7405605312947683");
  CHECK(me.headers.find("x-request-id")->second.size() == 36);
  CHECK(me.headers.find("Content-Type")->second == "application/scim+json");
  CHECK(me.body.at("userName") == "ada.lovelace@example.com");
  CHECK(me.body.at("displayName") == "Ada Lovelace");
  CHECK(me.body.at("id").is_string());
  CHECK(client.get("/api/2.0/preview/scim/v2/Me?attributes=userName").body.size() == 3);
  CHECK(client.get("/api/2.0/nothing").headers.count("X-Databricks-Org-Id") == 1);
}

TEST_CASE("unknown routes and malformed bodies get the service's words") {
  WorkspaceClient client(sharedEmulator());
  auto unknown = client.post("/api/2.0/foo/bar", Json::object());
  CHECK(unknown.status == 404);
  CHECK(unknown.errorCode() == "ENDPOINT_NOT_FOUND");
  CHECK(unknown.message() == "No API found for 'POST /foo/bar'");

  auto text = client.postText("/api/2.0/workspace/mkdirs", "\"text\"", "application/json");
  CHECK(text.status == 400);
  CHECK(text.errorCode() == "MALFORMED_REQUEST");
  CHECK(text.message() == "Could not parse request object: Expected 'START_OBJECT' not 'VALUE_STRING'");
  CHECK(client.postText("/api/2.0/workspace/mkdirs", "{", "application/json").errorCode() == "MALFORMED_REQUEST");
  CHECK(client.postText("/api/2.0/workspace/mkdirs", std::string(200'000, '['), "application/json").errorCode() ==
        "MALFORMED_REQUEST");

  auto missing = client.post("/api/2.0/workspace/mkdirs", Json::object());
  CHECK(missing.status == 400);
  CHECK(missing.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(missing.message() == "Missing required field: path");
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", {1, 2}}}).errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE("requests that cpp-httplib's server would lose are answered") {
  auto& emulator = sharedEmulator();
  SECTION("a GET with a JSON body") {
    std::string body = R"({"path":"/"})";
    auto answer = talk(emulator, withToken("GET /api/2.0/workspace/list",
                                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("\"/Users\"") != std::string::npos);
  }
  SECTION("a POST without a length") {
    auto answer = talk(emulator, withToken("POST /api/2.0/workspace/mkdirs", "\r\n"));
    CHECK(answer.find("Missing required field: path") != std::string::npos);
  }
  SECTION("a chunked body, and a trailing question mark") {
    auto answer = talk(emulator, withToken("POST /api/2.0/workspace/mkdirs?",
                                           "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"path\":\"\r\n9;x=1\r\n/"
                                           "Shared\"}\r\n0\r\nTrailer: 1\r\n\r\n"));
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  }
  SECTION("two requests in one packet") {
    auto first = withToken("GET /", "\r\n");
    first.erase(first.find("Connection: close\r\n"), 19);
    auto answer = talk(emulator, first + withToken("HEAD /", "\r\n"));
    CHECK(answer.find("HTTP/1.1 200", 1) != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
  }
  SECTION("bytes that are not HTTP") {
    CHECK(talk(emulator, "hello\r\n\r\n").starts_with("HTTP/1.1 400"));
    CHECK(talk(emulator, withToken("GET /", "Content-Length: abc\r\n\r\n")).starts_with("HTTP/1.1 400"));
    CHECK(talk(emulator, withToken("GET /", std::string(70'000, 'x'))).starts_with("HTTP/1.1 431"));
    CHECK(talk(emulator, withToken("POST /api/2.0/workspace/mkdirs", "Content-Length: 99999999999999\r\n\r\n"))
              .starts_with("HTTP/1.1 413"));
  }
}

TEST_CASE("many connections at once are all served, and idle ones do not delay the end") {
  auto started = Emulator::start({});
  REQUIRE(started);
  auto& emulator = **started;
  std::vector<std::unique_ptr<WorkspaceClient>> clients;
  for (int i = 0; i < 128; ++i) {
    clients.push_back(std::make_unique<WorkspaceClient>(emulator));
    CHECK(clients.back()->get("/api/2.0/preview/scim/v2/Me").status == 200);
  }
  emulator.stop();  // would take minutes if it waited for idle clients
  CHECK(clients.front()->get("/api/2.0/preview/scim/v2/Me").status == 0);
}

TEST_CASE("a port in use is an error with a way out") {
  int port = std::stoi(sharedEmulator().host().substr(17));
  auto second = Emulator::start({.port = port});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == core::ErrorCode::Unavailable);
  CHECK(second.error().message.find("Choose another port") != std::string::npos);
}

// SPDX-License-Identifier: Apache-2.0
// What keeps strangers out: tokens on every way to a guarded endpoint, and names that are not ours.
#include "emulator/server/host_name.hpp"
#include "emulator/server/router.hpp"
#include "raw_connection.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

int portOf(const Emulator& emulator) { return std::stoi(emulator.host().substr(17)); }

std::string talk(const std::string& bytes) {
  RawConnection connection(portOf(sharedEmulator()));
  REQUIRE(connection.send(bytes));
  return connection.readAll();
}

std::string statusWithHost(const std::string& host, const std::string& path) {
  auto answer = talk("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  return answer.substr(9, 3);
}

// "/api/x" -> "/%61pi/x", "/a%70i/x", ...
std::vector<std::string> disguised(const std::string& path) {
  std::vector<std::string> paths;
  static constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = 1; i < path.size(); ++i) {
    std::string escaped{'%', kHex[path[i] / 16], kHex[path[i] % 16]};
    std::string one = path;
    paths.push_back(one.replace(i, 1, escaped));
  }
  return paths;
}

}  // namespace

TEST_CASE("no spelling of a path leads past the token") {
  WorkspaceClient nobody(sharedEmulator());
  nobody.setToken("");
  for (const std::string path :
       {"/api/2.0/workspace/list", "/emulator/requests", "/emulator/faults", "/api/2.0/secrets/scopes/list"})
    for (const auto& one : disguised(path)) {
      INFO(one);
      CHECK((nobody.get(one).status == 401 || nobody.get(one).status == 404));
    }
  CHECK(nobody.get("/%61pi/2.0/workspace/list?path=/").status == 401);
  CHECK(nobody.get("/%65mulator/requests").status == 401);
  CHECK(nobody.post("/%61pi/2.0/token/create", Json::object()).status == 401);
  CHECK(nobody.get("/api/2.0/no-such-thing").status == 401);
  CHECK(nobody.get("/%61pi/2.0/no-such-thing").status == 401);
  CHECK(nobody.get("/oidc/.well-known/oauth-authorization-server").status == 200);
}

TEST_CASE("escaped letters are the letters, for limits, faults and the log as well") {
  auto emulator = Emulator::start({}).value();
  WorkspaceClient client(*emulator);
  emulator->addFault({.pattern = "GET /api/2.0/workspace/list", .status = 503});
  auto answer = client.get("/api/2.0/work%73pace/list?path=/");
  CHECK(answer.status == 503);
  CHECK(answer.header("X-Databricks-Org-Id") == "7405605312947683");
  CHECK(emulator->requests().back().path == "/api/2.0/workspace/list");
  CHECK(client.get("/%61pi/2.0/workspace/list?path=/").status == 200);
}

TEST_CASE("only routes that come before a token are open") {
  Router router;
  auto nothing = [](const Call&) -> trowel::emulator::Reply<Response> { return Response{}; };
  for (const char* pattern : {"/api/2.0/x", "/emulator/x", "/other/{name...}", "/oidc/x", "/standins/{a}/x"})
    router.add("GET", pattern, nothing);
  CHECK_FALSE(router.find("GET", "/api/2.0/x").open);
  CHECK_FALSE(router.find("GET", "/%61%70%69/2.0/x").open);
  CHECK_FALSE(router.find("GET", "/emulator/x").open);
  CHECK_FALSE(router.find("GET", "/other/a/b").open);
  CHECK(router.find("GET", "/oidc/x").open);
  CHECK(router.find("GET", "/standins/a/x").open);
}

TEST_CASE("a page of the Internet cannot read answers under a name of its own") {
  for (const char* host :
       {"127.0.0.1:1", "127.0.0.1", "localhost:80", "LOCALHOST", "a.localhost:1", "[::1]:1", "x", ""})
    CHECK(isOurName(host));
  for (const char* host : {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"})
    CHECK_FALSE(isOurName(host));
  const std::string page = "/oidc/.well-known/oauth-authorization-server";
  CHECK(statusWithHost("localhost", page) == "200");
  CHECK(statusWithHost("evil.example", page) == "421");
  CHECK(statusWithHost("evil.example:8080", "/api/2.0/workspace/list") == "421");
}

TEST_CASE("browsers that come without a purpose find the page to sign in") {
  WorkspaceClient nobody(sharedEmulator());
  nobody.setToken("");
  for (const char* path : {"/", "/login.html", "/login.html?error=private-link-validation-error"}) {
    auto page = nobody.get(path);
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type").starts_with("text/html"));
  }
}

TEST_CASE("answers say when they were given") {
  WorkspaceClient client(sharedEmulator());
  auto date = client.get("/api/2.0/preview/scim/v2/Me").header("Date");
  CHECK(date.size() == 29);
  CHECK(date.ends_with(" GMT"));
}

TEST_CASE("who speaks TLS where there is none hears so at once") {
  CHECK(talk(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)).starts_with("HTTP/1.1 400"));
}

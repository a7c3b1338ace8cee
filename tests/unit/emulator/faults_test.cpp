// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr const char* kList = "/api/2.0/workspace/list?path=/Shared";

struct OwnEmulator {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client{*emulator};
};

}  // namespace

TEST_CASE_METHOD(OwnEmulator, "a fault answers instead of the endpoint, so many times, after so many") {
  emulator->addFault({.pattern = "GET /api/2.0/workspace/*",
                      .status = 429,
                      .body = R"({"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"})",
                      .headers = {{"Retry-After", "1"}},
                      .skip = 1,
                      .times = 2});
  CHECK(client.get(kList).status == 200);
  auto limited = client.get(kList);
  CHECK(limited.status == 429);
  CHECK(limited.headers.find("Retry-After")->second == "1");
  CHECK(limited.errorCode() == "REQUEST_LIMIT_EXCEEDED");
  CHECK(client.get("/api/2.0/preview/scim/v2/Me").status == 200);
  CHECK(client.get(kList).status == 429);
  CHECK(client.get(kList).status == 200);
}

TEST_CASE_METHOD(OwnEmulator, "an answer can be lost after the work is done") {
  emulator->addFault({.pattern = "POST /api/2.0/workspace/mkdirs", .afterHandler = true, .drop = true});
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", "/Shared/done"}}).status == 0);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Shared/done").status == 200);
  auto log = emulator->requests();
  REQUIRE(log.size() >= 2);
  CHECK(log.front().method == "POST");
  CHECK(log.front().path == "/api/2.0/workspace/mkdirs");
  CHECK(log.front().status == 0);
  CHECK(log.back().status == 200);

  emulator->addFault({.pattern = "POST *", .drop = true});
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", "/Shared/never"}}).status == 0);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Shared/never").status == 404);
}

TEST_CASE_METHOD(OwnEmulator, "bodies can be cut short or be a web page") {
  emulator->addFault({.pattern = "* /api/2.0/workspace/list", .truncateAt = 5});
  CHECK(client.get("/api/2.0/workspace/list?path=/").status == 0);
  emulator->addFault({.pattern = "* /api/2.0/workspace/list",
                      .status = 200,
                      .body = "<html><title>Login</title></html>",
                      .contentType = "text/html"});
  auto page = client.get(kList);
  CHECK(page.status == 200);
  CHECK(page.text.starts_with("<html>"));
  CHECK(page.headers.find("Content-Type")->second == "text/html");
}

TEST_CASE_METHOD(OwnEmulator, "a request can be held until the test lets it go") {
  emulator->addFault({.pattern = "GET *", .hold = true});
  auto answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  CHECK(emulator->awaitHeld(1));
  emulator->releaseHeld();
  CHECK(answer.get() == 200);

  emulator->addFault({.pattern = "GET *", .hold = true});
  auto never = std::async(std::launch::async, [&] { return client.get(kList).status; });
  CHECK(emulator->awaitHeld(1));
  emulator->stop();
  never.get();
  CHECK_FALSE(emulator->awaitHeld(1));
}

TEST_CASE_METHOD(OwnEmulator, "other processes set faults and read the log over HTTP") {
  CHECK(client.post("/__emulator/fault", {{"status", 500}}).message() == "Missing required field: pattern");
  CHECK(client
            .post("/__emulator/fault", {{"pattern", "GET /api/*"},
                                        {"status", 503},
                                        {"body", {{"error_code", "TEMPORARILY_UNAVAILABLE"}}},
                                        {"headers", {{"Retry-After", 7}}},
                                        {"times", 0}})
            .status == 200);
  for (int i = 0; i < 3; ++i) {
    auto down = client.get(kList);
    CHECK(down.status == 503);
    CHECK(down.errorCode() == "TEMPORARILY_UNAVAILABLE");
    CHECK(down.headers.find("Retry-After")->second == "7");
  }
  CHECK(client.remove("/__emulator/fault").status == 200);
  CHECK(client.get(kList).status == 200);
  auto log = client.get("/__emulator/requests").body.at("requests");
  REQUIRE(log.size() == 4);
  CHECK(log[0] == Json{{"method", "GET"}, {"path", "/api/2.0/workspace/list"}, {"status", 503}});
  CHECK(client.remove("/__emulator/requests").status == 200);
  CHECK(client.get("/__emulator/requests").body.at("requests").empty());
}

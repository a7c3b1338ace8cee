// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "emulator/server/faults.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
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
  CHECK(client.post("/emulator/faults", {{"status", 500}}).message() == "Missing required field: pattern");
  auto added = client.post("/emulator/faults", {{"pattern", "GET /api/*"},
                                                {"status", 503},
                                                {"body", {{"error_code", "TEMPORARILY_UNAVAILABLE"}}},
                                                {"headers", {{"Retry-After", 7}}},
                                                {"times", 0}});
  REQUIRE(added.status == 200);
  for (int i = 0; i < 3; ++i) {
    auto down = client.get(kList);
    CHECK(down.status == 503);
    CHECK(down.errorCode() == "TEMPORARILY_UNAVAILABLE");
    CHECK(down.headers.find("Retry-After")->second == "7");
  }
  auto list = client.get("/emulator/faults").body;
  REQUIRE(list.at("faults").size() == 1);
  CHECK(list.at("faults")[0].at("id") == added.body.at("id"));
  CHECK(list.at("faults")[0].at("hits") == 3);
  CHECK(list.at("faults")[0].at("pattern") == "GET /api/*");

  CHECK(client.remove("/emulator/faults/" + added.body.at("id").dump()).status == 200);
  CHECK(client.remove("/emulator/faults/" + added.body.at("id").dump()).status == 404);
  CHECK(client.remove("/emulator/faults/x").status == 404);
  CHECK(client.get(kList).status == 200);
  CHECK(client.post("/emulator/faults", {{"pattern", "*"}, {"kind", "unavailable"}, {"times", 0}}).status == 200);
  CHECK(client.remove("/emulator/faults").status == 200);
  CHECK(client.get(kList).status == 200);
}

TEST_CASE_METHOD(OwnEmulator, "a fault that is misspelt is refused") {
  auto message = [&](Json fault) { return client.post("/emulator/faults", fault).message(); };
  CHECK(message({{"pattern", "*"}, {"satus", 500}}) == "A fault has no field satus; see docs/emulator.md.");
  CHECK(message({{"pattern", 1}}) == "The field pattern of a fault must be a text.");
  CHECK(message({{"pattern", "*"}, {"status", 100}}).find("between 200 and 599") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"skip", -1}}).find("whole number") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"times", "2"}}).find("whole number") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"end", "bang"}}).find("close, reset, stall or endless") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"hold", 1}}).find("true or false") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"headers", {1}}}).find("an object") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"probability", 2}}).find("between 0 and 1") != std::string::npos);
  CHECK(message({{"pattern", "*"}, {"kind", "nonsense"}}).find("too_many_requests") != std::string::npos);
}

TEST_CASE_METHOD(OwnEmulator, "every kind of fault can be had by its name, and comes and goes as JSON") {
  for (const auto& kind : faultKinds()) {
    INFO(kind);
    auto fault = readFault({{"pattern", "GET *"}, {"kind", kind}, {"retry_after", 3}});
    REQUIRE(fault);
    auto copy = readFault(describeFault(*fault));
    REQUIRE(copy);
    CHECK(describeFault(*copy) == describeFault(*fault));
    emulator->addFault(*copy);
    auto answer = client.get(kList);
    CHECK(answer.status == fault->status);
    CHECK(answer.headers.find("Retry-After")->second == "3");
    CHECK(answer.text.find("{request_id}") == std::string::npos);
    if (fault->contentType == "application/json") CHECK(answer.body.is_object());
  }
  emulator->addFault(readFault({{"pattern", "GET *"}, {"kind", "token_expired"}}).value());
  auto expired = client.get(kList);
  CHECK(expired.status == 401);
  CHECK(expired.message() == "Access token has expired. [ReqId: " + expired.headers.find("x-request-id")->second + "]");
  CHECK(client.get(kList).status == 200);  // the token itself is as good as before
  emulator->addFault(readFault({{"pattern", "GET *"}, {"kind", "login_redirect"}}).value());
  CHECK(client.get(kList).headers.find("Location")->second.starts_with("/login.html"));
}

TEST_CASE_METHOD(OwnEmulator, "chance strikes the same way for the same seed") {
  auto draw = [&](std::uint64_t seed) {
    emulator->addFault({.pattern = "GET *", .status = 500, .times = 0, .probability = 0.5, .seed = seed});
    std::string drawn;
    for (int i = 0; i < 40; ++i) drawn += client.get(kList).status == 500 ? 'x' : '.';
    emulator->clearFaults();
    return drawn;
  };
  auto first = draw(7);
  CHECK(first == draw(7));
  CHECK(first != draw(8));
  CHECK(first.find('x') != std::string::npos);
  CHECK(first.find('.') != std::string::npos);
}

TEST_CASE("delays go by the emulator's clock, which clients can move") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({}, clock).value());
  WorkspaceClient client(*emulator);
  emulator->addFault({.pattern = "GET *", .times = 2, .delay = std::chrono::hours(1)});
  auto answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  CHECK(answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  clock.advance(std::chrono::hours(1));
  CHECK(answer.get() == 200);

  WorkspaceClient other(*emulator);
  auto before = other.get("/emulator/clock").body;
  CHECK(before.at("offset_ms") == 0);
  answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  auto after = other.post("/emulator/clock", {{"advance_ms", 3'600'000}}).body;
  CHECK(answer.get() == 200);
  CHECK(after.at("offset_ms") == 3'600'000);
  CHECK(after.at("now").get<std::int64_t>() == before.at("now").get<std::int64_t>() + 3'600'000);

  CHECK(other.post("/emulator/clock", Json::object()).message() == "Missing required field: advance_ms");
  CHECK(other.post("/emulator/clock", {{"advance_ms", -1}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(other.post("/emulator/clock", {{"advance_ms", "soon"}}).errorCode() == "INVALID_PARAMETER_VALUE");

  emulator->addFault({.pattern = "GET *", .delay = std::chrono::hours(1)});
  answer = std::async(std::launch::async, [&] { return client.get(kList).status; });
  clock.awaitWaiters(1);
  emulator->stop();
  answer.get();
}

TEST_CASE("faults can be there from the start, and areas ask for theirs") {
  auto emulator = std::move(Emulator::start({.faults = {{.pattern = "GET *", .status = 500}}}).value());
  WorkspaceClient client(*emulator);
  CHECK(client.get(kList).status == 500);
  CHECK(client.get(kList).status == 200);

  Faults faults(trowel::core::systemClock());
  faults.add({.pattern = "CLUSTER_START 0821-*", .skip = 1});
  faults.add({.pattern = "*", .times = 0});
  CHECK_FALSE(faults.happens("CLUSTER_START", "0821-1"));
  CHECK_FALSE(faults.happens("CLUSTER_START", "0822-1"));
  CHECK(faults.happens("CLUSTER_START", "0821-1"));
  CHECK_FALSE(faults.happens("CLUSTER_START", "0821-1"));
  CHECK(faults.all().front().hits == 1);
}

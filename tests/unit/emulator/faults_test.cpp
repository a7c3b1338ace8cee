// SPDX-License-Identifier: Apache-2.0
#include <future>

#include "emulator/server/faults.hpp"
#include "raw_connection.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr const char* kList = "/api/2.0/workspace/list?path=/Shared";

// As it goes over the wire, for what no client would tell.
struct Wire : RawConnection {
  explicit Wire(const Emulator& emulator)
      : RawConnection(std::stoi(emulator.host().substr(17))), token(emulator.token().reveal()) {}
  void get(const std::string& version = "1.1") {
    send("GET /api/2.0/workspace/list?path=/Shared HTTP/" + version + "\r\nHost: x\r\nAuthorization: Bearer " + token +
         "\r\n\r\n");
  }
  std::string token;
};

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

TEST_CASE_METHOD(OwnEmulator, "a connection can be reset before, within and after the body") {
  const std::string whole = client.get(kList).text;
  for (Fault fault : {Fault{.drop = true}, Fault{.truncateAt = 1}, Fault{}}) {
    fault.pattern = "GET *";
    fault.end = FaultEnd::Reset;
    emulator->addFault(fault);
    Wire wire(*emulator);
    wire.get();
    std::string head = wire.readTo("\r\n\r\n");
    std::string body = wire.readAll();
    CHECK(wire.wasReset());
    CHECK(head.empty() == fault.drop);
    CHECK(body == (fault.drop ? "" : fault.truncateAt ? whole.substr(0, 1) : whole));
    if (!fault.drop) CHECK(head.find("Content-Length: " + std::to_string(whole.size()) + "\r\n") != std::string::npos);
  }
  emulator->addFault({.pattern = "GET *", .drop = true});
  Wire wire(*emulator);
  wire.get();
  CHECK(wire.readAll().empty());
  CHECK_FALSE(wire.wasReset());
}

TEST_CASE_METHOD(OwnEmulator, "announced lengths can be wrong in both directions") {
  const std::string whole = client.get(kList).text;
  emulator->addFault({.pattern = "GET *", .lengthOff = 5});
  Wire longer(*emulator);
  longer.get();
  CHECK(longer.readTo("\r\n\r\n").find("Content-Length: " + std::to_string(whole.size() + 5)) != std::string::npos);
  CHECK(longer.readAll() == whole);

  emulator->addFault({.pattern = "GET *", .lengthOff = -1});
  Wire shorter(*emulator);
  shorter.get();
  CHECK(shorter.readAnswer().ends_with(whole.substr(0, whole.size() - 1)));
  CHECK(shorter.read(1) == whole.substr(whole.size() - 1));  // where the next answer should begin
  shorter.get();
  CHECK(shorter.readAnswer().ends_with(whole));
}

TEST_CASE_METHOD(OwnEmulator, "bodies can go on for ever, or stand still") {
  const std::string whole = client.get(kList).text;
  emulator->addFault({.pattern = "GET *", .times = 2, .end = FaultEnd::Endless});
  {
    Wire wire(*emulator);
    wire.get();
    CHECK(wire.readTo("\r\n\r\n").find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(wire.readTo("\r\n") == "2\r\n");  // the first chunk
    CHECK(wire.readTo("\r\n") == whole + "\r\n");
    CHECK(wire.read(1'000'000).size() == 1'000'000);
  }
  {
    Wire old(*emulator);
    old.get("1.0");
    CHECK(old.readTo("\r\n\r\n").find("Connection: close\r\n") != std::string::npos);
    CHECK(old.read(1'000'000) == whole + std::string(1'000'000 - whole.size(), ' '));
  }
  emulator->addFault({.pattern = "GET *", .truncateAt = 1, .end = FaultEnd::Stall});
  Wire wire(*emulator);
  wire.get();
  CHECK(wire.readTo("{").ends_with("\r\n\r\n{"));
  emulator->stop();
  CHECK(wire.readAll().empty());
}

TEST_CASE("answers can be slow, by the emulator's clock") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({}, clock).value());
  emulator->addFault({.pattern = "GET *", .status = 200, .body = std::string(100, 'x'), .bytesPerSecond = 20});
  Wire wire(*emulator);
  wire.get();
  wire.readTo("\r\n\r\n");
  for (int i = 0; i < 99; ++i) {
    CHECK(wire.read(1) == "x");
    clock.awaitWaiters(1);
    clock.advance(std::chrono::milliseconds(50));
  }
  CHECK(wire.read(1) == "x");
  clock.awaitWaiters(1);
  emulator->stop();
}

TEST_CASE("who releases reaches every request that a fault has met, however far it has come") {
  Faults faults(trowel::core::systemClock());
  for (int round = 0; round < 200; ++round) {
    faults.add({.pattern = "GET *", .times = 0, .hold = true});
    std::vector<std::future<int>> answers;
    for (int i = 0; i < 4; ++i)
      answers.push_back(std::async(std::launch::async, [&] {
        Request request;
        request.method = "GET";
        request.path = "/";
        return faults.apply(request, "", [] { return Response{}; }).status;
      }));
    CHECK(faults.awaitHeld(1));
    faults.clear();  // while the others are somewhere between the start and the wait
    for (auto& answer : answers) CHECK(answer.get() == 200);
  }
}

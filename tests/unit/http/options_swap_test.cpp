// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <thread>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/manual_clock.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::http;
using test::FaultServer;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

NetworkOptions through(const FaultServer& proxy) {
  const ProxyText text{.value = core::SecretString(proxy.origin()), .from = "the setting http.proxy"};
  return {.proxy = ProxyRules::parse({.http = text}).value()};
}

struct Fixture {
  test::ManualClock clock;
  core::Timer timer{clock};
  HttpTransport client{timer, NetworkOptions{}};

  HttpResult get(const std::string& origin) {
    return client.send({.method = "GET", .origin = origin, .target = "/x"}, {});
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "new options hold from the next call on, and connections of the old ones are closed") {
  FaultServer server({{test::readRequest(), test::answer("old"), test::awaitClose(), test::mark("closed")},
                      {test::readRequest(), test::answer("new")}});
  CHECK(get(server.origin())->body == "old");
  client.setOptions(NetworkOptions{.trust = {.extra = {{.path = "/ca.pem", .from = "SSL_CERT_FILE"}}}});
  server.await("closed");
  CHECK(get(server.origin())->body == "new");
}

TEST_CASE_METHOD(Fixture, "the same options keep the connections") {
  FaultServer server({{test::readRequest(), test::answer("1"), test::readRequest(), test::answer("2")}});
  CHECK(get(server.origin())->body == "1");
  client.setOptions(NetworkOptions{});
  CHECK(get(server.origin())->body == "2");
}

TEST_CASE_METHOD(Fixture, "a call that runs ends as it began, and leaves no connection behind") {
  FaultServer old({{test::readRequest(), test::mark("asked"), test::until("changed"), test::answer("through the old"),
                    test::awaitClose(), test::mark("closed")}});
  FaultServer next({{test::readRequest(), test::answer("through the new")}});
  client.setOptions(through(old));
  HttpResult running;
  std::thread caller([&] { running = get("http://workspace.example.com"); });
  old.await("asked");
  client.setOptions(through(next));
  CHECK(get("http://workspace.example.com")->body == "through the new");
  old.set("changed");
  caller.join();
  CHECK(running.value().body == "through the old");
  old.await("closed");
}

TEST_CASE_METHOD(Fixture, "options that are an error fail each call until better ones come") {
  FaultServer server({{test::readRequest(), test::answer("fine")}});
  for (int i = 0; i < 2; ++i) {
    client.setOptions(core::fail(core::ErrorCode::InvalidParams, "The proxy in the setting http.proxy is wrong."));
    auto refused = get(server.origin());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().stage == Stage::Request);
    CHECK(refused.error().message == "The proxy in the setting http.proxy is wrong.");
  }
  client.setOptions(NetworkOptions{});
  CHECK(get(server.origin())->body == "fine");
}

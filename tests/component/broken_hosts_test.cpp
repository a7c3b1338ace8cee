// SPDX-License-Identifier: Apache-2.0
// Hosts and tokens that do not work: one clear message with a way out, in the view and as the request's error, and no
// message box that nobody asked for.
#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "support/fault_server.hpp"
#include "trowel/protocol/contributions.hpp"

using namespace trowel::test;
using trowel::core::Json;
namespace view = trowel::protocol::view;

namespace {

bool contains(const Json& text, std::string_view part) {
  return text.is_string() && text.get_ref<const std::string&>().find(part) != std::string::npos;
}

// Selects the profile BAD, which ends in `state`; the message, which the view shows as its only row.
std::string brokenMessage(DaemonHarness& daemon, const char* state) {
  auto error = daemon.failure("trowel/connection/select", {{"id", "profile:BAD"}});
  auto message = error["message"].get<std::string>();
  auto status = daemon.request("trowel/connection/status");
  CHECK(status["state"] == state);
  CHECK(status["message"] == message);
  for (auto id : {view::kWorkspace, view::kClusters}) {
    auto nodes = daemon.request("trowel/tree/children", {{"view", std::string(id)}})["nodes"];
    REQUIRE(nodes.size() == 1);
    CHECK(nodes[0]["label"] == message);
    CHECK(nodes[0]["contextValue"] == "failure");
  }
  return message;
}

}  // namespace

TEST_CASE("a wrong token says where it came from and how to make a new one") {
  DaemonHarness daemon;
  daemon.writeProfiles({{"BAD", daemon.emulator().host(), "dapi00000000000000000000000000000000"}});
  daemon.initialize();
  auto message = brokenMessage(daemon, "signIn");
  INFO(message);
  CHECK(contains(message, "the profile BAD"));
  CHECK(contains(message, "Access tokens"));
  CHECK_FALSE(contains(message, "dapi0"));
  // Not tried again and again.
  CHECK(daemon.emulator().requests().size() == 1);
}

TEST_CASE("a host that nobody answers on is named") {
  DaemonHarness daemon;
  auto gone = trowel::emulator::Emulator::start({}).value();
  auto host = gone->host();
  gone->stop();
  daemon.writeProfiles({{"BAD", host, "dapi00000000000000000000000000000000"}});
  daemon.initialize();
  auto message = brokenMessage(daemon, "offline");
  INFO(message);
  CHECK(contains(message, host));
}

TEST_CASE("a host that is no Databricks workspace says so") {
  FaultServer server(
      {{readRequest(), send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"),
        awaitClose()}});
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({{"BAD", server.origin(), "dapi00000000000000000000000000000000"}});
  daemon.initialize();
  auto message = brokenMessage(daemon, "failed");
  INFO(message);
  CHECK(contains(message, server.origin()));
  CHECK_FALSE(contains(message, "<html>"));
}

TEST_CASE("a profile that is not there any more says what to do") {
  DaemonHarness daemon;
  daemon.initialize();
  auto error = daemon.failure("trowel/connection/select", {{"id", "profile:NOBODY"}});
  CHECK(error["data"]["name"] == "NotConfigured");
  CHECK(contains(error["message"], "Select Connection"));
}

TEST_CASE("an emulator that stops in mid-call ends the call with one error") {
  DaemonHarness daemon;
  daemon.connect();
  daemon.emulator().addFault({.pattern = "GET /api/2.0/workspace/list", .times = 0, .drop = true, .hold = true});
  auto id = daemon.editor().send("trowel/tree/children", {{"view", std::string(view::kWorkspace)}});
  REQUIRE(daemon.emulator().awaitHeld(1));
  daemon.emulator().stop();
  auto reply = daemon.editor().reply(id);
  auto nodes = reply["result"]["nodes"];
  REQUIRE(nodes.size() == 1);
  INFO(nodes[0].dump());
  CHECK(nodes[0]["contextValue"] == "failure");
  CHECK(contains(nodes[0]["label"], daemon.emulator().host()));
}

TEST_CASE("an untrusted folder causes no network traffic, until trust is granted") {
  DaemonHarness daemon(
      {.settings = {{"connection", "profile:EMULATOR"}}, .initializationOptions = {{"trusted", false}}});
  daemon.initialize();
  CHECK(daemon.failure("trowel/connection/select", {{"id", "profile:EMULATOR"}})["data"]["name"] == "Untrusted");
  CHECK(daemon.failure("trowel/workspace/list")["data"]["name"] == "Untrusted");
  CHECK(daemon.failure("workspace/executeCommand", {{"command", "trowel.connection.demo"}})["data"]["name"] ==
        "Untrusted");
  auto nodes = daemon.request("trowel/tree/children", {{"view", std::string(view::kWorkspace)}})["nodes"];
  REQUIRE(nodes.size() == 1);
  CHECK(contains(nodes[0]["label"], "not trusted"));
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
  CHECK(daemon.emulator().requests().empty());

  daemon.editor().notify("trowel/workspace/trusted", Json::object());
  CHECK(daemon.request("trowel/connection/status")["state"] == "ready");
}

// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "trowel/protocol/types.hpp"

using namespace trowel::test;
using trowel::core::CancelReason;
using trowel::core::Json;

TEST_CASE("a conversation in order ends with 0") {
  DaemonHarness daemon;
  auto result = daemon.initialize();
  CHECK(result["serverInfo"]["name"] == "trowel");
  CHECK(result["serverInfo"]["protocolHash"] == std::string(trowel::protocol::kProtocolHash));
  CHECK(result["capabilities"]["executeCommandProvider"]["commands"].size() > 5);
  CHECK(daemon.request("trowel/debug/echo", {{"text", "hallo"}})["text"] == "hallo");
  CHECK(daemon.finish() == 0);
}

TEST_CASE("every other end of a conversation is 1") {
  DaemonHarness daemon;
  daemon.initialize();
  SECTION("exit without shutdown") { daemon.editor().notify("exit", Json::object()); }
  SECTION("the editor is gone") { daemon.closeInput(); }
  SECTION("the editor does not read any more") {
    daemon.output().close();
    daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  }
  SECTION("a signal") { daemon.daemon().stop(CancelReason::Shutdown); }
  CHECK(daemon.wait() == 1);
}

TEST_CASE("another protocol is refused with a way out") {
  DaemonHarness daemon({.initializationOptions = {{"protocolHash", "other"}, {"shimVersion", "9.9.9"}}});
  auto error =
      daemon.failure("initialize", {{"capabilities", Json::object()},
                                    {"initializationOptions", {{"protocolHash", "other"}, {"shimVersion", "9.9.9"}}}});
  auto message = error["message"].get<std::string>();
  CHECK(message.find("9.9.9") != std::string::npos);
  CHECK(message.find("Reinstall the extension") != std::string::npos);
  daemon.editor().notify("exit", Json::object());
  CHECK(daemon.wait() == 1);
}

TEST_CASE("projects come and go") {
  DaemonHarness daemon;
  daemon.connect();
  TempDir second;
  auto uri = "file://" + second.path();
  CHECK(daemon.failure("trowel/connection/status", {{"folder", uri}})["data"]["name"] == "InvalidParams");
  daemon.editor().notify(
      "workspace/didChangeWorkspaceFolders",
      {{"event", {{"added", Json::array({{{"uri", uri}, {"name", "second"}}})}, {"removed", Json::array()}}}});
  // The new project has no connection; the first keeps its own.
  CHECK(daemon.request("trowel/connection/status", {{"folder", uri}})["state"] == "none");
  CHECK(daemon.request("trowel/connection/status", {{"folder", daemon.folderUri()}})["state"] == "ready");
  daemon.editor().notify(
      "workspace/didChangeWorkspaceFolders",
      {{"event", {{"removed", Json::array({{{"uri", uri}, {"name", "second"}}})}, {"added", Json::array()}}}});
  CHECK(daemon.failure("trowel/connection/status", {{"folder", uri}})["data"]["name"] == "InvalidParams");
  CHECK(daemon.request("trowel/connection/status", {{"folder", daemon.folderUri()}})["state"] == "ready");
}

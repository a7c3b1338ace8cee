// SPDX-License-Identifier: Apache-2.0
// Editors that do not do their part.
#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "support/manual_clock.hpp"

using namespace trowel::test;
using trowel::core::Json;

TEST_CASE("an editor that never tells its settings gets the defaults") {
  ManualClock clock;
  DaemonHarness daemon({.clock = &clock});
  daemon.editor().on("workspace/configuration", [](const Json&) { return std::nullopt; });
  daemon.initialize();
  auto id = daemon.editor().send("trowel/connection/status", Json::object());
  daemon.editor().await("workspace/configuration");
  CHECK(daemon.editor().replies(id) == 0);
  // A worker waits for the settings; the timer thread, where it runs, for its jobs.
  clock.awaitWaiters(1);
  clock.advance(std::chrono::seconds(6));
  CHECK(daemon.editor().reply(id)["result"]["state"] == "none");
  daemon.editor().await("$/cancelRequest");
  CHECK(daemon.request("trowel/connection/select", {{"id", "profile:EMULATOR"}})["state"] == "ready");
}

TEST_CASE("an editor that answers its settings with nonsense gets the defaults") {
  DaemonHarness daemon;
  daemon.editor().on("workspace/configuration", [](const Json&) { return Json("nonsense"); });
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
  daemon.editor().on("workspace/configuration", [](const Json&) {
    return Json::array({{{"connection", 7}, {"connections", "x"}, {"sync", Json::array()}}});
  });
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  CHECK(daemon.request("trowel/connection/list")["connections"].size() == 2);
}

TEST_CASE("an editor that stops reading blocks nothing, and later it hears every reply") {
  DaemonHarness daemon({.pipe = 4096});
  daemon.connect();
  daemon.editor().freeze();
  std::vector<std::int64_t> ids;
  // The first read may still be under way; what counts is that the pipe fills up.
  std::string text(1000, 'x');
  for (int i = 0; i < 200; ++i) ids.push_back(daemon.editor().send("trowel/debug/echo", {{"text", text}}));
  daemon.output().awaitFull();
  // Work goes on behind the wall: these requests reach the workspace although nobody reads their answers.
  daemon.emulator().clearRequests();
  for (int i = 0; i < 20; ++i) ids.push_back(daemon.editor().send("trowel/workspace/list", Json::object()));
  daemon.emulator().addFault({.pattern = "GET /api/2.0/workspace/list", .times = 0, .hold = true});
  ids.push_back(daemon.editor().send("trowel/workspace/list", Json::object()));
  CHECK(daemon.emulator().awaitHeld(1));
  daemon.emulator().clearFaults();
  daemon.editor().thaw();
  for (auto id : ids) {
    auto reply = daemon.editor().reply(id);
    INFO(reply.dump());
    CHECK(reply.contains("result"));
  }
}

TEST_CASE("after a loop of crashes nothing syncs by itself, and the user may still start it") {
  DaemonHarness daemon(
      {.settings = {{"connection", "profile:EMULATOR"}, {"sync", {{"enabled", true}}}}, .safeMode = true});
  daemon.folder.write("a.txt", "a");
  daemon.initialize();
  auto shown = daemon.editor().await("window/showMessage");
  CHECK(shown["type"] == 2);
  CHECK(shown["message"].get<std::string>().find("Start Sync") != std::string::npos);
  CHECK(daemon.request("trowel/connection/status")["state"] == "ready");
  // Far enough that a sync would have begun: settings are followed on this connection's worker.
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  CHECK(daemon.request("trowel/sync/status")["state"] == "off");
  daemon.request("trowel/sync/start");
  daemon.editor().await("trowel/sync/changed", [](const Json& params) { return params["state"] == "watching"; });
  CHECK(daemon.editor().heard("window/showMessage").size() == 1);
}

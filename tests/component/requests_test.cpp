// SPDX-License-Identifier: Apache-2.0
// Cancellation and load, through to the socket.
#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "support/fault_server.hpp"

using namespace trowel::test;
using trowel::core::Json;

namespace {

constexpr std::string_view kMe = "GET /api/2.0/preview/scim/v2/Me";

std::string me() { return R"({"id":"1","userName":"me@example.com","active":true})"; }

}  // namespace

TEST_CASE("a cancel reaches the socket of a running call") {
  FaultServer server({{readRequest(), answer(me()), readRequest(), mark("asked"), awaitClose(), mark("dropped")}});
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({{"P", server.origin(), "dapi00000000000000000000000000000000"}});
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/select", {{"id", "profile:P"}})["state"] == "ready");
  auto id = daemon.editor().send("trowel/workspace/list", Json::object());
  server.await("asked");
  daemon.editor().notify("$/cancelRequest", {{"id", id}});
  auto error = daemon.editor().reply(id)["error"];
  CHECK(error["code"] == -32800);
  CHECK(error["data"]["name"] == "Cancelled");
  server.await("dropped");
}

TEST_CASE("shutdown cancels what runs, and every request is answered") {
  DaemonHarness daemon;
  daemon.connect();
  daemon.emulator().addFault({.pattern = "GET /api/2.0/workspace/list", .times = 0, .hold = true});
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(daemon.editor().send("trowel/workspace/list", Json::object()));
  REQUIRE(daemon.emulator().awaitHeld(1));
  CHECK(daemon.finish() == 0);
  for (auto id : ids) CHECK(daemon.editor().reply(id)["error"]["code"] == -32800);
}

TEST_CASE("cancels for what is not running change nothing") {
  DaemonHarness daemon;
  daemon.connect();
  for (const Json& id : {Json(4711), Json("x"), Json(nullptr), Json::object(), Json(1.5)})
    daemon.editor().notify("$/cancelRequest", {{"id", id}});
  daemon.editor().notify("$/cancelRequest", Json::object());
  auto id = daemon.editor().send("trowel/workspace/list", Json::object());
  CHECK(daemon.editor().reply(id).contains("result"));
  daemon.editor().notify("$/cancelRequest", {{"id", id}});
  daemon.editor().notify("$/cancelRequest", {{"id", id}});
  CHECK(daemon.request("trowel/workspace/list").contains("objects"));
}

TEST_CASE("an id that is running already is refused, and the first keeps its answer") {
  DaemonHarness daemon;
  daemon.connect();
  daemon.emulator().addFault({.pattern = "GET /api/2.0/workspace/list", .hold = true});
  daemon.editor().sendAs("same", "trowel/workspace/list", Json::object());
  REQUIRE(daemon.emulator().awaitHeld(1));
  daemon.editor().sendAs("same", "trowel/connection/status", Json::object());
  CHECK(daemon.editor().reply("same")["error"]["code"] == -32600);
  daemon.emulator().releaseHeld();
  auto replies = daemon.editor().awaitReplies("same", 2);
  REQUIRE(replies.size() == 2);
  CHECK(replies[1].contains("result"));
}

TEST_CASE("ten thousand requests at once are answered or refused as overload, each once") {
  constexpr std::size_t kCount = 10000;
  DaemonHarness daemon({.settings = {{"connection", "profile:EMULATOR"}}});
  daemon.emulator().addFault({.pattern = std::string(kMe), .hold = true});
  daemon.initialize();
  REQUIRE(daemon.emulator().awaitHeld(1));
  // Each waits for the connection: the first few on threads, then 4,096 in the queue.
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < kCount; ++i)
    ids.push_back(daemon.editor().send("trowel/connection/status", Json::object()));
  // Inline work goes on meanwhile.
  CHECK(daemon.request("trowel/debug/echo", {{"text", "alive"}})["text"] == "alive");
  daemon.emulator().releaseHeld();
  std::size_t answered = 0;
  std::size_t refused = 0;
  for (auto id : ids) {
    auto reply = daemon.editor().reply(id);
    if (reply.contains("result")) {
      ++answered;
      CHECK(reply["result"]["state"] == "ready");
    } else {
      ++refused;
      CHECK(reply["error"]["code"] == -32000);
    }
  }
  CHECK(answered + refused == kCount);
  CHECK(answered >= 4096);
  CHECK(refused > 5000);
}

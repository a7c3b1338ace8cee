// SPDX-License-Identifier: Apache-2.0
// A workspace that gets too many requests: what is shown, and for how long.
#include "support/connecting.hpp"
#include "support/manual_clock.hpp"

namespace trowel::test {

TEST_CASE("a pause that a workspace asks for is shown, and goes when it is over") {
  constexpr std::string_view kSentence =
      "The workspace gets too many requests and asked for a pause: slowed down until ";
  ManualClock clock;
  DaemonHarness daemon({.clock = &clock});
  daemon.connect();
  daemon.editor().forget();
  daemon.emulator().addFault({.pattern = "GET /api/2.0/workspace/list",
                              .status = 429,
                              .body = R"({"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Too many."})",
                              .headers = {{"Retry-After", "30"}}});
  const auto waiting = daemon.editor().send("trowel/workspace/list", Json::object());
  auto slow = daemon.editor().await("trowel/connection/changed", [&](const Json& params) {
    return params.value("message", "").starts_with(kSentence);
  });
  CHECK(slow["state"] == "ready");
  // By the clock on the wall: "12:34:56."
  CHECK(slow["message"].get<std::string>().size() == kSentence.size() + 9);
  const auto row = [&] {
    return daemon.request("trowel/tree/children", {{"view", std::string(view::kConnections)}})["nodes"][0];
  };
  CHECK(row()["icon"] == "watch");
  CHECK(row()["description"] == slow["message"]);

  // Not a moment too early.
  daemon.editor().forget();
  clock.advance(std::chrono::seconds(29));
  CHECK(row()["icon"] == "watch");
  CHECK(daemon.request("trowel/connection/status")["message"] == slow["message"]);
  CHECK(daemon.editor().heard("trowel/connection/changed").empty());
  CHECK(daemon.editor().replies(waiting) == 0);

  // The look at its end may be put on the clock only now, and how much is added to a pause is a matter of luck.
  while (daemon.editor().heard("trowel/connection/changed").empty()) {
    clock.advance(std::chrono::seconds(1));
    daemon.request("trowel/debug/echo", {{"text", ""}});
  }
  CHECK_FALSE(daemon.editor().heard("trowel/connection/changed").front().contains("message"));
  CHECK(row()["icon"] == "pass-filled");
  CHECK(daemon.editor().reply(waiting).contains("result"));
}

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
// What all views have in common, seen from the editor: golden rows, one call for many questions, refreshes of what is
// in sight, filters, favourites, rows of another connection.
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/manual_clock.hpp"

namespace trowel::test {

namespace {

constexpr std::string_view kList = "/api/2.1/clusters/list";

std::size_t calls(const emulator::Emulator& emulator, std::string_view path) {
  std::size_t count = 0;
  for (const auto& record : emulator.requests())
    if (record.path == path) ++count;
  return count;
}

Json children(DaemonHarness& daemon, std::string_view id) {
  return daemon.request("trowel/tree/children", {{"view", std::string(id)}});
}

void show(DaemonHarness& daemon, std::string_view id, bool visible = true) {
  daemon.editor().notify("trowel/tree/visible",
                         {{"view", std::string(id)}, {"visible", visible}, {"folder", daemon.folderUri()}});
}

// A test that waits in vain is ended by ctest.
template <typename Holds>
void await(const Holds& holds) {
  while (!holds()) std::this_thread::yield();
}

emulator::Fault refusal(std::string pattern, int status, std::string body) {
  emulator::Fault fault;
  fault.pattern = std::move(pattern);
  fault.status = status;
  fault.body = std::move(body);
  fault.times = 0;
  return fault;
}

}  // namespace

TEST_CASE("a view without rows, and one whose rows the workspace refuses") {
  DaemonHarness daemon;
  daemon.connect();
  CHECK(drawn(daemon, view::kClusters).empty());
  daemon.emulator().addFault(
      refusal("GET /api/2.1/clusters/list", 403, R"({"error_code":"PERMISSION_DENIED","message":"No access."})"));
  daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(drawn(daemon, view::kClusters) ==
        "lock/list.errorForeground  You lack the permission Can Attach To, which shows you a cluster  \"The workspace "
        "does not allow "
        "this: No access.\"  [failure]  -> trowel.view.refresh\n");
}

TEST_CASE("a failure stands above the rows that were there before") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  auto before = drawn(daemon, view::kClusters);
  CHECK_FALSE(before.empty());
  daemon.emulator().addFault(
      refusal("GET /api/2.1/clusters/list", 400, R"({"error_code":"BAD_REQUEST","message":"No."})"));
  daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  auto after = drawn(daemon, view::kClusters);
  CHECK(after.ends_with(before));
  CHECK(after.starts_with("error/list.errorForeground  No."));
}

TEST_CASE("fifty refreshes at once make each call once") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  emulator::Fault slow;
  slow.pattern = "GET /api/2.0/workspace/list";
  slow.hold = true;
  daemon.emulator().addFault(slow);
  daemon.emulator().clearRequests();
  std::vector<std::int64_t> asked;
  asked.reserve(50);
  for (int i = 0; i < 50; ++i)
    asked.push_back(daemon.editor().send("trowel/tree/children", {{"view", std::string(view::kWorkspace)}}));
  REQUIRE(daemon.emulator().awaitHeld(1));
  daemon.emulator().releaseHeld();
  for (auto id : asked) CHECK_FALSE(daemon.editor().reply(id).at("result").at("nodes").empty());
  CHECK(calls(daemon.emulator(), "/api/2.0/workspace/list") == 1);

  asked.clear();
  daemon.emulator().clearRequests();
  for (int i = 0; i < 50; ++i)
    asked.push_back(daemon.editor().send("workspace/executeCommand", {{"command", "trowel.view.refresh"}}));
  for (auto id : asked) CHECK(daemon.editor().reply(id).contains("result"));
  // Those that came while one ran were done with it.
  CHECK(calls(daemon.emulator(), "/api/2.0/preview/scim/v2/Me") < 50);
}

TEST_CASE("what loads while a window opens is not asked for again when the connection is told") {
  ManualClock clock;
  DaemonHarness daemon({.clock = &clock});
  daemon.editor().on("workspace/configuration",
                     [](const Json&) { return Json::array({{{"connection", "profile:EMULATOR"}}}); });
  emulator::Fault slow;
  slow.pattern = "GET /api/2.0/workspace/list";
  slow.hold = true;
  daemon.emulator().addFault(slow);
  daemon.initialize();
  const Json workspace{{"view", std::string(view::kWorkspace)}};
  auto first = daemon.editor().send("trowel/tree/children", workspace);
  REQUIRE(daemon.emulator().awaitHeld(1));
  awaitState(daemon, "ready");
  auto again = daemon.editor().send("trowel/tree/children", workspace);
  daemon.emulator().releaseHeld();
  CHECK(daemon.editor().reply(first)["result"] == daemon.editor().reply(again)["result"]);
  CHECK(calls(daemon.emulator(), "/api/2.0/workspace/list") == 1);
}

TEST_CASE("rows in sight that are on their way are looked at again, and only those that changed are told") {
  ManualClock clock;
  DaemonHarness daemon({.emulation = {.demo = true, .clusterStartTime = std::chrono::seconds(10)}, .clock = &clock});
  daemon.connect();
  std::string stopped;
  const auto rows = children(daemon, view::kClusters);
  for (const auto& row : rows.at("nodes"))
    if (row.at("contextValue") == "cluster.terminated") stopped = row.at("id");
  REQUIRE_FALSE(stopped.empty());
  show(daemon, view::kClusters);
  Json start{{"command", "trowel.cluster.start"},
             {"arguments", Json::array({{{"view", std::string(view::kClusters)}, {"node", stopped}}})}};
  auto asked = daemon.editor().send("workspace/executeCommand", start);
  await([&] { return calls(daemon.emulator(), "/api/2.1/clusters/start") == 1; });
  // The start goes on in the workspace.
  daemon.editor().notify("$/cancelRequest", {{"id", asked}});
  CHECK(daemon.editor().reply(asked).contains("error"));
  daemon.editor().forget();
  clock.advance(std::chrono::seconds(61));
  auto news = daemon.editor().await("trowel/tree/changed");
  REQUIRE(news["rows"].size() == 1);
  CHECK(news["rows"][0]["id"] == stopped);
  CHECK(news["rows"][0]["contextValue"] == "cluster.pending");
  CHECK(news["folder"] == daemon.folderUri());
  // Now it is soon looked at again; running ones stand first, so the whole list is another.
  daemon.editor().forget();
  daemon.emulator().advanceClock(std::chrono::seconds(11));
  // The workspace may take its time, so there may be several looks.
  await([&] {
    clock.advance(std::chrono::milliseconds(1));
    return !daemon.editor().heard("trowel/tree/changed").empty();
  });
  news = daemon.editor().await("trowel/tree/changed");
  CHECK(news["view"] == std::string(view::kClusters));
  CHECK_FALSE(news.contains("rows"));
  CHECK(children(daemon, view::kClusters).at("nodes").at(0).at("contextValue") == "cluster.running");
}

TEST_CASE("what is in sight and still is looked at each minute, what nobody sees never") {
  ManualClock clock;
  DaemonHarness daemon({.emulation = {.demo = true}, .clock = &clock});
  daemon.connect();
  show(daemon, view::kClusters);
  children(daemon, view::kClusters);
  daemon.emulator().clearRequests();
  clock.advance(std::chrono::seconds(61));
  await([&] { return calls(daemon.emulator(), kList) == 1; });
  show(daemon, view::kClusters, false);
  daemon.request("trowel/connection/status");  // handled after the notification
  daemon.emulator().clearRequests();
  for (int i = 0; i < 10; ++i) clock.advance(std::chrono::minutes(2));
  daemon.request("trowel/connection/status");
  CHECK(calls(daemon.emulator(), kList) == 0);
}

TEST_CASE("a filter hides, says so, and is remembered, and favourites come first") {
  TempDir home;
  TempDir project;
  auto emulator = emulator::Emulator::start({.demo = true}).value();
  std::string first;
  std::string last;
  {
    DaemonHarness daemon({.emulator = false, .home = home.path()});
    daemon.writeProfiles({profileOf("DEV", *emulator)});
    open(daemon, {project.path()});
    daemon.request("trowel/connection/select", {{"id", "profile:DEV"}});
    auto rows = children(daemon, view::kClusters).at("nodes");
    REQUIRE(rows.size() > 1);
    first = rows.front().at("id");
    last = rows.back().at("id");
    runOn(daemon, "trowel.view.addFavourite", view::kClusters, {last});
    rows = children(daemon, view::kClusters).at("nodes");
    CHECK(rows.front().at("id") == last);
    CHECK(rows.front().at("contextValue").get<std::string>().ends_with(".favourite"));
    daemon.editor().on("trowel/ui/input",
                       [&](const Json&) { return Json::object({{"value", rows.front().at("label")}}); });
    daemon.editor().on("trowel/ui/pick", [&](const Json&) {
      return Json::object({{"ids", Json::array({std::string(view::kClusters)})}});
    });
    // Without a row it asks which view.
    runOn(daemon, "trowel.view.filter");
    CHECK(children(daemon, view::kClusters).at("nodes").size() == 1);
  }
  CHECK(std::filesystem::is_empty(project.path()));
  DaemonHarness daemon({.emulator = false, .home = home.path()});
  open(daemon, {project.path()});
  awaitState(daemon, "ready");
  auto shown = children(daemon, view::kClusters);
  CHECK(shown.at("nodes").size() == 1);
  CHECK(shown.at("description").get<std::string>().starts_with("name: "));
  daemon.editor().on("trowel/ui/input", [&](const Json&) { return Json::object({{"value", "there is no such"}}); });
  runOn(daemon, "trowel.view.filter", view::kClusters, {last});
  CHECK(drawn(daemon, view::kClusters) ==
        "filter  Nothing here matches the filter  [filtered]  -> trowel.view.clearFilter\n");
  runOn(daemon, "trowel.view.clearFilter", view::kClusters, {"#filtered"});
  runOn(daemon, "trowel.view.removeFavourite", view::kClusters, {last});
  CHECK(children(daemon, view::kClusters).at("nodes").front().at("id") == first);
}

TEST_CASE("a row of the connection before is acted upon no more") {
  auto other = emulator::Emulator::start({.demo = true}).value();
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.writeProfiles({profileOf("EMULATOR", daemon.emulator()), profileOf("OTHER", *other)});
  daemon.connect();
  auto shown = children(daemon, view::kWorkspace);
  Json target{{"view", std::string(view::kWorkspace)},
              {"node", shown.at("nodes").front().at("id")},
              {"generation", shown.at("generation")}};
  Json copy{{"command", "trowel.workspace.copyPath"}, {"arguments", Json::array({target})}};
  daemon.request("workspace/executeCommand", copy);
  daemon.request("trowel/connection/select", {{"id", "profile:OTHER"}});
  CHECK(daemon.failure("workspace/executeCommand", copy)["message"].get<std::string>().starts_with(
      "This row is of the connection that the project had before."));
  CHECK(children(daemon, view::kWorkspace).at("generation") != shown.at("generation"));
  Json drop{{"view", std::string(view::kWorkspace)}, {"rows", Json::array({target})}, {"uris", Json::array()}};
  CHECK(daemon.failure("trowel/tree/drop", drop)["code"] == 1006);
}

TEST_CASE("a question that meets a change of the connection is answered with the rows of the new one") {
  auto other = start("other@example.com");
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.writeProfiles({profileOf("EMULATOR", daemon.emulator()), profileOf("OTHER", *other)});
  daemon.connect();
  emulator::Fault slow;
  slow.pattern = "GET /api/2.1/clusters/list";
  slow.hold = true;
  daemon.emulator().addFault(slow);
  auto asked = daemon.editor().send("trowel/tree/children", {{"view", std::string(view::kClusters)}});
  REQUIRE(daemon.emulator().awaitHeld(1));
  daemon.request("trowel/connection/select", {{"id", "profile:OTHER"}});
  CHECK(daemon.editor().reply(asked).at("result").at("nodes").empty());
  daemon.emulator().releaseHeld();
}

TEST_CASE("what cannot take a drop says so, and nobody is told of what the user dismissed") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  Json drop{{"view", std::string(view::kClusters)}, {"rows", Json::array()}, {"uris", Json::array({"file:///x"})}};
  CHECK(daemon.failure("trowel/tree/drop", drop)["message"] == "Nothing can be dropped there.");
  daemon.editor().on("trowel/ui/pick", [](const Json&) { return Json::object(); });
  CHECK(runOn(daemon, "trowel.cluster.attach").is_null());
}

TEST_CASE("several rows are one question, one confirmation and one message") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  auto rows = children(daemon, view::kClusters).at("nodes");
  REQUIRE(rows.size() > 1);
  Json stop{{"command", "trowel.cluster.stop"}};
  for (const auto& row : rows)
    stop["arguments"].push_back({{"view", std::string(view::kClusters)}, {"node", row.at("id")}});
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object({{"action", "Stop"}}); });
  daemon.emulator().addFault(
      refusal("POST /api/2.1/clusters/delete", 403, R"({"error_code":"PERMISSION_DENIED","message":"Not yours."})"));
  auto message = daemon.failure("workspace/executeCommand", stop)["message"].get<std::string>();
  auto count = std::to_string(rows.size());
  CHECK(message.starts_with("Stopping clusters did not work for " + count + " of " + count + "."));
  auto asked = daemon.editor().heard("trowel/ui/confirm");
  REQUIRE(asked.size() == 1);
  CHECK(asked.front()["message"] == "Stop " + count + " clusters?");
  daemon.emulator().clearFaults();
  daemon.request("workspace/executeCommand", stop);
  CHECK(calls(daemon.emulator(), "/api/2.1/clusters/delete") == 2 * rows.size());
}

}  // namespace trowel::test

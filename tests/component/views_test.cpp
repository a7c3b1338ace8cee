// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "trowel/protocol/contributions.hpp"

using namespace trowel::test;
using trowel::core::Json;
namespace view = trowel::protocol::view;

namespace {

std::vector<std::string> labels(const Json& children) {
  std::vector<std::string> all;
  for (const auto& node : children.at("nodes")) all.push_back(node.at("label"));
  return all;
}

Json children(DaemonHarness& daemon, std::string_view id) {
  return daemon.request("trowel/tree/children", {{"view", std::string(id)}});
}

}  // namespace

TEST_CASE("every view draws itself, connected and not") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.initialize();
  for (auto id : view::kAll) {
    INFO(id);
    auto nodes = children(daemon, id).at("nodes");
    // Without a connection a view shows its welcome text, that is: nothing. Connections can always be chosen.
    CHECK(nodes.empty() == (id != view::kConnections));
  }
  CHECK(daemon.request("trowel/connection/select", {{"id", "profile:EMULATOR"}})["state"] == "ready");
  for (auto id : view::kAll) {
    INFO(id);
    auto nodes = children(daemon, id).at("nodes");
    CHECK_FALSE(nodes.empty());
    for (const auto& node : nodes) {
      CHECK_FALSE(node.at("id").get<std::string>().empty());
      CHECK_FALSE(node.at("label").get<std::string>().empty());
      CHECK(node.value("contextValue", "") != "failure");
    }
  }
}

TEST_CASE("folders open, level by level") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  std::size_t seen = 0;
  std::vector<Json> todo{nullptr};
  while (!todo.empty() && seen < 200) {
    auto node = todo.back();
    todo.pop_back();
    Json params{{"view", std::string(view::kWorkspace)}};
    if (!node.is_null()) params["node"] = node;
    auto children = daemon.request("trowel/tree/children", params);
    for (const auto& child : children.at("nodes")) {
      ++seen;
      CHECK(child.value("contextValue", "") != "failure");
      if (child.value("collapsible", "none") == "collapsed") todo.push_back(child.at("id"));
    }
  }
  CHECK(seen > 5);
}

TEST_CASE("choosing another connection tells every view to draw again, with the other's content") {
  auto other = trowel::emulator::Emulator::start({.demo = true, .userName = "other@example.com"}).value();
  DaemonHarness daemon({.emulation = {.userName = "first@example.com"}});
  daemon.writeProfiles({{"EMULATOR", daemon.emulator().host(), daemon.emulator().token().reveal()},
                        {"OTHER", other->host(), other->token().reveal()}});
  daemon.connect();
  auto before = labels(children(daemon, view::kClusters));
  daemon.editor().forget();

  auto status = daemon.request("trowel/connection/select", {{"id", "profile:OTHER"}});
  CHECK(status["user"] == "other@example.com");
  for (auto id : view::kAll)
    daemon.editor().await("trowel/tree/changed", [&](const Json& params) { return params["view"] == std::string(id); });
  daemon.editor().await("trowel/connection/changed",
                        [](const Json& params) { return params["state"] == "connecting"; });
  daemon.editor().await("trowel/connection/changed",
                        [](const Json& params) { return params.value("user", "") == "other@example.com"; });
  CHECK(labels(children(daemon, view::kClusters)) != before);

  CHECK(daemon.request("trowel/connection/select", {{"id", ""}})["state"] == "none");
  CHECK(children(daemon, view::kWorkspace).at("nodes").empty());
}

TEST_CASE("the setting connects the project by itself, and a change of it switches") {
  Json settings{{"connection", "profile:EMULATOR"}};
  DaemonHarness daemon;
  daemon.editor().on("workspace/configuration", [&](const Json&) { return Json::array({settings}); });
  daemon.initialize();
  CHECK(daemon.request("trowel/connection/status")["state"] == "ready");
  settings["connection"] = "";
  daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  daemon.editor().await("trowel/connection/changed", [](const Json& params) { return params["state"] == "none"; });
  CHECK(daemon.request("trowel/connection/status")["state"] == "none");
}

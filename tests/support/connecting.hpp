// SPDX-License-Identifier: Apache-2.0
// What tests of a project's connection have in common: workspaces, profiles, commands on rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/daemon_harness.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::test {

namespace view = protocol::view;
using core::Json;

inline std::unique_ptr<emulator::Emulator> start(const std::string& user) {
  return emulator::Emulator::start({.userName = user}).value();
}

inline DaemonHarness::Profile profileOf(const std::string& name, const emulator::Emulator& emulator) {
  return {name, emulator.host(), emulator.token().reveal()};
}

// initialize for these folders, then initialized.
inline void open(DaemonHarness& daemon, const std::vector<std::string>& folders) {
  Json list = Json::array();
  for (const auto& folder : folders) list.push_back({{"uri", core::pathToUri(folder)}, {"name", folder}});
  daemon.request("initialize", {{"capabilities", Json::object()}, {"workspaceFolders", list}});
  daemon.editor().notify("initialized", Json::object());
}

inline Json awaitState(DaemonHarness& daemon, const std::string& state) {
  return daemon.editor().await("trowel/connection/changed",
                               [&](const Json& params) { return params.at("state") == state; });
}

// A command, on a row of the view Connections where `node` names one.
inline Json run(DaemonHarness& daemon, const std::string& command, const std::string& node) {
  Json params{{"command", command}};
  if (!node.empty()) params["arguments"] = Json::array({{{"view", std::string(view::kConnections)}, {"node", node}}});
  return daemon.request("workspace/executeCommand", params);
}

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
// A view's rows as text, to be held against an expected text.
#pragma once

#include <string>
#include <string_view>

#include "support/daemon_harness.hpp"

namespace trowel::test {

// A line a row: icon and its colour, label, description in quotes, badge, contextValue in brackets, a mark for rows
// with children ('>'), and the command of a click. What is not there leaves no trace:
//   sync~spin/charts.yellow  Nightly  "pending"  [cluster.pending]
//   folder  Users  [object.folder] >
inline std::string drawn(const core::Json& nodes, const std::string& indent = {}) {
  std::string text;
  for (const auto& node : nodes) {
    auto field = [&](const char* name) { return core::stringAt(node, name); };
    text += indent + field("icon");
    if (auto color = field("iconColor"); !color.empty()) text += "/" + color;
    text += "  " + field("label");
    if (auto description = field("description"); !description.empty()) text += "  \"" + description + "\"";
    if (auto badge = core::stringAt(core::objectAt(node, "decoration"), "badge"); !badge.empty())
      text += "  (" + badge + ")";
    if (auto context = field("contextValue"); !context.empty()) text += "  [" + context + "]";
    if (field("collapsible") != "none") text += " >";
    if (auto command = core::stringAt(core::objectAt(node, "command"), "command"); !command.empty())
      text += "  -> " + command;
    text += "\n";
  }
  return text;
}

// What the editor would show: the rows of a view, and below them those of all that can be opened, to a depth.
inline std::string drawn(DaemonHarness& daemon, std::string_view view, int depth = 0, const std::string& node = {},
                         const std::string& indent = {}) {
  core::Json params{{"view", std::string(view)}};
  if (!node.empty()) params["node"] = node;
  auto result = daemon.request("trowel/tree/children", params);
  std::string text;
  for (const auto& each : result.at("nodes")) {
    text += drawn(core::Json::array({each}), indent);
    if (depth > 0 && each.at("collapsible") != "none")
      text += drawn(daemon, view, depth - 1, each.at("id"), indent + "  ");
  }
  if (auto more = core::stringAt(result, "more"); !more.empty()) text += indent + "…\n";
  return text;
}

// Runs a command on rows of a view; on nothing where there are none.
inline core::Json runOn(DaemonHarness& daemon, std::string_view command, std::string_view view = {},
                        const std::vector<std::string>& nodes = {}) {
  core::Json params{{"command", std::string(command)}};
  for (const auto& node : nodes) params["arguments"].push_back({{"view", std::string(view)}, {"node", node}});
  return daemon.request("workspace/executeCommand", params);
}

}  // namespace trowel::test

// SPDX-License-Identifier: Apache-2.0
// Writes docs/protocol.md.
#include <fmt/format.h>

#include "model.hpp"

namespace trowel::generator {

namespace {

std::string shown(const Type& type) { return type.name + (type.array ? "[]" : ""); }

void methods(std::string& out, const char* title, const std::vector<Method>& list, bool notifications) {
  if (list.empty()) return;
  out += notifications
             ? fmt::format("\n### {}\n\n| method | params | direction | what |\n|---|---|---|---|\n", title)
             : fmt::format("\n### {}\n\n| method | params | result | lane | what |\n|---|---|---|---|---|\n", title);
  for (const auto& method : list) {
    out += fmt::format("| `{}` | {} | ", method.method, method.params.empty() ? "–" : method.params);
    if (notifications) {
      out += method.toClient ? "daemon to editor" : "editor to daemon";
    } else {
      out += fmt::format("{} | {}", shown(method.result), method.lane.empty() ? "–" : method.lane);
    }
    out += fmt::format(" | {} |\n", method.doc);
  }
}

}  // namespace

Output generateMarkdown(const Model& model) {
  std::string out =
      "# The protocol\n\nGenerated from `protocol/` by `protocol_generator`. Do not edit.\n\n"
      "The wire is the base protocol of LSP (`Content-Length` frames, JSON-RPC 2.0) with its life cycle, "
      "`$/cancelRequest` and\n"
      "`$/progress`. Unknown fields are ignored, a missing required one is InvalidParams with a JSON pointer, absent "
      "is not\n"
      "null. Examples that run as tests lie in `protocol/conversations/`.\n";
  for (const auto& area : model.areas) {
    out += fmt::format("\n## {}\n\n{}\n", area.name, area.doc);
    methods(out, "Requests to the daemon", area.requests, false);
    methods(out, "Requests to the editor", area.clientRequests, false);
    methods(out, "Notifications", area.notifications, true);
    for (const auto& each : area.enums) {
      out += fmt::format("\n**{}**: {} One of", each.name, each.doc);
      for (const auto& value : each.values) out += fmt::format(" `{}`", value.value);
      out += ".\n";
    }
    for (const auto& structure : area.structures) {
      out += fmt::format("\n**{}**: {}\n", structure.name, structure.doc);
      if (structure.properties.empty()) continue;
      out += "\n| field | type | what |\n|---|---|---|\n";
      for (const auto& property : structure.properties)
        out += fmt::format("| `{}`{} | {}{} | {} |\n", property.name, property.optional ? "?" : "",
                           shown(property.type), property.nullable ? " or null" : "", property.doc);
    }
  }
  out += "\n## Commands\n\n| id | title | runs in | what |\n|---|---|---|---|\n";
  for (const auto& command : model.commands)
    out += fmt::format("| `{}` | {} | {} | {} |\n", command.id, command.title, command.inShim ? "shim" : "daemon",
                       command.doc);
  out += "\n## Settings\n\n| key | default | scope | what |\n|---|---|---|---|\n";
  for (const auto& setting : model.settings)
    out += fmt::format("| `{}` | `{}` | {} | {} |\n", setting.key, setting.defaultValue.dump(), setting.scope,
                       setting.doc);
  out += "\n## Errors\n\n| name | code | what |\n|---|---|---|\n";
  for (const auto& error : model.errors) out += fmt::format("| {} | {} | {} |\n", error.name, error.code, error.doc);
  return {"docs/protocol.md", out};
}

}  // namespace trowel::generator

// SPDX-License-Identifier: Apache-2.0
// Writes extension-shim/src/protocol.ts: types, a typed client, typed handlers and the tables of commands and views.
#include <fmt/format.h>

#include "model.hpp"

namespace trowel::generator {

namespace {

std::string typeName(const Type& type) {
  std::string name = type.name == "uri"       ? "string"
                     : type.name == "integer" ? "number"
                     : type.name == "any"     ? "unknown"
                                              : type.name;
  return type.array ? name + "[]" : name;
}

std::string fullName(const Area& area, const Method& method) { return area.name + capitalised(method.name); }

}  // namespace

Output generateTypeScript(const Model& model) {
  std::string out =
      "// Generated from protocol/ by protocol_generator. Do not edit: change the model and build the target "
      "'protocol'.\n\n"
      "/* eslint-disable */\n\n";
  out += fmt::format("export const protocolHash = '{}';\n\n", model.hash);
  out +=
      "export interface Disposable { dispose(): void }\n"
      "export interface CancellationToken {\n"
      "  readonly isCancellationRequested: boolean;\n"
      "  onCancellationRequested(listener: (event: any) => any): Disposable;\n"
      "}\n\n"
      "/** What the client needs of a JSON-RPC connection. */\n"
      "export interface Connection {\n"
      "  sendRequest<R>(method: string, params: unknown, token?: CancellationToken): Promise<R>;\n"
      "  sendNotification(method: string, params: unknown): Promise<void>;\n"
      "  onRequest(method: string, handler: (params: any, token: CancellationToken) => unknown): Disposable;\n"
      "  onNotification(method: string, handler: (params: any) => void): Disposable;\n"
      "}\n\n";
  out += "export const ErrorCodes = {\n";
  for (const auto& error : model.errors)
    out += fmt::format("  /** {} */\n  {}: {},\n", error.doc, error.name, error.code);
  out += "} as const;\n";

  for (const auto& area : model.areas) {
    out += fmt::format("\n// ---- {}: {}\n", area.name, area.doc);
    for (const auto& each : area.enums) {
      out += fmt::format("\n/** {} */\nexport type {} =", each.doc, each.name);
      for (const auto& value : each.values) out += fmt::format(" | '{}'", value.value);
      out += ";\n";
    }
    for (const auto& structure : area.structures) {
      out += fmt::format("\n/** {} */\nexport interface {} {{\n", structure.doc, structure.name);
      for (const auto& property : structure.properties)
        out += fmt::format("  /** {} */\n  {}{}: {}{};\n", property.doc, property.name, property.optional ? "?" : "",
                           typeName(property.type), property.nullable ? " | null" : "");
      out += "}\n";
    }
  }

  out +=
      "\n/** Calls to the daemon, and what it tells. */\nexport class Client {\n"
      "  constructor(private readonly connection: Connection) {}\n";
  for (const auto& area : model.areas) {
    for (const auto& method : area.requests) {
      auto params = method.params.empty() ? "" : fmt::format("params: {}, ", method.params);
      out += fmt::format(
          "\n  /** {} */\n  {}({}token?: CancellationToken): Promise<{}> {{\n"
          "    return this.connection.sendRequest('{}', {}, token);\n  }}\n",
          method.doc, fullName(area, method), params, typeName(method.result), method.method,
          method.params.empty() ? "undefined" : "params");
    }
    for (const auto& method : area.notifications) {
      if (method.toClient) {
        out += fmt::format(
            "\n  /** {} */\n  on{}(handler: (params: {}) => void): Disposable {{\n"
            "    return this.connection.onNotification('{}', handler);\n  }}\n",
            method.doc, capitalised(fullName(area, method)), method.params, method.method);
      } else {
        out += fmt::format(
            "\n  /** {} */\n  {}(params: {}): Promise<void> {{\n"
            "    return this.connection.sendNotification('{}', params);\n  }}\n",
            method.doc, fullName(area, method), method.params, method.method);
      }
    }
  }
  out += "}\n\n/** What the daemon asks of the editor. */\nexport interface ClientHandlers {\n";
  std::string bindings;
  for (const auto& area : model.areas) {
    for (const auto& method : area.clientRequests) {
      out += fmt::format("  /** {} */\n  {}(params: {}, token: CancellationToken): Promise<{}>;\n", method.doc,
                         fullName(area, method), method.params, typeName(method.result));
      bindings += fmt::format("    connection.onRequest('{}', (params, token) => handlers.{}(params, token)),\n",
                              method.method, fullName(area, method));
    }
  }
  out +=
      "}\n\nexport function bindClientHandlers(connection: Connection, handlers: ClientHandlers): Disposable[] {\n  "
      "return [\n" +
      bindings + "  ];\n}\n";

  out +=
      "\nexport const commands: readonly { readonly id: string; readonly title: string; readonly runs: 'daemon' | "
      "'shim' "
      "}[] = [\n";
  for (const auto& command : model.commands)
    out += fmt::format("  {{ id: '{}', title: {}, runs: '{}' }},\n", command.id, Json(command.title).dump(),
                       command.inShim ? "shim" : "daemon");
  out += "];\n\nexport const views: readonly { readonly id: string; readonly name: string }[] = [\n";
  for (const auto& view : model.views) out += fmt::format("  {{ id: '{}', name: '{}' }},\n", view.id, view.name);
  out += "];\n";
  return {"extension-shim/src/protocol.ts", out};
}

}  // namespace trowel::generator

// SPDX-License-Identifier: Apache-2.0
// Writes the C++ side: error codes, structs with codecs, abstract handlers, binding tables, the daemon's calls to the
// editor, commands, views and settings. A request or command without a handler does not compile.
#include <fmt/format.h>

#include <map>

#include "model.hpp"

namespace trowel::generator {

namespace {

constexpr std::string_view kBanner =
    "// SPDX-License-Identifier: Apache-2.0\n// Generated from protocol/ by protocol_generator. Do not edit.\n";

std::string comment(const std::string& text, std::string_view indent) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = text.size() - at;
    if (length > 110) {
      auto space = text.rfind(' ', at + 110);
      length = space == std::string::npos || space <= at ? 110 : space - at;
    }
    out += fmt::format("{}// {}\n", indent, text.substr(at, length));
    at += length;
    while (at < text.size() && text[at] == ' ') ++at;
  }
  return out;
}

std::string typeName(const Type& type) {
  std::string name = type.name == "string" || type.name == "uri" ? "std::string"
                     : type.name == "integer"                    ? "std::int64_t"
                     : type.name == "number"                     ? "double"
                     : type.name == "boolean"                    ? "bool"
                     : type.name == "any"                        ? "core::Json"
                                                                 : type.name;
  return type.array ? "std::vector<" + name + ">" : name;
}

std::string fieldName(const std::string& name) {
  static const std::map<std::string, std::string> kKeywords{{"default", "defaultValue"}, {"delete", "deleteIt"}};
  auto it = kKeywords.find(name);
  return it == kKeywords.end() ? name : it->second;
}

std::string errorCodes(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include <string_view>\n\nnamespace trowel::core {\n\n"
      "// The numbers are those of JSON-RPC and LSP where they define one.\nenum class ErrorCode : int {\n";
  for (const auto& error : model.errors)
    out += comment(error.doc, "  ") + fmt::format("  {} = {},\n", error.name, error.code);
  out += "};\n\nconstexpr std::string_view toString(ErrorCode code) {\n  switch (code) {\n";
  for (const auto& error : model.errors)
    out += fmt::format("    case ErrorCode::{}: return \"{}\";\n", error.name, error.name);
  return out + "  }\n  return \"Unknown\";\n}\n\n}  // namespace trowel::core\n";
}

std::string types(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include <cstdint>\n#include <nlohmann/json.hpp>\n#include <optional>\n#include <string>\n"
      "#include <string_view>\n#include <vector>\n\n#include \"trowel/core/error.hpp\"\n#include "
      "\"trowel/core/json.hpp\"\n\n"
      "namespace trowel::protocol {\n\n// Both sides of a conversation must have been built from the same model.\n";
  out += fmt::format("inline constexpr std::string_view kProtocolHash = \"{}\";\n", model.hash);
  for (const auto& area : model.areas) {
    for (const auto& each : area.enums) {
      out += "\n" + comment(each.doc, "") + fmt::format("enum class {} {{", each.name);
      for (std::size_t i = 0; i < each.values.size(); ++i) out += (i == 0 ? " " : ", ") + each.values[i].name;
      out += fmt::format(" }};\nstd::string_view toString({} value);\n", each.name);
    }
  }
  for (const auto& area : model.areas) {
    for (const auto& structure : area.structures) {
      out += "\n" + comment(structure.doc, "") + fmt::format("struct {} {{\n", structure.name);
      for (const auto& property : structure.properties) {
        out += comment(property.doc, "  ");
        auto type = typeName(property.type);
        bool isAny = property.type.name == "any" && !property.type.array;
        if (property.optional && !isAny) {
          out += fmt::format("  std::optional<{}> {} = {{}};\n", type, fieldName(property.name));
        } else {
          out += fmt::format("  {} {}{};\n", type, fieldName(property.name), isAny ? "" : " = {}");
        }
      }
      out += "};\n";
    }
  }
  out +=
      "\n// JSON to structure: InvalidParams with a JSON pointer where a required field is missing or a type is "
      "wrong.\n"
      "// Unknown fields are ignored. An absent `any` is null.\n"
      "template <typename T>\ncore::Result<T> decode(const core::Json& json);\n\n";
  for (const auto& area : model.areas)
    for (const auto& structure : area.structures)
      out += fmt::format(
          "template <>\ncore::Result<{0}> decode<{0}>(const core::Json& json);\n"
          "core::Json encode(const {0}& value);\n",
          structure.name);
  return out + "\n}  // namespace trowel::protocol\n";
}

std::string typesSource(const Model& model) {
  std::string out{kBanner};
  out +=
      "#include \"trowel/protocol/types.hpp\"\n\n#include \"trowel/protocol/codec.hpp\"\n\nnamespace trowel::protocol "
      "{\n";
  for (const auto& area : model.areas) {
    for (const auto& each : area.enums) {
      out += fmt::format("\nstd::string_view toString({} value) {{\n  switch (value) {{\n", each.name);
      for (const auto& value : each.values)
        out += fmt::format("    case {}::{}: return \"{}\";\n", each.name, value.name, value.value);
      out += "  }\n  return {};\n}\n\nnamespace codec {\n";
      out += fmt::format(
          "static core::Result<void> read(const core::Json& json, const Path& path, {}& out) {{\n"
          "  if (json.is_string()) {{\n    const auto& text = json.get_ref<const std::string&>();\n",
          each.name);
      std::string known;
      for (const auto& value : each.values) {
        out += fmt::format("    if (text == \"{}\") {{\n      out = {}::{};\n      return {{}};\n    }}\n", value.value,
                           each.name, value.name);
        known += (known.empty() ? "" : ", ") + value.value;
      }
      out += fmt::format(
          "  }}\n  return wrong(path, \"one of: {}\");\n}}\n"
          "}}  // namespace codec\n"
          "[[maybe_unused]] static core::Json write({} value) {{ return std::string(toString(value)); }}\n",
          known, each.name);
    }
  }
  // Declared first, since areas may use each other's structures.
  // `write` stands where the structures stand, `read` where Path stands: argument-dependent lookup finds them.
  out += "\nnamespace codec {\n";
  for (const auto& area : model.areas)
    for (const auto& structure : area.structures)
      out += fmt::format("static core::Result<void> read(const core::Json& json, const Path& path, {}& out);\n",
                         structure.name);
  out += "}  // namespace codec\n";
  for (const auto& area : model.areas)
    for (const auto& structure : area.structures)
      out += fmt::format("[[maybe_unused]] static core::Json write(const {}& value) {{ return encode(value); }}\n",
                         structure.name);
  for (const auto& area : model.areas) {
    for (const auto& structure : area.structures) {
      bool empty = structure.properties.empty();
      out += fmt::format(
          "\nstatic core::Result<void> codec::read(const core::Json& json, const Path& path, {}& {}) {{\n"
          "  if (!json.is_object()) return wrong(path, \"an object\");\n",
          structure.name, empty ? "" : "out");
      for (const auto& property : structure.properties)
        out += fmt::format("  TROWEL_TRY(codec::{}(json, path, \"{}\", out.{}));\n",
                           !property.optional                                 ? "required"
                           : property.nullable || property.type.name == "any" ? "nullable"
                                                                              : "optional",
                           property.name, fieldName(property.name));
      out += "  return {};\n}\n";
      out += fmt::format(
          "\ntemplate <>\ncore::Result<{0}> decode<{0}>(const core::Json& json) {{\n  {0} out;\n"
          "  TROWEL_TRY(codec::read(json, codec::Path{{}}, out));\n  return out;\n}}\n",
          structure.name);
      out += fmt::format("\ncore::Json encode(const {}&{}) {{\n  core::Json json = core::Json::object();\n",
                         structure.name, empty ? "" : " value");
      for (const auto& property : structure.properties)
        out += fmt::format("  codec::put(json, \"{}\", value.{}, {});\n", property.name, fieldName(property.name),
                           property.optional ? "codec::Presence::Optional" : "codec::Presence::Required");
      out += "  return json;\n}\n";
    }
  }
  return out + "\n}  // namespace trowel::protocol\n";
}

std::map<std::string, std::vector<const Command*>> commandsByArea(const Model& model) {
  std::map<std::string, std::vector<const Command*>> byArea;
  for (const auto& command : model.commands)
    if (!command.inShim) byArea[command.area].push_back(&command);
  return byArea;
}

std::string handlers(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include \"trowel/protocol/command_table.hpp\"\n#include \"trowel/protocol/types.hpp\"\n"
      "#include \"trowel/rpc/binder.hpp\"\n\nnamespace trowel::protocol {\n";
  for (const auto& area : model.areas) {
    bool any = !area.requests.empty();
    for (const auto& method : area.notifications) any = any || !method.toClient;
    if (!any) continue;
    out += "\n" + comment(area.doc, "") +
           fmt::format("class {0}Handlers {{\n public:\n  virtual ~{0}Handlers() = default;\n", capitalised(area.name));
    for (const auto& method : area.requests) {
      auto params = method.params.empty() ? "" : fmt::format("const {}& params, ", method.params);
      out += "\n" + comment(fmt::format("{} Lane: {}.", method.doc, method.lane), "  ");
      out += fmt::format("  virtual core::Result<{}> {}({}rpc::CallContext& call) = 0;\n", typeName(method.result),
                         method.name, params);
    }
    for (const auto& method : area.notifications) {
      if (method.toClient) continue;
      out += "\n" + comment(method.doc + " On the main thread: must not block.", "  ");
      out += fmt::format("  virtual void {}(const {}& params) = 0;\n", method.name, method.params);
    }
    out += fmt::format("}};\nvoid bind(rpc::Binder& binder, {}Handlers& handlers);\n", capitalised(area.name));
  }
  for (const auto& [area, commands] : commandsByArea(model)) {
    auto name = capitalised(area) + "Commands";
    out += fmt::format(
        "\n// Commands trowel.{}.*: run on a worker, ask the user for what is left open.\nclass {} {{\n public:\n"
        "  virtual ~{}() = default;\n",
        area, name, name);
    for (const auto* command : commands)
      out += "\n" + comment(command->doc, "  ") +
             fmt::format("  virtual core::Result<core::Json> {}(CommandCall& call) = 0;\n", command->verb);
    out += fmt::format("}};\nvoid bind(CommandTable& table, {}& commands);\n", name);
  }
  return out + "\n}  // namespace trowel::protocol\n";
}

std::string bindings(const Model& model) {
  std::string out{kBanner};
  out +=
      "#include \"trowel/protocol/client.hpp\"\n#include \"trowel/protocol/handlers.hpp\"\n#include "
      "\"trowel/protocol/codec.hpp\"\n\n"
      "namespace trowel::protocol {\n";
  for (const auto& area : model.areas) {
    bool any = !area.requests.empty();
    for (const auto& method : area.notifications) any = any || !method.toClient;
    if (!any) continue;
    out += fmt::format("\nvoid bind(rpc::Binder& binder, {}Handlers& handlers) {{\n", capitalised(area.name));
    for (const auto& method : area.requests) {
      std::string lane = method.lane == "inline"   ? "rpc::Lane::inlined()"
                         : method.lane == "worker" ? "rpc::Lane::worker()"
                                                   : fmt::format("rpc::Lane::serial(\"{}\")", method.lane.substr(7));
      auto arguments =
          method.params.empty() ? std::string() : fmt::format("TROWEL_TRY(decode<{}>(params)), ", method.params);
      bool plain = method.result.name == "any";
      out += fmt::format(
          "  binder.request(\"{}\", {},\n"
          "                 [&handlers]([[maybe_unused]] const core::Json& params, rpc::CallContext& call) -> "
          "core::Result<core::Json> {{\n"
          "                   return {}TROWEL_TRY(handlers.{}({}call)){};\n                 }});\n",
          method.method, lane, plain ? "" : "encode(", method.name, arguments, plain ? "" : ")");
    }
    for (const auto& method : area.notifications) {
      if (method.toClient) continue;
      out += fmt::format(
          "  binder.notification(\"{}\", [&handlers](const core::Json& params) -> core::Result<void> {{\n"
          "    handlers.{}(TROWEL_TRY(decode<{}>(params)));\n    return {{}};\n  }});\n",
          method.method, method.name, method.params);
    }
    out += "}\n";
  }
  for (const auto& [area, commands] : commandsByArea(model)) {
    out += fmt::format("\nvoid bind(CommandTable& table, {}Commands& commands) {{\n", capitalised(area));
    for (const auto* command : commands)
      out += fmt::format("  table.add(\"{}\", [&commands](CommandCall& call) {{ return commands.{}(call); }});\n",
                         command->id, command->verb);
    out += "}\n";
  }
  for (const auto& area : model.areas) {
    for (const auto& method : area.clientRequests) {
      auto name = area.name + capitalised(method.name);
      auto result = typeName(method.result);
      out += fmt::format(
          "\ncore::Result<{}> Client::{}(const {}& params, const core::CancelToken& cancel, core::Duration timeout) "
          "{{\n",
          result, name, method.params);
      auto call = fmt::format("outgoing_.request(\"{}\", encode(params), cancel, timeout)", method.method);
      if (method.result.name == "any" && !method.result.array) {
        out += fmt::format("  return {};\n}}\n", call);
      } else {
        out += fmt::format("  core::Json answer = TROWEL_TRY({});\n", call);
        out += method.result.array
                   ? fmt::format(
                         "  {} out;\n  TROWEL_TRY(codec::read(answer, codec::Path{{}}, out));\n  return out;\n}}\n",
                         result)
                   : fmt::format("  return decode<{}>(answer);\n}}\n", result);
      }
    }
    for (const auto& method : area.notifications) {
      if (!method.toClient) continue;
      out +=
          fmt::format("\nvoid Client::{}(const {}& params) {{\n  outgoing_.notify(\"{}\", encode(params), {});\n}}\n",
                      area.name + capitalised(method.name), method.params, method.method,
                      method.droppable ? "rpc::Delivery::Droppable" : "rpc::Delivery::Certain");
    }
  }
  return out + "\n}  // namespace trowel::protocol\n";
}

std::string client(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include \"trowel/core/cancel.hpp\"\n#include \"trowel/protocol/types.hpp\"\n"
      "#include \"trowel/rpc/outgoing.hpp\"\n\nnamespace trowel::protocol {\n\n"
      "// What the daemon asks of the editor and tells it. Requests block: from workers only. Notifications: any "
      "thread.\n"
      "// Errors of every request: DeadlineExceeded after `timeout` (no limit by default: people take their time),\n"
      "// Cancelled, MethodNotFound where the editor does not know the call, Unavailable when the editor is gone.\n"
      "class Client {\n public:\n  explicit Client(rpc::Outgoing& outgoing) : outgoing_(outgoing) {}\n";
  for (const auto& area : model.areas) {
    for (const auto& method : area.clientRequests)
      out += "\n" + comment(method.doc, "  ") +
             fmt::format(
                 "  core::Result<{}> {}(const {}& params, const core::CancelToken& cancel,\n"
                 "      core::Duration timeout = rpc::kNoTimeout);\n",
                 typeName(method.result), area.name + capitalised(method.name), method.params);
    for (const auto& method : area.notifications)
      if (method.toClient)
        out += "\n" + comment(method.doc, "  ") +
               fmt::format("  void {}(const {}& params);\n", area.name + capitalised(method.name), method.params);
  }
  return out + "\n private:\n  rpc::Outgoing& outgoing_;\n};\n\n}  // namespace trowel::protocol\n";
}

std::string contributions(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include <array>\n#include <string_view>\n\nnamespace trowel::protocol {\n\n// Ids of "
      "views.json.\nnamespace view {\n";
  for (const auto& view : model.views)
    out += fmt::format("inline constexpr std::string_view k{} = \"{}\";\n", capitalised(view.name), view.id);
  out += fmt::format("inline constexpr std::array<std::string_view, {}> kAll{{", model.views.size());
  for (std::size_t i = 0; i < model.views.size(); ++i) out += (i == 0 ? "k" : ", k") + capitalised(model.views[i].name);
  out += fmt::format(
      "}};\n// As people see them, in that order.\ninline constexpr std::array<std::string_view, {}> kTitles{{",
      model.views.size());
  for (std::size_t i = 0; i < model.views.size(); ++i)
    out += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", model.views[i].title);
  out += "};\n}  // namespace view\n\n// Ids of commands.json that the daemon runs.\nnamespace command {\n";
  std::string all;
  std::size_t count = 0;
  for (const auto& command : model.commands) {
    if (command.inShim) continue;
    auto name = "k" + capitalised(command.area) + capitalised(command.verb);
    out += fmt::format("inline constexpr std::string_view {} = \"{}\";\n", name, command.id);
    all += (count++ == 0 ? "" : ", ") + name;
  }
  out += fmt::format("inline constexpr std::array<std::string_view, {}> kAll{{{}}};\n}}  // namespace command\n", count,
                     all);
  return out + "\n}  // namespace trowel::protocol\n";
}

std::string settings(const Model& model) {
  std::string out{kBanner};
  out +=
      "#pragma once\n\n#include <nlohmann/json.hpp>\n#include <string>\n\n#include \"trowel/core/json.hpp\"\n\n"
      "namespace trowel::protocol {\n\n// The settings of one folder, as read from the section `trowel`.\nstruct "
      "Settings {\n";
  std::string read;
  for (const auto& setting : model.settings) {
    auto key = setting.key.substr(setting.key.find('.') + 1);
    out += comment(setting.doc, "  ");
    if (setting.type == "boolean") {
      out += fmt::format("  bool {} = {};\n", setting.name, setting.defaultValue.get<bool>());
      read += fmt::format("    settings.{0} = core::boolAt(at(section, \"{1}\"), leaf(\"{1}\"), settings.{0});\n",
                          setting.name, key);
    } else if (setting.type == "string") {
      out += fmt::format("  std::string {} = {};\n", setting.name, setting.defaultValue.dump());
      read += fmt::format("    settings.{0} = core::stringAt(at(section, \"{1}\"), leaf(\"{1}\"), settings.{0});\n",
                          setting.name, key);
    } else {
      out += fmt::format("  core::Json {};\n", setting.name);
      read += fmt::format("    settings.{0} = any(section, \"{1}\");\n", setting.name, key);
    }
  }
  out +=
      "\n  // A value of a wrong type counts as not set.\n  static Settings from(const core::Json& section) {\n    "
      "Settings settings;\n" +
      read +
      "    return settings;\n  }\n\n private:\n"
      "  // \"sync.enabled\" is the member `enabled` of the object `sync`.\n"
      "  static const core::Json& at(const core::Json& section, std::string_view key) {\n"
      "    auto dot = key.find('.');\n"
      "    return dot == std::string_view::npos ? section : core::objectAt(section, std::string(key.substr(0, "
      "dot)).c_str());\n  }\n"
      "  static const char* leaf(const char* key) {\n"
      "    std::string_view text = key;\n    auto dot = text.find('.');\n"
      "    return dot == std::string_view::npos ? key : key + dot + 1;\n  }\n"
      "  static core::Json any(const core::Json& section, const char* key) {\n"
      "    const auto& object = at(section, key);\n"
      "    return object.is_object() ? object.value(leaf(key), core::Json()) : core::Json();\n  }\n};\n";
  return out + "\n}  // namespace trowel::protocol\n";
}

}  // namespace

std::vector<Output> generateCpp(const Model& model) {
  return {{"include/trowel/core/error_code.hpp", errorCodes(model)},
          {"include/trowel/protocol/types.hpp", types(model)},
          {"include/trowel/protocol/handlers.hpp", handlers(model)},
          {"include/trowel/protocol/client.hpp", client(model)},
          {"include/trowel/protocol/contributions.hpp", contributions(model)},
          {"include/trowel/protocol/settings.hpp", settings(model)},
          {"src/types.cpp", typesSource(model)},
          {"src/bindings.cpp", bindings(model)}};
}

}  // namespace trowel::generator

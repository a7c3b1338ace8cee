// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace trowel::generator {

namespace {

namespace fs = std::filesystem;

Json load(const fs::path& file) {
  std::ifstream in(file);
  try {
    return Json::parse(in);
  } catch (const Json::exception& e) {
    throw std::runtime_error(fmt::format("{}: {}", file.filename().string(), e.what()));
  }
}

std::string text(const Json& object, const char* key) { return object.value(key, std::string()); }

std::string need(const Json& object, const char* key, const std::string& where) {
  auto value = text(object, key);
  if (value.empty()) throw std::runtime_error(fmt::format("{}: '{}' is missing in {}", where, key, object.dump()));
  return value;
}

Type parseType(std::string name) {
  Type type;
  if (name.ends_with("[]")) {
    type.array = true;
    name.resize(name.size() - 2);
  }
  type.name = std::move(name);
  return type;
}

Method parseMethod(const Json& json, const std::string& where) {
  Method method;
  method.method = need(json, "method", where);
  method.name = need(json, "name", where);
  method.params = text(json, "params");
  method.result = parseType(text(json, "result"));
  method.lane = text(json, "lane");
  method.toClient = text(json, "direction") == "toClient";
  method.droppable = json.value("droppable", false);
  method.secret = json.value("secret", false);
  method.doc = need(json, "doc", where);
  return method;
}

Area parseArea(const Json& json, const std::string& where) {
  Area area;
  area.name = need(json, "area", where);
  area.doc = need(json, "doc", where);
  for (const auto& each : json.value("requests", Json::array())) area.requests.push_back(parseMethod(each, where));
  for (const auto& each : json.value("clientRequests", Json::array()))
    area.clientRequests.push_back(parseMethod(each, where));
  for (const auto& each : json.value("notifications", Json::array()))
    area.notifications.push_back(parseMethod(each, where));
  for (const auto& each : json.value("structures", Json::array())) {
    Structure structure{need(each, "name", where), need(each, "doc", where), {}};
    for (const auto& property : each.value("properties", Json::array())) {
      structure.properties.push_back({need(property, "name", where), parseType(need(property, "type", where)),
                                      property.value("optional", false), property.value("nullable", false),
                                      need(property, "doc", where)});
    }
    area.structures.push_back(std::move(structure));
  }
  for (const auto& each : json.value("enums", Json::array())) {
    Enum parsed{need(each, "name", where), need(each, "doc", where), {}};
    for (const auto& value : each.at("values"))
      parsed.values.push_back({need(value, "name", where), need(value, "value", where)});
    area.enums.push_back(std::move(parsed));
  }
  return area;
}

// A structure may name others of any area, so the names are known only once every area is read.
void check(Model& model) {
  std::set<std::string> structures;
  std::set<std::string> enums;
  std::set<std::string> methods;
  auto once = [](std::set<std::string>& names, const std::string& name) {
    if (!names.insert(name).second) throw std::runtime_error(fmt::format("'{}' is defined twice", name));
  };
  for (const auto& area : model.areas) {
    for (const auto& each : area.structures) once(structures, each.name);
    for (const auto& each : area.enums) once(enums, each.name);
  }
  const std::set<std::string> base{"string", "uri", "integer", "number", "boolean", "any"};
  auto resolve = [&](Type& type, const std::string& where) {
    type.isEnum = enums.contains(type.name);
    if (!type.isEnum && !base.contains(type.name) && !structures.contains(type.name))
      throw std::runtime_error(fmt::format("{}: no type '{}'", where, type.name));
  };
  std::set<std::string> fields;  // "Structure.field"
  for (auto& area : model.areas)
    for (auto& structure : area.structures)
      for (auto& property : structure.properties) once(fields, structure.name + "." + property.name);
  for (auto& area : model.areas) {
    for (auto& structure : area.structures)
      for (auto& property : structure.properties) resolve(property.type, structure.name + "." + property.name);
    auto checkMethod = [&](Method& method, bool isRequest) {
      once(methods, method.method);
      if (!method.params.empty() && !structures.contains(method.params))
        throw std::runtime_error(fmt::format("{}: no structure '{}'", method.method, method.params));
      if (isRequest) resolve(method.result, method.method);
    };
    for (auto& method : area.requests) {
      checkMethod(method, true);
      constexpr std::string_view kSerial = "serial:";
      bool known = method.lane == "inline" || method.lane == "worker" ||
                   (method.lane.starts_with(kSerial) &&
                    fields.contains(method.params + "." + method.lane.substr(kSerial.size())));
      if (!known) throw std::runtime_error(fmt::format("{}: no lane '{}'", method.method, method.lane));
    }
    for (auto& method : area.clientRequests) checkMethod(method, true);
    for (auto& method : area.notifications) {
      checkMethod(method, false);
      if (method.params.empty()) throw std::runtime_error(method.method + ": a notification needs params");
    }
  }
}

void checkContributions(const Model& model) {
  std::set<std::string> names;
  auto once = [&](const std::string& name, const std::string& where) {
    if (!names.insert(where + name).second) throw std::runtime_error(fmt::format("{}: '{}' stands twice", where, name));
  };
  for (const auto& each : model.commands) once(each.id, "commands.json");
  for (const auto& each : model.views) once(each.id, "views.json");
  for (const auto& each : model.settings) once(each.key, "settings.json");
  for (const auto& each : model.errors) {
    once(each.name, "errors.json");
    once(std::to_string(each.code), "errors.json");
  }
}

// A structure comes after those that it holds by value.
void sortStructures(Area& area) {
  std::vector<Structure> sorted;
  std::set<std::string> placed;
  auto rest = area.structures;
  while (!rest.empty()) {
    auto ready = std::ranges::find_if(rest, [&](const Structure& structure) {
      return std::ranges::none_of(structure.properties, [&](const Property& property) {
        return std::ranges::any_of(rest, [&](const Structure& other) { return other.name == property.type.name; });
      });
    });
    if (ready == rest.end()) throw std::runtime_error(area.name + ": structures hold each other");
    sorted.push_back(*ready);
    rest.erase(ready);
  }
  area.structures = std::move(sorted);
}

std::string fnv1a(const std::string& bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

Model loadModel(const fs::path& folder) {
  Model model;
  std::string everything;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "areas")) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    auto json = load(file);
    everything += json.dump();
    model.areas.push_back(parseArea(json, file.filename().string()));
    sortStructures(model.areas.back());
  }
  check(model);

  auto commands = load(folder / "commands.json");
  everything += commands.dump();
  model.category = need(commands, "category", "commands.json");
  for (const auto& each : commands.at("commands")) {
    Command command{.id = need(each, "id", "commands.json"),
                    .area = {},
                    .verb = {},
                    .title = need(each, "title", "commands.json"),
                    .icon = text(each, "icon"),
                    .when = text(each, "when"),
                    .inShim = text(each, "runs") == "shim",
                    .doc = need(each, "doc", "commands.json")};
    auto first = command.id.find('.');
    auto second = command.id.find('.', first + 1);
    if (second == std::string::npos) throw std::runtime_error(command.id + ": not trowel.<area>.<verb>");
    command.area = command.id.substr(first + 1, second - first - 1);
    command.verb = command.id.substr(second + 1);
    model.commands.push_back(std::move(command));
  }

  auto views = load(folder / "views.json");
  everything += views.dump();
  model.container = views.at("container");
  for (const auto& each : views.at("views"))
    model.views.push_back({need(each, "id", "views.json"), need(each, "name", "views.json"),
                           need(each, "title", "views.json"), text(each, "welcome"), each.value("collapsed", false)});

  auto settings = load(folder / "settings.json");
  for (const auto& each : settings.at("settings"))
    model.settings.push_back({need(each, "key", "settings.json"), need(each, "name", "settings.json"),
                              need(each, "type", "settings.json"), need(each, "scope", "settings.json"),
                              each.value("default", Json()), each.value("schema", Json()),
                              need(each, "doc", "settings.json")});

  auto errors = load(folder / "errors.json");
  for (const auto& each : errors.at("errors"))
    model.errors.push_back(
        {need(each, "name", "errors.json"), each.at("code").get<int>(), need(each, "doc", "errors.json")});
  checkContributions(model);
  for (const auto& error : model.errors) everything += fmt::format("{}{}", error.name, error.code);
  model.hash = fnv1a(everything);
  return model;
}

}  // namespace trowel::generator

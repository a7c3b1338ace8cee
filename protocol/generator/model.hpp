// SPDX-License-Identifier: Apache-2.0
// The protocol model as the generator sees it: loaded from protocol/*.json and checked before anything is written.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace trowel::generator {

using Json = nlohmann::ordered_json;

// "string", "uri", "integer", "number", "boolean", "any", a structure or enum, any of them with [] behind.
struct Type {
  std::string name;
  bool array = false;
  bool isEnum = false;
};

struct Property {
  std::string name;
  Type type;
  bool optional = false;
  bool nullable = false;
  std::string doc;
};

struct Structure {
  std::string name;
  std::string doc;
  std::vector<Property> properties;
};

struct EnumValue {
  std::string name;
  std::string value;
};

struct Enum {
  std::string name;
  std::string doc;
  std::vector<EnumValue> values;
};

struct Method {
  std::string method;
  std::string name;
  std::string params;  // a structure, or empty
  Type result;         // requests only
  std::string lane;    // requests to the server: inline, worker, serial:<field of params>
  bool toClient = false;
  bool droppable = false;  // may be left out while the editor does not read
  bool secret = false;     // never logged
  std::string doc;
};

struct Area {
  std::string name;
  std::string doc;
  std::vector<Method> requests;        // editor to daemon
  std::vector<Method> clientRequests;  // daemon to editor
  std::vector<Method> notifications;
  std::vector<Structure> structures;
  std::vector<Enum> enums;
};

struct Command {
  std::string id;  // trowel.<area>.<verb>
  std::string area;
  std::string verb;
  std::string title;
  std::string icon;
  std::string when;
  bool inShim = false;
  std::string doc;
};

struct View {
  std::string id;
  std::string name;
  std::string title;
  std::string welcome;
  bool collapsed = false;  // at first
};

struct Setting {
  std::string key;
  std::string name;
  std::string type;
  std::string scope;
  Json defaultValue;
  Json schema;  // VS Code's JSON schema, where type is any
  std::string doc;
};

struct ErrorKind {
  std::string name;
  int code = 0;
  std::string doc;
};

struct Model {
  std::vector<Area> areas;
  std::vector<Command> commands;
  std::string category;
  std::vector<View> views;
  Json container;
  std::vector<Setting> settings;
  std::vector<ErrorKind> errors;
  std::string hash;  // of everything that both sides must agree on
};

// Throws std::runtime_error with file and name for dangling types, duplicates and missing docs.
Model loadModel(const std::filesystem::path& folder);

std::string capitalised(std::string text);

// What a generator returns: relative path and content.
struct Output {
  std::string path;
  std::string content;
};

std::vector<Output> generateCpp(const Model& model);
Output generateTypeScript(const Model& model);
Output generateMarkdown(const Model& model);
// `current` is the committed package.json; only the generated blocks change.
Output generatePackageJson(const Model& model, const std::string& current);

}  // namespace trowel::generator

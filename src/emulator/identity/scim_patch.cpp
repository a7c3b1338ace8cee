// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/scim_patch.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "emulator/identity/scim_filter.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::array<std::string_view, 5> kLists{"members", "emails", "entitlements", "roles", "groups"};

// attribute[filter].sub, taken apart.
struct Path {
  std::string attribute;
  std::optional<ScimFilter> filter;
  std::string sub;
};

Reply<Path> parsePath(std::string_view text) {
  Path path;
  // Azure's provisioning puts the schema in front.
  if (text.starts_with("urn:")) text = text.substr(text.rfind(':') + 1);
  auto bracket = text.find('[');
  if (bracket != std::string_view::npos) {
    auto close = text.rfind(']');
    if (close == std::string_view::npos || close < bracket)
      return scimError(400, "invalidPath", "The path of the operation is not valid.");
    path.filter = ScimFilter::parse(text.substr(bracket + 1, close - bracket - 1));
    if (!path.filter) return scimError(400, "invalidFilter", "The filter in the path of the operation is not valid.");
    path.attribute = text.substr(0, bracket);
    if (close + 2 < text.size() && text[close + 1] == '.') path.sub = text.substr(close + 2);
  } else {
    auto dot = std::min(text.find('.'), text.size());
    path.attribute = text.substr(0, dot);
    if (dot + 1 < text.size()) path.sub = text.substr(dot + 1);
  }
  if (path.attribute.empty()) return scimError(400, "invalidPath", "The path of the operation is not valid.");
  return path;
}

bool isList(const std::string& attribute) { return std::find(kLists.begin(), kLists.end(), attribute) != kLists.end(); }

// The attribute's own spelling where the resource has it.
std::string spelling(const Json& resource, const std::string& attribute) {
  for (const auto& [key, value] : resource.items())
    if (core::equalsIgnoreCase(key, attribute)) return key;
  for (auto list : kLists)
    if (core::equalsIgnoreCase(list, attribute)) return std::string(list);
  return attribute;
}

bool sameElement(const Json& a, const Json& b) {
  if (!a.is_object() || !b.is_object()) return a == b;
  return a.contains("value") && b.contains("value") ? a["value"] == b["value"] : a == b;
}

void append(Json& list, const Json& value) {
  if (!list.is_array()) list = Json::array();
  for (const auto& element : value.is_array() ? value : Json::array({value})) {
    // A plain text stands for {"value": text}.
    Json added = element.is_string() ? Json{{"value", element}} : element;
    bool known = std::any_of(list.begin(), list.end(), [&](const Json& one) { return sameElement(one, added); });
    if (!known) list.push_back(std::move(added));
  }
}

void removeFrom(Json& list, const std::function<bool(const Json&)>& which) {
  Json kept = Json::array();
  if (list.is_array())
    for (const auto& element : list)
      if (!which(element)) kept.push_back(element);
  list = std::move(kept);
}

void set(Json& resource, const std::string& op, const std::string& attribute, const Json& value) {
  const std::string name = spelling(resource, attribute);
  if (op == "add" && isList(name))
    append(resource[name], value);
  else if (op == "add" && value.is_object() && resource.contains(name) && resource[name].is_object())
    resource[name].update(value);
  else if (isList(name) && !value.is_array())
    append(resource[name] = Json::array(), value);
  else
    resource[name] = value;
}

void setFiltered(Json& list, const Path& path, const Json& value) {
  if (!list.is_array()) return;
  for (auto& element : list) {
    if (!element.is_object() || !path.filter->matches(element)) continue;
    if (!path.sub.empty())
      element[path.sub] = value;
    else if (value.is_object())
      element.update(value);
  }
}

void removeAt(Json& resource, const Path& path, const Json& value) {
  const std::string name = spelling(resource, path.attribute);
  if (!resource.contains(name)) return;
  Json& attribute = resource[name];
  if (path.filter && !path.sub.empty()) {
    if (attribute.is_array())
      for (auto& element : attribute)
        if (element.is_object() && path.filter->matches(element)) element.erase(path.sub);
  } else if (path.filter) {
    removeFrom(attribute, [&](const Json& element) { return path.filter->matches(element); });
  } else if (!path.sub.empty()) {
    if (attribute.is_object()) attribute.erase(path.sub);
  } else if (value.is_array() && !value.empty()) {
    removeFrom(attribute, [&](const Json& element) {
      return std::any_of(value.begin(), value.end(), [&](const Json& one) { return sameElement(one, element); });
    });
  } else {
    resource.erase(name);
  }
}

Reply<void> applyOne(Json& resource, const Json& operation) {
  const std::string op = core::toLower(core::stringAt(operation, "op"));
  const std::string where = core::stringAt(operation, "path");
  const Json value = operation.is_object() && operation.contains("value") ? operation.at("value") : Json();
  if (op != "add" && op != "replace" && op != "remove")
    return scimError(400, "invalidSyntax", "The operation must be add, replace or remove.");
  if (where.empty()) {
    if (op == "remove") return scimError(400, "noTarget", "A remove operation needs a path.");
    if (!value.is_object()) return scimError(400, "invalidValue", "An operation without a path needs an object.");
    for (const auto& [key, inner] : value.items()) set(resource, op, key, inner);
    return {};
  }
  auto path = parsePath(where);
  if (!path) return std::unexpected(path.error());
  const std::string name = spelling(resource, path->attribute);
  if (op == "remove") {
    removeAt(resource, *path, value);
  } else if (path->filter) {
    if (resource.contains(name)) setFiltered(resource[name], *path, value);
  } else if (!path->sub.empty()) {
    if (!resource.contains(name) || !resource[name].is_object()) resource[name] = Json::object();
    resource[name][path->sub] = value;
  } else {
    set(resource, op, name, value);
  }
  return {};
}

}  // namespace

Reply<void> applyScimPatch(Json& resource, const Json& request) {
  const Json* operations = scimAttribute(request, "Operations");
  if (!operations || !operations->is_array() || operations->empty())
    return scimError(400, "invalidSyntax", "Operations are missing.");
  for (const auto& operation : *operations)
    if (auto done = applyOne(resource, operation); !done) return done;
  return {};
}

}  // namespace trowel::emulator

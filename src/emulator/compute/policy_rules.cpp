// SPDX-License-Identifier: Apache-2.0
// A definition maps the path of an attribute to a rule: {"spark_conf.a.b": {"type": "fixed", "value": "x"}}. Rules:
// fixed, forbidden, allowlist, blocklist, regex, range, unlimited. All but the first two want the attribute to be
// there, unless isOptional says otherwise. A path may go into an array by index or, for each element, by `*`.
#include "emulator/compute/policy_rules.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <vector>

#include "emulator/compute/cluster_catalog.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kMaps[] = {"spark_conf", "spark_env_vars", "custom_tags"};
constexpr std::size_t kMaxMatched = 4096;  // longer values are not tried: the matcher recurses over them

std::string text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// Policies name runtimes by what they are for, too: auto:latest-lts.
std::string normal(const Json& value) { return resolveSparkVersion(text(value)); }

std::optional<double> number(const Json& value) {
  const Json holder{{"value", value}};
  double found = core::numberAt(holder, "value", 0);
  if (found == 0 && core::numberAt(holder, "value", 1) != 0) return std::nullopt;
  return found;
}

// The steps of a path. The key of a map may have dots in it: spark_conf.spark.sql.x is a map and one key.
std::vector<std::string> steps(std::string_view path) {
  for (auto map : kMaps)
    if (path.starts_with(map) && path.substr(map.size()).starts_with("."))
      return {std::string(map), std::string(path.substr(map.size() + 1))};
  std::vector<std::string> all;
  for (auto step : core::split(path, '.')) all.emplace_back(step);
  return all;
}

std::optional<std::size_t> index(const std::string& step) {
  if (step.empty() || step.size() > 6 || step.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoul(step);
}

void collect(const Json& at, const std::vector<std::string>& path, std::size_t depth, std::vector<const Json*>& found) {
  if (depth == path.size()) {
    found.push_back(&at);
  } else if (at.is_array()) {
    auto wanted = index(path[depth]);
    for (std::size_t i = 0; i < at.size(); ++i)
      if (path[depth] == "*" || wanted == i) collect(at[i], path, depth + 1, found);
  } else if (at.is_object()) {
    if (auto it = at.find(path[depth]); it != at.end()) collect(*it, path, depth + 1, found);
  }
}

// Values that the policy speaks of and the spec does not have under that name.
const Json* special(const Json& spec, std::string_view path, std::string_view clusterType, Json& holder) {
  const Json& log = core::objectAt(spec, "cluster_log_conf");
  if (path == "cluster_type") {
    holder = clusterType;
  } else if (path == "cluster_log_conf.type") {
    std::string kind = log.empty() ? "NONE" : log.begin().key();
    std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::toupper(c); });
    holder = kind;
  } else if (path == "cluster_log_conf.path" && !log.empty()) {
    holder = core::stringAt(*log.begin(), "destination");
  } else {
    return nullptr;
  }
  return &holder;
}

void assign(Json& spec, const std::vector<std::string>& path, const Json& value) {
  Json* at = &spec;
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    if (auto wanted = index(path[depth]); wanted && depth > 0) {
      if (!at->is_array()) *at = Json::array();
      if (*wanted > at->size()) return;  // a policy that fills the third place of an empty list
      at = &(*at)[*wanted];
    } else {
      if (path[depth] == "*") return;
      if (!at->is_object()) *at = Json::object();
      at = &(*at)[path[depth]];
    }
  }
  *at = path.size() == 2 && std::find(std::begin(kMaps), std::end(kMaps), path[0]) != std::end(kMaps)
            ? Json(text(value))
            : value;
}

std::string joined(const Json& values) {
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : ", ") + text(value);
  return all;
}

bool contains(const Json& values, const std::string& wanted) {
  return std::any_of(values.begin(), values.end(), [&](const Json& value) { return normal(value) == wanted; });
}

// What the rule wants of a value that is there; empty where it is content.
std::string complaint(const std::string& type, const Json& rule, const Json& value) {
  const std::string is = normal(value);
  if (type == "fixed") {
    const Json& fixed = rule.contains("value") ? rule["value"] : Json();
    return is == normal(fixed) ? "" : "the value must be " + text(fixed);
  }
  if (type == "forbidden") return "the value must not be present";
  if (type == "allowlist") {
    const Json& values = core::arrayAt(rule, "values");
    return contains(values, is) ? "" : "the value must be one of " + joined(values);
  }
  if (type == "blocklist") {
    const Json& values = core::arrayAt(rule, "values");
    return contains(values, is) ? "the value must not be one of " + joined(values) : "";
  }
  if (type == "regex") {
    const auto pattern = core::stringAt(rule, "pattern");
    bool matches = is.size() <= kMaxMatched && std::regex_match(is, std::regex(pattern));
    return matches ? "" : "the value must match " + pattern;
  }
  if (type == "range") {
    auto have = number(value);
    if (!have) return "the value must be a number";
    if (rule.contains("minValue") && *have < core::numberAt(rule, "minValue"))
      return "the value must be at least " + text(rule["minValue"]);
    if (rule.contains("maxValue") && *have > core::numberAt(rule, "maxValue"))
      return "the value must be at most " + text(rule["maxValue"]);
  }
  return "";
}

// The attribute is not there: filled in, allowed, or missed.
std::string absent(const std::string& type, const Json& rule, const std::vector<std::string>& path, Json& spec,
                   bool defaults) {
  if (type == "forbidden" || path.back() == "*" || std::find(path.begin(), path.end(), "*") != path.end()) return "";
  if (type == "fixed") {
    assign(spec, path, rule.contains("value") ? rule["value"] : Json());
    return "";
  }
  if (defaults && rule.contains("defaultValue")) {
    assign(spec, path, rule["defaultValue"]);
    return "";
  }
  return core::boolAt(rule, "isOptional") ? "" : "the value must be present";
}

}  // namespace

Reply<void> checkPolicyDefinition(const Json& definition) {
  // The service takes an array as well, and complains only when the policy is used.
  if (!definition.is_object()) return {};
  for (const auto& [path, rule] : definition.items()) {
    auto type = core::stringAt(rule, "type");
    auto bad = [&path = path](const std::string& why) {
      return invalidParameter("Invalid policy definition: " + path + ": " + why);
    };
    if (type == "fixed" && !rule.contains("value")) return bad("a fixed rule needs a value.");
    if ((type == "allowlist" || type == "blocklist") && core::arrayAt(rule, "values").empty())
      return bad("an " + type + " rule needs values.");
    if (type == "regex") try {
        std::regex compiled(core::stringAt(rule, "pattern"));
      } catch (const std::regex_error&) {
        return bad("the pattern is not a regular expression.");
      }
    static constexpr std::string_view kTypes[] = {"fixed", "forbidden", "allowlist", "blocklist",
                                                  "regex", "range",     "unlimited"};
    if (std::find(std::begin(kTypes), std::end(kTypes), type) == std::end(kTypes))
      return bad("unknown type '" + core::toValidUtf8(type) + "'.");
  }
  return {};
}

Violations applyPolicyRules(const Json& definition, Json& spec, bool defaults, std::string_view clusterType) {
  Violations violations;
  for (const auto& [path, rule] : definition.items()) {
    if (path == "dbus_per_hour") continue;  // nothing here has a price
    const auto type = core::stringAt(rule, "type");
    const auto way = steps(path);
    std::vector<const Json*> values;
    Json holder;
    if (const Json* value = special(spec, path, clusterType, holder))
      values = {value};
    else
      collect(spec, way, 0, values);
    if (values.empty()) {
      if (auto why = absent(type, rule, way, spec, defaults); !why.empty()) violations[path] = why;
      continue;
    }
    for (const Json* value : values)
      if (auto why = complaint(type, rule, *value); !why.empty())
        violations[path] = why + " (is \"" + core::toValidUtf8(text(*value)) + "\")";
  }
  return violations;
}

}  // namespace trowel::emulator

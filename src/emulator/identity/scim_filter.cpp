// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/scim_filter.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Cuts the next word or quoted text off; nothing at the end and where a quote is not closed.
std::optional<std::string> takeWord(std::string_view& text, bool& quoted) {
  text = core::trim(text);
  quoted = text.starts_with('"');
  if (text.empty()) return std::nullopt;
  std::string word;
  if (!quoted) {
    auto end = std::min(text.find(' '), text.size());
    word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return word;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    word += text[i];
  }
  return std::nullopt;
}

std::string textOf(const Json& value) {
  return core::toLower(value.is_string() ? value.get<std::string>() : value.dump());
}

bool compare(const std::string& op, const std::string& actual, const std::string& wanted) {
  if (op == "eq") return actual == wanted;
  if (op == "co") return actual.find(wanted) != std::string::npos;
  if (op == "sw") return actual.starts_with(wanted);
  return actual.ends_with(wanted);
}

// Whether a value at the end of the path compares so; elements of lists are looked at one by one.
bool anyValue(const Json& value, const std::vector<std::string>& path, std::size_t depth, const std::string& op,
              const std::string& wanted) {
  if (value.is_array()) {
    for (const auto& element : value)
      if (anyValue(element, path, depth, op, wanted)) return true;
    return false;
  }
  if (depth < path.size()) {
    const Json* below = scimAttribute(value, path[depth]);
    return below && anyValue(*below, path, depth + 1, op, wanted);
  }
  if (value.is_null()) return false;
  if (op == "pr") return true;
  // A list of objects is compared by its values: `emails co "x"`.
  if (value.is_object()) {
    const Json* inner = scimAttribute(value, "value");
    return inner && !inner->is_structured() && compare(op, textOf(*inner), wanted);
  }
  return compare(op, textOf(value), wanted);
}

}  // namespace

const Json* scimAttribute(const Json& resource, std::string_view name) {
  if (!resource.is_object()) return nullptr;
  for (const auto& [key, value] : resource.items())
    if (core::equalsIgnoreCase(key, name)) return &value;
  return nullptr;
}

std::optional<ScimFilter> ScimFilter::parse(std::string_view text) {
  ScimFilter filter;
  filter.alternatives_.emplace_back();
  while (true) {
    Comparison comparison;
    bool quoted = false;
    auto attribute = takeWord(text, quoted);
    auto op = takeWord(text, quoted);
    if (!attribute || !op) return std::nullopt;
    for (auto part : core::split(*attribute, '.')) comparison.path.emplace_back(part);
    comparison.op = core::toLower(*op);
    if (comparison.op != "pr") {
      static constexpr std::string_view kOperators = " eq ne co sw ew ";
      if (kOperators.find(" " + comparison.op + " ") == std::string_view::npos) return std::nullopt;
      auto value = takeWord(text, quoted);
      if (!value) return std::nullopt;
      comparison.value = core::toLower(*value);
    }
    filter.alternatives_.back().push_back(std::move(comparison));
    auto joint = takeWord(text, quoted);
    if (!joint) return filter;
    if (core::equalsIgnoreCase(*joint, "or"))
      filter.alternatives_.emplace_back();
    else if (!core::equalsIgnoreCase(*joint, "and"))
      return std::nullopt;
  }
}

bool ScimFilter::holds(const Comparison& comparison, const Json& resource) {
  if (comparison.op == "ne") return !anyValue(resource, comparison.path, 0, "eq", comparison.value);
  return anyValue(resource, comparison.path, 0, comparison.op, comparison.value);
}

bool ScimFilter::matches(const Json& resource) const {
  for (const auto& all : alternatives_) {
    bool every = true;
    for (const auto& comparison : all) every = every && holds(comparison, resource);
    if (every) return true;
  }
  return false;
}

}  // namespace trowel::emulator

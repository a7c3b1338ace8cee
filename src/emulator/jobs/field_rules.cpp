// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/field_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string_view tokenOf(Shape shape) {
  switch (shape) {
    case Shape::Text:
      return "VALUE_STRING";
    case Shape::Number:
      return "VALUE_NUMBER_INT";
    case Shape::Flag:
      return "VALUE_TRUE";
    case Shape::Object:
    case Shape::TextMap:
      return "START_OBJECT";
    case Shape::Objects:
    case Shape::Texts:
      return "START_ARRAY";
  }
  return "";
}

std::string_view tokenOf(const Json& value) {
  if (value.is_string()) return "VALUE_STRING";
  if (value.is_boolean()) return value.get<bool>() ? "VALUE_TRUE" : "VALUE_FALSE";
  if (value.is_number_float()) return "VALUE_NUMBER_FLOAT";
  if (value.is_number()) return "VALUE_NUMBER_INT";
  if (value.is_array()) return "START_ARRAY";
  return value.is_object() ? "START_OBJECT" : "VALUE_NULL";
}

std::unexpected<ApiError> wrongType(const std::string& name, std::string_view expected, const Json& value) {
  return malformedRequest(fmt::format("Could not parse request object: Expected '{}' not '{}' for field {}", expected,
                                      tokenOf(value), name));
}

// A whole number, or one in quotes: 64-bit numbers often come like that.
bool isWhole(const Json& value) {
  if (value.is_number_integer()) return true;
  if (!value.is_string()) return false;
  std::string_view text = value.get_ref<const std::string&>();
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 19 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool hasShape(const Json& value, Shape shape) {
  switch (shape) {
    case Shape::Text:
      return value.is_string();
    case Shape::Number:
      return isWhole(value);
    case Shape::Flag:
      return value.is_boolean();
    case Shape::Object:
    case Shape::TextMap:
      return value.is_object();
    case Shape::Objects:
    case Shape::Texts:
      return value.is_array();
  }
  return false;
}

Reply<void> checkElements(const Json& value, Shape shape, const std::string& name) {
  if (shape == Shape::TextMap)
    for (const auto& [key, item] : value.items())
      if (!item.is_string()) return wrongType(name + "." + key, "VALUE_STRING", item);
  if (shape == Shape::Texts)
    for (const auto& item : value)
      if (!item.is_string()) return wrongType(name, "VALUE_STRING", item);
  if (shape == Shape::Objects)
    for (const auto& item : value)
      if (!item.is_object()) return wrongType(name, "START_OBJECT", item);
  return {};
}

Reply<void> checkChoice(const std::string& value, const FieldRule& rule, const std::string& name) {
  if (rule.choices.empty()) return {};
  auto choices = core::split(rule.choices, ' ');
  if (std::ranges::find(choices, value) != choices.end()) return {};
  return invalidParameter(
      fmt::format("Invalid value '{}' for {}. Must be one of: {}", value, name, fmt::join(choices, ", ")));
}

}  // namespace

bool has(const Json& object, std::string_view field) {
  auto it = object.find(field);
  return it != object.end() && !it->is_null();
}

Reply<void> checkFields(const Json& object, std::span<const FieldRule> rules, const std::string& path) {
  for (const auto& rule : rules) {
    std::string name = path + std::string(rule.name);
    if (!has(object, rule.name)) {
      if (rule.required) return missingField(name);
      continue;
    }
    const Json& value = *object.find(rule.name);
    if (!hasShape(value, rule.shape)) return wrongType(name, tokenOf(rule.shape), value);
    TROWEL_TRY(checkElements(value, rule.shape, name));
    if (rule.shape == Shape::Text) {
      const auto& text = value.get_ref<const std::string&>();
      if (rule.required && text.empty()) return missingField(name);
      TROWEL_TRY(checkChoice(text, rule, name));
    }
    if (rule.shape == Shape::Number && core::intAt(object, std::string(rule.name).c_str()) < rule.least)
      return invalidParameter(fmt::format("Invalid value for {}: it must be at least {}.", name, rule.least));
  }
  return {};
}

void keepKnown(Json& object, std::span<const FieldRule> rules) {
  for (auto it = object.begin(); it != object.end();) {
    bool known = std::ranges::any_of(rules, [&](const FieldRule& rule) { return rule.name == it.key(); });
    it = known && !it->is_null() ? std::next(it) : object.erase(it);
  }
}

}  // namespace trowel::emulator

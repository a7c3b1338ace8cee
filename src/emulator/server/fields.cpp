// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/fields.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

namespace {

bool isRequired(const Field& field) { return field.use == FieldUse::Required || field.use == FieldUse::Key; }
bool isFixed(const Field& field) { return field.use == FieldUse::Fixed || field.use == FieldUse::Key; }

// As the service reads protobuf's map<string, string>: plain values become text, anything else is none.
Json textMap(const Json& value) {
  if (!value.is_object()) return {};
  Json map = Json::object();
  for (const auto& [name, entry] : value.items()) {
    if (!entry.is_string() && !entry.is_number() && !entry.is_boolean()) return {};
    map[name] = entry.is_string() ? entry : Json(entry.dump());
  }
  return map;
}

// The value in the field's own type; null where it is none. Query parameters are text whatever they mean.
Json converted(const Json& value, FieldType type) {
  const auto* text = value.is_string() ? &value.get_ref<const std::string&>() : nullptr;
  switch (type) {
    case FieldType::Text:
      return text || value.is_number() || value.is_boolean() ? (text ? value : Json(value.dump())) : Json();
    case FieldType::Number: {
      if (value.is_number()) return value;
      std::int64_t number = 0;
      if (!text || text->empty()) return {};
      auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
      return problem == std::errc() && end == text->data() + text->size() ? Json(number) : Json();
    }
    case FieldType::Flag:
      if (text && (*text == "true" || *text == "false")) return *text == "true";
      return value.is_boolean() ? value : Json();
    case FieldType::Object:
      return value.is_object() ? value : Json();
    case FieldType::List:
      return value.is_array() ? value : Json();
    case FieldType::TextMap:
      return textMap(value);
  }
  return {};
}

std::string_view nameOf(FieldType type) {
  switch (type) {
    case FieldType::Text:
      return "VALUE_STRING";
    case FieldType::Number:
      return "VALUE_NUMBER_INT";
    case FieldType::Flag:
      return "VALUE_TRUE";
    case FieldType::Object:
    case FieldType::TextMap:
      return "START_OBJECT";
    case FieldType::List:
      return "START_ARRAY";
  }
  return "";
}

// Puts the field into `object` where it was given.
Reply<void> take(const Json& given, const Field& field, Json& object) {
  auto it = given.find(field.name);
  if (it == given.end() || it->is_null()) return {};
  Json value = converted(*it, field.type);
  if (value.is_null())
    return malformedRequest("Could not parse request object: Expected '" + std::string(nameOf(field.type)) +
                            "' for field " + field.name);
  object[field.name] = std::move(value);
  return {};
}

}  // namespace

Reply<Json> readNew(const Json& given, std::span<const Field> table) {
  Json object = Json::object();
  for (const auto& field : table) {
    if (auto taken = take(given, field, object); !taken) return std::unexpected(taken.error());
    auto it = object.find(field.name);
    bool absent = it == object.end() || (it->is_string() && it->get_ref<const std::string&>().empty());
    if (absent && isRequired(field)) return missingField(field.name);
    if (it == object.end() && field.standard) object[field.name] = Json::parse(field.standard);
  }
  return object;
}

Reply<Json> readChanges(const Json& given, std::span<const Field> table) {
  Json changes = Json::object();
  for (const auto& field : table) {
    if (isFixed(field)) continue;
    if (auto taken = take(given, field, changes); !taken) return std::unexpected(taken.error());
  }
  return changes;
}

}  // namespace trowel::emulator

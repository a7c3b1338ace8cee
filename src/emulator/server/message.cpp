// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/message.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> wrongType(std::string_view expected, const std::string& name) {
  return malformedRequest("Could not parse request object: Expected '" + std::string(expected) + "' for field '" +
                          name + "'");
}

Reply<Json> readText(const Json& value, const std::string& name) {
  if (value.is_string()) return value;
  if (value.is_number() || value.is_boolean()) return Json(value.dump());
  return wrongType("VALUE_STRING", name);
}

Reply<Json> readNumber(const Json& value, const std::string& name) {
  // A double beyond this cannot be told from its neighbours, and not every 64-bit value can be cast back.
  constexpr double kLargest = 9.0e18;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargest))
    return wrongType("VALUE_NUMBER_INT", name);
  if (value.is_number_integer()) return Json(value.get<std::int64_t>());
  if (value.is_number_float()) {
    double number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) < kLargest) return Json(static_cast<std::int64_t>(number));
  }
  if (value.is_string()) {
    const Json holder{{"value", value}};
    if (auto number = core::intAt(holder, "value", 0); number == core::intAt(holder, "value", 1)) return Json(number);
  }
  return wrongType("VALUE_NUMBER_INT", name);
}

Reply<Json> readReal(const Json& value, const std::string& name) {
  if (value.is_number()) return Json(value.get<double>());
  if (value.is_string()) {
    const Json holder{{"value", value}};
    double number = core::numberAt(holder, "value", 0);
    if (number != 0 || core::numberAt(holder, "value", 1) == 0) return Json(number);
  }
  return wrongType("VALUE_NUMBER_FLOAT", name);
}

Reply<Json> readFlag(const Json& value, const std::string& name) {
  if (value.is_boolean()) return value;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (core::equalsIgnoreCase(text, "true")) return Json(true);
    if (core::equalsIgnoreCase(text, "false")) return Json(false);
  }
  return wrongType("VALUE_TRUE", name);
}

Reply<Json> readChoice(const Json& value, const MessageField& field, const std::string& name) {
  if (!value.is_string()) return wrongType("VALUE_STRING", name);
  const auto& text = value.get_ref<const std::string&>();
  if (std::find(field.values.begin(), field.values.end(), text) != field.values.end()) return value;
  return malformedRequest("Could not parse request object: Unknown enum value '" + core::toValidUtf8(text) +
                          "' for field '" + name + "'");
}

Reply<Json> readTextMap(const Json& value, const std::string& name) {
  if (!value.is_object()) return wrongType("START_OBJECT", name);
  Json map = Json::object();
  for (const auto& [key, text] : value.items()) {
    if (text.is_null()) continue;
    map[key] = TROWEL_TRY(readText(text, name + "." + key));
  }
  return map;
}

Reply<Json> readValue(const Json& value, const MessageField& field, const std::string& name) {
  switch (field.type) {
    case ValueType::Text:
      return readText(value, name);
    case ValueType::Number:
      return readNumber(value, name);
    case ValueType::Real:
      return readReal(value, name);
    case ValueType::Flag:
      return readFlag(value, name);
    case ValueType::Choice:
      return readChoice(value, field, name);
    case ValueType::TextMap:
      return readTextMap(value, name);
    case ValueType::Object:
      if (!value.is_object()) return wrongType("START_OBJECT", name);
      if (field.members.empty()) return value;
      return readMessage(value, field.members, name + ".");
    case ValueType::TextList:
    case ValueType::ObjectList:
      break;
  }
  if (!value.is_array()) return wrongType("START_ARRAY", name);
  const MessageField element{.name = field.name,
                             .type = field.type == ValueType::TextList ? ValueType::Text : ValueType::Object,
                             .members = field.members};
  Json list = Json::array();
  for (const auto& item : value) list.push_back(TROWEL_TRY(readValue(item, element, name)));
  return list;
}

}  // namespace

Reply<Json> readMessage(const Json& object, const std::vector<MessageField>& fields, const std::string& at) {
  Json known = Json::object();
  if (!object.is_object()) return known;
  for (const auto& field : fields) {
    std::string name(field.name);
    auto it = object.find(name);
    if (it == object.end() || it->is_null()) continue;
    known[name] = TROWEL_TRY(readValue(*it, field, at + name));
  }
  return known;
}

}  // namespace trowel::emulator

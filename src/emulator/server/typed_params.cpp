// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/typed_params.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/message.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Null where it is absent.
Reply<Json> typed(const Json& params, std::string_view field, ValueType type) {
  auto it = params.find(field);
  bool empty = it == params.end() || (it->is_string() && it->get_ref<const std::string&>().empty());
  if (empty) return Json();
  Json found = TROWEL_TRY(readMessage(params, {{.name = field, .type = type}}));
  return found.empty() ? Json() : std::move(found.front());
}

}  // namespace

Reply<std::string> typedText(const Json& params, std::string_view field, std::string_view fallback) {
  Json value = TROWEL_TRY(typed(params, field, ValueType::Text));
  return value.is_null() ? std::string(fallback) : std::move(value.get_ref<std::string&>());
}

Reply<std::int64_t> typedNumber(const Json& params, std::string_view field, std::int64_t fallback) {
  Json value = TROWEL_TRY(typed(params, field, ValueType::Number));
  return value.is_null() ? fallback : value.get<std::int64_t>();
}

Reply<bool> typedFlag(const Json& params, std::string_view field, bool fallback) {
  Json value = TROWEL_TRY(typed(params, field, ValueType::Flag));
  return value.is_null() ? fallback : value.get<bool>();
}

Reply<std::int64_t> requiredNumber(const Json& params, std::string_view field) {
  Json value = TROWEL_TRY(typed(params, field, ValueType::Number));
  if (value.is_null()) return missingField(std::string(field));
  return value.get<std::int64_t>();
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/json.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json_parser.hpp"

namespace trowel::core {

Result<Json> parseJson(std::string_view text) {
  Json value;
  const auto problem = readJson(text, kMaxJsonDepth, value);
  if (!problem) return value;
  return fail(ErrorCode::InvalidParams, problem->tooDeep
                                            ? "JSON is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels."
                                            : "Not valid JSON at byte " + std::to_string(problem->byte) + ".");
}

std::string dumpJson(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string dumpJsonPretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace); }

std::string stringAt(const Json& object, const char* field, std::string_view fallback) {
  if (!object.is_object()) return std::string(fallback);
  auto it = object.find(field);
  if (it == object.end()) return std::string(fallback);
  if (it->is_string()) return it->get<std::string>();
  if (it->is_number()) return it->dump();
  return std::string(fallback);
}

std::int64_t intAt(const Json& object, const char* field, std::int64_t fallback) {
  if (!object.is_object()) return fallback;
  auto it = object.find(field);
  if (it == object.end()) return fallback;
  if (it->is_number_unsigned())
    return std::in_range<std::int64_t>(it->get<std::uint64_t>()) ? it->get<std::int64_t>() : fallback;
  if (it->is_number_integer()) return it->get<std::int64_t>();
  if (it->is_number_float()) {
    double value = it->get<double>();
    return value >= -9.2e18 && value <= 9.2e18 ? static_cast<std::int64_t>(value) : fallback;
  }
  if (!it->is_string()) return fallback;
  const auto& text = it->get_ref<const std::string&>();
  std::int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? value : fallback;
}

double numberAt(const Json& object, const char* field, double fallback) {
  if (!object.is_object()) return fallback;
  auto it = object.find(field);
  if (it == object.end()) return fallback;
  if (it->is_number()) return it->get<double>();
  if (!it->is_string()) return fallback;
  const auto& text = it->get_ref<const std::string&>();
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? value : fallback;
}

bool boolAt(const Json& object, const char* field, bool fallback) {
  if (!object.is_object()) return fallback;
  auto it = object.find(field);
  return it != object.end() && it->is_boolean() ? it->get<bool>() : fallback;
}

const Json& arrayAt(const Json& object, const char* field) {
  static const Json kNothing = Json::array();
  if (!object.is_object()) return kNothing;
  auto it = object.find(field);
  return it != object.end() && it->is_array() ? *it : kNothing;
}

const Json& objectAt(const Json& object, const char* field) {
  static const Json kNothing = Json::object();
  if (!object.is_object()) return kNothing;
  auto it = object.find(field);
  return it != object.end() && it->is_object() ? *it : kNothing;
}

}  // namespace trowel::core

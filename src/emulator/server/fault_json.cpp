// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <nlohmann/json.hpp>

#include "emulator/server/fault_kinds.hpp"
#include "trowel/core/text.hpp"
#include "trowel/emulator/fault.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::array<std::pair<std::string_view, FaultEnd>, 4> kEnds{{{"close", FaultEnd::Close},
                                                                      {"reset", FaultEnd::Reset},
                                                                      {"stall", FaultEnd::Stall},
                                                                      {"endless", FaultEnd::Endless}}};

constexpr std::int64_t kMaxNumber = 1'000'000'000;

std::unexpected<core::Error> wrong(const std::string& field, std::string_view expected) {
  return core::fail(core::ErrorCode::InvalidParams,
                    "The field " + core::toValidUtf8(field) + " of a fault must be " + std::string(expected) + ".");
}

// Reads one field into a fault after the other; the first problem stays.
class FaultReader {
 public:
  explicit FaultReader(const Json& json) : json_(json) {}

  core::Result<Fault> read() {
    if (!json_.is_object()) return core::fail(core::ErrorCode::InvalidParams, "A fault must be a JSON object.");
    if (json_.contains("kind")) TROWEL_TRY(readKind(json_["kind"]));  // first: the others come on top
    for (const auto& [field, value] : json_.items()) TROWEL_TRY(readField(field, value));
    if (fault_.pattern.empty()) return core::fail(core::ErrorCode::InvalidParams, "Missing required field: pattern");
    bool answers = json_.contains("body") || json_.contains("content_type");
    if (answers && fault_.status == 0) fault_.status = 200;
    return std::move(fault_);
  }

 private:
  core::Result<void> readKind(const Json& value) {
    if (value.is_string() && applyKind(fault_, value.get_ref<const std::string&>())) return {};
    std::string names;
    for (const auto& name : faultKinds()) names += (names.empty() ? "" : ", ") + name;
    return wrong("kind", "one of " + names);
  }

  core::Result<void> readField(const std::string& field, const Json& value) {
    if (field == "kind") return {};
    if (field == "pattern") return text(field, value, fault_.pattern);
    if (field == "content_type") return text(field, value, fault_.contentType);
    if (field == "body") return body(value);
    if (field == "headers") return headers(value);
    if (field == "end") return end(value);
    if (field == "hold") return flag(field, value, fault_.hold);
    if (field == "drop") return flag(field, value, fault_.drop);
    if (field == "after_handler") return flag(field, value, fault_.afterHandler);
    if (field == "probability") {
      if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1)
        return wrong(field, "between 0 and 1");
      fault_.probability = value.get<double>();
      return {};
    }
    return number(field, value);
  }

  core::Result<void> number(const std::string& field, const Json& value) {
    if (!isNumber(field))
      return core::fail(core::ErrorCode::InvalidParams,
                        "A fault has no field " + core::toValidUtf8(field) + "; see docs/emulator.md.");
    const std::int64_t least = field == "length_off" ? -kMaxNumber : 0;
    if (!value.is_number_integer() || value.get<std::int64_t>() < least || value.get<std::int64_t>() > kMaxNumber)
      return wrong(field, "a whole number between " + std::to_string(least) + " and " + std::to_string(kMaxNumber));
    auto number = value.get<std::int64_t>();
    if (field == "status") {
      if (number != 0 && (number < 200 || number > 599)) return wrong(field, "0, or between 200 and 599");
      fault_.status = static_cast<int>(number);
    } else if (field == "skip") {
      fault_.skip = static_cast<int>(number);
    } else if (field == "times") {
      fault_.times = static_cast<int>(number);
    } else if (field == "seed") {
      fault_.seed = static_cast<std::uint64_t>(number);
    } else if (field == "truncate_at") {
      fault_.truncateAt = static_cast<std::size_t>(number);
    } else if (field == "length_off") {
      fault_.lengthOff = number;
    } else if (field == "delay_ms") {
      fault_.delay = std::chrono::milliseconds(number);
    } else if (field == "bytes_per_second") {
      fault_.bytesPerSecond = static_cast<std::uint64_t>(number);
    } else {
      fault_.headers.emplace_back("Retry-After", std::to_string(number));
    }
    return {};
  }

  static bool isNumber(std::string_view field) {
    for (auto known : {"status", "skip", "times", "seed", "truncate_at", "length_off", "delay_ms", "bytes_per_second",
                       "retry_after"})
      if (field == known) return true;
    return false;
  }

  static core::Result<void> text(const std::string& field, const Json& value, std::string& into) {
    if (!value.is_string()) return wrong(field, "a text");
    into = value.get<std::string>();
    return {};
  }

  static core::Result<void> flag(const std::string& field, const Json& value, bool& into) {
    if (!value.is_boolean()) return wrong(field, "true or false");
    into = value.get<bool>();
    return {};
  }

  core::Result<void> body(const Json& value) {
    fault_.body = value.is_string() ? value.get<std::string>() : core::dumpJson(value);
    return {};
  }

  core::Result<void> headers(const Json& value) {
    if (!value.is_object()) return wrong("headers", "an object");
    for (const auto& [name, content] : value.items())
      fault_.headers.emplace_back(name, content.is_string() ? content.get<std::string>() : core::dumpJson(content));
    return {};
  }

  core::Result<void> end(const Json& value) {
    for (const auto& [name, end] : kEnds) {
      if (value != name) continue;
      fault_.end = end;
      return {};
    }
    return wrong("end", "close, reset, stall or endless");
  }

  const Json& json_;
  Fault fault_;
};

}  // namespace

core::Result<Fault> readFault(const Json& json) { return FaultReader(json).read(); }

Json describeFault(const Fault& fault) {
  Json json{{"pattern", fault.pattern}, {"times", fault.times}};
  if (fault.status != 0) {
    json["status"] = fault.status;
    json["body"] = fault.body;
    json["content_type"] = fault.contentType;
  }
  for (const auto& [name, value] : fault.headers) json["headers"][name] = value;
  if (fault.skip != 0) json["skip"] = fault.skip;
  if (fault.afterHandler) json["after_handler"] = true;
  if (fault.drop) json["drop"] = true;
  if (fault.hold) json["hold"] = true;
  if (fault.truncateAt) json["truncate_at"] = *fault.truncateAt;
  for (const auto& [name, end] : kEnds)
    if (fault.end == end) json["end"] = name;
  if (fault.lengthOff != 0) json["length_off"] = fault.lengthOff;
  if (fault.delay.count() != 0) json["delay_ms"] = fault.delay.count();
  if (fault.bytesPerSecond != 0) json["bytes_per_second"] = fault.bytesPerSecond;
  if (fault.probability < 1) {
    json["probability"] = fault.probability;
    json["seed"] = fault.seed;
  }
  return json;
}

}  // namespace trowel::emulator

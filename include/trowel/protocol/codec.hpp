// SPDX-License-Identifier: Apache-2.0
// What the generated codecs are made of: reading a JSON value with its place, writing one back.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::protocol::codec {

// Where in the document we are; written out as a JSON pointer only when something is wrong.
struct Path {
  const Path* parent = nullptr;
  std::string_view name = {};
  std::size_t index = 0;

  std::string pointer() const {
    if (parent == nullptr) return {};
    return parent->pointer() + "/" + (name.empty() ? std::to_string(index) : std::string(name));
  }
};

inline std::unexpected<core::Error> wrong(const Path& path, const std::string& expected) {
  auto pointer = path.pointer();
  return core::fail(core::ErrorCode::InvalidParams,
                    "Wrong parameters: '" + (pointer.empty() ? "/" : pointer) + "' must be " + expected + ".");
}

inline core::Result<void> read(const core::Json& json, const Path& path, std::string& out) {
  if (!json.is_string()) return wrong(path, "a string");
  out = json.get_ref<const std::string&>();
  return {};
}

inline core::Result<void> read(const core::Json& json, const Path& path, bool& out) {
  if (!json.is_boolean()) return wrong(path, "true or false");
  out = json.get<bool>();
  return {};
}

inline core::Result<void> read(const core::Json& json, const Path& path, std::int64_t& out) {
  bool tooLarge = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (!json.is_number_integer() || tooLarge) return wrong(path, "an integer");
  out = json.get<std::int64_t>();
  return {};
}

inline core::Result<void> read(const core::Json& json, const Path& path, double& out) {
  if (!json.is_number()) return wrong(path, "a number");
  out = json.get<double>();
  return {};
}

inline core::Result<void> read(const core::Json& json, const Path&, core::Json& out) {
  out = json;
  return {};
}

template <typename T>
core::Result<void> read(const core::Json& json, const Path& path, std::vector<T>& out) {
  if (!json.is_array()) return wrong(path, "an array");
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    T element{};
    TROWEL_TRY(read(json[i], Path{&path, {}, i}, element));
    out.push_back(std::move(element));
  }
  return {};
}

template <typename T>
core::Result<void> required(const core::Json& object, const Path& path, const char* name, T& out) {
  auto it = object.find(name);
  if (it == object.end()) return wrong(Path{&path, name}, "there; it is missing");
  return read(*it, Path{&path, name}, out);
}

// Absent is not null: null is refused.
template <typename T>
core::Result<void> optional(const core::Json& object, const Path& path, const char* name, std::optional<T>& out) {
  auto it = object.find(name);
  if (it == object.end()) return {};
  return read(*it, Path{&path, name}, out.emplace());
}

// Null counts as absent.
template <typename T>
core::Result<void> nullable(const core::Json& object, const Path& path, const char* name, std::optional<T>& out) {
  auto it = object.find(name);
  if (it == object.end() || it->is_null()) return {};
  return read(*it, Path{&path, name}, out.emplace());
}

inline core::Result<void> nullable(const core::Json& object, const Path&, const char* name, core::Json& out) {
  auto it = object.find(name);
  if (it != object.end()) out = *it;
  return {};
}

inline core::Json write(const std::string& value) { return value; }
inline core::Json write(bool value) { return value; }
inline core::Json write(std::int64_t value) { return value; }
inline core::Json write(double value) { return value; }
inline core::Json write(const core::Json& value) { return value; }

template <typename T>
core::Json write(const std::vector<T>& values) {
  core::Json array = core::Json::array();
  for (const auto& value : values) array.push_back(write(value));
  return array;
}

enum class Presence : std::uint8_t { Required, Optional };

template <typename T>
void put(core::Json& object, const char* name, const T& value, Presence) {
  object[name] = write(value);
}

template <typename T>
void put(core::Json& object, const char* name, const std::optional<T>& value, Presence) {
  if (value) object[name] = write(*value);
}

inline void put(core::Json& object, const char* name, const core::Json& value, Presence presence) {
  if (presence == Presence::Required || !value.is_null()) object[name] = value;
}

}  // namespace trowel::protocol::codec

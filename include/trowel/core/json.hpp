// SPDX-License-Identifier: Apache-2.0
// JSON at the edges: parse what others sent without being hurt by it, write what others must be able to read.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::core {

using Json = nlohmann::json;

// Deeper documents crash copies and dumps of the library (they recurse), so they are refused before the parse.
inline constexpr std::size_t kMaxJsonDepth = 512;

// InvalidParams with the byte offset for anything that is not one UTF-8 JSON document of at most kMaxJsonDepth levels.
Result<Json> parseJson(std::string_view text);

// One line; bytes that are not UTF-8 come out as U+FFFD.
std::string dumpJson(const Json& value);
// The same with two spaces of indentation, for people.
std::string dumpJsonPretty(const Json& value);

// Tolerant reading of what a server sent: the field's value, or `fallback` where it is absent, null or of another type.
// A number that came as a string, or the reverse, is converted.
std::string stringAt(const Json& object, const char* field, std::string_view fallback = {});
std::int64_t intAt(const Json& object, const char* field, std::int64_t fallback = 0);
double numberAt(const Json& object, const char* field, double fallback = 0);
bool boolAt(const Json& object, const char* field, bool fallback = false);
// The member, or an empty array / object to iterate over. The reference lives as long as `object`.
const Json& arrayAt(const Json& object, const char* field);
const Json& objectAt(const Json& object, const char* field);

}  // namespace trowel::core

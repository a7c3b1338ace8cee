// SPDX-License-Identifier: Apache-2.0
// Tables that say what the members of a request look like, and the check of an object against such a table.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class Shape : std::uint8_t { Text, Number, Flag, Object, Objects, Texts, TextMap };

struct FieldRule {
  std::string_view name;
  Shape shape = Shape::Text;
  bool required = false;
  std::string_view choices = {};  // of Text: what it may be, separated by blanks; empty: anything
  std::int64_t least = std::numeric_limits<std::int64_t>::min();  // of Number
};

// Members that no rule names are ignored, null counts as absent. `path` ends with a dot or is empty; it stands before
// names in error texts. MALFORMED_REQUEST for a wrong type, INVALID_PARAMETER_VALUE for the rest.
Reply<void> checkFields(const core::Json& object, std::span<const FieldRule> rules, const std::string& path);

// Drops the members that no rule names, and those that are null: what the service forgets as well.
void keepKnown(core::Json& object, std::span<const FieldRule> rules);

// Whether the member is there and not null.
bool has(const core::Json& object, std::string_view field);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// What a request object may hold: a table of fields, and the reader that checks an object against it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class FieldType : std::uint8_t { Text, Number, Real, Flag, Choice, TextMap, TextList, Object, ObjectList };

struct Field {
  std::string_view name;
  FieldType type;
  std::vector<std::string_view> values = {};  // of a Choice
  std::vector<Field> members = {};            // of an Object or each of an ObjectList; none: anything
};

// The known fields of `object`, in their types: as the service does, a number that came as text is converted, and what
// is unknown or null is left out. MALFORMED_REQUEST, naming the field, for a value of another type and for an unknown
// enum value. `at` comes before names in errors, e.g. "autoscale.".
Reply<core::Json> readFields(const core::Json& object, const std::vector<Field>& fields, const std::string& at = {});

}  // namespace trowel::emulator

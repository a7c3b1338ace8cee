// SPDX-License-Identifier: Apache-2.0
// What a request object may hold: a table of fields, and the reader that checks an object against it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class ValueType : std::uint8_t { Text, Number, Real, Flag, Choice, TextMap, TextList, Object, ObjectList };

struct MessageField {
  std::string_view name;
  ValueType type;
  std::vector<std::string_view> values = {};  // of a Choice
  std::vector<MessageField> members = {};     // of an Object or each of an ObjectList; none: anything
};

// The known fields of `object`, in their types: as the service does, a number that came as text is converted, and what
// is unknown or null is left out. MALFORMED_REQUEST, naming the field, for a value of another type and for an unknown
// enum value. `at` comes before names in errors, e.g. "autoscale.".
Reply<core::Json> readMessage(const core::Json& object, const std::vector<MessageField>& fields,
                              const std::string& at = {});

}  // namespace trowel::emulator

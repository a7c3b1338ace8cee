// SPDX-License-Identifier: Apache-2.0
// What clients may say about an object, as a table: names, types, what must be there, what stands in where it is not.
#pragma once

#include <cstdint>
#include <span>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// TextMap: an object whose values are texts.
enum class FieldType : std::uint8_t { Text, Number, Flag, Object, List, TextMap };
enum class FieldUse : std::uint8_t {
  Optional,
  Required,  // to be given at creation, and changeable
  Fixed,     // may be given at creation and never again
  Key,       // required and fixed
};

struct Field {
  const char* name;
  FieldType type = FieldType::Text;
  FieldUse use = FieldUse::Optional;
  const char* standard = nullptr;  // JSON text
};

// The fields of `table` for a new object: checked, with standards. Others are ignored, null is absent.
// INVALID_PARAMETER_VALUE for a missing one, MALFORMED_REQUEST for one of another type.
Reply<core::Json> readNew(const core::Json& given, std::span<const Field> table);

// Those that `given` has and that may change, checked.
Reply<core::Json> readChanges(const core::Json& given, std::span<const Field> table);

}  // namespace trowel::emulator

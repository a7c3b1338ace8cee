// SPDX-License-Identifier: Apache-2.0
// Spark's types: as JSON ("long", {"type":"array",…}), as SQL writes them, and as the APIs enumerate them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

// How types look in texts: bigint and map<string,int> in the catalog, BIGINT and MAP<STRING, INT> in results.
enum class TypeStyle : std::uint8_t { Catalog, Result };

// From SQL's words: bigint, decimal(10,2), array<struct<a:int>>. Nothing for what is no type.
std::optional<core::Json> parseSparkType(std::string_view sql);

std::string typeText(const core::Json& type, TypeStyle style);

// LONG, DECIMAL, ARRAY, …; USER_DEFINED_TYPE for what is not known.
std::string typeName(const core::Json& type);

struct DecimalSize {
  int precision = 10;
  int scale = 0;
};
std::optional<DecimalSize> decimalSize(const core::Json& type);

}  // namespace trowel::emulator

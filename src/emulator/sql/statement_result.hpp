// SPDX-License-Identifier: Apache-2.0
// From what the SQL engine of a cluster answers to what a warehouse answers: every value as text, types in SQL's words.
#pragma once

#include <string>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

// An array of the manifest's ColumnInfo, from the schema of a command's table result. Sources: rest-api.md 8.3, 13.1.
core::Json statementColumns(const core::Json& schema);

// One row of JSON strings and nulls. `schema` as above.
core::Json statementRow(const core::Json& schema, const core::Json& row);

// As Java prints doubles: 1.5, 1.0E10.
std::string javaDouble(double value);

}  // namespace trowel::emulator

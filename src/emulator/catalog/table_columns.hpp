// SPDX-License-Identifier: Apache-2.0
// The columns of a table in the catalog's three spellings of a type: SQL's, an enumeration, Spark's JSON.
#pragma once

#include <vector>

#include "emulator/catalog/sql_tables.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// An array of ColumnInfo; type_json is JSON text inside JSON. Source: rest-api.md 14.2.
core::Json describeColumns(const std::vector<SqlColumn>& columns);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The views of information_schema as the catalog lists them. What is in them is SQL's to say
// (python/sql/information.py), which has the same names and columns.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "emulator/catalog/sql_tables.hpp"

namespace trowel::emulator {

inline constexpr std::string_view kInformationSchema = "information_schema";

// In the order of names.
std::span<const std::string_view> informationViews();
// Empty for what is no view of it.
std::vector<SqlColumn> informationColumns(std::string_view view);

}  // namespace trowel::emulator

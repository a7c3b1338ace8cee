// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/information_schema.hpp"

#include <algorithm>
#include <iterator>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::string_view kViews[] = {"catalogs", "columns", "schemata", "tables", "views"};
// As kViews.
constexpr std::string_view kColumns[] = {
    "catalog_name catalog_owner",
    "table_catalog table_schema table_name column_name ordinal_position is_nullable full_data_type data_type comment",
    "catalog_name schema_name schema_owner comment",
    "table_catalog table_schema table_name table_type table_owner comment data_source_format",
    "table_catalog table_schema table_name view_definition"};

}  // namespace

std::span<const std::string_view> informationViews() { return kViews; }

std::vector<SqlColumn> informationColumns(std::string_view view) {
  auto found = std::find(std::begin(kViews), std::end(kViews), view);
  std::vector<SqlColumn> columns;
  if (found == std::end(kViews)) return columns;
  for (auto name : core::split(kColumns[found - std::begin(kViews)], ' '))
    columns.push_back({.name = std::string(name), .declared = name == "ordinal_position" ? "int" : "text"});
  return columns;
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Reads SQL just far enough to tell code from strings and comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Whether more than one statement stands in `sql`. A semicolon at the end is none.
bool hasManyStatements(std::string_view sql);

// What a text does: its first word in upper case, behind comments and parentheses. Empty where there is none.
std::string statementType(std::string_view sql);

// What goes wrong before a statement runs, in Spark's words.
struct SqlProblem {
  std::string message;
  std::string state;  // SQLSTATE
};

// Puts literals in the place of `:name` markers. `parameters` as in the API: [{"name","value","type"}], checked to be
// objects with names. A marker without a parameter is a problem, and so is a value that its type cannot hold.
std::expected<std::string, SqlProblem> bindParameters(std::string_view sql, const core::Json& parameters);

// `name` in back quotes.
std::string sqlIdentifier(std::string_view name);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// What a notebook's run shows: its cells and what each of them gave, out of the page that runs/export sends. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::features {

// One thing that a cell showed.
struct CellOutput {
  enum class Kind : std::uint8_t { Text, Html, Table, Image, Error, Unknown };
  using Value = std::optional<std::string>;  // none: NULL

  Kind kind = Kind::Text;
  std::string text = {};                      // also of Html; of Image a data URI; of Error the trace; else its kind
  std::string summary = {};                   // of Error: one line
  std::vector<std::string> columns = {};      // of Table
  std::vector<std::vector<Value>> rows = {};  // of Table
  bool truncated = false;                     // of Table: the workspace kept only these rows
};

struct RunCell {
  std::string title = {};
  std::string language = {};  // python, sql, scala, r, or what its magic says: md, sh, …
  std::string source = {};    // without the magic
  bool ran = false;           // texts never do
  std::vector<CellOutput> outputs = {};
};

// The page holds its notebook as JSON, percent-encoded, then base64 (REST API 9.8). DataLoss where it does not; what is
// unknown in it becomes Kind::Unknown, so that nothing is left out without a word.
core::Result<std::vector<RunCell>> cellsOfPage(std::string_view html);

// Each cell's source, and below it what it gave; at most 100 rows of a table, and it says so.
std::string cellsText(const std::vector<RunCell>& cells);

// The same for programs: [{language, source, ran, outputs: [{kind, …}]}].
core::Json cellsJson(const std::vector<RunCell>& cells);

}  // namespace trowel::features

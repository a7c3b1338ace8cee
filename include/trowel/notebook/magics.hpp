// SPDX-License-Identifier: Apache-2.0
// What a cell asks for: which code to send in which language, once its leading magic is understood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::notebook {

enum class CellAction : std::uint8_t {
  Run,     // send `code` in `language`
  Render,  // markdown: show `code` here, send nothing
  Nothing  // an empty cell, or %skip
};

struct CellPlan {
  CellAction action = CellAction::Run;
  std::string language = {};  // as the command API names it: python, sql, scala or r
  std::string code = {};
  bool operator==(const CellPlan&) const = default;
};

// `language` is the cell's VS Code id, `source` its text. A magic counts where only empty lines and comments stand
// before it. The cluster knows %pip and IPython's magics itself, and those go to its Python as they are; the language
// magics, %sh and %fs are the notebook's own and are translated here, since the command API answers them with a syntax
// error (REST API, command execution 1.2). Code keeps its line numbers, so that tracebacks point into the cell.
// Errors: Unsupported for %run, for a file system command that dbutils.fs lacks, and for a language that no cluster
// runs. Pure; any thread.
core::Result<CellPlan> planCell(std::string_view language, std::string_view source);

}  // namespace trowel::notebook

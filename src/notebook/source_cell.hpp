// SPDX-License-Identifier: Apache-2.0
// The lines between two separators as a cell, and a cell as lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source_format.hpp"
#include "trowel/notebook/source_codec.hpp"

namespace trowel::notebook {

struct ParsedCell {
  CellKind kind = CellKind::Code;
  std::string language = {};
  std::string source = {};
  std::string title = {};
  // How it was written, so that a changed cell keeps its style.
  std::string titleLine = {};   // empty: none
  std::string head = {};        // the language magic as written, "%md " or "%sql\n"; empty: none
  bool prefixed = false;        // lines carry the MAGIC marker
  bool bareEmptyLines = false;  // empty lines are "# MAGIC", not "# MAGIC "
};

ParsedCell parseCell(const SourceFormat& format, std::string_view body);

// Whether the editor would show both as the same cell. `cell` is normalized, at least its text.
bool sameCell(const ParsedCell& parsed, const Cell& cell);

// Line ends become \n and byte order marks at the front go: what an editor makes of any text.
std::string normalizeText(std::string_view text);

// Ways to write a normalized cell, best first; the last one holds any text. `original`, which may be null, gives the
// style. Line ends are \n or, with `crlf`, \r\n.
std::vector<std::string> renderings(const SourceFormat& format, const Cell& cell, const ParsedCell* original,
                                    bool crlf);

}  // namespace trowel::notebook

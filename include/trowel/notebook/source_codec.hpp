// SPDX-License-Identifier: Apache-2.0
// SOURCE notebooks (.py .sql .scala .r with the Databricks header) as cells, and back without losing a byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::notebook {

enum class CellKind : std::uint8_t { Code, Markup };

// What a cell remembers of the file it came from, so that it can go back as it was. Travels through the editor as
// opaque JSON; anything in it may be missing or wrong, encode then falls back to the plain form.
struct CellMetadata {
  std::string title = {};               // of the DBTITLE line; empty: none
  std::optional<std::string> raw = {};  // the cell's own lines, the separator before it included; none: a new cell
  bool wasLast = false;                 // `raw` ends with the file, not before a separator
  bool operator==(const CellMetadata&) const = default;
};

struct Cell {
  CellKind kind = CellKind::Code;
  std::string language = {};  // VS Code id: python, sql, scala, r, shellscript; markdown for Markup
  std::string source = {};    // without separators, MAGIC prefixes and the magic of its language; lines end with \n
  CellMetadata metadata = {};
  bool operator==(const Cell&) const = default;
};

struct DocumentMetadata {
  std::string extension = "py";  // py, sql, scala or r: decides comment marker and default language
  std::string header = {};       // byte order mark and first line as they were; empty: a new notebook
  bool crlf = false;             // how new lines end: what most lines of the file do
  bool finalNewline = true;
  bool operator==(const DocumentMetadata&) const = default;
};

struct Document {
  std::vector<Cell> cells = {};
  DocumentMetadata metadata = {};
  bool operator==(const Document&) const = default;
};

// Never an empty list of cells: a notebook with the header alone has one empty code cell.
// Errors: Unsupported where the bytes are no notebook of this kind (first line is not the header) or not UTF-8, which
// an editor could not give back as it was; InvalidParams for an unknown extension. Pure; any thread.
// Source of the format: files that the workspace exports; the markers per language are in its documentation.
core::Result<Document> decode(std::string_view bytes, std::string_view extension);

// encode(decode(x)) == x. A cell whose kind, language, source and title still are what its raw lines say comes out as
// those lines; other cells do not change because of it. A changed, new or moved cell is written so that decode gives
// it back, with one exception: text that begins with a language magic (%sql, %md, …) becomes a cell of that language,
// as it would on Databricks; normalize tells.
// Errors: InvalidParams for an unknown extension. Pure; any thread.
core::Result<std::string> encode(const Document& document);

// The cell that decode gives back for this one in a notebook of this kind: line ends and byte order marks unified, a
// leading language magic applied, languages that the format cannot express replaced by the default. Keeps metadata.
Cell normalize(Cell cell, std::string_view extension);

// Metadata as it goes over the wire: {"title", "raw", "last"} and {"language", "header", "crlf", "finalNewline"}.
core::Json toJson(const CellMetadata& metadata);
core::Json toJson(const DocumentMetadata& metadata);
CellMetadata cellMetadata(const core::Json& json);
DocumentMetadata documentMetadata(const core::Json& json);

}  // namespace trowel::notebook

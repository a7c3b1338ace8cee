// SPDX-License-Identifier: Apache-2.0
// Encoding is "propose and verify". Every cell keeps the lines it was read from. On the way back each cell is offered
// in several forms, the nearest to those lines first: the lines themselves, the same style with the new text, the plain
// form, and a MAGIC form that holds any text (even a separator line). A form is taken only if reading it at its place
// gives the cell. So the promise of the header does not rest on reasoning about special cases: what decode would
// misread is never written.
#include "trowel/notebook/source_codec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "language_magic.hpp"
#include "source_cell.hpp"
#include "source_format.hpp"
#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

core::Result<const SourceFormat*> formatOf(std::string_view extension) {
  if (const auto* format = sourceFormat(extension)) return format;
  return core::fail(core::ErrorCode::InvalidParams,
                    "\"" + std::string(extension) + "\" is no kind of source notebook: py, sql, scala and r are.");
}

bool mostLinesEndWithCrlf(std::string_view text) {
  std::size_t all = 0;
  std::size_t crlf = 0;
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    ++all;
    if (at > 0 && text[at - 1] == '\r') ++crlf;
  }
  return crlf * 2 > all;
}

struct Original {
  RawCell raw;
  ParsedCell parsed;
};

std::optional<Original> originalOf(const SourceFormat& format, const CellMetadata& metadata) {
  if (!metadata.raw) return std::nullopt;
  Position behindSeparator{.first = false, .last = metadata.wasLast};
  auto cells = splitCells(format, *metadata.raw, behindSeparator);
  if (cells.empty()) cells = splitCells(format, *metadata.raw, {.first = true, .last = metadata.wasLast});
  if (cells.size() != 1) return std::nullopt;
  return Original{cells[0], parseCell(format, cells[0].body)};
}

// Whether decode would give `cell` for `lines` at this place, and whatever follows would begin on a line of its own.
bool decodesTo(const SourceFormat& format, std::string_view lines, Position position, const Cell& cell) {
  if (!position.last && !lines.empty() && !lines.ends_with('\n')) return false;
  auto cells = splitCells(format, lines, position);
  return cells.size() == 1 && sameCell(parseCell(format, cells[0].body), cell);
}

core::Result<std::string> encodeCell(const SourceFormat& format, const Document& document, std::size_t index) {
  const auto& style = document.metadata;
  const std::string lineEnd = style.crlf ? "\r\n" : "\n";
  const Position position{.first = index == 0, .last = index + 1 == document.cells.size()};

  Cell target = document.cells[index];
  target.source = normalizeText(target.source);
  auto original = originalOf(format, target.metadata);
  const bool unchanged = original && sameCell(original->parsed, target);
  if (!unchanged) target = normalize(std::move(target), format.extension);

  std::vector<std::string> bodies;
  if (unchanged) bodies.emplace_back(original->raw.body);
  std::ranges::move(renderings(format, target, original ? &original->parsed : nullptr, style.crlf),
                    std::back_inserter(bodies));

  std::vector<std::string> leads;
  bool hadSeparator = original && original->raw.lead.starts_with(format.separator);
  if (original && hadSeparator != position.first) leads.emplace_back(original->raw.lead);
  if (position.first) {
    leads.insert(leads.end(), {"", lineEnd});
  } else {
    leads.push_back(std::string(format.separator) + lineEnd + lineEnd);
  }

  std::vector<std::string> ends;
  if (position.last) {
    if (unchanged && target.metadata.wasLast) ends.emplace_back(original->raw.end);
    if (!style.finalNewline) ends.emplace_back();
    ends.push_back(lineEnd);
  } else {
    if (original && !target.metadata.wasLast) ends.emplace_back(original->raw.end);
    ends.push_back(lineEnd + lineEnd);
  }

  for (const auto& body : bodies)
    for (const auto& lead : leads)
      for (const auto& end : ends)
        if (auto lines = lead + body + end; decodesTo(format, lines, position, target)) return lines;
  return core::fail(core::ErrorCode::Internal,
                    "Cell " + std::to_string(index + 1) + " cannot be written, so the notebook was not saved.");
}

}  // namespace

core::Result<Document> decode(std::string_view bytes, std::string_view extension) {
  const auto* format = TROWEL_TRY(formatOf(extension));
  auto header = headerOf(*format, bytes);
  if (header.empty()) {
    return core::fail(core::ErrorCode::Unsupported,
                      "This is not a notebook: its first line is not \"" + std::string(format->header) + "\".");
  }
  if (!core::isUtf8(bytes)) {
    return core::fail(
        core::ErrorCode::Unsupported,
        "This notebook is not UTF-8, so it could not be saved as it was. Open it as text, or convert it.");
  }

  Document document;
  document.metadata = {.extension = std::string(extension),
                       .header = std::string(header),
                       .crlf = mostLinesEndWithCrlf(bytes),
                       .finalNewline = bytes.ends_with('\n')};
  for (const auto& raw : splitCells(*format, bytes.substr(header.size()), {})) {
    auto parsed = parseCell(*format, raw.body);
    document.cells.push_back({.kind = parsed.kind,
                              .language = std::move(parsed.language),
                              .source = std::move(parsed.source),
                              .metadata = {.title = std::move(parsed.title), .raw = std::string(raw.all())}});
  }
  document.cells.back().metadata.wasLast = true;
  return document;
}

core::Result<std::string> encode(const Document& document) {
  const auto* format = TROWEL_TRY(formatOf(document.metadata.extension));
  if (document.cells.empty()) {
    Document withCell = document;
    withCell.cells.push_back({.language = std::string(format->language)});
    return encode(withCell);
  }

  std::string bytes = document.metadata.header;
  if (bytes.empty() || headerOf(*format, bytes) != bytes) bytes = format->header;
  std::string cells;
  for (std::size_t i = 0; i < document.cells.size(); ++i) cells += TROWEL_TRY(encodeCell(*format, document, i));
  if (!cells.empty() && !bytes.ends_with('\n')) bytes += document.metadata.crlf ? "\r\n" : "\n";
  return bytes + cells;
}

Cell normalize(Cell cell, std::string_view extension) {
  const auto* format = sourceFormat(extension);
  cell.source = normalizeText(cell.source);
  cell.metadata.title = normalizeText(cell.metadata.title);
  std::ranges::replace(cell.metadata.title, '\n', ' ');
  if (cell.kind == CellKind::Markup) {
    cell.language = "markdown";
    return cell;
  }
  if (magicFor(cell.language).empty() && format) cell.language = format->language;
  if (cell.language != "markdown") {
    if (auto magic = languageMagic(cell.source)) {
      cell.language = magic->language;
      cell.source = normalizeText(std::string_view(cell.source).substr(magic->headLength));
    }
  }
  if (cell.language == "markdown") cell.kind = CellKind::Markup;
  return cell;
}

core::Json toJson(const CellMetadata& metadata) {
  core::Json json = core::Json::object();
  if (!metadata.title.empty()) json["title"] = metadata.title;
  if (metadata.raw) json["raw"] = *metadata.raw;
  if (metadata.wasLast) json["last"] = true;
  return json;
}

core::Json toJson(const DocumentMetadata& metadata) {
  return {{"language", metadata.extension},
          {"header", metadata.header},
          {"crlf", metadata.crlf},
          {"finalNewline", metadata.finalNewline}};
}

CellMetadata cellMetadata(const core::Json& json) {
  CellMetadata metadata{.title = core::stringAt(json, "title"), .wasLast = core::boolAt(json, "last")};
  if (json.is_object() && json.contains("raw")) metadata.raw = core::stringAt(json, "raw");
  return metadata;
}

DocumentMetadata documentMetadata(const core::Json& json) {
  return {.extension = core::stringAt(json, "language", "py"),
          .header = core::stringAt(json, "header"),
          .crlf = core::boolAt(json, "crlf"),
          .finalNewline = core::boolAt(json, "finalNewline", true)};
}

}  // namespace trowel::notebook

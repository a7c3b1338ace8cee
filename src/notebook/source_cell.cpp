// SPDX-License-Identifier: Apache-2.0
#include "source_cell.hpp"

#include <algorithm>
#include <optional>

#include "language_magic.hpp"
#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

bool isBlank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// The line behind its MAGIC marker; nothing where it has none.
std::optional<std::string_view> behindMagic(const SourceFormat& format, std::string_view line) {
  if (!line.starts_with(format.magic)) return std::nullopt;
  auto rest = line.substr(format.magic.size());
  if (rest.empty()) return rest;
  if (rest.front() == ' ') return rest.substr(1);
  return rest.front() == '\t' ? std::optional(rest) : std::nullopt;
}

// The title of "# DBTITLE 1,Some words"; nothing for another line.
std::optional<std::string_view> titleOf(const SourceFormat& format, std::string_view line) {
  if (!line.starts_with(format.title)) return std::nullopt;
  auto comma = line.find(',', format.title.size());
  if (comma == std::string_view::npos || comma == format.title.size()) return std::nullopt;
  auto number = line.substr(format.title.size(), comma - format.title.size());
  if (number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return line.substr(comma + 1);
}

std::vector<std::string_view> linesOf(std::string_view body) {
  auto lines = core::split(body, '\n');
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i].ends_with('\r')) lines[i].remove_suffix(1);
  }
  return lines;
}

// First line from `from` on that is not blank, or the number of lines.
std::size_t skipBlank(const std::vector<std::string_view>& lines, std::size_t from) {
  while (from < lines.size() && isBlank(lines[from])) ++from;
  return from;
}

struct Form {
  std::string head;
  bool prefixed;
};

std::string write(const SourceFormat& format, const Cell& cell, const std::string& titleLine, const Form& form,
                  bool bareEmptyLines, std::string_view lineEnd) {
  std::string text = form.head + cell.source;
  if (cell.source.empty() && text.ends_with('\n')) text.pop_back();
  std::string out = titleLine;
  bool first = titleLine.empty();
  if (!first && text.empty()) return out;
  for (auto line : core::split(text, '\n')) {
    if (!first) out += lineEnd;
    first = false;
    if (form.prefixed) {
      out += format.magic;
      if (!line.empty() || !bareEmptyLines) out += ' ';
    }
    out += line;
  }
  return out;
}

}  // namespace

std::string normalizeText(std::string_view text) {
  while (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

ParsedCell parseCell(const SourceFormat& format, std::string_view body) {
  ParsedCell cell;
  auto lines = linesOf(body);
  std::size_t at = 0;
  auto next = skipBlank(lines, 0);
  if (next < lines.size()) {
    if (auto title = titleOf(format, lines[next])) {
      cell.title = normalizeText(*title);
      std::ranges::replace(cell.title, '\n', ' ');
      cell.titleLine = lines[next];
      at = next + 1;
      next = skipBlank(lines, at);
    }
  }
  if (next < lines.size() && behindMagic(format, lines[next])) {
    cell.prefixed = true;
    at = next;
  }

  std::string text;
  text.reserve(body.size());
  for (auto i = at; i < lines.size(); ++i) {
    auto line = lines[i];
    if (cell.prefixed) {
      cell.bareEmptyLines |= line == format.magic;
      line = behindMagic(format, line).value_or(line);
    }
    if (i > at) text += '\n';
    text += line;
  }
  text = normalizeText(text);

  cell.language = format.language;
  if (auto magic = languageMagic(text)) {
    cell.language = magic->language;
    cell.head = text.substr(0, magic->headLength);
    text = normalizeText(std::string_view(text).substr(magic->headLength));
  }
  if (cell.language == "markdown") cell.kind = CellKind::Markup;
  cell.source = std::move(text);
  return cell;
}

bool sameCell(const ParsedCell& parsed, const Cell& cell) {
  return parsed.kind == cell.kind && parsed.language == cell.language && parsed.source == cell.source &&
         parsed.title == cell.metadata.title;
}

std::vector<std::string> renderings(const SourceFormat& format, const Cell& cell, const ParsedCell* original,
                                    bool crlf) {
  std::string titleLine;
  if (original && original->title == cell.metadata.title) {
    titleLine = original->titleLine;
  } else if (!cell.metadata.title.empty()) {
    titleLine = std::string(format.title) + "1," + cell.metadata.title;
  }

  std::vector<Form> forms;
  if (original && !original->head.empty()) forms.push_back({original->head, original->prefixed});
  if (cell.language == format.language) {
    // %pip, %run and their like are comments to the tools that read the file as a program.
    if (cell.source.starts_with('%')) forms.push_back({"", true});
    forms.push_back({"", false});
  }
  forms.push_back({std::string(magicFor(cell.language)) + '\n', true});

  std::vector<std::string> out;
  for (const auto& form : forms)
    out.push_back(write(format, cell, titleLine, form, original && original->bareEmptyLines, crlf ? "\r\n" : "\n"));
  return out;
}

}  // namespace trowel::notebook

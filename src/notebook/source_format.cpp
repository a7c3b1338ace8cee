// SPDX-License-Identifier: Apache-2.0
#include "source_format.hpp"

#include <algorithm>
#include <array>

namespace trowel::notebook {

namespace {

constexpr std::array kFormats{
    SourceFormat{"py", "python", "# Databricks notebook source", "# COMMAND ----------", "# MAGIC", "# DBTITLE "},
    SourceFormat{"sql", "sql", "-- Databricks notebook source", "-- COMMAND ----------", "-- MAGIC", "-- DBTITLE "},
    SourceFormat{"scala", "scala", "// Databricks notebook source", "// COMMAND ----------", "// MAGIC", "// DBTITLE "},
    SourceFormat{"r", "r", "# Databricks notebook source", "# COMMAND ----------", "# MAGIC", "# DBTITLE "},
};

std::size_t lineEndLength(std::string_view line) {
  if (!line.ends_with('\n')) return 0;
  return line.ends_with("\r\n") ? 2 : 1;
}

std::string_view firstLine(std::string_view text) { return text.substr(0, text.find('\n') + 1); }

// The text's last line where that is an empty one: its line end, else nothing.
std::string_view emptyLastLine(std::string_view text) {
  auto end = text.substr(text.size() - lineEndLength(text));
  auto before = text.substr(0, text.size() - end.size());
  return before.empty() || before.ends_with('\n') ? end : std::string_view{};
}

// Blanks behind the dashes are forgiven: editors and people leave them.
bool isSeparator(const SourceFormat& format, std::string_view line) {
  return line.starts_with(format.separator) &&
         line.find_first_not_of(" \t\r\n", format.separator.size()) == std::string_view::npos;
}

RawCell cut(std::string_view text, bool hasSeparator, bool beforeSeparator) {
  std::size_t lead = 0;
  if (hasSeparator) {
    lead = text.find('\n') == std::string_view::npos ? text.size() : firstLine(text).size();
  }
  auto next = firstLine(text.substr(lead));
  if (!next.empty() && next.size() == lineEndLength(next)) lead += next.size();

  auto body = text.substr(lead);
  if (beforeSeparator) body.remove_suffix(emptyLastLine(body).size());
  body.remove_suffix(lineEndLength(body));
  return {text.substr(0, lead), body, text.substr(lead + body.size())};
}

}  // namespace

const SourceFormat* sourceFormat(std::string_view extension) {
  auto found = std::ranges::find(kFormats, extension, &SourceFormat::extension);
  return found == kFormats.end() ? nullptr : found;
}

std::string_view headerOf(const SourceFormat& format, std::string_view bytes) {
  std::size_t length = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (!bytes.substr(length).starts_with(format.header)) return {};
  length += format.header.size();
  auto rest = bytes.substr(length);
  if (rest.empty() || rest.starts_with('\n')) return bytes.substr(0, length + std::min<std::size_t>(rest.size(), 1));
  return rest.starts_with("\r\n") ? bytes.substr(0, length + 2) : std::string_view{};
}

std::vector<RawCell> splitCells(const SourceFormat& format, std::string_view text, Position position) {
  std::vector<std::size_t> starts;
  if (position.first) starts.push_back(0);
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    auto next = end == std::string_view::npos ? text.size() : end + 1;
    if (isSeparator(format, text.substr(at, next - at))) starts.push_back(at);
    at = next;
  }
  if (starts.empty() || starts.front() != 0) return {};

  std::vector<RawCell> cells;
  cells.reserve(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    bool lastHere = i + 1 == starts.size();
    auto end = lastHere ? text.size() : starts[i + 1];
    cells.push_back(
        cut(text.substr(starts[i], end - starts[i]), i > 0 || !position.first, !lastHere || !position.last));
  }
  return cells;
}

}  // namespace trowel::notebook

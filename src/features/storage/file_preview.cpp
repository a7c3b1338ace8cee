// SPDX-License-Identifier: Apache-2.0
#include "file_preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "delimited_text.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kMaxIndent = 80;  // blanks; what lies deeper stays there
constexpr std::size_t kMaxRows = 1000;  // of a table
constexpr std::size_t kMaxCell = 40;    // characters
constexpr std::size_t kMaxColumns = 100;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kLanguages{{{".py", "python"},
                                                                                    {".sql", "sql"},
                                                                                    {".r", "r"},
                                                                                    {".scala", "scala"},
                                                                                    {".sh", "shellscript"},
                                                                                    {".md", "markdown"},
                                                                                    {".yml", "yaml"},
                                                                                    {".yaml", "yaml"},
                                                                                    {".xml", "xml"},
                                                                                    {".html", "html"},
                                                                                    {".toml", "toml"},
                                                                                    {".ini", "ini"},
                                                                                    {".cfg", "ini"},
                                                                                    {".properties", "properties"},
                                                                                    {".log", "log"},
                                                                                    {".java", "java"}}};

bool hasAny(std::string_view lower, std::initializer_list<std::string_view> extensions) {
  return std::ranges::any_of(extensions, [&](auto extension) { return lower.ends_with(extension); });
}

std::size_t charactersOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cellText(std::string_view cell) {
  std::string text;
  std::size_t characters = 0;
  for (const char c : cell) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && ++characters > kMaxCell) return text + "…";
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return text;
}

std::string withoutBrokenEnd(std::string_view bytes) {
  const auto end = bytes.rfind('\n');
  return std::string(end == std::string_view::npos ? bytes : bytes.substr(0, end + 1));
}

}  // namespace

bool isImage(std::string_view name) {
  return hasAny(core::toLower(name), {".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp", ".bmp", ".ico", ".avif"});
}

std::string formatJson(std::string_view json) {
  std::string text;
  std::size_t depth = 0;
  bool quoted = false;
  bool escaped = false;
  bool opened = false;  // the last token was a bracket that nothing has followed yet
  const auto newLine = [&] { text += '\n' + std::string(std::min(depth * kIndent, kMaxIndent), ' '); };
  for (const char c : json) {
    if (quoted) {
      text += c;
      quoted = c != '"' || escaped;
      escaped = c == '\\' && !escaped;
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (c == '\n' && depth == 0 && !text.empty() && !text.ends_with('\n')) text += '\n';
      continue;
    }
    if (c == '}' || c == ']') {
      depth -= depth == 0 ? 0 : 1;
      if (!opened) newLine();
      opened = false;
      text += c;
      continue;
    }
    if (opened) newLine();
    opened = c == '{' || c == '[';
    text += c;
    if (opened) ++depth;
    if (c == ',') newLine();
    if (c == ':') text += ' ';
    quoted = c == '"';
  }
  return text;
}

std::string formatTable(std::string_view csv) {
  auto rows = rowsOf(csv, separatorOf(csv), kMaxRows + 1);
  const bool more = rows.size() > kMaxRows;
  if (more) rows.pop_back();
  std::vector<std::size_t> widths;
  bool wide = false;
  for (auto& row : rows) {
    wide = wide || row.size() > kMaxColumns;
    if (row.size() > kMaxColumns) row.resize(kMaxColumns);
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = cellText(row[i]);
      widths[i] = std::max(widths[i], charactersOf(row[i]));
    }
  }
  std::string text;
  const auto line = [&](const auto& cellOf, std::string_view between) {
    for (std::size_t i = 0; i < widths.size(); ++i) text += (i == 0 ? std::string() : std::string(between)) + cellOf(i);
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  };
  for (std::size_t number = 0; number < rows.size(); ++number) {
    const auto& row = rows[number];
    line(
        [&](std::size_t i) {
          const auto cell = i < row.size() ? row[i] : std::string();
          return cell + std::string(widths[i] - charactersOf(cell), ' ');
        },
        " │ ");
    if (number > 0) continue;
    line(
        [&](std::size_t i) {
          std::string rule;
          for (std::size_t k = 0; k < widths[i]; ++k) rule += "─";
          return rule;
        },
        "─┼─");
  }
  if (more) text += fmt::format("… the first {} rows\n", kMaxRows);
  if (wide) text += fmt::format("… the first {} columns\n", kMaxColumns);
  return text;
}

std::optional<FilePreview> previewOf(std::string_view name, std::string_view bytes, bool whole) {
  if (bytes.contains('\0')) return std::nullopt;
  const auto lower = core::toLower(name);
  if (lower.ends_with(".json")) return FilePreview{"json", core::toValidUtf8(formatJson(bytes))};
  const auto text = core::toValidUtf8(whole ? std::string(bytes) : withoutBrokenEnd(bytes));
  if (hasAny(lower, {".jsonl", ".ndjson"})) return FilePreview{"json", formatJson(text)};
  if (hasAny(lower, {".csv", ".tsv", ".psv"})) return FilePreview{"plaintext", formatTable(text)};
  for (const auto& [extension, language] : kLanguages)
    if (lower.ends_with(extension)) return FilePreview{std::string(language), text};
  return FilePreview{"plaintext", text};
}

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
#include "table_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

// Widths in aligned text: longer values are cut, the HTML table has them whole.
constexpr std::size_t kTextWidth = 60;

constexpr std::string_view kStyle = R"(<style>
.trowel-table { max-height: 420px; overflow: auto; }
.trowel-table table { border-collapse: collapse; font-size: var(--vscode-editor-font-size, 13px); color: var(--vscode-foreground); }
.trowel-table th, .trowel-table td { padding: 3px 10px; text-align: left; white-space: pre; vertical-align: top; border-bottom: 1px solid var(--vscode-panel-border, #8884); }
.trowel-table th { position: sticky; top: 0; background: var(--vscode-editorWidget-background, var(--vscode-editor-background)); font-weight: 600; }
.trowel-table th small { font-weight: normal; color: var(--vscode-descriptionForeground); margin-left: 6px; }
.trowel-table td.number, .trowel-table th.number { text-align: right; font-variant-numeric: tabular-nums; }
.trowel-table td.null { color: var(--vscode-disabledForeground, var(--vscode-descriptionForeground)); font-style: italic; }
.trowel-table tbody tr:hover { background: var(--vscode-list-hoverBackground); }
.trowel-notice { color: var(--vscode-descriptionForeground); margin: 4px 0; }
</style>
)";

bool isNumber(std::string_view type) {
  constexpr std::array<std::string_view, 10> kNumbers{"byte",  "short",   "int",    "integer", "long",
                                                      "float", "tinyint", "double", "bigint",  "smallint"};
  return type.starts_with("decimal") || std::ranges::find(kNumbers, type) != kNumbers.end();
}

std::string count(std::size_t rows) { return rows == 1 ? "1 row" : fmt::format("{} rows", rows); }

// Empty where all rows are shown.
std::string cutNotice(const ResultView& table) {
  std::string text;
  if (table.rows.size() > kShownRows)
    text = fmt::format("The first {} of {} are shown.", kShownRows, count(table.rows.size()));
  if (table.truncated) {
    if (!text.empty()) text += ' ';
    text += "The workspace cut this result off: there are more rows than it sent. Add a LIMIT, or aggregate.";
  }
  return text;
}

std::size_t shownRows(const ResultView& table) { return std::min(table.rows.size(), kShownRows); }

// Code points, which is near enough to columns.
std::size_t widthOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// One line of at most kTextWidth code points.
std::string oneLine(std::string_view text) {
  std::string out;
  std::size_t width = 0;
  for (char c : text) {
    bool starts = (c & 0xC0) != 0x80;
    if (starts && ++width > kTextWidth) return out + "…";
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string tableHtml(const ResultView& table) {
  std::string html(kStyle);
  html += "<div class=\"trowel-table\"><table><thead><tr>";
  std::vector<bool> numbers;
  for (const auto& column : table.columns) {
    numbers.push_back(isNumber(column.type));
    html += fmt::format("<th{}>{}<small>{}</small></th>", numbers.back() ? " class=\"number\"" : "",
                        core::escapeHtml(column.name), core::escapeHtml(column.type));
  }
  html += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < shownRows(table); ++i) {
    html += "<tr>";
    for (std::size_t k = 0; k < table.rows[i].size(); ++k) {
      const auto& value = table.rows[i][k];
      if (!value) {
        html += "<td class=\"null\">null</td>";
      } else {
        html += k < numbers.size() && numbers[k] ? "<td class=\"number\">" : "<td>";
        html += core::escapeHtml(*value) + "</td>";
      }
    }
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  auto cut = cutNotice(table);
  html += fmt::format("<div class=\"trowel-notice\">{}</div>",
                      core::escapeHtml(cut.empty() ? count(table.rows.size()) : cut));
  return core::toValidUtf8(html);
}

std::string tableText(const ResultView& table) {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<bool> numbers;
  for (const auto& column : table.columns) {
    lines[0].push_back(oneLine(core::toValidUtf8(column.name)));
    numbers.push_back(isNumber(column.type));
  }
  std::vector<std::size_t> widths;
  for (const auto& name : lines[0]) widths.push_back(widthOf(name));
  for (std::size_t i = 0; i < shownRows(table); ++i) {
    auto& line = lines.emplace_back();
    for (std::size_t k = 0; k < std::min(table.rows[i].size(), widths.size()); ++k) {
      line.push_back(oneLine(core::toValidUtf8(table.rows[i][k].value_or("null"))));
      widths[k] = std::max(widths[k], widthOf(line.back()));
    }
  }

  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string text;
    for (std::size_t k = 0; k < lines[i].size(); ++k) {
      std::string padding(widths[k] - widthOf(lines[i][k]), ' ');
      if (k > 0) text += " | ";
      text += numbers[k] ? padding + lines[i][k] : lines[i][k] + padding;
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
    if (i == 0) {
      for (std::size_t k = 0; k < widths.size(); ++k) out += (k > 0 ? "-+-" : "") + std::string(widths[k], '-');
      out += '\n';
    }
  }
  auto cut = cutNotice(table);
  return out + (cut.empty() ? "" : cut + '\n');
}

}  // namespace trowel::notebook

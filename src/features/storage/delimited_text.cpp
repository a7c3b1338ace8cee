// SPDX-License-Identifier: Apache-2.0
#include "delimited_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trowel::features {

char separatorOf(std::string_view text) {
  constexpr std::string_view kSeparators = ",;\t|";
  std::array<std::size_t, kSeparators.size()> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) break;
    const auto which = kSeparators.find(c);
    if (!quoted && which != std::string_view::npos) ++counts.at(which);
  }
  const auto* most = std::ranges::max_element(counts);
  return kSeparators[static_cast<std::size_t>(most - counts.begin())];
}

std::vector<std::vector<std::string>> rowsOf(std::string_view text, char separator, std::size_t maxRows) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8 files by other programs
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  bool wasQuoted = false;
  const auto endCell = [&] {
    row.push_back(std::exchange(cell, {}));
    wasQuoted = false;
  };
  const auto endRow = [&] {
    if (row.empty() && cell.empty() && !wasQuoted) return;
    endCell();
    rows.push_back(std::exchange(row, {}));
  };
  for (std::size_t i = 0; i < text.size() && rows.size() < maxRows; ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += c;
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && cell.empty()) {
      quoted = true;
      wasQuoted = true;
    } else if (c == separator) {
      endCell();
    } else if (c == '\n') {
      if (cell.ends_with('\r')) cell.pop_back();
      endRow();
    } else {
      cell += c;
    }
  }
  if (rows.size() < maxRows) endRow();
  return rows;
}

}  // namespace trowel::features

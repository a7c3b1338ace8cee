// SPDX-License-Identifier: Apache-2.0
// The marker lines of SOURCE notebooks and where they cut a file into cells.
#pragma once

#include <string_view>
#include <vector>

namespace trowel::notebook {

struct SourceFormat {
  std::string_view extension;  // lower case, without the dot
  std::string_view language;   // VS Code id of cells without a magic
  std::string_view header;
  std::string_view separator;
  std::string_view magic;  // followed by a blank and the line itself, or by nothing where that is empty
  std::string_view title;  // followed by "N,the title"
};

// Null for an extension that has no SOURCE form.
const SourceFormat* sourceFormat(std::string_view extension);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The first line with its byte order mark and line end; empty where it is not the header. Strict, as the service is:
// a header with a blank behind it is a comment in a plain file.
std::string_view headerOf(const SourceFormat& format, std::string_view bytes);

// A cell's lines, cut so that lead + body + end is all of them.
struct RawCell {
  std::string_view lead;  // separator line, where there is one, and one empty line behind it
  std::string_view body;  // without the end of its last line
  std::string_view end;   // end of the last line and one empty line before the next separator
  std::string_view all() const { return {lead.data(), lead.size() + body.size() + end.size()}; }
};

// Where the text stands: right behind the header or at a separator; up to a separator or to the end of the file.
struct Position {
  bool first = true;
  bool last = true;
};

// Empty where the text is not the first but does not begin with a separator.
std::vector<RawCell> splitCells(const SourceFormat& format, std::string_view text, Position position);

}  // namespace trowel::notebook

// SPDX-License-Identifier: Apache-2.0
// The beginning of a file as a text to read: tables with columns, JSON with one value a line, text as it is. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trowel::features {

struct FilePreview {
  std::string language;  // an editor's language id
  std::string text;
};

// Whether editors show such a file by themselves as a picture, by its name.
bool isImage(std::string_view name);

// `whole`: the bytes are all of it; else what may be half a line at their end is left out. Nothing where they are no
// text.
std::optional<FilePreview> previewOf(std::string_view name, std::string_view bytes, bool whole);

// JSON with new lines and blanks between its tokens and none of them changed, also where it breaks off: no number is
// read, no name is sorted.
std::string formatJson(std::string_view json);

// Rows of a file with separators (RFC 4180, and ; TAB | for the comma) in columns. Rows beyond the first thousand and
// the ends of long cells are left out, and it says so.
std::string formatTable(std::string_view csv);

}  // namespace trowel::features

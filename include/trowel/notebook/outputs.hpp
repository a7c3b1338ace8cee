// SPDX-License-Identifier: Apache-2.0
// What a command returned, as the representations that an editor can draw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::notebook {

// A command's result, free of how it was sent. Only the fields of its kind are used.
struct ResultView {
  enum class Kind : std::uint8_t { Nothing, Text, Table, Images, Error };
  struct Column {
    std::string name;
    std::string type;  // Spark's short form: "long", "decimal(12,2)", "array<string>"
  };

  Kind kind = Kind::Nothing;
  std::string text = {};                      // Text; may carry ANSI colours or be an HTML document
  std::vector<Column> columns = {};           // Table
  using Value = std::optional<std::string>;   // as shown; none: NULL
  std::vector<std::vector<Value>> rows = {};  // Table
  bool truncated = false;                     // Table: the workspace left rows out
  std::vector<std::string> images = {};       // Images: data URIs, or paths of files in the workspace
  std::string summary = {};                   // Error: a line or two, plain text
  std::string cause = {};                     // Error: the stack, with ANSI colours
};

struct OutputItem {
  std::string mime;
  std::string data;
  bool binary = false;  // else UTF-8 text
  bool operator==(const OutputItem&) const = default;
};

struct Output {
  std::vector<OutputItem> items;  // representations of one thing, best first
  bool operator==(const Output&) const = default;
};

inline constexpr std::string_view kStdoutMime = "application/vnd.code.notebook.stdout";
inline constexpr std::string_view kErrorMime = "application/vnd.code.notebook.error";

// A table shows its first rows only, so that the editor stays quick; it says how many it leaves out.
inline constexpr std::size_t kShownRows = 1000;

// Empty for Nothing and for empty text. Data is escaped; bytes that are not UTF-8 are replaced. Pure; any thread.
std::vector<Output> toOutputs(const ResultView& result);

// A line of Trowel's own among the outputs, set apart from what the cell printed.
Output notice(std::string_view text);

// {name, message, stack} as VS Code draws errors.
Output errorOutput(std::string_view name, std::string_view message, std::string_view stack);

}  // namespace trowel::notebook

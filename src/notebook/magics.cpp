// SPDX-License-Identifier: Apache-2.0
#include "trowel/notebook/magics.hpp"

#include <algorithm>

#include "driver_code.hpp"
#include "language_magic.hpp"
#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

std::string_view commentMarker(std::string_view language) {
  if (language == "sql") return "--";
  if (language == "scala") return "//";
  return "#";
}

// Where the first line begins that is neither empty nor a comment.
std::size_t firstLineThatCounts(std::string_view language, std::string_view source) {
  auto comment = commentMarker(language);
  std::size_t at = 0;
  while (at < source.size()) {
    auto end = std::min(source.find('\n', at), source.size());
    auto line = core::trim(source.substr(at, end - at));
    if (!line.empty() && !line.starts_with(comment)) return at;
    at = end + 1;
  }
  return source.size();
}

CellPlan plan(std::string_view language, std::string code) {
  auto action = core::trim(code).empty() ? CellAction::Nothing : CellAction::Run;
  return {.action = action, .language = std::string(language), .code = std::move(code)};
}

core::Result<CellPlan> planIn(std::string_view language, std::string code) {
  if (language == "markdown") return CellPlan{.action = CellAction::Render, .code = std::move(code)};
  if (language == "shellscript") return plan("python", core::trim(code).empty() ? "" : shellCode(code));
  if (language == "python" || language == "sql" || language == "scala" || language == "r")
    return plan(language, std::move(code));
  return core::fail(core::ErrorCode::Unsupported, "A cell in \"" + std::string(language) +
                                                      "\" cannot run on a cluster. Choose Python, SQL, Scala or R as "
                                                      "the cell's language.");
}

}  // namespace

core::Result<CellPlan> planCell(std::string_view language, std::string_view source) {
  auto start = language == "markdown" ? source.size() : firstLineThatCounts(language, source);
  auto text = source.substr(start);
  if (!text.starts_with('%') || text.starts_with("%%")) return planIn(language, std::string(source));

  if (auto magic = languageMagic(text)) {
    auto before = start + magic->headLength;
    auto lines = static_cast<std::size_t>(std::ranges::count(source.substr(0, before), '\n'));
    bool rendered = magic->language == "markdown";
    return planIn(magic->language, (rendered ? "" : std::string(lines, '\n')) + std::string(source.substr(before)));
  }
  auto word = text.substr(0, text.find_first_of(" \t\n"));
  auto arguments = text.substr(word.size());
  if (word == "%skip") return CellPlan{.action = CellAction::Nothing};
  if (word == "%sh") return plan("python", shellCode(arguments));
  if (word == "%fs") return plan("python", TROWEL_TRY(fileSystemCode(arguments)));
  if (word == "%run") {
    return core::fail(core::ErrorCode::Unsupported,
                      "%run is not expanded yet. Run the cells of the notebook it names in this notebook, or import "
                      "them from a Python file in the workspace.");
  }
  return plan("python", std::string(text));  // the magic must be the first line for %pip
}

}  // namespace trowel::notebook

// SPDX-License-Identifier: Apache-2.0
#include "trowel/notebook/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "table_output.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

// The command API gives displayHTML as text. It is taken for HTML where it begins with an element of a page or a
// fragment and closes an element; the text itself stays as a second representation.
bool looksLikeHtml(std::string_view text) {
  constexpr std::array<std::string_view, 23> kTags{
      "!doctype", "html", "head", "body", "div", "table", "p",  "span",   "h1", "h2",  "h3",    "h4",
      "style",    "svg",  "b",    "i",    "a",   "img",   "ul", "iframe", "ol", "pre", "script"};
  text = core::trim(text);
  if (!text.starts_with('<') || (!text.ends_with('>') && text.find("</") == std::string_view::npos)) return false;
  auto tag = text.substr(1, text.find_first_of(" \t\r\n/>", 1) - 1);
  return std::ranges::any_of(kTags, [&](auto known) { return core::equalsIgnoreCase(tag, known); });
}

std::vector<Output> textOutputs(const ResultView& result) {
  if (result.text.empty()) return {};
  auto text = core::toValidUtf8(result.text);
  if (looksLikeHtml(text)) return {{{{"text/html", text}, {"text/plain", text}}}};
  return {{{{std::string(kStdoutMime), text}, {"text/plain", text}}}};
}

// data:image/png;base64,… as bytes; nothing for anything else.
std::optional<OutputItem> fromDataUri(std::string_view uri) {
  if (!uri.starts_with("data:")) return std::nullopt;
  auto comma = uri.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  auto kind = uri.substr(5, comma - 5);
  auto payload = uri.substr(comma + 1);
  auto mime = core::toLower(kind.substr(0, kind.find(';')));
  auto data = kind.ends_with(";base64") ? core::fromBase64(payload) : core::percentDecode(payload);
  if (!data || mime.empty()) return std::nullopt;
  bool text = mime.starts_with("text/") || mime.starts_with("image/svg");
  if (text) data = core::toValidUtf8(*data);
  return OutputItem{mime, std::move(*data), !text};
}

Output imageOutput(std::string_view image) {
  if (auto item = fromDataUri(image)) return {{std::move(*item)}};
  if (image.starts_with("data:")) return notice("An image came damaged and cannot be shown. Run the cell again.");
  return notice(
      fmt::format("The image is kept in the workspace's FileStore as {}; it is too large to come with the "
                  "result. Make the figure smaller to see it here.",
                  core::toValidUtf8(image)));
}

// "ZeroDivisionError: division by zero" parted at the colon, where what stands before it is a name.
std::pair<std::string_view, std::string_view> partError(std::string_view summary) {
  constexpr std::string_view kSql = "Error in SQL statement: ";
  if (summary.starts_with(kSql)) summary.remove_prefix(kSql.size());
  auto colon = std::min(summary.find(':'), summary.size());
  auto name = summary.substr(0, colon);
  bool isName = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '$';
  });
  if (!isName) return {"Error", core::trim(summary)};
  return {name, core::trim(summary.substr(std::min(colon + 1, summary.size())))};
}

Output errorOutputOf(const ResultView& result) {
  auto summary = core::toValidUtf8(result.summary);
  auto cause = core::toValidUtf8(result.cause);
  auto stack = std::string_view(cause);
  if (summary.empty()) {
    // What a traceback ends with is what it is about.
    auto text = core::trim(stack);
    auto line = text.rfind('\n');
    summary = line == std::string_view::npos ? text : text.substr(line + 1);
  }
  auto [name, message] = partError(core::trim(summary));
  // VS Code shows the stack alone, so the message must stand in it.
  if (stack.find(message) == std::string_view::npos || stack.empty())
    return errorOutput(
        name, message,
        fmt::format("{}{}{}{}{}", name, message.empty() ? "" : ": ", message, stack.empty() ? "" : "\n", stack));
  return errorOutput(name, message, stack);
}

}  // namespace

std::vector<Output> toOutputs(const ResultView& result) {
  switch (result.kind) {
    case ResultView::Kind::Nothing:
      return {};
    case ResultView::Kind::Text:
      return textOutputs(result);
    case ResultView::Kind::Table:
      // DDL comes as a table without columns.
      if (result.columns.empty() && result.rows.empty()) return {{{{"text/plain", "OK"}}}};
      return {{{{"text/html", tableHtml(result)}, {"text/plain", tableText(result)}}}};
    case ResultView::Kind::Images: {
      std::vector<Output> outputs;
      for (const auto& image : result.images) outputs.push_back(imageOutput(image));
      return outputs;
    }
    case ResultView::Kind::Error:
      return {errorOutputOf(result)};
  }
  return {};
}

Output notice(std::string_view text) {
  auto valid = core::toValidUtf8(text);
  return {{{"text/html", fmt::format("<div style=\"color: var(--vscode-descriptionForeground)\"><i>{}</i></div>",
                                     core::escapeHtml(valid))},
           {"text/plain", valid}}};
}

Output errorOutput(std::string_view name, std::string_view message, std::string_view stack) {
  core::Json error{{"name", name}, {"message", message}, {"stack", stack}};
  return {{{std::string(kErrorMime), core::dumpJson(error)}}};
}

}  // namespace trowel::notebook

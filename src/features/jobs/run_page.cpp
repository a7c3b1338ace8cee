// SPDX-License-Identifier: Apache-2.0
// The model inside of the page is the one of notebooks that were exported as HTML. A cell's result there is one thing
// or a list of several; texts are HTML of their own making, whose markup only colours them.
#include "run_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "features/markdown_text.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using Kind = CellOutput::Kind;

constexpr std::string_view kModel = "__DATABRICKS_NOTEBOOK_MODEL = '";
constexpr std::size_t kShownRows = 100;
constexpr std::size_t kMostImage = 4UL * 1024 * 1024;  // bytes of a data URI

// A character by its entity ("lt", "#39"); nothing for one that these texts do not use.
std::optional<char> entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kNames = {
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}}};
  for (const auto& [known, c] : kNames)
    if (known == name) return c;
  if (!name.starts_with('#')) return std::nullopt;
  const bool hex = name.starts_with("#x") || name.starts_with("#X");
  name.remove_prefix(hex ? 2 : 1);
  int code = 0;
  auto [stop, problem] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  if (problem != std::errc() || stop != name.data() + name.size() || code < 1 || code > 0x7E) return std::nullopt;
  return static_cast<char>(code);
}

// What HTML shows, without its markup.
std::string textOfHtml(std::string_view html) {
  std::string text;
  for (std::size_t i = 0; i < html.size(); ++i) {
    const char c = html[i];
    auto end = c == '<' ? html.find('>', i) : c == '&' ? html.find(';', i) : std::string_view::npos;
    if (c == '<' && end != std::string_view::npos) {
      i = end;
      continue;
    }
    auto known = end == std::string_view::npos ? std::nullopt : entity(html.substr(i + 1, end - i - 1));
    text += known.value_or(c);
    if (known) i = end;
  }
  return text;
}

CellOutput::Value valueOf(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : core::dumpJson(value);
}

CellOutput tableOf(const Json& result) {
  CellOutput table{.kind = Kind::Table, .truncated = core::boolAt(result, "overflow")};
  for (const auto& column : core::arrayAt(result, "schema")) table.columns.push_back(core::stringAt(column, "name"));
  for (const auto& row : core::arrayAt(result, "data")) {
    auto& values = table.rows.emplace_back();
    if (row.is_array())
      for (const auto& value : row) values.push_back(valueOf(value));
  }
  return table;
}

CellOutput imageOf(std::string data) {
  constexpr std::string_view kPng = "iVBORw0KGgo";  // how each begins in base64
  if (data.starts_with(kPng)) data = "data:image/png;base64," + data;
  if (data.starts_with("data:image/") && data.size() <= kMostImage && !data.contains(')'))
    return {.kind = Kind::Image, .text = std::move(data)};
  return {.kind = Kind::Unknown, .text = "an image that the page does not hold"};
}

void addHtml(std::string html, std::vector<CellOutput>& outputs) {
  // So texts are wrapped; anything else is a page of the notebook's own.
  if (html.starts_with("<div class=\"ansiout\">")) {
    auto text = withoutColours(textOfHtml(html));
    if (!text.empty()) outputs.push_back({.kind = Kind::Text, .text = std::move(text)});
  } else if (!html.empty()) {
    outputs.push_back({.kind = Kind::Html, .text = std::move(html)});
  }
}

void addResult(const Json& result, std::vector<CellOutput>& outputs) {
  if (!result.is_object()) return;
  const auto type = core::stringAt(result, "type");
  if (type == "listResults") {
    for (const auto& each : core::arrayAt(result, "data"))
      if (core::stringAt(each, "type") != "listResults") addResult(each, outputs);
  } else if (type == "table") {
    outputs.push_back(tableOf(result));
  } else if (type == "image") {
    outputs.push_back(imageOf(core::stringAt(result, "data")));
  } else if (type == "html" || type == "htmlSandbox") {
    addHtml(core::stringAt(result, "data"), outputs);
  } else if (type == "ansi" || type == "raw") {
    auto text = withoutColours(core::stringAt(result, "data"));
    if (!text.empty()) outputs.push_back({.kind = Kind::Text, .text = std::move(text)});
  } else if (type == "mimeBundle") {
    const auto& bundle = core::objectAt(result, "data");
    if (auto png = core::stringAt(bundle, "image/png"); !png.empty())
      outputs.push_back(imageOf(std::move(png)));
    else
      outputs.push_back({.kind = Kind::Text, .text = core::stringAt(bundle, "text/plain")});
  } else {
    outputs.push_back({.kind = Kind::Unknown, .text = type.empty() ? "something without a name" : type});
  }
}

RunCell cellOf(const Json& command, const std::string& notebookLanguage) {
  RunCell cell;
  if (core::boolAt(command, "showCommandTitle")) cell.title = core::stringAt(command, "commandTitle");
  cell.source = core::stringAt(command, "command");
  cell.language = notebookLanguage;
  if (cell.source.starts_with('%')) {
    // "%sql\nSELECT 1" and "%sql SELECT 1"; %pip and %run are no languages, and stay.
    auto end = std::min(cell.source.find_first_of(" \n"), cell.source.size());
    auto magic = cell.source.substr(1, end - 1);
    if (constexpr std::array<std::string_view, 8> kLanguages = {"python", "sql", "scala", "r", "md", "md-sandbox", "sh",
                                                                "fs"};
        std::ranges::find(kLanguages, magic) != kLanguages.end()) {
      cell.language = magic;
      cell.source.erase(0, std::min(end + 1, cell.source.size()));
    }
  }
  const auto state = core::stringAt(command, "state");
  auto summary = textOfHtml(core::stringAt(command, "errorSummary"));
  auto cause = withoutColours(textOfHtml(core::stringAt(command, "error")));
  const bool failed = state == "error" || !summary.empty() || !cause.empty();
  cell.ran = state == "finished" || failed;
  if (auto found = command.find("results"); found != command.end()) addResult(*found, cell.outputs);
  if (failed)
    cell.outputs.push_back({.kind = Kind::Error, .text = std::move(cause), .summary = withoutColours(summary)});
  return cell;
}

std::unexpected<core::Error> noModel() {
  return core::fail(ErrorCode::DataLoss, "The page of the run holds no notebook. Open the run in the browser.");
}

// ---- as text

std::string tableText(const CellOutput& table) {
  if (table.columns.empty()) return {};
  auto line = [&](auto&& textOf, std::size_t count) {
    std::string text = "|";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      text += " " + core::replaceAll(i < count ? textOf(i) : std::string(), "\n", " ") + " |";
    return text + "\n";
  };
  auto text = line([&](std::size_t i) { return plainMarkdown(table.columns[i]); }, table.columns.size());
  text += line([](std::size_t) { return std::string("---"); }, table.columns.size());
  const auto shown = std::min(table.rows.size(), kShownRows);
  for (std::size_t r = 0; r < shown; ++r) {
    const auto& row = table.rows[r];
    text += line([&](std::size_t i) { return row[i] ? plainMarkdown(*row[i]) : "*null*"; }, row.size());
  }
  text += "\n";
  if (shown < table.rows.size()) text += fmt::format("Only the first {} of {} rows.\n\n", shown, table.rows.size());
  if (table.truncated)
    text += fmt::format("The workspace kept only the first {} rows of the result.\n\n", table.rows.size());
  return text;
}

std::string outputText(const CellOutput& output) {
  switch (output.kind) {
    case Kind::Text:
      return fencedMarkdown(output.text);
    case Kind::Html:
      return "HTML; open the run in the browser to see it drawn.\n\n" + fencedMarkdown(output.text, "html");
    case Kind::Table:
      return tableText(output);
    case Kind::Image:
      return fmt::format("![Image]({})\n\n", output.text);
    case Kind::Error:
      return fmt::format("**{}**\n\n", plainMarkdown(output.summary.empty() ? "Failed" : output.summary)) +
             (output.text.empty() ? std::string() : fencedMarkdown(output.text));
    case Kind::Unknown:
      break;
  }
  return fmt::format("Not shown here: {}. Open the run in the browser to see it.\n\n", plainMarkdown(output.text));
}

const char* wordOf(Kind kind) {
  switch (kind) {
    case Kind::Text:
      return "text";
    case Kind::Html:
      return "html";
    case Kind::Table:
      return "table";
    case Kind::Image:
      return "image";
    case Kind::Error:
      return "error";
    case Kind::Unknown:
      break;
  }
  return "unknown";
}

Json outputJson(const CellOutput& output) {
  Json json{{"kind", wordOf(output.kind)}};
  if (output.kind != Kind::Table) {
    json["text"] = output.text;
    if (output.kind == Kind::Error) json["summary"] = output.summary;
    return json;
  }
  json["columns"] = output.columns;
  json["truncated"] = output.truncated;
  Json rows = Json::array();
  for (const auto& row : output.rows) {
    Json values = Json::array();
    for (const auto& value : row) values.push_back(value ? Json(*value) : Json());
    rows.push_back(std::move(values));
  }
  json["rows"] = std::move(rows);
  return json;
}

}  // namespace

Result<std::vector<RunCell>> cellsOfPage(std::string_view html) {
  auto begin = html.find(kModel);
  if (begin == std::string_view::npos) return noModel();
  begin += kModel.size();
  auto encoded = core::fromBase64(html.substr(begin, html.find('\'', begin) - begin));
  auto text = encoded ? core::percentDecode(*encoded) : std::nullopt;
  if (!text) return noModel();
  auto model = core::parseJson(*text);
  if (!model) return noModel();
  const auto language = core::toLower(core::stringAt(*model, "language", "python"));
  std::vector<std::pair<double, RunCell>> placed;
  for (const auto& command : core::arrayAt(*model, "commands"))
    if (command.is_object()) placed.emplace_back(core::numberAt(command, "position"), cellOf(command, language));
  std::ranges::stable_sort(placed, {}, [](const auto& each) { return each.first; });
  std::vector<RunCell> cells;
  for (auto& [position, cell] : placed) cells.push_back(std::move(cell));
  return cells;
}

std::string cellsText(const std::vector<RunCell>& cells) {
  std::string text;
  for (const auto& cell : cells) {
    if (core::trim(cell.source).empty() && cell.outputs.empty()) continue;
    if (!cell.title.empty()) text += fmt::format("#### {}\n\n", plainMarkdown(cell.title));
    const bool isText = cell.language.starts_with("md");
    if (!cell.source.empty()) text += fencedMarkdown(cell.source, isText ? "markdown" : cell.language);
    for (const auto& output : cell.outputs) text += outputText(output);
    if (!cell.ran && !isText) text += "*Not run.*\n\n";
  }
  return text;
}

Json cellsJson(const std::vector<RunCell>& cells) {
  Json list = Json::array();
  for (const auto& cell : cells) {
    Json outputs = Json::array();
    for (const auto& output : cell.outputs) outputs.push_back(outputJson(output));
    Json entry{
        {"language", cell.language}, {"source", cell.source}, {"ran", cell.ran}, {"outputs", std::move(outputs)}};
    if (!cell.title.empty()) entry["title"] = cell.title;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace trowel::features

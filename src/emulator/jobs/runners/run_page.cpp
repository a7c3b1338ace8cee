// SPDX-License-Identifier: Apache-2.0
// The service's page loads an application that draws the model. Ours draws itself, so that it can be read without any
// server, and carries the same model.
#include "emulator/jobs/runners/run_page.hpp"

#include <nlohmann/json.hpp>

#include "emulator/execution/command_results.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kStyle =
    "body{font:14px system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1b3139}"
    "pre{font:13px monospace;white-space:pre-wrap;margin:.4em 0}"
    ".cell{border:1px solid #dce0e2;border-radius:4px;margin:1em 0;padding:.4em .8em}"
    ".source{background:#f6f7f9;padding:.5em}.error{color:#c82d4c}"
    "table{border-collapse:collapse}td,th{border:1px solid #dce0e2;padding:.2em .5em;text-align:left}";

std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string languageName(Language language) { return core::toLower(toString(language)); }

// Without the escape sequences of a terminal.
std::string withoutColours(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    auto end = text.find('m', i);
    i = end == std::string_view::npos ? text.size() : end;
  }
  return plain;
}

// ---- the model, as the service's page and .dbc files have it

Json resultModel(const Json& results) {
  auto type = core::stringAt(results, "resultType");
  Json model{{"arguments", Json::object()}, {"addedWidgets", Json::object()}, {"removedWidgets", Json::array()}};
  if (type == "table") {
    model["type"] = "table";
    model["data"] = core::arrayAt(results, "data");
    model["schema"] = core::arrayAt(results, "schema");
    model["overflow"] = core::boolAt(results, "truncated");
  } else if (type == "image" || type == "images") {
    model["type"] = "image";
    const Json& all = core::arrayAt(results, "fileNames");
    model["data"] = all.empty() ? results.value("fileName", Json()) : all.front();
  } else {
    model["type"] = "html";
    model["data"] = "<div class=\"ansiout\">" + core::escapeHtml(core::stringAt(results, "data")) + "</div>";
  }
  return model;
}

std::string commandText(const CellRun& run) { return (run.cell.markdown ? "%md\n" : "") + run.cell.text; }

Json commandModel(const CellRun& run, const Json& results, std::size_t number) {
  bool failed = core::stringAt(results, "resultType") == "error";
  Json model{{"version", "CommandV1"},
             {"subtype", "command"},
             {"commandType", "auto"},
             {"position", static_cast<double>(number)},
             {"command", commandText(run)},
             {"state", failed         ? "error"
                       : run.executed ? "finished"
                                      : "input"},
             {"results", run.executed && !failed && !results.is_null() ? resultModel(results) : Json()},
             {"errorSummary", failed ? Json(core::stringAt(results, "summary")) : Json()},
             {"error", failed ? Json(core::stringAt(results, "cause")) : Json()},
             {"startTime", run.startTime},
             {"submitTime", run.startTime},
             {"finishTime", run.finishTime},
             {"collapsed", false},
             {"showCommandTitle", !run.cell.title.empty()},
             {"commandTitle", run.cell.title}};
  return model;
}

// ---- the page itself

std::string cellText(const Json& value) {
  if (value.is_null()) return "null";
  return value.is_string() ? value.get<std::string>() : core::dumpJson(value);
}

std::string tableHtml(const Json& results) {
  std::string html = "<table><tr>";
  for (const auto& column : core::arrayAt(results, "schema"))
    html += "<th>" + core::escapeHtml(core::stringAt(column, "name")) + "</th>";
  html += "</tr>\n";
  for (const auto& row : core::arrayAt(results, "data")) {
    html += "<tr>";
    if (row.is_array())
      for (const auto& value : row) html += "<td>" + core::escapeHtml(cellText(value)) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table>";
}

std::string imageHtml(const std::string& source) { return "<img src=\"" + core::escapeHtml(source) + "\">"; }

std::string resultHtml(const Json& results) {
  auto type = core::stringAt(results, "resultType");
  if (type == "table") return tableHtml(results);
  if (type == "image") return imageHtml(core::stringAt(results, "fileName"));
  if (type == "error") {
    auto text = core::stringAt(results, "cause", withoutMarkup(core::stringAt(results, "summary")));
    return "<pre class=\"error\">" + core::escapeHtml(withoutColours(text)) + "</pre>";
  }
  std::string html;
  if (type == "images")
    for (const auto& source : core::arrayAt(results, "fileNames"))
      if (source.is_string()) html += imageHtml(source.get<std::string>());
  auto text = core::stringAt(results, "data");
  return text.empty() ? html : html + "<pre>" + core::escapeHtml(text) + "</pre>";
}

std::string cellHtml(const CellRun& run, const Json& results) {
  std::string html = "<div class=\"cell\">";
  if (!run.cell.title.empty()) html += "<h4>" + core::escapeHtml(run.cell.title) + "</h4>";
  html += (run.cell.markdown ? "<pre>" : "<pre class=\"source\">") + core::escapeHtml(run.cell.text) + "</pre>";
  if (run.executed) html += resultHtml(results);
  return html + "</div>\n";
}

}  // namespace

std::string runPage(const std::string& path, const NotebookOutcome& notebook) {
  const std::string title = core::escapeHtml(nameOf(path));
  Json commands = Json::array();
  std::string cells;
  for (const auto& run : notebook.cells) {
    auto results = core::parseJson(run.results).value_or(Json());
    commands.push_back(commandModel(run, results, commands.size() + 1));
    cells += cellHtml(run, results);
  }
  Json model{
      {"version", "NotebookV1"},         {"name", nameOf(path)},        {"language", languageName(notebook.language)},
      {"commands", std::move(commands)}, {"dashboards", Json::array()}, {"globalVars", Json::object()},
      {"inputWidgets", Json::object()}};
  return "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>" + title +
         " - Databricks</title>\n<style>" + std::string(kStyle) +
         "</style>\n<script>\nvar __DATABRICKS_NOTEBOOK_MODEL = '" +
         core::toBase64(core::percentEncode(core::dumpJson(model))) + "';\n</script>\n</head>\n<body>\n<h1>" + title +
         "</h1>\n" + cells + "</body>\n</html>\n";
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/notebook_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/state/ids.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kModel = "__DATABRICKS_NOTEBOOK_MODEL = '";

std::string commandText(const NotebookCell& cell) { return cell.markdown ? "%md\n" + cell.text : cell.text; }

Json command(const NotebookCell& cell, std::size_t position) {
  return {{"version", "CommandV1"},
          {"guid", randomUuid()},
          {"subtype", "command"},
          {"commandType", "auto"},
          {"position", static_cast<double>(position)},
          {"command", commandText(cell)},
          {"commandVersion", 0},
          {"commandTitle", cell.title},
          {"showCommandTitle", !cell.title.empty()},
          {"state", "input"},
          {"results", nullptr},
          {"errorSummary", nullptr},
          {"error", nullptr},
          {"startTime", 0},
          {"submitTime", 0},
          {"finishTime", 0},
          {"collapsed", false},
          {"hideCommandCode", false},
          {"hideCommandResult", false},
          {"bindings", Json::object()},
          {"inputWidgets", Json::object()}};
}

void append(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

std::string_view trimNewlines(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string writeNotebookModel(const NotebookContent& notebook, std::string_view name) {
  Json commands = Json::array();
  for (const auto& cell : notebook.cells) commands.push_back(command(cell, commands.size() + 1));
  Json model{{"version", "NotebookV1"},
             {"name", name},
             {"language", lowerName(notebook.language)},
             {"guid", randomUuid()},
             {"commands", std::move(commands)},
             {"dashboards", Json::array()},
             {"globalVars", Json::object()},
             {"iPythonMetadata", nullptr},
             {"inputWidgets", Json::object()}};
  return core::dumpJson(model);
}

std::optional<NotebookContent> readNotebookModel(std::string_view json) {
  auto model = core::parseJson(json);
  if (!model || !model->is_object() || !model->contains("commands")) return std::nullopt;
  NotebookContent notebook{.language = languageNamed(core::stringAt(*model, "language")).value_or(Language::Python),
                           .cells = {}};
  std::vector<const Json*> commands;
  for (const auto& one : core::arrayAt(*model, "commands"))
    if (one.is_object()) commands.push_back(&one);
  std::stable_sort(commands.begin(), commands.end(), [](const Json* a, const Json* b) {
    return core::numberAt(*a, "position") < core::numberAt(*b, "position");
  });
  for (const Json* one : commands) {
    bool titled = core::boolAt(*one, "showCommandTitle");
    notebook.cells.push_back(
        {.title = titled ? core::stringAt(*one, "commandTitle") : "", .text = core::stringAt(*one, "command")});
  }
  return notebook;
}

std::string writeNotebookPage(const NotebookContent& notebook, std::string_view name) {
  auto model = core::toBase64(core::percentEncode(writeNotebookModel(notebook, name)));
  std::string page =
      "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>" + core::escapeHtml(name) +
      " - Databricks</title>\n<style>\nbody { font-family: sans-serif; max-width: 60em; margin: 2em auto; }\n"
      "pre { background: #f6f7f9; padding: 1em; overflow: auto; }\n</style>\n"
      "<script>\nvar __DATABRICKS_NOTEBOOK_MODEL = '" +
      model + "';\n</script>\n</head>\n<body>\n<h1>" + core::escapeHtml(name) + "</h1>\n";
  for (const auto& cell : notebook.cells) {
    if (!cell.title.empty()) page += "<h2>" + core::escapeHtml(cell.title) + "</h2>\n";
    page += "<pre>" + core::escapeHtml(commandText(cell)) + "</pre>\n";
  }
  return page + "</body>\n</html>\n";
}

std::optional<NotebookContent> readNotebookPage(std::string_view html) {
  auto start = html.find(kModel);
  if (start == std::string_view::npos) return std::nullopt;
  auto rest = html.substr(start + kModel.size());
  auto encoded = core::fromBase64(rest.substr(0, rest.find('\'')));
  auto model = encoded ? core::percentDecode(*encoded) : std::nullopt;
  return model ? readNotebookModel(*model) : std::nullopt;
}

std::string writeRMarkdown(const NotebookContent& notebook) {
  std::string text;
  for (const auto& cell : notebook.cells) {
    if (!text.empty()) text += "\n";
    if (cell.markdown)
      text += std::string(trimNewlines(cell.text)) + "\n";
    else
      text += "```{r}\n" + cell.text + "\n```\n";
  }
  return text;
}

NotebookContent readRMarkdown(std::string_view text) {
  NotebookContent notebook{.language = Language::R, .cells = {}};
  std::string pending;
  bool code = false;
  auto finish = [&] {
    auto body = trimNewlines(pending);
    if (!core::trim(body).empty()) notebook.cells.push_back({.text = std::string(body), .markdown = !code});
    pending.clear();
  };
  for (auto line : core::split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    bool begins = !code && line.starts_with("```{r");
    if (!begins && !(code && core::trim(line) == "```")) {
      append(pending, line);
      continue;
    }
    finish();
    code = begins;
  }
  finish();
  return notebook;
}

}  // namespace trowel::emulator

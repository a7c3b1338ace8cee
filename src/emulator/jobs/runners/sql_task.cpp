// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_results.hpp"
#include "emulator/jobs/runners/task_work.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

TaskOutcome invalid(std::string message) {
  return {.ending = TaskOutcome::Ending::InvalidConfiguration, .message = std::move(message)};
}

TaskOutcome notFound(std::string message) {
  return {.ending = TaskOutcome::Ending::NotFound, .message = std::move(message)};
}

// The cells of a SQL notebook as one text; comments and the like are left to the SQL parser.
std::string statementsOf(const NotebookSource& notebook) {
  std::string text;
  for (const auto& cell : notebookCells(notebook.source, notebook.language)) {
    if (cell.markdown || core::trim(cell.text).empty()) continue;
    if (!text.empty()) text += core::trim(text).ends_with(';') ? "\n" : ";\n";
    text += cell.text;
  }
  return text;
}

// {{ name }} in the text of queries and files, which are older than the markers :name that the parser knows.
std::string withMustaches(std::string_view text, const std::map<std::string, std::string>& parameters) {
  std::string out;
  while (!text.empty()) {
    auto begin = text.find("{{");
    auto end = begin == std::string_view::npos ? begin : text.find("}}", begin);
    if (end == std::string_view::npos) return out + std::string(text);
    auto it = parameters.find(std::string(core::trim(text.substr(begin + 2, end - begin - 2))));
    out += text.substr(0, begin);
    out += it == parameters.end() ? text.substr(begin, end + 2 - begin) : std::string_view(it->second);
    text.remove_prefix(end + 2);
  }
  return out;
}

std::map<std::string, std::string> parametersOf(const Json& task) {
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : core::objectAt(task, "parameters").items())
    parameters[name] = value.is_string() ? value.get<std::string>() : core::dumpJson(value);
  return parameters;
}

}  // namespace

TaskOutcome runSqlTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files,
                       const NotebookRunner::Source& notebooks,
                       const std::function<Reply<std::string>(const std::string& id)>& query) {
  const Json& task = core::objectAt(work.request.task, "sql_task");
  std::string text;
  if (auto path = core::stringAt(core::objectAt(task, "file"), "path"); !path.empty()) {
    auto notebook = notebooks(path);
    auto content = notebook ? Reply<std::string>(statementsOf(*notebook)) : files.read(path);
    if (!content) return notFound("Unable to read the SQL file " + path + ".");
    text = std::move(*content);
  } else if (auto id = core::stringAt(core::objectAt(task, "query"), "query_id"); !id.empty()) {
    auto found = query(id);
    if (!found) return notFound("Query " + id + " does not exist.");
    text = std::move(*found);
  } else {
    return invalid("The Trowel emulator runs SQL tasks with a file or a query, not with a dashboard or an alert.");
  }
  const auto parameters = parametersOf(task);
  text = withMustaches(text, parameters);

  TaskOutcome outcome{.output = Json::object()};
  ContextSetup setup{.origin = work.origin, .widgets = parameters};
  Json request{{"language", "sql"}, {"command", text}};
  auto status = runTaskCommand(setup, std::move(request), world, contexts, work.token, outcome);
  outcome.output["sql_output"] = {{"query_output",
                                   {{"warehouse_id", core::stringAt(task, "warehouse_id")},
                                    {"query_text", text},
                                    {"sql_statements", {{{"lookup_key", world.ids.command()}}}}}}};
  if (auto error = status ? resultError(status->results) : std::nullopt) {
    outcome.ending = TaskOutcome::Ending::Failed;
    outcome.output["error"] = error->summary;
    outcome.output["error_trace"] = error->cause;
  }
  return outcome;
}

}  // namespace trowel::emulator

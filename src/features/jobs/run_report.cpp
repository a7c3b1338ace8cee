// SPDX-License-Identifier: Apache-2.0
#include "run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "features/markdown_text.hpp"
#include "run_words.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Json;

std::string stateLine(const databricks::RunState& state, const std::string& time) {
  auto look = lookOf(state);
  auto line = "**" + look.word + "**";
  if (!time.empty()) line += " · " + time;
  if (auto reason = reasonOf(state); !reason.empty()) line += "\n\n" + plainMarkdown(withoutColours(reason));
  return line + "\n\n";
}

// An address of the workspace's; anything that could break out of the link is shown as text.
std::string link(const std::string& label, const std::string& url) {
  const bool fits = url.starts_with("http") && url.find_first_of("<>() \n") == std::string::npos;
  return fits ? fmt::format("[{}]({})", label, url) : plainMarkdown(label + ": " + url);
}

void writeOutput(const databricks::RunOutput& output, const std::vector<RunCell>& cells, std::string& text) {
  if (!output.error.empty()) text += "### Error\n\n" + fencedMarkdown(withoutColours(output.error));
  // Of a notebook the cell that failed has it.
  const bool inCell = std::ranges::any_of(cells, [](const RunCell& cell) {
    return std::ranges::any_of(cell.outputs, [](const CellOutput& each) {
      return each.kind == CellOutput::Kind::Error && !each.text.empty();
    });
  });
  if (!output.errorTrace.empty() && !inCell)
    text += "### Trace\n\n" + fencedMarkdown(withoutColours(output.errorTrace));
  if (output.notebookResult) {
    text += "### Result\n\n" + fencedMarkdown(*output.notebookResult);
    if (output.notebookResultTruncated) text += "Only the first 5 MB of the result.\n\n";
  }
  if (!output.logs.empty()) {
    if (output.logsTruncated) text += "Only the last 5 MB of the output.\n\n";
    text += "### Output\n\n" + fencedMarkdown(withoutColours(output.logs));
  }
  if (!cells.empty()) text += "### Notebook\n\n" + cellsText(cells);
  if (!output.info.empty()) text += plainMarkdown(output.info) + "\n\n";
  if (!output.sqlOutputLink.empty()) text += link("The result of the query", output.sqlOutputLink) + "\n\n";
  if (output.startedRunId != 0) text += fmt::format("It started the run {}.\n\n", output.startedRunId);
}

}  // namespace

std::string nameOf(const databricks::Run& run) { return run.name.empty() ? fmt::format("Run {}", run.id) : run.name; }

std::string reportText(const databricks::Run& run, const std::vector<TaskReport>& tasks, std::int64_t now) {
  auto text = fmt::format("# {}\n\n", plainMarkdown(nameOf(run)));
  text += stateLine(run.state, runningTime(run.startTime, run.endTime, now));
  text += fmt::format("Run {}", run.id);
  if (auto trigger = triggerWord(run.trigger); !trigger.empty()) text += ", started " + trigger;
  if (!run.creator.empty()) text += ", for " + plainMarkdown(run.creator);
  text += ".";
  if (!run.pageUrl.empty()) text += " " + link("Open in the browser", run.pageUrl);
  text += "\n\n";
  for (const auto& parameter : run.parameters)
    text += fmt::format("- {} = {}\n", plainMarkdown(parameter.name),
                        plainMarkdown(parameter.value.empty() ? parameter.defaultValue : parameter.value));
  if (!run.parameters.empty()) text += "\n";
  for (const auto& [task, output, cells] : tasks) {
    // A run that is its own task has said it all above.
    if (!task.task.key.empty()) text += fmt::format("## {}\n\n", plainMarkdown(task.task.key));
    text += stateLine(task.state, runningTime(task.startTime, task.endTime, now));
    auto about = taskWord(task.task.kind);
    if (!task.task.target.empty()) about += " " + plainMarkdown(task.task.target);
    if (auto compute = computeWords(task.task); !compute.empty()) about += ", on " + plainMarkdown(compute);
    text += about + fmt::format(", attempt {}, run {}.\n\n", task.attempt + 1, task.runId);
    if (output)
      writeOutput(*output, cells.value_or(std::vector<RunCell>()), text);
    else
      text += "There is no output to show. " + plainMarkdown(output.error().message) + "\n\n";
    if (!cells) text += "The notebook's cells cannot be shown. " + plainMarkdown(cells.error().message) + "\n\n";
  }
  return text;
}

Json reportJson(const databricks::Run& run, const std::vector<TaskReport>& tasks) {
  Json list = Json::array();
  for (const auto& [task, output, cells] : tasks) {
    Json entry{{"task_key", task.task.key},
               {"run_id", task.runId},
               {"attempt_number", task.attempt},
               {"life_cycle_state", task.state.lifeCycle},
               {"result_state", task.state.result}};
    if (auto reason = reasonOf(task.state); !reason.empty()) entry["message"] = reason;
    if (output) {
      if (!output->error.empty()) entry["error"] = output->error;
      if (!output->errorTrace.empty()) entry["error_trace"] = withoutColours(output->errorTrace);
      if (output->notebookResult) {
        entry["result"] = *output->notebookResult;
        entry["result_truncated"] = output->notebookResultTruncated;
      }
      if (!output->logs.empty()) {
        entry["logs"] = output->logs;
        entry["logs_truncated"] = output->logsTruncated;
      }
      if (!output->info.empty()) entry["info"] = output->info;
      if (!output->sqlOutputLink.empty()) entry["sql_output_link"] = output->sqlOutputLink;
      if (output->startedRunId != 0) entry["started_run_id"] = output->startedRunId;
    } else {
      entry["no_output"] = output.error().message;
    }
    if (cells && !cells->empty()) entry["cells"] = cellsJson(*cells);
    if (!cells) entry["no_cells"] = cells.error().message;
    list.push_back(std::move(entry));
  }
  return {{"run", run.document ? *run.document : Json::object()}, {"tasks", std::move(list)}};
}

std::string endSentence(const databricks::Run& run) {
  auto look = lookOf(run.state);
  auto took = runningTime(run.startTime, run.endTime, run.endTime);
  auto sentence = nameOf(run) + ": " + look.word;
  if (!took.empty()) sentence += (look.kind == RunKind::Succeeded ? " in " : " after ") + took;
  if (look.kind == RunKind::Failed)
    for (const auto& task : run.latestTasks()) {
      if (task.state.result != "FAILED" && task.state.result != "TIMEDOUT" && task.state.lifeCycle != "INTERNAL_ERROR")
        continue;
      if (!task.task.key.empty()) sentence += ", in the task " + task.task.key;
      break;
    }
  sentence += ".";
  if (look.kind != RunKind::Succeeded)
    if (auto reason = withoutColours(reasonOf(run.state)); !reason.empty())
      sentence += " " + reason.substr(0, reason.find('\n'));
  return sentence;
}

}  // namespace trowel::features

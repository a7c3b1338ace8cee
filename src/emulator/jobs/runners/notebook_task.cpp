// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_results.hpp"
#include "emulator/jobs/runners/run_page.hpp"
#include "emulator/jobs/runners/task_work.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxResult = 5UL * 1024 * 1024;  // the first bytes of an exit value

Json exitValue(const NotebookOutcome& notebook) {
  Json output = Json::object();
  if (!notebook.exit) return output;
  output["result"] = firstBytes(*notebook.exit, kMaxResult);
  output["truncated"] = notebook.exit->size() > kMaxResult;
  return output;
}

}  // namespace

TaskOutcome runNotebookTask(const TaskWork& work, NotebookRunner& notebooks) {
  const Json& task = core::objectAt(work.request.task, "notebook_task");
  NotebookRequest request{
      .path = core::stringAt(task, "notebook_path"), .origin = work.origin, .sysPath = work.sysPath};
  for (const auto& [name, value] : core::objectAt(task, "base_parameters").items())
    request.widgets[name] = value.is_string() ? value.get<std::string>() : core::dumpJson(value);
  return outcomeOf(request.path, notebooks.run(request, work.token));
}

TaskOutcome outcomeOf(const std::string& path, const Reply<NotebookOutcome>& notebook) {
  if (!notebook) return refusedBy(notebook.error());
  TaskOutcome outcome;
  outcome.output = {{"notebook_output", exitValue(*notebook)}};
  outcome.exportHtml = runPage(path, *notebook);
  switch (notebook->ending) {
    case NotebookOutcome::Ending::Finished:
      break;
    case NotebookOutcome::Ending::Canceled:
      outcome.ending = TaskOutcome::Ending::Canceled;
      break;
    case NotebookOutcome::Ending::Failed:
    case NotebookOutcome::Ending::Lost:
      outcome.ending = TaskOutcome::Ending::Failed;
      outcome.output["error"] = notebook->error;
      if (!notebook->trace.empty()) outcome.output["error_trace"] = notebook->trace;
  }
  return outcome;
}

}  // namespace trowel::emulator

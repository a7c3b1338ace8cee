// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/child_notebook.hpp"

#include <nlohmann/json.hpp>

#include "emulator/jobs/runners/task_work.hpp"
#include "emulator/jobs/settings_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

JobRun runFor(const NotebookRequest& request) {
  std::string name = request.path.substr(request.path.rfind('/') + 1);
  Json task{{"task_key", name}, {"notebook_task", {{"notebook_path", request.path}, {"source", "WORKSPACE"}}}};
  if (!request.widgets.empty()) task["notebook_task"]["base_parameters"] = request.widgets;
  if (!request.origin.clusterId.empty()) task["existing_cluster_id"] = request.origin.clusterId;
  JobRun run;
  run.name = name;
  run.creator = request.origin.user.name;
  run.runAs = run.creator;
  run.settings = std::make_shared<const Json>(
      completeSubmit({{"run_name", name}, {"format", "SINGLE_TASK"}, {"tasks", Json::array({std::move(task)})}}));
  return run;
}

}  // namespace

Reply<NotebookOutcome> runChildNotebook(const NotebookRequest& request, const core::CancelToken& cancel,
                                        NotebookRunner& notebooks, RunEngine& engine) {
  std::optional<Reply<NotebookOutcome>> notebook;
  engine.record(runFor(request), request.origin.clusterId, cancel, [&](const core::CancelToken& token) {
    notebook = notebooks.run(request, token);
    auto outcome = outcomeOf(request.path, *notebook);
    if (outcome.ending == TaskOutcome::Ending::Canceled && token.reason() == core::CancelReason::Deadline)
      outcome.ending = TaskOutcome::Ending::TimedOut;
    return outcome;
  });
  return *std::move(notebook);
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The executors of the kinds of tasks, once compute and libraries are there.
#pragma once

#include <string>
#include <vector>

#include "emulator/execution/contexts.hpp"
#include "emulator/execution/notebook_runner.hpp"
#include "emulator/jobs/runners/task_files.hpp"
#include "emulator/jobs/task_runner.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

struct TaskWork {
  const TaskRequest& request;
  ContextOrigin origin;              // with the cluster
  std::vector<std::string> sysPath;  // besides what the cluster has
  const core::CancelToken& token;
};

TaskOutcome runNotebookTask(const TaskWork& work, NotebookRunner& notebooks);
TaskOutcome runPythonFileTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files);
TaskOutcome runWheelTask(const TaskWork& work, const World& world, Contexts& contexts);
// `query` is the text of a saved query, by its id.
TaskOutcome runSqlTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files,
                       const NotebookRunner::Source& notebooks,
                       const std::function<Reply<std::string>(const std::string& id)>& query);

// The one command of a task in a context of its own; nothing where the context could not be opened or was lost, which
// `outcome` then says.
std::optional<CommandStatus> runTaskCommand(const ContextSetup& setup, core::Json request, const World& world,
                                            Contexts& contexts, const core::CancelToken& token, TaskOutcome& outcome);

}  // namespace trowel::emulator

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
  std::string cwd;                   // of programs, as user code sees it; empty: the cluster's own folder
  const core::CancelToken& token;
};

// How a task ends whose resources were refused: those that do not exist are a matter of their own.
TaskOutcome refusedBy(const ApiError& error);

TaskOutcome runNotebookTask(const TaskWork& work, NotebookRunner& notebooks);
TaskOutcome outcomeOf(const std::string& path, const Reply<NotebookOutcome>& notebook);
TaskOutcome runPythonFileTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files);
TaskOutcome runWheelTask(const TaskWork& work, const World& world, Contexts& contexts);
// `query` is the text of a saved query, by its id.
TaskOutcome runSqlTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files,
                       const NotebookRunner::Source& notebooks,
                       const std::function<Reply<std::string>(const std::string& id)>& query);

// How tasks work with pipelines: start an update, whose state is then asked for, and stop whatever runs.
struct PipelineSource {
  std::function<Reply<std::string>(const std::string& pipelineId, const core::Json& request)> start;
  std::function<Reply<std::string>(const std::string& pipelineId, const std::string& updateId)> state;
  std::function<void(const std::string& pipelineId)> stop;
};
TaskOutcome runPipelineTask(const TaskWork& work, const World& world, const PipelineSource& pipelines);

// The one command of a task in a context of its own; nothing where the context could not be opened or was lost, which
// `outcome` then says.
std::optional<CommandStatus> runTaskCommand(const ContextSetup& setup, core::Json request, const World& world,
                                            Contexts& contexts, const core::CancelToken& token, TaskOutcome& outcome);

}  // namespace trowel::emulator

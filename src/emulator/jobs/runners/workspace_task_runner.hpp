// SPDX-License-Identifier: Apache-2.0
// Executes the tasks of jobs on the workspace's own clusters: notebooks, Python files, wheels and SQL.
#pragma once

#include <functional>
#include <string>

#include "emulator/jobs/runners/task_clusters.hpp"
#include "emulator/jobs/runners/task_work.hpp"

namespace trowel::emulator {

// What the areas beside this one know. An absent function knows nothing.
struct TaskSources {
  std::filesystem::path root;  // of the trees, see TaskFiles
  NotebookRunner::Source notebook;
  std::function<Reply<std::string>(const std::string& id)> query = {};            // the text of a saved query
  std::function<core::Json(const std::string& clusterId)> clusterLibraries = {};  // an array, as in libraries[]
};

class WorkspaceTaskRunner : public TaskRunner {
 public:
  // All outlive it.
  WorkspaceTaskRunner(const World& world, Clusters& clusters, Contexts& contexts, NotebookRunner& notebooks,
                      TaskSources sources);

  TaskOutcome run(const TaskRequest& request, TaskHost& host, const core::CancelToken& token) override;
  void runEnded(std::int64_t jobRunId) override;

 private:
  TaskOutcome execute(const TaskWork& work);

  const World& world_;
  Contexts& contexts_;
  NotebookRunner& notebooks_;
  const TaskSources sources_;
  const TaskFiles files_;
  TaskClusters clusters_;
};

}  // namespace trowel::emulator

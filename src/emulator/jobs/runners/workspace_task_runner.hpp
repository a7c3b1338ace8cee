// SPDX-License-Identifier: Apache-2.0
// Executes the tasks of jobs on the workspace's own compute: notebooks, Python files, wheels, SQL and pipelines.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <string>

#include "emulator/jobs/runners/run_checkouts.hpp"
#include "emulator/jobs/runners/task_clusters.hpp"
#include "emulator/jobs/runners/task_libraries.hpp"
#include "emulator/jobs/runners/task_work.hpp"

namespace trowel::emulator {

// What the areas beside this one know. An absent function knows nothing.
struct TaskSources {
  std::filesystem::path root;  // of the trees, see TaskFiles
  NotebookRunner::Source notebook;
  std::function<Reply<std::string>(const std::string& id)> query = {};  // the text of a saved query
  // Readies a SQL warehouse: how long until it runs, zero where it does.
  std::function<Reply<std::chrono::milliseconds>(const std::string& id)> warehouse = {};
  PipelineSource pipelines = {};
  // Whether a user has a level of permission on something, and how that is refused. Absent: everybody has.
  std::function<Reply<void>(const User& user, std::string_view type, const std::string& id, std::string_view level)>
      require = {};
  RunCheckouts::Made cloned = {};
};

class WorkspaceTaskRunner : public TaskRunner {
 public:
  // All outlive it.
  WorkspaceTaskRunner(const World& world, Clusters& clusters, Libraries& libraries, Contexts& contexts,
                      NotebookRunner& notebooks, TaskSources sources);

  TaskOutcome run(const TaskRequest& request, TaskHost& host, const core::CancelToken& token) override;
  void runEnded(std::int64_t jobRunId) override;
  // Nothing is cloned any more.
  void stop() { checkouts_.stop(); }

 private:
  TaskOutcome runCode(const TaskRequest& request, const std::string& cwd, TaskHost& host,
                      const core::CancelToken& token);
  TaskOutcome execute(const TaskWork& work);
  Reply<void> checkRights(const TaskRequest& request);
  std::expected<void, TaskOutcome> awaitWarehouse(const TaskRequest& request, const core::CancelToken& token);

  const World& world_;
  Clusters& allClusters_;
  Contexts& contexts_;
  NotebookRunner& notebooks_;
  const TaskSources sources_;
  const TaskFiles files_;
  RunCheckouts checkouts_;
  TaskClusters clusters_;
  TaskLibraries libraries_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The libraries that a task brings along, installed before it runs.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "emulator/compute/libraries.hpp"
#include "emulator/jobs/task_runner.hpp"

namespace trowel::emulator {

// Any thread.
class TaskLibraries {
 public:
  TaskLibraries(const World& world, Libraries& libraries) : libraries_(libraries), installer_(world.folder) {}

  // Installs the task's libraries on its cluster, where they stay, and waits for all of the cluster's. On serverless
  // compute (an empty id) it is the dependencies of the environment: what these put on sys.path is the answer, what
  // clusters do is known to Contexts. The error is how the task ends.
  std::expected<std::vector<std::string>, TaskOutcome> prepare(const TaskRequest& request, const std::string& clusterId,
                                                               const core::CancelToken& token);

 private:
  std::expected<std::vector<std::string>, TaskOutcome> prepareEnvironment(const core::Json& environment);

  Libraries& libraries_;
  const LibraryInstaller installer_;
};

}  // namespace trowel::emulator

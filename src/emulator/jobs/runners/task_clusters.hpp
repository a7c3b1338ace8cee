// SPDX-License-Identifier: Apache-2.0
// Brings the cluster that a task wants up, and ends those that were made for a run.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "emulator/compute/clusters.hpp"
#include "emulator/jobs/task_runner.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread.
class TaskClusters {
 public:
  // Ends the job clusters that an emulator before this one has left behind.
  TaskClusters(const World& world, Clusters& clusters);
  ~TaskClusters();

  // Blocks until the task's cluster runs: its id, empty where the task is serverless; or how the task ends.
  std::expected<std::string, TaskOutcome> acquire(const TaskRequest& request, TaskHost& host,
                                                  const core::CancelToken& token);
  // The attempt has ended: its own cluster goes, a shared one stays for the others.
  void release(const TaskRequest& request, const std::string& clusterId);
  void runEnded(std::int64_t jobRunId);

  // Why the cluster is not running; empty where it is, or where there is none.
  std::string whyLost(const std::string& clusterId);

 private:
  using Key = std::pair<std::int64_t, std::string>;  // job run, job_cluster_key

  std::expected<std::string, TaskOutcome> find(const TaskRequest& request);
  std::expected<void, TaskOutcome> awaitRunning(const std::string& id, bool startable, const std::string& user,
                                                const core::CancelToken& token);
  bool isAlive(const std::string& id);
  void end(const std::string& id);

  const World& world_;
  Clusters& clusters_;
  std::mutex mutex_;  // guards everything below
  std::map<Key, std::string> shared_;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// All execution contexts, by cluster. They end with the cluster's incarnation that they were made on.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "emulator/compute/clusters.hpp"
#include "emulator/execution/execution_context.hpp"
#include "emulator/state/ids.hpp"

namespace trowel::emulator {

struct ContextSettings {
  std::filesystem::path modules;  // see PythonSetup
  std::filesystem::path work;
  std::string configuration;
  std::chrono::milliseconds startTime{0};
  std::chrono::milliseconds cancelGrace{0};
};

// Any thread. Errors are in the shape of API 1.2.
class Contexts {
 public:
  Contexts(core::Clock& clock, Ids& ids, Clusters& clusters, ContextSettings settings);
  ~Contexts();  // stop()

  Reply<std::string> create(const std::string& clusterId);
  Reply<std::shared_ptr<ExecutionContext>> find(const std::string& clusterId, const std::string& contextId);
  Reply<void> destroy(const std::string& clusterId, const std::string& contextId);

  // The cluster lost what ran on it: ends the contexts of its earlier incarnations.
  void endCluster(const std::string& clusterId);
  // Ends all processes; no context is made afterwards.
  void stop();

 private:
  struct Entry {
    std::string clusterId;
    std::uint64_t incarnation;
    std::shared_ptr<ExecutionContext> context;
  };

  Reply<Clusters::Status> readyCluster(const std::string& clusterId);

  core::Clock& clock_;
  Ids& ids_;
  Clusters& clusters_;
  const ContextSettings settings_;
  core::Timer timer_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, Entry> entries_;
  bool stopped_ = false;
};

}  // namespace trowel::emulator

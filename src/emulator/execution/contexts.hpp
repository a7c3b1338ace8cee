// SPDX-License-Identifier: Apache-2.0
// All execution contexts, by cluster. They end with the cluster's incarnation that they were made on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/compute/clusters.hpp"
#include "emulator/execution/context_setup.hpp"
#include "emulator/execution/execution_context.hpp"
#include "emulator/execution/host_calls.hpp"
#include "emulator/state/ids.hpp"

namespace trowel::emulator {

struct ContextSettings {
  std::filesystem::path modules;  // see PythonSetup
  std::filesystem::path work;
  std::string configuration;  // JSON; what is the same for all contexts
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::chrono::milliseconds startTime{0};
  std::chrono::milliseconds cancelGrace{0};
  std::function<ApiAccess(const User&)> access;  // how the code of that user reaches the API
  // What the libraries of a cluster put on sys.path, behind everything else.
  std::function<std::vector<std::string>(const std::string& clusterId)> libraryPaths = {};
  // What code on a cluster may know of it (cluster_facts.hpp).
  std::function<std::string(const std::string& clusterId)> clusterFacts = {};
  // Asked whenever a context is looked for: true ends it, as if its driver had died.
  std::function<bool(const std::string& contextId)> lost = {};
};

// Any thread. Errors are in the shape of API 1.2.
class Contexts {
 public:
  // `hostCalls` outlives the contexts.
  Contexts(core::Clock& clock, Ids& ids, Clusters& clusters, const HostCalls& hostCalls, ContextSettings settings);
  ~Contexts();  // stop()

  struct Opened {
    std::string id;
    std::shared_ptr<ExecutionContext> context;
  };
  // On setup.origin.clusterId, which must be running; without one, on serverless compute. Where the cluster has as many
  // as it may have, the one that was idle longest goes, if that was a day.
  Reply<Opened> open(ContextSetup setup);
  Reply<std::shared_ptr<ExecutionContext>> find(const std::string& clusterId, const std::string& contextId);
  Reply<void> destroy(const std::string& clusterId, const std::string& contextId);
  // Of open(), wherever it runs; ends its process before it returns.
  void close(const std::string& contextId);

  // Everything that runs on the cluster is lost; with an empty id, everything on all of them. The clusters stay up.
  void endCluster(const std::string& clusterId);
  // The cluster went down or was restarted: what ran on it before is lost. It may be up again already.
  void endLost(const std::string& clusterId);
  // Ends all processes; no context is made afterwards.
  void stop();

 private:
  struct Entry {
    std::string clusterId;
    std::uint64_t incarnation = 0;
    std::shared_ptr<ExecutionContext> context;
  };
  using Ended = std::vector<std::shared_ptr<ExecutionContext>>;

  Reply<Clusters::Status> readyCluster(const std::string& clusterId);
  Reply<void> makeRoomLocked(const std::string& clusterId, std::uint64_t incarnation, Ended& ended);
  // Takes them out of the table.
  Ended takeLocked(const std::function<bool(const Entry&)>& which);
  static void endAll(const Ended& contexts);

  core::Clock& clock_;
  Ids& ids_;
  Clusters& clusters_;
  const HostCalls& hostCalls_;
  const ContextSettings settings_;
  core::Timer timer_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, Entry> entries_;
  bool stopped_ = false;
};

}  // namespace trowel::emulator

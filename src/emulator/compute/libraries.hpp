// SPDX-License-Identifier: Apache-2.0
// Libraries of clusters: what is wanted, and how far the installation has come, which follows from the clock.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/compute/clusters.hpp"
#include "emulator/compute/library_installer.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Any thread.
class Libraries {
 public:
  // `stepTime`: how long each of PENDING, RESOLVING and INSTALLING takes on a running cluster.
  Libraries(World& world, Clusters& clusters, std::chrono::milliseconds stepTime);

  // `libraries` as in a request. Errors of readLibraries(), and for a cluster that does not exist.
  Reply<void> install(const std::string& clusterId, const core::Json& libraries);
  Reply<void> uninstall(const std::string& clusterId, const core::Json& libraries);
  void copy(const std::string& fromCluster, const std::string& toCluster);
  void forget(const std::string& clusterId);  // the cluster is gone

  Reply<core::Json> statuses(const std::string& clusterId);  // array of library_statuses
  core::Json allStatuses();                                  // array of {cluster_id, library_statuses}

  // What contexts that are made now have on sys.path. Absolute, in the order of installation.
  std::vector<std::string> paths(const std::string& clusterId);

  // Blocks until nothing is under way on the running cluster, or the token is cancelled. What a job says of the first
  // library that failed; empty where none has.
  std::string awaitInstalled(const std::string& clusterId, const core::CancelToken& token);

 private:
  // Brings the stored entries up to date; an array of {library, requested, ...}.
  core::Json settle(const std::string& clusterId);
  core::Json statusOf(const core::Json& entry, const Clusters::Status& cluster) const;
  void store(const std::string& clusterId, const core::Json& entries);

  World& world_;
  Clusters& clusters_;
  const std::int64_t stepTime_;  // milliseconds
  const LibraryInstaller installer_;
  std::mutex mutex_;  // one change of a cluster's libraries at a time
  Documents documents_;
};

}  // namespace trowel::emulator

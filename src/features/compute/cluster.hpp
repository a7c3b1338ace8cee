// SPDX-License-Identifier: Apache-2.0
// Clusters: listing, starting with progress, stopping, and the one that belongs to a project.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "features/action.hpp"
#include "features/shared_loads.hpp"
#include "features/tree.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/kernel/environment.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

// On its way to another state without anybody doing more.
bool isMoving(const databricks::Cluster& cluster);

class Cluster final : public protocol::ClusterHandlers {
 public:
  Cluster(Session& session, Tree& tree, kernel::Environment environment)
      : session_(session),
        tree_(tree),
        environment_(std::move(environment)),
        lists_(session.clock(), core::Duration::zero()) {}

  // All clusters, running ones first, then by name; who asks while somebody else does gets the same answer. Whoever
  // shows kernels is told where their states are others than at the last look.
  core::Result<std::vector<databricks::Cluster>> clusters(const connection::Connection& connection,
                                                          const Project& project, const core::CancelToken& cancel);
  // Those that people use, for who looks only once: as long as one is on its way to another state, there are further
  // looks.
  core::Result<std::vector<databricks::Cluster>> followedClusters(const Project& project,
                                                                  const core::CancelToken& cancel);

  // Whether code could run on it at the last look at the project's clusters.
  bool wasRunning(const Project& project, const std::string& id);

  // Brings a cluster to where cells can run on it, with progress; asks nothing.
  core::Result<void> ensureRunning(const Project& project, const std::string& id, rpc::CallContext& call);

  core::Result<protocol::ClusterListResult> list(const protocol::ClusterListParams& params,
                                                 rpc::CallContext& call) override;
  core::Result<protocol::ClusterInfo> start(const protocol::ClusterStartParams& params,
                                            rpc::CallContext& call) override;

  // Something was done with clusters: views and kernels are told.
  void changed(const Project& project);

 private:
  struct Seen {
    std::map<std::string, std::pair<std::string, std::string>> states;  // by id: state and message
    core::TimePoint at;
  };

  struct ListKey {
    std::string project;  // path
    std::uint64_t generation = 0;

    auto operator<=>(const ListKey&) const = default;
  };

  core::Result<std::vector<databricks::Cluster>> load(const connection::Connection& connection, const Project& project,
                                                      const core::CancelToken& cancel);
  void follow(const Project& project);
  void tellKernels(const Project& project);

  Session& session_;
  Tree& tree_;
  kernel::Environment environment_;
  SharedLoads<ListKey, std::vector<databricks::Cluster>> lists_;
  std::mutex mutex_;                  // guards everything below
  std::map<std::string, Seen> seen_;  // by the project's path
  std::set<std::string> followed_;    // projects whose clusters are looked at again soon
};

}  // namespace trowel::features

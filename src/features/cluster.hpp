// SPDX-License-Identifier: Apache-2.0
// Clusters: listing, starting with progress, stopping, and the one that belongs to a project.
#pragma once

#include <mutex>
#include <set>

#include "session.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/kernel/environment.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Cluster final : public protocol::ClusterHandlers, public protocol::ClusterCommands {
 public:
  Cluster(Session& session, kernel::Environment environment)
      : session_(session), environment_(std::move(environment)) {}

  // The clusters that people use, running ones first, then by name. Where one is on its way to another state, the views
  // are told when it has arrived.
  core::Result<std::vector<databricks::Cluster>> clusters(const Project& project, const core::CancelToken& cancel);

  // Brings a cluster to where cells can run on it, with progress; asks nothing.
  core::Result<void> ensureRunning(const Project& project, const std::string& id, rpc::CallContext& call);

  core::Result<protocol::ClusterListResult> list(const protocol::ClusterListParams& params,
                                                 rpc::CallContext& call) override;
  core::Result<protocol::ClusterInfo> start(const protocol::ClusterStartParams& params,
                                            rpc::CallContext& call) override;

  core::Result<core::Json> start(protocol::CommandCall& call) override;
  core::Result<core::Json> stop(protocol::CommandCall& call) override;
  core::Result<core::Json> restart(protocol::CommandCall& call) override;
  core::Result<core::Json> attach(protocol::CommandCall& call) override;

 private:
  // The cluster that a command was called on, or one that the user picks among those that `fits`; empty: dismissed.
  core::Result<std::string> target(protocol::CommandCall& call, const Project& project, const std::string& title,
                                   bool (*fits)(const databricks::Cluster&));
  void follow(const Project& project, const std::vector<databricks::Cluster>& clusters);
  void changed(const Project& project);

  Session& session_;
  kernel::Environment environment_;
  std::mutex mutex_;                // guards followed_
  std::set<std::string> followed_;  // projects whose clusters are looked at again soon
};

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// Everything about compute in one piece: policies, pools, clusters and libraries, who looks after them, their routes.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "emulator/compute/cluster_access.hpp"
#include "emulator/compute/cluster_keeper.hpp"
#include "emulator/compute/clusters.hpp"
#include "emulator/compute/libraries.hpp"
#include "emulator/compute/policies.hpp"
#include "emulator/compute/pools.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/server/router.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread, after addRoutes.
class Compute {
 public:
  // `owner` has what a new workspace has from the beginning.
  Compute(World& world, const Users& users, const std::string& owner, std::chrono::milliseconds clusterStartTime,
          StartFails startFails = {});

  // `lost` is called when a cluster has lost everything that ran on it: from the request that asked for it, and for
  // ends that nobody asked for from a thread that may block. It may come twice, and outlives stop().
  void addRoutes(Router& router, std::function<void(const std::string& clusterId)> lost);
  // Rights of those who neither own a cluster nor are administrators; before the first request. Without: they have
  // none.
  void setGrants(ClusterGrants grants) { grants_ = std::move(grants); }
  // Of those who may create clusters by a policy only. Without: they may not.
  void setPolicyGrants(PolicyGrants grants) { policyGrants_ = std::move(grants); }
  // Hears of objects that are no more, by the type that permissions know them by; before the first request.
  using Removed = std::function<void(std::string_view type, const std::string& id)>;
  void onRemoved(Removed removed) { removed_ = std::move(removed); }
  void stop();  // nobody looks after clusters any more

  Clusters& clusters() { return clusters_; }
  Libraries& libraries() { return libraries_; }
  Policies& policies() { return policies_; }
  Pools& pools() { return pools_; }

  const Users& users() const { return users_; }
  const ClusterGrants& grants() const { return grants_; }
  const PolicyGrants& policyGrants() const { return policyGrants_; }
  // Returns when nothing of what was lost runs any more, whoever noticed first.
  void lost(const std::string& clusterId);
  void removed(std::string_view type, const std::string& id) const {
    if (removed_) removed_(type, id);
  }

 private:
  const Users& users_;
  Policies policies_;
  Pools pools_;
  Clusters clusters_;
  Libraries libraries_;
  ClusterGrants grants_;
  PolicyGrants policyGrants_;
  Removed removed_;
  std::function<void(const std::string&)> lost_;
  std::mutex losing_;     // held while lost_ runs
  ClusterKeeper keeper_;  // last: its thread uses everything above
};

}  // namespace trowel::emulator

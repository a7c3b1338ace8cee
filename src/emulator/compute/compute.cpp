// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/compute.hpp"

#include "emulator/compute/compute_api.hpp"

namespace trowel::emulator {

namespace {

// A library takes half of a cluster's start, in its three steps.
std::chrono::milliseconds libraryStep(std::chrono::milliseconds clusterStartTime) { return clusterStartTime / 6; }

}  // namespace

Reply<void> permitted(Compute& compute, const Call& call, const std::string& clusterId, ClusterRight right) {
  auto status = compute.clusters().status(clusterId);
  if (!status) return {};
  return requireRight(compute.grants(), call.caller(), clusterId, status->owner, right);
}

Compute::Compute(World& world, const Users& users, const std::string& owner, std::chrono::milliseconds clusterStartTime,
                 StartFails startFails)
    : users_(users),
      policies_(world, owner),
      pools_(world),
      clusters_(world, policies_, pools_, clusterStartTime, std::move(startFails)),
      libraries_(world, clusters_, libraryStep(clusterStartTime)),
      keeper_(world.clock, [this] {
        for (const auto& id : clusters_.takeLost()) lost(id);
        return clusters_.nextDue();
      }) {}

void Compute::addRoutes(Router& router, std::function<void(const std::string& clusterId)> lost) {
  lost_ = std::move(lost);
  addClusterRoutes(router, *this);
  addClusterListRoutes(router, *this);
  addLegacyClusterRoutes(router, *this);
  addPolicyRoutes(router, *this);
  addPoolRoutes(router, *this);
  addLibraryRoutes(router, *this);
  clusters_.onChange([this] { keeper_.wake(); });
}

void Compute::lost(const std::string& clusterId) {
  std::lock_guard lock(losing_);
  if (lost_) lost_(clusterId);
}

void Compute::stop() { keeper_.stop(); }

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Clusters 2.1 and its older alias 2.0, which lists everything in one go.
#pragma once

#include <functional>
#include <string>

#include "emulator/compute/clusters.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `stopped` is called when a cluster has just lost everything that ran on it. Both outlive the router.
void addClusterRoutes(Router& router, Clusters& clusters, const std::function<void(const std::string& id)>& stopped);

}  // namespace trowel::emulator

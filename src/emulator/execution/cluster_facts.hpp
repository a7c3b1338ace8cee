// SPDX-License-Identifier: Apache-2.0
// What code can learn of the cluster that it runs on: its runtime, Spark's settings, environment variables.
#pragma once

#include <functional>
#include <string>

#include "emulator/compute/clusters.hpp"

namespace trowel::emulator {

// A secret's value, read with the rights of `user`, by whom the cluster was made.
using SecretOfCluster =
    std::function<Reply<std::string>(const std::string& user, const std::string& scope, const std::string& key)>;

// JSON, an object, for the driver's configuration; empty where there is no such cluster. References
// {{secrets/scope/key}} in settings and variables are resolved, as they are when a cluster starts; one that cannot be
// read stays as it is. `secrets` lists the values, which must not be shown.
std::string clusterFacts(Clusters& clusters, const std::string& clusterId, const SecretOfCluster& secret);

}  // namespace trowel::emulator

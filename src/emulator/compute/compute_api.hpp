// SPDX-License-Identifier: Apache-2.0
// The routes of compute, by group, and what those of API 1.2 share. `compute` outlives the router.
#pragma once

#include "emulator/compute/compute.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

void addClusterRoutes(Router& router, Compute& compute);        // /api/2.{0,1}/clusters: actions on one, catalogues
void addClusterListRoutes(Router& router, Compute& compute);    // /api/2.{0,1}/clusters/{list,events}
void addLegacyClusterRoutes(Router& router, Compute& compute);  // /api/1.2/clusters
void addPolicyRoutes(Router& router, Compute& compute);         // /api/2.0/{policies/clusters,policy-families}
void addPoolRoutes(Router& router, Compute& compute);           // /api/2.0/instance-pools
void addLibraryRoutes(Router& router, Compute& compute);        // /api/2.0/libraries

// 403 where the caller has not the right on the cluster; whether there is one is the next step's to ask.
Reply<void> permitted(Compute& compute, const Call& call, const std::string& clusterId, ClusterRight right);
// The parameter clusterId of API 1.2, of a cluster that the caller has the right on; errors in that API's shape.
Reply<std::string> permittedCluster(Compute& compute, const Call& call, ClusterRight right);

}  // namespace trowel::emulator

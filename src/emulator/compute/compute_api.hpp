// SPDX-License-Identifier: Apache-2.0
// The routes of compute, by group. `compute` outlives the router.
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

}  // namespace trowel::emulator

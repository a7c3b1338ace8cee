// SPDX-License-Identifier: Apache-2.0
// Apps 2.0: apps and their deployments.
#pragma once

#include "emulator/apps/apps.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `apps` outlives the router.
void addAppRoutes(Router& router, Apps& apps);

}  // namespace trowel::emulator

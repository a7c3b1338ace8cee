// SPDX-License-Identifier: Apache-2.0
// Apps 2.0: apps and their deployments.
#pragma once

#include "emulator/apps/apps.hpp"
#include "emulator/permissions/object_access.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `apps` outlives the router. The routes' variable is "name".
void addAppRoutes(Router& router, Apps& apps, const ObjectAccess& access);

}  // namespace trowel::emulator

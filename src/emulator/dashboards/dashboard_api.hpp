// SPDX-License-Identifier: Apache-2.0
// Lakeview dashboards and Genie spaces 2.0.
#pragma once

#include "emulator/dashboards/dashboards.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `dashboards` outlives the router.
void addDashboardRoutes(Router& router, Dashboards& dashboards);

}  // namespace trowel::emulator

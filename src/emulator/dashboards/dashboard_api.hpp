// SPDX-License-Identifier: Apache-2.0
// Lakeview dashboards and Genie spaces 2.0.
#pragma once

#include "emulator/dashboards/dashboard_schedules.hpp"
#include "emulator/dashboards/dashboards.hpp"
#include "emulator/permissions/object_access.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `dashboards` and `schedules` outlive the router.
void addDashboardRoutes(Router& router, Dashboards& dashboards, const ObjectAccess& access);
void addScheduleRoutes(Router& router, Dashboards& dashboards, DashboardSchedules& schedules,
                       const ObjectAccess& access);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Pipelines 2.0: specifications, updates, events.
#pragma once

#include "emulator/permissions/object_access.hpp"
#include "emulator/pipelines/pipelines.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `pipelines` and `world` outlive the router.
void addPipelineRoutes(Router& router, Pipelines& pipelines, const ObjectAccess& access, const World& world);

}  // namespace trowel::emulator

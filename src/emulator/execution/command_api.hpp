// SPDX-License-Identifier: Apache-2.0
// Command execution 1.2: contexts and commands. Names and errors differ from 2.x.
#pragma once

#include "emulator/compute/compute.hpp"
#include "emulator/execution/contexts.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// Whoever may attach to a cluster has contexts there, each his own: code runs with the rights of whom the context
// belongs to, so that others, administrators too, are refused. All outlive the router.
void addCommandRoutes(Router& router, Contexts& contexts, Compute& compute, Ids& ids);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Command execution 1.2: contexts and commands. Names and errors differ from 2.x.
#pragma once

#include "emulator/execution/contexts.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `contexts` outlives the router.
void addCommandRoutes(Router& router, Contexts& contexts, Ids& ids);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Adds /api/2.0/secrets.
#pragma once

#include "emulator/secrets/secrets.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

void addSecretRoutes(Router& router, Secrets& secrets);

}  // namespace trowel::emulator

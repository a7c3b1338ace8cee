// SPDX-License-Identifier: Apache-2.0
// Secrets 2.0: scopes, secrets and who may read them.
#pragma once

#include "emulator/secrets/secrets.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

void addSecretRoutes(Router& router, Secrets& secrets);

}  // namespace trowel::emulator

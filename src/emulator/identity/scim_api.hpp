// SPDX-License-Identifier: Apache-2.0
// Adds /api/2.0/preview/scim/v2: Me, Users, Groups and ServicePrincipals.
#pragma once

#include <functional>

#include "emulator/identity/users.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `removed` is told the id of a user or service principal that is no more.
void addScimRoutes(Router& router, Users& users, std::function<void(const std::string& id)> removed);

}  // namespace trowel::emulator

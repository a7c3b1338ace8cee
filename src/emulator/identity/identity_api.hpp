// SPDX-License-Identifier: Apache-2.0
// Who is asking: SCIM Me.
#pragma once

#include <string>

#include "emulator/server/router.hpp"

namespace trowel::emulator {

void addIdentityRoutes(Router& router, const std::string& userName);

}  // namespace trowel::emulator

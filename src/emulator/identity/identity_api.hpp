// SPDX-License-Identifier: Apache-2.0
// Who is asking: SCIM Me.
#pragma once

#include <string>

#include "emulator/server/router.hpp"

namespace trowel::emulator {

// The same user has the same id in every run.
std::string scimId(const std::string& userName);

void addIdentityRoutes(Router& router);

}  // namespace trowel::emulator

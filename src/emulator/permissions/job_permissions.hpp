// SPDX-License-Identifier: Apache-2.0
// Lets jobs ask the workspace's permissions who may do what with them.
#pragma once

#include "emulator/jobs/job_access.hpp"
#include "emulator/permissions/permissions.hpp"

namespace trowel::emulator {

// `permissions` outlives it.
JobAccess jobAccess(Permissions& permissions);

}  // namespace trowel::emulator

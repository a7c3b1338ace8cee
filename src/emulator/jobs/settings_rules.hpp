// SPDX-License-Identifier: Apache-2.0
// What the settings of a job, or of a one-time run, may contain, and what the service adds to them.
#pragma once

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Settings in the format with tasks[].
Reply<void> checkSettings(const core::Json& settings);

// Fills in what the service answers on jobs/get although nobody sent it, and forgets what it does not know.
core::Json completeSettings(core::Json settings);
// The same for runs/submit, which has a run_name instead of a name.
core::Json completeSubmit(core::Json settings);

}  // namespace trowel::emulator

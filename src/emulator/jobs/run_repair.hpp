// SPDX-License-Identifier: Apache-2.0
// Which tasks a repair runs again, and whether it may (rest-api.md 9.7).
#pragma once

#include <string>
#include <vector>

#include "emulator/jobs/job_run.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The keys of the tasks, in the order of the settings. `request` is the body of runs/repair.
Reply<std::vector<std::string>> repairedTasks(const JobRun& run, const core::Json& request);

}  // namespace trowel::emulator

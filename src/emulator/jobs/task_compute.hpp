// SPDX-License-Identifier: Apache-2.0
// Where a task wants to run: looks up job clusters and environments in the settings of its run.
#pragma once

#include "emulator/jobs/task_runner.hpp"

namespace trowel::emulator {

TaskCompute computeOf(const core::Json& task, const core::Json& settings);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// States of runs and tasks as clients see them: `state` of old and `status` of today (rest-api.md 9.5).
#pragma once

#include <string>
#include <string_view>

#include "emulator/jobs/job_run.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// SUCCESS, FAILED, ...: of `state.result_state`.
std::string_view resultState(Ending ending);

struct Termination {
  std::string_view code;  // RUN_EXECUTION_ERROR
  std::string_view type;  // CLIENT_ERROR
};
Termination terminationOf(Ending ending);

// What the service says of an attempt that ended so, where nobody knows better.
std::string endingMessage(Ending ending);

// Sets `state` and `status`.
void describeState(const Attempt& attempt, core::Json& answer);
void describeState(const JobRun& run, core::Json& answer);
// Of an entry of the repair history.
void describeState(const JobRun& run, const RunPart& part, core::Json& answer);

}  // namespace trowel::emulator

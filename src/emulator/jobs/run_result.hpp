// SPDX-License-Identifier: Apache-2.0
// How a run has ended, from how its tasks have: the leaves decide.
#pragma once

#include <string>

#include "emulator/jobs/job_run.hpp"

namespace trowel::emulator {

struct RunResult {
  Ending ending = Ending::Success;
  Ending cause = Ending::None;  // of the task that explains it
  std::string task = {};        // its key
  std::string message = {};
};

// Of a run all of whose attempts have ended, and which nobody stopped.
RunResult resultOf(const JobRun& run);

}  // namespace trowel::emulator

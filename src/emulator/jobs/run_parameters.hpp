// SPDX-License-Identifier: Apache-2.0
// The parameters that a run is started with: what run-now accepts, and how they reach the tasks (rest-api.md 9.6).
#pragma once

#include <string>
#include <vector>

#include "emulator/jobs/job_run.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Checks types, lengths and combinations in the body of run-now, or of a repair.
Reply<void> checkRunParameters(const core::Json& request);

// notebook_params, python_params, ... as far as the request has them: what clients see as overriding_parameters.
core::Json overridingParameters(const core::Json& request);

// The keys that `only` names; "+a" takes along what a depends on, "a+" what depends on it. In the order of `settings`.
Reply<std::vector<std::string>> selectTasks(const std::vector<std::string>& only, const core::Json& settings);
// `keys` and all tasks that depend on them.
std::vector<std::string> withDependents(std::vector<std::string> keys, const core::Json& settings);

// The task with the run's parameters merged in: those of the job win over the run's own kinds, these over the task's.
core::Json withParameters(core::Json task, const JobRun& run);

// tasks[].resolved_values of a task that has started; null where the kind has none.
core::Json resolvedValues(const core::Json& resolvedTask);

}  // namespace trowel::emulator

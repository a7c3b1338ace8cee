// SPDX-License-Identifier: Apache-2.0
// The libraries that a task brings along: wheels that its code gets, packages that this machine must have.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "emulator/jobs/runners/task_files.hpp"
#include "emulator/jobs/task_runner.hpp"

namespace trowel::emulator {

// The wheels, as user code opens them, of the task's libraries and of its environment's dependencies; or how the task
// ends: a wheel or requirements file is missing, or a package of PyPI is not on this machine (nothing is downloaded).
// Jars, Maven and CRAN packages are accepted, as nothing here would load them.
std::expected<std::vector<std::string>, TaskOutcome> taskLibraries(const TaskRequest& request,
                                                                   const core::Json& clusterLibraries,
                                                                   const TaskFiles& files);

}  // namespace trowel::emulator

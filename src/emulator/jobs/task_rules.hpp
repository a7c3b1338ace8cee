// SPDX-License-Identifier: Apache-2.0
// What a task of a job may contain: its kinds and their fields, keys, dependencies and compute.
#pragma once

#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The member of `task` that says what it does ("notebook_task"); empty where there is none.
std::string taskKind(const core::Json& task);

// Whether `field` is a kind of task, as at the top level of a job in the format of 2.0.
bool isTaskKind(std::string_view field);

// All tasks of `settings`: each one's fields, that keys are unique, dependencies exist and make no circle, and that job
// clusters and environments are declared.
Reply<void> checkTasks(const core::Json& settings);

// What is checked of a cluster before anybody tries to start it. `path` stands before names in error texts.
Reply<void> checkNewCluster(const core::Json& cluster, const std::string& path);

// Fills in what the service adds to a task, and drops what it does not know. `git`: the job has a git_source.
void completeTask(core::Json& task, bool git);

// 1 to 100 letters, digits, dashes and underscores.
bool isTaskKey(std::string_view key);

}  // namespace trowel::emulator

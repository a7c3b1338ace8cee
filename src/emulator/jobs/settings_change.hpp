// SPDX-License-Identifier: Apache-2.0
// How jobs/update and jobs/reset make new settings out of old ones.
#pragma once

#include <string>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Top-level fields of `changes` replace those of `settings`, but tasks and job clusters are merged by their keys. What
// `remove` names goes first: "schedule", or "tasks/KEY" and "job_clusters/KEY".
core::Json updatedSettings(core::Json settings, const core::Json& changes, const std::vector<std::string>& remove);

// All of `settings` but for run_as, which stays where the new ones say nothing about it.
core::Json resetSettings(const core::Json& settings, core::Json replacement);

}  // namespace trowel::emulator

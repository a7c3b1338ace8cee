// SPDX-License-Identifier: Apache-2.0
// The single-task format of Jobs 2.0, where the task's fields stand at the top level, and its form with tasks[].
#pragma once

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Whether `settings` describe one task at their top level.
bool isLegacy(const core::Json& settings);

// Moves the task into tasks[], under a key made from the name, and marks the format SINGLE_TASK. What is in the newer
// format already comes back as it is.
core::Json fromLegacy(core::Json settings);

// What 2.0 wants to know of a new cluster beyond what later versions do: how many workers it has.
Reply<void> checkLegacy(const core::Json& settings);

// The reverse, for settings whose format is SINGLE_TASK; others come back as they are.
core::Json toLegacy(core::Json settings);

}  // namespace trowel::emulator

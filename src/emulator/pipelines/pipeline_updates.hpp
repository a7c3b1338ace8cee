// SPDX-License-Identifier: Apache-2.0
// The course of a pipeline's update as a function of time: states, and the events that they leave behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/state/course.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The course of `update`, the future included. `update` is what Pipelines stores of one:
// creation_time, step (milliseconds that a step takes), continuous, validate_only, full_refresh, and, where they apply,
// stopped_at and failure (a message).
Course courseOf(const core::Json& update);

std::string stateOf(const core::Json& update, std::int64_t now);
bool isOver(std::string_view updateState);

// The events of `update` up to `now`, oldest first, as the API has them. `origin` is what all of them share.
std::vector<core::Json> eventsOf(const core::Json& update, const core::Json& origin, std::int64_t now);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The course of a pipeline's update as a function of time: states, and the events that they leave behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct UpdateStep {
  std::string_view state;
  std::int64_t at = 0;  // epoch milliseconds
};

// The steps of `update`, those in the future included, in order. `update` is what Pipelines stores of one:
// creation_time, step (milliseconds that a step takes), continuous, validate_only, full_refresh, and, where they apply,
// stopped_at and failure (a message).
std::vector<UpdateStep> stepsOf(const core::Json& update);

// The last step that is not after `now`.
std::string_view stateOf(const core::Json& update, std::int64_t now);
bool isOver(std::string_view updateState);

// The events of `update` up to `now`, oldest first, as the API has them. `origin` is what all of them share.
std::vector<core::Json> eventsOf(const core::Json& update, const core::Json& origin, std::int64_t now);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// How jobs/get and runs/get of 2.2 send long arrays: a hundred elements of each on a page.
#pragma once

#include <span>

#include "emulator/server/call.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// The version in the path: 20, 21 or 22.
int apiVersion(const Call& call);

// Leaves in each array of `object` named in `arrays` what the page_token of the call asks for; arrays that are through
// go. Sets next_page_token and has_more in `answer` (which may be `object`) where more is to come. Before 2.2 there are
// no pages: arrays are cut at a hundred.
Reply<void> pageArrays(const Call& call, core::Json& object, std::span<const char* const> arrays, core::Json& answer);

// Cuts the arrays for a list; whether something was cut.
bool cutArrays(core::Json& object, std::span<const char* const> arrays);

}  // namespace trowel::emulator

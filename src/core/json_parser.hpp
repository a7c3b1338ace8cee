// SPDX-License-Identifier: Apache-2.0
// Reads JSON text into the library's values, about three times as fast as the library itself: answers of the REST API
// are large, and to read them is most of what a call costs.
#pragma once

#include <optional>
#include <string_view>

#include "trowel/core/json.hpp"

namespace trowel::core {

struct JsonProblem {
  std::size_t byte = 0;  // the first one that cannot be there, from 1; behind the last where the text ends too early
  bool tooDeep = false;
};

// One document as RFC 8259 has it: UTF-8, no half surrogates, numbers that a double or 64 bits can hold. A byte order
// mark in front is skipped; of members with the same name the last one counts. `into` is undefined where there is a
// problem.
std::optional<JsonProblem> readJson(std::string_view text, std::size_t maxDepth, Json& into);

}  // namespace trowel::core

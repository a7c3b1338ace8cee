// SPDX-License-Identifier: Apache-2.0
// Reads what a command produced out of the API's answer. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/json.hpp"
#include "trowel/databricks/commands.hpp"

namespace trowel::databricks {

Command readCommand(const core::Json& json);

// The schema's type, which comes as JSON text inside a string, in Spark's short form. Text that is no JSON stays.
std::string shortType(const std::string& encoded);

// Without the <span>s that colour a summary, and with its entities resolved.
std::string plainSummary(std::string_view html);

}  // namespace trowel::databricks

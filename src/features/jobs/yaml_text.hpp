// SPDX-License-Identifier: Apache-2.0
// JSON as YAML for people, and YAML as JSON: what one writes the other reads as the same value. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/json.hpp"

namespace trowel::features {

// Block style with two spaces; texts that YAML would read as something else are quoted. Ends with a line feed.
std::string yamlOfJson(const core::Json& value);

// One document of at most 1 MiB, by YAML 1.2's core schema: true and false are booleans, yes and on are texts. Aliases
// and merge keys are refused, since no definition needs them and they can make much of little. InvalidParams with the
// line.
core::Result<core::Json> jsonOfYaml(std::string_view text);

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// Definitions that go to the workspace as the caller wrote them: with the id of what they replace, or for a new one.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::databricks {

core::Json withId(const core::Json& definition, const char* field, std::string_view id);

// The id in the answer to a create; DataLoss where there is none, as a success without it leaves nothing to go on with.
core::Result<std::string> newId(const core::Json& answer, const char* field);

}  // namespace trowel::databricks

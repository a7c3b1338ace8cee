// SPDX-License-Identifier: Apache-2.0
// Parameters as part of an address: into the path, into the query.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "trowel/core/json.hpp"

namespace trowel::databricks {

// The path with its `{name}` and `{name...}` filled, and the parameters that are left (always an object, without
// members that are null).
std::pair<std::string, core::Json> fillPath(std::string_view path, const core::Json& params);

// "/path?a=1&b=x%2Fy", also behind a query that the path has already. Arrays repeat their key; objects are dotted
// (`filter_by.is_pinned=true`).
std::string withQuery(std::string path, const core::Json& params);

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// Finds one member of a JSON object without parsing the rest: where a list goes on is known before the page is read.
#pragma once

#include <optional>
#include <string_view>

namespace trowel::databricks {

// The value of the outermost object's member `name` as it stands in the text, of several the last; empty where there is
// none. Nothing where the text is no object with all its strings and brackets closed, or writes a name with escapes:
// then only a parser can tell. What else is wrong with the text is not seen. Pure.
std::optional<std::string_view> memberText(std::string_view object, std::string_view name);

}  // namespace trowel::databricks

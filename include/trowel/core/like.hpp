// SPDX-License-Identifier: Apache-2.0
// LIKE of SQL.
#pragma once

#include <string_view>

namespace trowel::core {

// Whether `text` is as `pattern` says: `%` is any text, `_` one character of UTF-8, and a backslash takes its meaning
// from what follows it. Takes no more than text.size() * pattern.size() steps, and no stack.
bool matchesLike(std::string_view text, std::string_view pattern);

}  // namespace trowel::core

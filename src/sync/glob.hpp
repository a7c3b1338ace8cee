// SPDX-License-Identifier: Apache-2.0
// Shell patterns as gitignore(5) reads them.
#pragma once

#include <string_view>

namespace trowel::sync {

// `text` is a path: "*", "?" and classes stop at "/", "**" between slashes (or the ends) does not. Bytes,
// case-sensitive.
bool globMatches(std::string_view pattern, std::string_view text);

}  // namespace trowel::sync

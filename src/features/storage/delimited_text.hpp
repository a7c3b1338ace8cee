// SPDX-License-Identifier: Apache-2.0
// Reads text with separators: CSV as RFC 4180 has it, and its relatives. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trowel::features {

// The one of , ; TAB | that stands most often in the first line, outside of quotes.
char separatorOf(std::string_view text);

// At most `maxRows` rows of cells, without quotes around them. Empty lines are no rows, and a quote that is never
// closed ends with the text.
std::vector<std::vector<std::string>> rowsOf(std::string_view text, char separator, std::size_t maxRows);

}  // namespace trowel::features

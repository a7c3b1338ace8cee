// SPDX-License-Identifier: Apache-2.0
// Text of others inside Markdown: in a line, or in a block of its own. Pure.
#pragma once

#include <string>
#include <string_view>

namespace trowel::features {

// Shown as it is: nothing of it is markup, a link or HTML. Line ends stay.
std::string plainMarkdown(std::string_view text);

// A block with a fence that is longer than any in the text, so that the text cannot end it; two line ends behind it.
// `language` colours it; empty: none.
std::string fencedMarkdown(std::string_view text, std::string_view language = {});

}  // namespace trowel::features

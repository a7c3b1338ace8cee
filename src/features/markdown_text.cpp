// SPDX-License-Identifier: Apache-2.0
#include "markdown_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trowel::features {

std::string plainMarkdown(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (std::string_view("\\`*_{}[]<>()#|~&$!").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string fencedMarkdown(std::string_view text, std::string_view language) {
  std::size_t longest = 0;
  std::size_t current = 0;
  for (char c : text) {
    current = c == '`' ? current + 1 : 0;
    longest = std::max(longest, current);
  }
  const auto fence = std::string(std::max<std::size_t>(3, longest + 1), '`');
  return fmt::format("{}{}\n{}{}{}\n\n", fence, language, text, text.ends_with('\n') ? "" : "\n", fence);
}

}  // namespace trowel::features

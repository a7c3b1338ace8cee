// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/member_text.hpp"

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Where the string that begins at `begin` has its closing quote; npos where it has none.
std::size_t endOfString(std::string_view text, std::size_t begin) {
  for (auto end = begin;;) {
    end = text.find('"', end + 1);
    if (end == std::string_view::npos) return end;
    std::size_t backslashes = 0;
    while (text[end - 1 - backslashes] == '\\') ++backslashes;  // stops at the opening quote
    if (backslashes % 2 == 0) return end;
  }
}

}  // namespace

std::optional<std::string_view> memberText(std::string_view object, std::string_view name) {
  auto at = object.find_first_not_of(kBlanks);
  if (at == std::string_view::npos || object[at] != '{') return std::nullopt;
  std::string_view found;
  std::size_t depth = 0;
  std::size_t value = 0;    // where the wanted member's begins; 0: this is another member
  bool nameIsNext = false;  // for members of the outermost object
  bool wanted = false;
  for (; at < object.size(); ++at) {
    const char character = object[at];
    if (character == '"') {
      const auto end = endOfString(object, at);
      if (end == std::string_view::npos) return std::nullopt;
      if (nameIsNext) {
        const auto text = object.substr(at + 1, end - at - 1);
        if (text.contains('\\')) return std::nullopt;
        wanted = text == name;
        nameIsNext = false;
      }
      at = end;
    } else if (character == '{' || character == '[') {
      nameIsNext = ++depth == 1;
    } else if (character == ':' && depth == 1 && wanted) {
      value = at + 1;
      wanted = false;
    } else if (character == ',' || character == '}' || character == ']') {
      if (depth == 1 && value != 0) {
        found = core::trim(object.substr(value, at - value));
        value = 0;
      }
      if (character == ',')
        nameIsNext = depth == 1;
      else if (--depth == 0)
        return object.find_first_not_of(kBlanks, at + 1) == std::string_view::npos ? std::optional(found)
                                                                                   : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/like.hpp"

namespace trowel::core {

namespace {

// The bytes of the character at `at`; one where it is not UTF-8.
std::size_t characterSize(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (size < 4 && at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

}  // namespace

// What fails behind a `%` is tried again with that `%` one byte longer. Only the last one counts: had an earlier one to
// be longer, the last could take that up.
bool matchesLike(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t wanted = 0;
  std::size_t behindPercent = 0;  // in the pattern; 0: there was none
  std::size_t percentEnd = 0;     // in the text
  while (at < text.size()) {
    if (wanted < pattern.size() && pattern[wanted] == '%') {
      behindPercent = ++wanted;
      percentEnd = at;
      continue;
    }
    bool escaped = wanted + 1 < pattern.size() && pattern[wanted] == '\\';
    std::size_t literal = wanted + (escaped ? 1 : 0);
    bool any = literal < pattern.size() && !escaped && pattern[literal] == '_';
    if (any || (literal < pattern.size() && pattern[literal] == text[at])) {
      at += any ? characterSize(text, at) : 1;
      wanted = literal + 1;
    } else if (behindPercent != 0) {
      at = ++percentEnd;
      wanted = behindPercent;
    } else {
      return false;
    }
  }
  while (wanted < pattern.size() && pattern[wanted] == '%') ++wanted;
  return wanted == pattern.size();
}

}  // namespace trowel::core

// SPDX-License-Identifier: Apache-2.0
#include "language_magic.hpp"

#include <algorithm>
#include <array>

namespace trowel::notebook {

namespace {

struct Entry {
  std::string_view magic;
  std::string_view language;
};

constexpr std::array kMagics{
    Entry{"%python", "python"},  Entry{"%sql", "sql"},     Entry{"%scala", "scala"},         Entry{"%r", "r"},
    Entry{"%sh", "shellscript"}, Entry{"%md", "markdown"}, Entry{"%md-sandbox", "markdown"},
};

}  // namespace

std::optional<LanguageMagic> languageMagic(std::string_view text) {
  auto wordEnd = std::min(text.find_first_of(" \t\n"), text.size());
  auto found = std::ranges::find(kMagics, text.substr(0, wordEnd), &Entry::magic);
  if (found == kMagics.end()) return std::nullopt;
  auto next = std::min(text.find_first_not_of(" \t", wordEnd), text.size());
  if (next < text.size() && text[next] == '-' && found->language == "shellscript") return std::nullopt;
  if (next < text.size() && text[next] == '\n') ++next;
  return LanguageMagic{found->language, next};
}

std::string_view magicFor(std::string_view language) {
  auto found = std::ranges::find(kMagics, language, &Entry::language);
  return found == kMagics.end() ? std::string_view{} : found->magic;
}

}  // namespace trowel::notebook

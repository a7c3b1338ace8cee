// SPDX-License-Identifier: Apache-2.0
// The magics that say in which language the rest of a cell is: %python %sql %scala %r %md %md-sandbox %sh.
#pragma once

#include <optional>
#include <string_view>

namespace trowel::notebook {

struct LanguageMagic {
  std::string_view language;  // VS Code id; markdown for %md
  std::size_t headLength;     // of the magic with the blanks or the line end behind it
};

// Only at the very front of the text. `%sh -e` is not among them: its options belong to the magic, so that they would
// be lost if the rest stood alone.
std::optional<LanguageMagic> languageMagic(std::string_view text);

// The magic that makes a cell of this language, as "%sql"; empty where there is none.
std::string_view magicFor(std::string_view language);

}  // namespace trowel::notebook

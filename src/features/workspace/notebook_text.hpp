// SPDX-License-Identifier: Apache-2.0
// Notebook documents as texts to be compared: their cells, without outputs and without what tools keep in them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::features {

// "py", "sql", "scala" or "r", by what a notebook document says of its language; "py" where it says nothing.
std::string notebookExtension(std::string_view document);

// The cells of a notebook document (.ipynb) as a SOURCE notebook of that extension. InvalidParams where it is none.
core::Result<std::string> sourceTextOf(std::string_view document, const std::string& extension);

}  // namespace trowel::features

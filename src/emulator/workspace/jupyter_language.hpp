// SPDX-License-Identifier: Apache-2.0
// Tells a Jupyter notebook from another file, and its language, in memory that does not grow with it.
#pragma once

#include <istream>
#include <optional>
#include <string_view>

#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

// The language of an .ipynb: Databricks' own metadata, then the kernel, then Python. Nothing where it is no notebook.
std::optional<Language> jupyterLanguage(std::istream& ipynb);
std::optional<Language> jupyterLanguage(std::string_view ipynb);

}  // namespace trowel::emulator

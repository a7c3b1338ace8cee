// SPDX-License-Identifier: Apache-2.0
// A table result as HTML in the editor's colours, and as aligned text.
#pragma once

#include <string>

#include "trowel/notebook/outputs.hpp"

namespace trowel::notebook {

std::string tableHtml(const ResultView& table);
std::string tableText(const ResultView& table);

// Spark's type as people write it: "long" and {"type":"array",…} become long and array<…>.
std::string typeName(std::string_view type);

}  // namespace trowel::notebook

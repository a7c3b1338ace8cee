// SPDX-License-Identifier: Apache-2.0
// A table result as HTML in the editor's colours, and as aligned text.
#pragma once

#include <string>

#include "trowel/notebook/outputs.hpp"

namespace trowel::notebook {

std::string tableHtml(const ResultView& table);
std::string tableText(const ResultView& table);

}  // namespace trowel::notebook

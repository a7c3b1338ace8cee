// SPDX-License-Identifier: Apache-2.0
// Reads a statement and the parts of its result; other services answer with them, too.
#pragma once

#include "trowel/databricks/statements.hpp"

namespace trowel::databricks {

StatementRow readRow(const core::Json& json);
StatementChunk readChunk(const core::Json& json);
Statement readStatement(const core::Json& json);

}  // namespace trowel::databricks

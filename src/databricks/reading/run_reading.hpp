// SPDX-License-Identifier: Apache-2.0
// Reads a run as runs/get, runs/list and runs/get-output tell it.
#pragma once

#include "trowel/databricks/runs.hpp"

namespace trowel::databricks {

Run readRun(const core::Json& json);

}  // namespace trowel::databricks

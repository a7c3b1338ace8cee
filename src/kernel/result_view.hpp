// SPDX-License-Identifier: Apache-2.0
// A command's result as the notebook room sees it.
#pragma once

#include "trowel/databricks/commands.hpp"
#include "trowel/notebook/outputs.hpp"

namespace trowel::kernel {

notebook::ResultView toView(const databricks::CommandResult& result);

}  // namespace trowel::kernel

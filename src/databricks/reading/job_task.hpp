// SPDX-License-Identifier: Apache-2.0
// Reads a task of a job; a run tells its tasks in the same words.
#pragma once

#include "trowel/databricks/jobs.hpp"

namespace trowel::databricks {

JobTask readJobTask(const core::Json& json);

}  // namespace trowel::databricks

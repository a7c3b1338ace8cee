// SPDX-License-Identifier: Apache-2.0
// What dbutils.notebook.run starts, as a run of its own in runs/list: a WORKFLOW_RUN.
#pragma once

#include "emulator/execution/notebook_runner.hpp"
#include "emulator/jobs/run_engine.hpp"

namespace trowel::emulator {

// Blocks as notebooks.run() does, and answers the same. The run is kept by `engine`.
Reply<NotebookOutcome> runChildNotebook(const NotebookRequest& request, const core::CancelToken& cancel,
                                        NotebookRunner& notebooks, RunEngine& engine);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// A run with what its tasks gave back, as a text to read and as JSON. Pure.
#pragma once

#include <string>
#include <vector>

#include "run_page.hpp"
#include "trowel/databricks/runs.hpp"

namespace trowel::features {

// A task's attempt and its output, or why there is none.
struct TaskReport {
  databricks::RunTask task;
  core::Result<databricks::RunOutput> output;
  core::Result<std::vector<RunCell>> cells = {};  // of a notebook that is over; none of other tasks
};

// Markdown: the run's state and times, then of each task state, error, trace, result, cells and logs. What was cut says
// so. `now` is epoch milliseconds, for what still runs.
std::string reportText(const databricks::Run& run, const std::vector<TaskReport>& tasks, std::int64_t now);

// The same for programs: {"run": as sent, "tasks": [{task_key, run_id, state, error, error_trace, result, cells, logs,
// …}]}.
core::Json reportJson(const databricks::Run& run, const std::vector<TaskReport>& tasks);

// For a notification: "Nightly: succeeded in 2 min 5 s." or "Nightly: failed after 12 s, in the task load. Why."
std::string endSentence(const databricks::Run& run);

// Its name, else "Run 123".
std::string nameOf(const databricks::Run& run);

}  // namespace trowel::features

// SPDX-License-Identifier: Apache-2.0
// Decides from what came before: the run_if of a task, and the expression of a condition task.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "emulator/jobs/job_run.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// How the tasks that a task depends on have ended.
struct Upstream {
  int succeeded = 0;
  int failed = 0;
  int canceled = 0;
  int excluded = 0;

  void add(Ending ending);
  int total() const { return succeeded + failed + canceled + excluded; }
};

// Success: the task runs; else how it ends without having run. After the service's description of run_if: conditions
// that are made for failures exclude the task where there was none, all others pass the failure on; and where all
// was excluded before it, so is the task.
Ending decideRunIf(std::string_view runIf, const Upstream& upstream);

// The outcome of a condition task whose operands are filled in; a sentence where they cannot be compared. EQUAL_TO and
// NOT_EQUAL compare text, all others numbers.
std::expected<bool, std::string> evaluate(const core::Json& condition);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Runs as clients see them (rest-api.md 9.4).
#pragma once

#include <string>

#include "emulator/jobs/job_run.hpp"
#include "emulator/jobs/references.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct RunViewOptions {
  int version = 22;       // of the API: 2.0 shows runs of one task in its own format
  bool tasks = true;      // tasks and job clusters
  bool history = false;   // repair_history
  bool resolved = false;  // tasks[].resolved_values
};

class RunView {
 public:
  // `workspace` outlives the view; `now` is in milliseconds since 1970.
  RunView(const WorkspaceFacts& workspace, RunViewOptions options, std::int64_t now)
      : workspace_(workspace), options_(options), now_(now) {}

  core::Json ofRun(const JobRun& run) const;
  // What runs/get and the metadata of an output say of a single task or iteration.
  core::Json ofTask(const JobRun& run, const Attempt& attempt) const;

 private:
  core::Json common(const JobRun& run) const;
  core::Json task(const JobRun& run, const Attempt& attempt) const;
  void addTaskOnTop(const JobRun& run, const Attempt& attempt, core::Json& answer) const;
  core::Json history(const JobRun& run) const;
  std::string pageUrl(const JobRun& run, std::int64_t runId) const;

  const WorkspaceFacts& workspace_;
  const RunViewOptions options_;
  const std::int64_t now_;
};

}  // namespace trowel::emulator

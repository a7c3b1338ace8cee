// SPDX-License-Identifier: Apache-2.0
// The ids of rows in the view Jobs: written by the view, read by commands. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::features {

struct JobNode {
  enum class Kind : std::uint8_t {
    Job,        // job/7
    Tasks,      // job/7/tasks
    Task,       // job/7/tasks/load
    Submitted,  // submitted: runs that belong to no job
    Run,        // run/9
    RunTask,    // run/9/load: its last attempt
    Attempt,    // run/9/load/77: one attempt, or one iteration of a for-each task
  };
  Kind kind = Kind::Job;
  std::int64_t jobId = 0;
  std::int64_t runId = 0;
  std::string task = {};  // its key
  std::int64_t taskRunId = 0;

  bool isRun() const { return runId != 0; }
  bool operator==(const JobNode&) const = default;
};

std::string idOf(const JobNode& node);
// Nothing where the text is no such id.
std::optional<JobNode> jobNodeOf(std::string_view id);

// Runs are listed backwards in time. A page begins at the start of the last run before it; several may have begun in
// that millisecond, so those that were shown are named.
struct RunPage {
  std::int64_t until = 0;  // epoch milliseconds; 0: the first page
  std::vector<std::int64_t> shown = {};

  bool operator==(const RunPage&) const = default;
};
std::string textOf(const RunPage& page);
RunPage runPageOf(std::string_view text);

}  // namespace trowel::features

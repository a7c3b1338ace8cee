// SPDX-License-Identifier: Apache-2.0
// The state machine of a run: which task starts, waits, is tried again, is left out, and how the whole ends. No
// threads, no clock and no I/O: events and the time come in, orders go out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/jobs/job_run.hpp"
#include "emulator/jobs/references.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// What is to be done outside.
struct RunOrder {
  enum class Kind : std::uint8_t {
    Start,     // give the attempt to the task runner
    StartJob,  // start the run that a run_job task asks for
    Stop,      // cancel what the attempt does, a run that it started included
  };
  Kind kind = Kind::Start;
  std::int64_t runId = 0;                                // of the attempt
  core::CancelReason reason = core::CancelReason::None;  // of Stop
};

// Works on `run`, which like `workspace` outlives it; kept for one event or for all. Times are milliseconds since 1970.
class RunGraph {
 public:
  using NewId = std::function<std::int64_t()>;
  RunGraph(JobRun& run, const WorkspaceFacts& workspace, NewId newId)
      : run_(run), workspace_(workspace), newId_(std::move(newId)) {}

  // The run leaves the queue, or begins at once. Before anything else.
  void begin(std::int64_t now);

  // Events. Those of attempts that are unknown or have ended do nothing.
  void executing(std::int64_t runId, std::int64_t now);
  void cleaning(std::int64_t runId, std::int64_t now);
  void ended(std::int64_t runId, Ending ending, const std::string& message, std::int64_t now);

  // Ends all that is active: Canceled or TimedOut. A run in the queue ends at once.
  void stop(Ending why, std::int64_t now);
  void stopTask(std::int64_t runId, Ending why, std::int64_t now);
  // Starts `keys` again in a run that has ended.
  void repair(std::int64_t repairId, const std::vector<std::string>& keys, std::int64_t now);
  // Everything that was active is lost: the emulator was restarted.
  void interrupt(std::int64_t now);

  // Draws all consequences of the events and of the time. To be called after every event and at nextMoment().
  std::vector<RunOrder> step(std::int64_t now);

  // Whether a task, or the run, has ended since this object was made: what is worth writing down.
  bool moved() const { return moved_; }

  // When step() will have something to do although nothing happens.
  std::optional<std::int64_t> nextMoment() const;

 private:
  bool decide(std::size_t index, std::int64_t now);
  Ending verdict(const core::Json& task) const;
  void start(std::size_t index, std::int64_t now);
  void evaluateCondition(Attempt& attempt, std::int64_t now);
  void openForEach(Attempt& attempt, std::int64_t now);
  bool feedForEach(std::size_t index, std::int64_t now);
  void finish(Attempt& attempt, Ending ending, std::string message, std::int64_t now);
  void stopAttempt(Attempt& attempt, Ending why, std::int64_t now);
  void retry(std::size_t index, std::int64_t now);
  void checkTimeouts(std::int64_t now);
  std::int64_t deadlineOf(const Attempt& attempt) const;
  std::int64_t runDeadline() const;
  void finishRun(std::int64_t now);
  void conclude(Ending ending, std::string message, std::int64_t now);

  JobRun& run_;
  const WorkspaceFacts& workspace_;
  const NewId newId_;
  std::vector<RunOrder> orders_;
  bool moved_ = false;
};

// Whether a task runner can be asked to run tasks of this kind.
bool isRunnable(std::string_view kind);

}  // namespace trowel::emulator

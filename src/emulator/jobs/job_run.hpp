// SPDX-License-Identifier: Apache-2.0
// A run of a job as data: what was asked for, and how far its tasks are. Times are milliseconds since 1970; 0: not yet.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>  // whole: runs hold JSON by value
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class Phase : std::uint8_t { Blocked, Queued, Pending, Running, Terminating, WaitingForRetry, Ended };

// How a run, or one attempt of a task, has ended (rest-api.md 9.5).
enum class Ending : std::uint8_t {
  None,
  Success,
  SuccessWithFailures,  // of runs: a task failed, but no leaf
  Failed,
  LibraryFailed,
  ClusterFailed,
  NotFound,
  InvalidConfiguration,
  TimedOut,
  Canceled,
  Excluded,
  UpstreamFailed,
  UpstreamCanceled,
  Disabled,
  MaximumConcurrentRuns,  // of runs
  Interrupted,            // the emulator ended before
  InvalidCluster,         // the request for a cluster was refused
  CheckoutFailed,         // of the job's Git source
  Unauthorized,           // whom it is to run as cannot run anything
};  // stored by number: new ones come last

// Whether another attempt cannot end differently: nothing was run, and nothing will be until somebody changes the job.
bool isHopeless(Ending ending);

bool isFailure(Ending ending);   // the task itself, or what it depends on, went wrong
bool isCanceled(Ending ending);  // by somebody, here or upstream

// One entry of tasks[]: a task that is tried again has several.
struct Attempt {
  std::int64_t runId = 0;
  std::string taskKey;
  int number = 0;
  std::int64_t repairId = 0;  // 0: of the original run
  std::int64_t parent = 0;    // the run id of the for_each task that this is an iteration of
  std::size_t iteration = 0;  // which one of the elements, from 0
  std::string input;          // of an iteration: its element, as {{input}} sees it
  Phase phase = Phase::Blocked;
  Ending ending = Ending::None;
  std::string message;
  std::int64_t startTime = 0;
  std::int64_t executionTime = 0;  // setup is over
  std::int64_t cleanupTime = 0;    // execution is over
  std::int64_t endTime = 0;
  std::int64_t retryTime = 0;      // when an attempt that waits may start
  Ending stopping = Ending::None;  // why it was told to end: Canceled or TimedOut
  std::string clusterId;
  std::string sparkContextId;
  std::string outcome;              // of a condition task: "true" or "false"
  std::int64_t childRun = 0;        // of a run_job task
  core::Json resolved;              // the task as it ran, references and parameters filled in; null before
  std::vector<std::string> inputs;  // of a for_each task
  std::size_t nextInput = 0;        // of inputs: the first that has not been started

  bool active() const { return phase != Phase::Ended; }
  bool running() const { return phase == Phase::Pending || phase == Phase::Running; }
};

// The original run, and each repair of it.
struct RunPart {
  std::int64_t repairId = 0;  // 0: the original
  std::int64_t startTime = 0;
  std::int64_t endTime = 0;
  Ending ending = Ending::None;
  std::string message = {};
};

// The type of a run that whoever asks for it carries out itself: a notebook that another one runs.
inline constexpr std::string_view kWorkflowRun = "WORKFLOW_RUN";

struct JobRun {
  std::int64_t id = 0;
  std::int64_t sequence = 0;  // in the order of creation
  std::int64_t jobId = 0;
  std::string name;
  std::string creator;
  std::string runAs;
  std::string type = "JOB_RUN";                     // or SUBMIT_RUN
  std::string trigger = "ONE_TIME";                 // PERIODIC, RUN_JOB_TASK, CONTINUOUS, ...
  std::int64_t parentTaskRun = 0;                   // of the run_job task that started this
  int depth = 0;                                    // how many run_job tasks stand above
  std::string idempotencyToken;                     // as the client gave it; RunStore knows what it is unique among
  std::shared_ptr<const core::Json> settings;       // complete, as they were at the start
  core::Json overrides = core::Json::object();      // notebook_params, python_params, ...
  core::Json jobParameters = core::Json::object();  // given with the run: {"name":"value"}
  std::vector<std::string> only;                    // the tasks to run; empty: all
  bool queueing = false;
  std::string gitCommit;  // that git_source was found at

  Phase phase = Phase::Pending;
  Ending ending = Ending::None;
  std::string message;
  std::string failedTask;       // whose ending explains that of the run
  Ending cause = Ending::None;  // of that task
  std::int64_t startTime = 0;   // of the request: the queue counts
  std::int64_t queuedTime = 0;  // milliseconds spent in the queue
  std::int64_t endTime = 0;
  Ending stopping = Ending::None;
  std::vector<Attempt> attempts;
  std::vector<RunPart> parts;
  std::map<std::string, std::map<std::string, core::Json>> taskValues;

  bool active() const { return phase != Phase::Ended; }
  bool singleTask() const;  // the format of 2.0

  const core::Json& taskNamed(const std::string& key) const;  // an empty object where there is none
  // The task that the attempt is of: for an iteration the one within the for_each task.
  const core::Json& taskOf(const Attempt& attempt) const;
  bool includes(const std::string& taskKey) const;  // by `only`

  Attempt* find(std::int64_t runId);
  const Attempt* find(std::int64_t runId) const;
  // The attempt of a task that counts: the last one. Null where there is none yet. Not of iterations.
  const Attempt* latest(const std::string& taskKey) const;
  Attempt* latest(const std::string& taskKey);
  // Name and value of all job parameters: the defaults, and what the run was given.
  core::Json effectiveParameters() const;

 private:
  // The tasks of `settings` by key, made when it is first needed: of a thousand tasks each asks for several others.
  mutable std::map<std::string, const core::Json*> tasks_;
  mutable const core::Json* indexed_ = nullptr;  // the settings that `tasks_` is of
};

// For the state file; what cannot be read comes back with its defaults.
core::Json toJson(const JobRun& run);
JobRun jobRunFrom(const core::Json& document);

}  // namespace trowel::emulator

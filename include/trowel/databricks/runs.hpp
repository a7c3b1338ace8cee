// SPDX-License-Identifier: Apache-2.0
// Runs of jobs, and runs without a job: starting, watching, cancelling and repairing them (Jobs API 2.2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/jobs.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// The older words (life cycle and result) and the newer ones (status and termination) beside each other, as sent.
struct RunState {
  std::string lifeCycle;  // QUEUED PENDING RUNNING TERMINATING BLOCKED WAITING_FOR_RETRY TERMINATED SKIPPED …
  std::string result;     // SUCCESS FAILED TIMEDOUT CANCELED UPSTREAM_FAILED EXCLUDED …; empty until the end
  std::string message;    // for people; may be empty
  bool cancelledOrTimedOut = false;
  std::string status;           // BLOCKED PENDING QUEUED RUNNING TERMINATING TERMINATED WAITING
  std::string queueReason;      // why it waits
  std::string terminationCode;  // SUCCESS USER_CANCELED RUN_EXECUTION_ERROR CLUSTER_ERROR …
  std::string terminationType;  // SUCCESS CLIENT_ERROR CLOUD_FAILURE INTERNAL_ERROR
  std::string terminationMessage;

  bool isOver() const;
  bool succeeded() const { return result == "SUCCESS"; }
};

// Milliseconds; 0: not told, or not there yet. Of a run with several tasks only `run` and `queue` count.
struct RunDurations {
  std::int64_t setup = 0;
  std::int64_t execution = 0;
  std::int64_t cleanup = 0;
  std::int64_t run = 0;
  std::int64_t queue = 0;
};

// One attempt at a task: a task that was tried again or repaired comes several times, each with a run id of its own.
struct RunTask {
  JobTask task;
  std::int64_t runId = 0;  // for output, export and cancel
  std::int64_t attempt = 0;
  RunState state;
  std::int64_t startTime = 0;  // epoch milliseconds; 0: not yet
  std::int64_t endTime = 0;    // epoch milliseconds; 0: not yet
  RunDurations durations;
  std::string pageUrl;
  std::string clusterId;  // on which it runs
  std::int64_t sparkContextId = 0;
  std::string conditionOutcome;  // of a condition: "true" or "false"
};

struct RunParameter {
  std::string name;
  std::string defaultValue;
  std::string value;
};

struct RunRepair {
  std::int64_t id = 0;  // 0: the original run
  std::string type;     // ORIGINAL, REPAIR
  RunState state;
  std::int64_t startTime = 0;  // epoch milliseconds
  std::int64_t endTime = 0;    // epoch milliseconds; 0: not yet
};

// Of a job, of one task of it (parentId, taskKey), or of neither.
struct Run {
  std::int64_t id = 0;
  std::int64_t jobId = 0;
  std::int64_t parentId = 0;           // the run that this task belongs to; 0: it is no task
  std::int64_t originalAttemptId = 0;  // the first attempt's
  std::int64_t attempt = 0;
  std::string taskKey;
  std::string name;
  std::string creator;
  std::string type;     // JOB_RUN, WORKFLOW_RUN, SUBMIT_RUN
  std::string trigger;  // PERIODIC, ONE_TIME, RETRY, RUN_JOB_TASK, FILE_ARRIVAL, …
  RunState state;
  std::int64_t startTime = 0;  // epoch milliseconds
  std::int64_t endTime = 0;    // epoch milliseconds; 0: not yet
  RunDurations durations;
  std::string pageUrl;
  std::string clusterId;  // of a single task
  std::vector<RunParameter> parameters;
  std::vector<RunTask> tasks;
  std::vector<RunTask> iterations;  // of a for-each task
  std::vector<RunRepair> repairs;   // only where history was asked for
  bool cut = false;                 // of a list: there are more tasks than the hundred that lists give
  Document document;                // the run as sent

  // Of each task its last attempt, in the order of the tasks.
  std::vector<RunTask> latestTasks() const;
};

enum class RunActivity : std::uint8_t { All, Active, Completed };

struct RunFilter {
  std::int64_t jobId = 0;  // 0: of all jobs
  RunActivity activity = RunActivity::All;
  std::string type = {};          // empty: all
  std::int64_t startedFrom = 0;   // epoch milliseconds; 0: any
  std::int64_t startedUntil = 0;  // epoch milliseconds; 0: any
  bool tasks = false;
};

// What a run is to have instead of the job's own values. Jobs that define parameters take `job`; the others belong to
// tasks of their kind. All of it at most 10,000 bytes.
struct RunParameters {
  std::map<std::string, std::string> job = {};
  std::map<std::string, std::string> notebook = {};
  std::vector<std::string> python = {};
  std::vector<std::string> jar = {};
  std::vector<std::string> sparkSubmit = {};
  std::map<std::string, std::string> pythonNamed = {};
  std::map<std::string, std::string> sql = {};
  std::vector<std::string> dbtCommands = {};
  std::optional<bool> pipelineFullRefresh = {};
};

struct RunRequest {
  std::int64_t jobId = 0;
  RunParameters parameters = {};
  std::vector<std::string> only = {};  // task keys; "+key" with what it needs, "key+" with what needs it; empty: all
  std::optional<bool> queue = {};      // wait where there are too many runs; nothing: as the job says
  // At most 64 characters. The workspace answers a second request with the same token with the same run. Empty: a new
  // one is made for this call, so that its own repetitions start one run only.
  std::string idempotencyToken = {};
};

struct RepairRequest {
  std::int64_t runId = 0;
  std::vector<std::string> tasks = {};  // empty: all that failed
  bool dependentTasks = false;          // and those that depend on them
  std::int64_t latestRepairId = 0;      // needed from the second repair on: the id of the last in Run::repairs
  RunParameters parameters = {};
};

struct RunOutput {
  Run run;
  std::optional<std::string> notebookResult;  // of dbutils.notebook.exit; the first 5 MB
  bool notebookResultTruncated = false;
  std::string logs;  // of scripts, jars and wheels; the last 5 MB
  bool logsTruncated = false;
  std::string error;       // one line
  std::string errorTrace;  // with ANSI colours
  std::string info;
  std::string sqlOutputLink;
  std::int64_t startedRunId = 0;  // of a task that runs another job; 0: none
};

// What a run shows, as a page that stands alone.
struct ExportedView {
  std::string name;
  std::string type;     // NOTEBOOK, DASHBOARD
  std::string content;  // HTML
};

// NotFound where the run does not exist (runs are kept for 60 days).
class Runs {
 public:
  explicit Runs(const RestClient& rest) : rest_(rest) {}

  // The newest first.
  Listing<Run> list(const RunFilter& filter = {}, const CallOptions& options = {}) const;
  // Of a run or of a task's run; with all tasks, however many pages they take, and with the history of repairs.
  core::Result<Run> get(std::int64_t runId, const CallOptions& options = {}) const;

  // The run's id. A lost answer is asked for again and starts no second run.
  core::Result<std::int64_t> runNow(const RunRequest& request, const CallOptions& options = {}) const;
  // Runs tasks without a job. `definition` as in the API's reference (run_name, tasks, environments, …); an
  // idempotency_token in it counts as in RunRequest. The run's id.
  core::Result<std::int64_t> submit(const core::Json& definition, const CallOptions& options = {}) const;

  // Of a task's run; InvalidParams for a run of several tasks.
  core::Result<RunOutput> output(std::int64_t taskRunId, const CallOptions& options = {}) const;
  // Of a notebook task's run that is over; InvalidParams for others. `views`: CODE, DASHBOARDS or ALL.
  core::Result<std::vector<ExportedView>> exportViews(std::int64_t taskRunId, std::string_view views = "CODE",
                                                      const CallOptions& options = {}) const;

  // These ask for it; get() tells when it has happened. Fine where the run is over already.
  core::Result<void> cancel(std::int64_t runId, const CallOptions& options = {}) const;
  // All active runs of a job; with `queued` those of them that wait. 0: those that wait, of all jobs.
  core::Result<void> cancelAll(std::int64_t jobId, bool queued = false, const CallOptions& options = {}) const;

  // Conflict while the run is active. NotFound can be the echo of a delete that worked and whose answer was lost.
  core::Result<void> remove(std::int64_t runId, const CallOptions& options = {}) const;
  // Runs tasks of a run that is over again, in the same run. The repair's id.
  core::Result<std::int64_t> repair(const RepairRequest& request, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// What executes the tasks of job runs, as the scheduler sees it: one blocking call for each attempt of a task.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>  // whole: requests and outcomes hold JSON by value
#include <optional>
#include <string>

#include "emulator/identity/users.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Where a task wants to run, looked up in the settings of its run.
struct TaskCompute {
  enum class Kind : std::uint8_t { None, ExistingCluster, NewCluster, Serverless };
  Kind kind = Kind::None;      // None: the task names no compute (a SQL task, or a notebook left to serverless)
  std::string clusterId = {};  // of ExistingCluster
  core::Json newCluster;       // of NewCluster: what clusters/create takes
  // Of NewCluster: tasks of one job run that name the same job_cluster_key share one cluster; empty: the task's own.
  std::string jobClusterKey = {};
  core::Json environment;  // of Serverless: {"environment_key","spec":{"client","dependencies":[...]}}, or null
};

// One attempt of a task. All {{...}} references are resolved, and what run-now and the job's parameters say is merged
// into `task`: base_parameters, parameters and named_parameters are what the code must see, all of them strings.
struct TaskRequest {
  core::Json task;      // as in tasks[]: {"task_key","notebook_task":{...},"libraries":[...],...}
  core::Json settings;  // of the job as it was when the run began, or of the submit: git_source, environments, ...
  TaskCompute compute;
  std::string kind;  // the member of `task` that says what to do: notebook_task, spark_python_task, ...
  std::string taskKey;
  std::string jobName;         // or the name of a one-time run
  core::Json parameters = {};  // the job's parameters in effect, {"name":"value"}
  std::int64_t jobId = 0;      // of a one-time run: an id that no job has
  std::int64_t runId = 0;      // of this attempt: what runs/get-output takes
  std::int64_t jobRunId = 0;   // {{job.run_id}}: of the whole run
  int attempt = 0;             // 0 is the first
  std::string gitCommit = {};  // of git_source, where the run has been there before; empty: whatever that leads to now
  User runAs;                  // whose rights and token the code has
};

// What a task tells the scheduler, and asks of it, while it runs. Any thread; not after run() has returned.
class TaskHost {
 public:
  virtual ~TaskHost() = default;

  // Shows as cluster_instance at once. `sparkContextId` in decimal, as the service has it here; empty: not known yet.
  virtual void clusterAssigned(const std::string& clusterId, const std::string& sparkContextId) = 0;
  // The job's Git source was found to be at this commit.
  virtual void sourceCheckedOut(const std::string& commit) = 0;
  // The task is PENDING until now and RUNNING from here on: what came before counts as setup_duration.
  virtual void executionStarted() = 0;
  // From here on it is cleanup_duration. Need not be called.
  virtual void cleanupStarted() = 0;

  // dbutils.jobs.taskValues of the whole job run. A value is any JSON of at most 48 KiB: false where it is longer.
  virtual bool setTaskValue(const std::string& key, core::Json value) = 0;
  // Nothing where that task has set no such value in this run.
  virtual std::optional<core::Json> taskValue(const std::string& taskKey, const std::string& key) = 0;
};

struct TaskOutcome {
  enum class Ending : std::uint8_t {
    Success,
    Failed,                // the code raised, exited with a status, or the statement failed
    LibraryFailed,         // a library or dependency could not be installed; `message` has the installer's words
    ClusterFailed,         // the cluster could not be started, or was lost
    NotFound,              // nothing was run: the notebook, file, cluster, warehouse or query does not exist
    InvalidCluster,        // nothing was run: the cluster that the task asks for was refused
    CheckoutFailed,        // nothing was run: the job's Git source could not be had
    Unauthorized,          // nothing was run: whom the task runs as may not use what it needs
    InvalidConfiguration,  // nothing was run: what the task asks for is unusable
    TimedOut,              // only where the runner itself gave up; the task's timeout is the scheduler's, by the token
    Canceled,              // the token was cancelled
  };
  Ending ending = Ending::Success;
  std::string message = {};  // for state_message; of Failed empty, as the service refers to the output
  // As runs/get-output has it, without metadata: notebook_output, logs, logs_truncated, error, error_trace, sql_output.
  core::Json output = {};
  std::string exportHtml = {};  // of a notebook task: the page that runs/export sends
};

class TaskRunner {
 public:
  virtual ~TaskRunner() = default;

  // Blocks until the attempt has ended; returns soon after the token is cancelled, with whatever output there is (the
  // scheduler then knows itself whether that was a timeout or a cancel). Several threads at once, one for each task.
  // Kinds: those of isRunnable(); the scheduler keeps the others to itself.
  virtual TaskOutcome run(const TaskRequest& request, TaskHost& host, const core::CancelToken& token) = 0;

  // All tasks of the job run have ended: the clusters that were made for it can go. Comes again after a repair.
  virtual void runEnded(std::int64_t jobRunId) = 0;
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Jobs: what is to run, when and on what (Jobs API 2.2). Their runs are in runs.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct TaskDependency {
  std::string task;     // its key
  std::string outcome;  // of a condition: "true" or "false"; empty for the others
};

struct JobTask {
  std::string key;
  // The field that says what it is: notebook_task, spark_python_task, sql_task, … (open); empty where there is none.
  std::string kind;
  std::string target;  // what it runs, for people: a notebook's path, a file, a class, an id, "left OPERATOR right"
  std::string description;
  std::vector<TaskDependency> dependsOn;
  std::string runIf;           // ALL_SUCCESS, ALL_DONE, …
  std::string clusterId;       // an existing cluster
  std::string jobClusterKey;   // a cluster that tasks of the job share
  std::string environmentKey;  // serverless
  bool newCluster = false;     // a cluster of its own
  std::int64_t timeoutSeconds = 0;
  std::int64_t maxRetries = 0;  // -1: without end
};

// When a job starts by itself.
struct JobTrigger {
  std::string kind;  // schedule, continuous, periodic, file_arrival, table_update, or something newer; empty: never
  std::string cron;  // of a schedule, in Quartz's form
  std::string timezone;
  bool paused = false;
};

struct JobParameter {
  std::string name;
  std::string defaultValue;
};

// The summary that views need, and the whole for changing it.
struct JobSettings {
  std::string name;
  std::string description;
  std::string format;    // SINGLE_TASK, MULTI_TASK
  std::string editMode;  // UI_LOCKED: deployed from files, to be changed there
  JobTrigger trigger;
  std::int64_t maxConcurrentRuns = 1;
  std::int64_t timeoutSeconds = 0;  // 0: none
  bool queued = false;              // runs wait where there are too many
  std::map<std::string, std::string> tags;
  std::vector<JobParameter> parameters;
  std::vector<std::string> jobClusterKeys;
  std::vector<JobTask> tasks;
  Document document;  // the settings as sent
};

struct Job {
  std::int64_t id = 0;
  std::string creator;
  std::string runAs;
  std::int64_t createdTime = 0;  // epoch milliseconds; 0: not told
  bool cut = false;              // of a list: there are more tasks than the hundred that lists give
  JobSettings settings;
};

struct JobFilter {
  std::string name = {};  // exact but for case; empty: all
  bool tasks = false;     // without them a list is much faster
};

// NotFound where the job does not exist; PermissionDenied may mean the same for who is no administrator.
class Jobs {
 public:
  explicit Jobs(const RestClient& rest) : rest_(rest) {}

  Listing<Job> list(const JobFilter& filter = {}, const CallOptions& options = {}) const;
  // With all tasks, parameters, clusters and environments, however many pages they take.
  core::Result<Job> get(std::int64_t id, const CallOptions& options = {}) const;

  // Settings as in JobSettings::document, and access_control_list. The job's id. An answer that is lost leaves open
  // whether there is a job now: look for its name before asking again.
  core::Result<std::int64_t> create(const core::Json& settings, const CallOptions& options = {}) const;
  // Replaces all settings but run_as.
  core::Result<void> reset(std::int64_t id, const core::Json& settings, const CallOptions& options = {}) const;
  // Replaces the settings that stand in `changes`, tasks and clusters one by one by their key, after removing
  // `fieldsToRemove` ("schedule", "tasks/load").
  core::Result<void> update(std::int64_t id, const core::Json& changes,
                            const std::vector<std::string>& fieldsToRemove = {}, const CallOptions& options = {}) const;
  // Cancels its runs as well. NotFound can be the echo of a delete that worked and whose answer was lost.
  core::Result<void> remove(std::int64_t id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks

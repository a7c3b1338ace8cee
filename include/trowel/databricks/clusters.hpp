// SPDX-License-Identifier: Apache-2.0
// Clusters and their life cycle (Clusters API 2.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct TerminationReason {
  std::string code;  // USER_REQUEST, INACTIVITY, … (some 190)
  std::string type;  // SUCCESS, CLIENT_ERROR, SERVICE_FAULT, CLOUD_FAILURE
  std::map<std::string, std::string> parameters;
};

struct Autoscale {
  std::int64_t minWorkers = 0;
  std::int64_t maxWorkers = 0;
};

// Enums are the API's words, so that newer ones come through.
struct Cluster {
  std::string id;
  std::string name;
  std::string state;         // PENDING RUNNING RESTARTING RESIZING TERMINATING TERMINATED ERROR UNKNOWN
  std::string stateMessage;  // for people; may be empty
  std::string source;        // UI, API, JOB, PIPELINE, PIPELINE_MAINTENANCE, SQL, MODELS
  std::string creator;
  std::string sparkVersion;
  std::string nodeType;
  std::string driverNodeType;
  std::string dataSecurityMode;
  std::string singleUser;  // who alone may attach, in mode SINGLE_USER
  std::string policyId;
  std::int64_t workers = 0;
  std::optional<Autoscale> autoscale;
  std::int64_t autoterminationMinutes = 0;  // 0: never
  std::int64_t sparkContextId = 0;          // changes with every restart
  std::int64_t memoryMb = 0;                // 0 unless running
  double cores = 0;                         // 0 unless running
  std::int64_t startTime = 0;               // epoch milliseconds; 0: not told
  std::int64_t terminatedTime = 0;          // epoch milliseconds; 0: not told
  std::int64_t lastActivityTime = 0;        // epoch milliseconds; 0: not told
  std::optional<TerminationReason> terminationReason;

  bool isRunning() const { return state == "RUNNING" || state == "RESIZING"; }
  // On its way to running without anybody doing more.
  bool isStarting() const { return state == "PENDING" || state == "RESTARTING"; }
  // Made for people, not by a job or a pipeline for itself.
  bool isAllPurpose() const { return source == "UI" || source == "API" || source.empty(); }
};

struct ClusterFilter {
  std::vector<std::string> sources = {};  // empty: all
  std::vector<std::string> states = {};   // empty: all
};

struct ClusterEvent {
  std::string type;            // CREATING, STARTING, RUNNING, TERMINATING, … (open)
  std::int64_t timestamp = 0;  // epoch milliseconds
  std::string details;         // JSON; its shape hangs on the type
};

// NotFound where the cluster does not exist; Conflict where its state forbids the call.
class Clusters {
 public:
  explicit Clusters(const RestClient& rest) : rest_(rest) {}

  // Pinned and active ones, and those terminated in the last 30 days.
  Listing<Cluster> list(const ClusterFilter& filter = {}, const CallOptions& options = {}) const;
  core::Result<Cluster> get(std::string_view id, const CallOptions& options = {}) const;

  // These return when the workspace has begun; get() tells how far it is (starting takes minutes).
  core::Result<void> start(std::string_view id, const CallOptions& options = {}) const;
  core::Result<void> restart(std::string_view id, const CallOptions& options = {}) const;
  // Terminates; the cluster stays and can be started again. Fine where it is terminated already.
  core::Result<void> stop(std::string_view id, const CallOptions& options = {}) const;

  // The newest first; of the last 60 days.
  Listing<ClusterEvent> events(std::string_view id, const CallOptions& options = {}) const;

 private:
  core::Result<void> change(const Call& call, std::string_view id, const CallOptions& options) const;

  const RestClient& rest_;
};

}  // namespace trowel::databricks

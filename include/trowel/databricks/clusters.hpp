// SPDX-License-Identifier: Apache-2.0
// Clusters and their life cycle (Clusters API 2.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
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
  std::string poolId;         // of its workers; then the pool decides the node type
  std::string runtimeEngine;  // STANDARD, PHOTON
  std::string pinnedBy;       // user name; empty: not pinned
  std::int64_t workers = 0;
  std::optional<Autoscale> autoscale;
  std::int64_t autoterminationMinutes = 0;  // 0: never
  std::int64_t sparkContextId = 0;          // changes with every restart
  std::int64_t memoryMb = 0;                // 0 unless running
  double cores = 0;                         // 0 unless running
  std::int64_t startTime = 0;               // epoch milliseconds; 0: not told
  std::int64_t terminatedTime = 0;          // epoch milliseconds; 0: not told
  std::int64_t lastActivityTime = 0;        // epoch milliseconds; 0: not told
  std::int64_t lastRestartTime = 0;         // epoch milliseconds; 0: not told
  std::optional<TerminationReason> terminationReason;
  Document document;  // as the workspace sent it

  bool isRunning() const { return state == "RUNNING" || state == "RESIZING"; }
  // On its way to running without anybody doing more.
  bool isStarting() const { return state == "PENDING" || state == "RESTARTING"; }
  // Made for people, not by a job or a pipeline for itself.
  bool isAllPurpose() const { return source == "UI" || source == "API" || source.empty(); }
};

struct ClusterFilter {
  std::vector<std::string> sources = {};  // empty: all
  std::vector<std::string> states = {};   // empty: all
  bool pinnedOnly = false;
  std::string policyId = {};  // empty: any
};

// How many workers: a fixed number, or a range.
struct ClusterSize {
  std::int64_t workers = 0;
  std::optional<Autoscale> autoscale = {};
};

struct ClusterEvent {
  std::string type;            // CREATING, STARTING, RUNNING, TERMINATING, … (open)
  std::int64_t timestamp = 0;  // epoch milliseconds
  std::string details;         // JSON; its shape hangs on the type
};

struct NodeType {
  std::string id;
  std::int64_t memoryMb = 0;
  double cores = 0;  // halves exist
  std::int64_t gpus = 0;
  std::string category;     // "General Purpose"
  std::string description;  // mostly the id again
  bool deprecated = false;
  bool hidden = false;
  bool photonDriver = false;
  bool photonWorker = false;
  std::vector<std::string> problems;  // NotEnabledOnSubscription, NotAvailableInRegion, …: why it cannot be had
};

struct SparkVersion {
  std::string key;   // "15.4.x-scala2.12"
  std::string name;  // "15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)"
};

struct Zones {
  std::vector<std::string> names;
  std::string standard;
};

// What edit() takes to leave the cluster as it is: its document without what the workspace only reports, and without
// what a pool or a range decides. Change that and send it, and nothing is lost.
core::Json specOf(const Cluster& cluster);

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

  // A spec is in the API's words: cluster_name, spark_version, node_type_id, num_workers, … Answers the id of the new
  // cluster, which starts. InvalidParams says which field a policy or the workspace does not allow.
  core::Result<std::string> create(const core::Json& spec, const CallOptions& options = {}) const;
  // Replaces the whole spec (see specOf). A running cluster restarts. Conflict in all states but RUNNING and
  // TERMINATED, and for clusters of jobs.
  core::Result<void> edit(std::string_view id, const core::Json& spec, const CallOptions& options = {}) const;
  // Replaces the named fields ("num_workers", "spark_conf.x") by those of `fields`, or removes what is not in there.
  // Otherwise like edit().
  core::Result<void> update(std::string_view id, std::span<const std::string> mask, const core::Json& fields,
                            const CallOptions& options = {}) const;
  core::Result<void> resize(std::string_view id, const ClusterSize& size, const CallOptions& options = {}) const;
  // Administrators only.
  core::Result<void> changeOwner(std::string_view id, std::string_view userName, const CallOptions& options = {}) const;
  // A pinned cluster stays in the list however long it is down. Administrators only; at most 100.
  core::Result<void> pin(std::string_view id, const CallOptions& options = {}) const;
  core::Result<void> unpin(std::string_view id, const CallOptions& options = {}) const;
  // Terminates and removes it for good. Conflict for a pinned one.
  core::Result<void> removeForGood(std::string_view id, const CallOptions& options = {}) const;

  // What clusters can be made of; in no order.
  Listing<NodeType> nodeTypes(const CallOptions& options = {}) const;
  Listing<SparkVersion> sparkVersions(const CallOptions& options = {}) const;
  core::Result<Zones> zones(const CallOptions& options = {}) const;

  // The newest first; of the last 60 days.
  Listing<ClusterEvent> events(std::string_view id, const CallOptions& options = {}) const;

 private:
  core::Result<void> change(const Call& call, std::string_view id, const CallOptions& options) const;

  const RestClient& rest_;
};

}  // namespace trowel::databricks

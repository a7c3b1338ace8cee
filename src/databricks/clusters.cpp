// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/clusters.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.1/clusters/list", Safety::Safe, byToken("clusters")};
constexpr Call kGet{Verb::Get, "/api/2.1/clusters/get", Safety::Safe};
// Start and restart answer INVALID_STATE to the second of two equal requests, which would hide that the first worked.
constexpr Call kStart{Verb::Post, "/api/2.1/clusters/start", Safety::Unsafe};
constexpr Call kRestart{Verb::Post, "/api/2.1/clusters/restart", Safety::Unsafe};
constexpr Call kStop{Verb::Post, "/api/2.1/clusters/delete", Safety::Safe};
constexpr Call kEvents{Verb::Post, "/api/2.1/clusters/events", Safety::Safe, byNextPage("events")};

constexpr int kPageSize = 100;  // the most that the API gives for clusters

TerminationReason readReason(const core::Json& json) {
  TerminationReason reason;
  reason.code = core::stringAt(json, "code");
  reason.type = core::stringAt(json, "type");
  const auto& parameters = core::objectAt(json, "parameters");
  for (const auto& [name, value] : parameters.items())
    reason.parameters[name] = core::stringAt(parameters, name.c_str());
  return reason;
}

Cluster readCluster(const core::Json& json) {
  Cluster cluster;
  cluster.id = core::stringAt(json, "cluster_id");
  cluster.name = core::stringAt(json, "cluster_name");
  cluster.state = core::stringAt(json, "state", "UNKNOWN");
  cluster.stateMessage = core::stringAt(json, "state_message");
  cluster.source = core::stringAt(json, "cluster_source");
  cluster.creator = core::stringAt(json, "creator_user_name");
  cluster.sparkVersion = core::stringAt(json, "spark_version");
  cluster.nodeType = core::stringAt(json, "node_type_id");
  cluster.driverNodeType = core::stringAt(json, "driver_node_type_id");
  cluster.dataSecurityMode = core::stringAt(json, "data_security_mode");
  cluster.singleUser = core::stringAt(json, "single_user_name");
  cluster.policyId = core::stringAt(json, "policy_id");
  cluster.workers = core::intAt(json, "num_workers");
  if (const auto& autoscale = core::objectAt(json, "autoscale"); !autoscale.empty())
    cluster.autoscale = Autoscale{.minWorkers = core::intAt(autoscale, "min_workers"),
                                  .maxWorkers = core::intAt(autoscale, "max_workers")};
  cluster.autoterminationMinutes = core::intAt(json, "autotermination_minutes");
  cluster.sparkContextId = core::intAt(json, "spark_context_id");
  cluster.memoryMb = core::intAt(json, "cluster_memory_mb");
  cluster.cores = core::numberAt(json, "cluster_cores");
  cluster.startTime = core::intAt(json, "start_time");
  cluster.terminatedTime = core::intAt(json, "terminated_time");
  cluster.lastActivityTime = core::intAt(json, "last_activity_time");
  if (const auto& reason = core::objectAt(json, "termination_reason"); !reason.empty())
    cluster.terminationReason = readReason(reason);
  return cluster;
}

ClusterEvent readEvent(const core::Json& json) {
  ClusterEvent event;
  event.type = core::stringAt(json, "type");
  event.timestamp = core::intAt(json, "timestamp");
  event.details = core::dumpJson(core::objectAt(json, "details"));
  return event;
}

}  // namespace

Listing<Cluster> Clusters::list(const ClusterFilter& filter, const CallOptions& options) const {
  core::Json params = {{"page_size", kPageSize}};
  if (!filter.sources.empty()) params["filter_by"]["cluster_sources"] = filter.sources;
  if (!filter.states.empty()) params["filter_by"]["cluster_states"] = filter.states;
  return rest_.list(kList, params, &readCluster, options);
}

core::Result<Cluster> Clusters::get(std::string_view id, const CallOptions& options) const {
  return readCluster(TROWEL_TRY(rest_.call(kGet, {{"cluster_id", id}}, options)));
}

core::Result<void> Clusters::start(std::string_view id, const CallOptions& options) const {
  return change(kStart, id, options);
}

core::Result<void> Clusters::restart(std::string_view id, const CallOptions& options) const {
  return change(kRestart, id, options);
}

core::Result<void> Clusters::stop(std::string_view id, const CallOptions& options) const {
  return change(kStop, id, options);
}

core::Result<void> Clusters::change(const Call& call, std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(call, {{"cluster_id", id}}, options));
  return {};
}

Listing<ClusterEvent> Clusters::events(std::string_view id, const CallOptions& options) const {
  return rest_.list(kEvents, {{"cluster_id", id}, {"order", "DESC"}, {"page_size", kPageSize}}, &readEvent, options);
}

}  // namespace trowel::databricks

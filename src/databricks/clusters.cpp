// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/clusters.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "databricks/reading/definition.hpp"
#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.1/clusters/list", Safety::Safe, byToken("clusters")};
constexpr Call kGet{Verb::Get, "/api/2.1/clusters/get", Safety::Safe};
// Start and restart answer INVALID_STATE to the second of two equal requests, which would hide that the first worked.
constexpr Call kStart{Verb::Post, "/api/2.1/clusters/start", Safety::Unsafe};
constexpr Call kRestart{Verb::Post, "/api/2.1/clusters/restart", Safety::Unsafe};
constexpr Call kStop{Verb::Post, "/api/2.1/clusters/delete", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.1/clusters/create", Safety::Unsafe};
// A running cluster restarts by an edit, and its second one would be refused for that, as with start and restart.
constexpr Call kEdit{Verb::Post, "/api/2.1/clusters/edit", Safety::Unsafe};
constexpr Call kUpdate{Verb::Post, "/api/2.1/clusters/update", Safety::Unsafe};
constexpr Call kResize{Verb::Post, "/api/2.1/clusters/resize", Safety::Unsafe};
constexpr Call kChangeOwner{Verb::Post, "/api/2.1/clusters/change-owner", Safety::Safe};
constexpr Call kPin{Verb::Post, "/api/2.1/clusters/pin", Safety::Safe};
constexpr Call kUnpin{Verb::Post, "/api/2.1/clusters/unpin", Safety::Safe};
constexpr Call kPermanentDelete{Verb::Post, "/api/2.1/clusters/permanent-delete", Safety::Safe};
constexpr Call kNodeTypes{Verb::Get, "/api/2.1/clusters/list-node-types", Safety::Safe, inOnePage("node_types")};
constexpr Call kSparkVersions{Verb::Get, "/api/2.1/clusters/spark-versions", Safety::Safe, inOnePage("versions")};
constexpr Call kZones{Verb::Get, "/api/2.1/clusters/list-zones", Safety::Safe};
constexpr Call kEvents{Verb::Post, "/api/2.1/clusters/events", Safety::Safe, byNextPage("events")};

constexpr int kPageSize = 100;  // the most that the API gives for clusters

// What the workspace reports of a cluster and nobody can set.
constexpr std::array kReported = {"state",
                                  "state_message",
                                  "cluster_source",
                                  "creator_user_name",
                                  "start_time",
                                  "terminated_time",
                                  "last_state_loss_time",
                                  "last_activity_time",
                                  "last_restarted_time",
                                  "spark_context_id",
                                  "jdbc_port",
                                  "cluster_memory_mb",
                                  "cluster_cores",
                                  "cluster_log_status",
                                  "termination_reason",
                                  "default_tags",
                                  "driver",
                                  "executors",
                                  "pinned_by_user_name",
                                  "effective_spark_version",
                                  "instance_source",
                                  "driver_instance_source",
                                  "disk_spec",
                                  "init_scripts_safe_mode",
                                  "spec"};
// What the machines of a pool decide; with a pool beside them the workspace refuses these.
constexpr std::array kDecidedByPool = {"node_type_id",   "driver_node_type_id", "enable_elastic_disk",
                                       "aws_attributes", "azure_attributes",    "gcp_attributes"};

TerminationReason readReason(const core::Json& json) {
  TerminationReason reason;
  reason.code = core::stringAt(json, "code");
  reason.type = core::stringAt(json, "type");
  reason.parameters = textMapAt(json, "parameters");
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
  cluster.poolId = core::stringAt(json, "instance_pool_id");
  cluster.runtimeEngine = core::stringAt(json, "runtime_engine");
  cluster.pinnedBy = core::stringAt(json, "pinned_by_user_name");
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
  cluster.lastRestartTime = core::intAt(json, "last_restarted_time");
  if (const auto& reason = core::objectAt(json, "termination_reason"); !reason.empty())
    cluster.terminationReason = readReason(reason);
  cluster.document = documentOf(json);
  return cluster;
}

ClusterEvent readEvent(const core::Json& json) {
  ClusterEvent event;
  event.type = core::stringAt(json, "type");
  event.timestamp = core::intAt(json, "timestamp");
  event.details = core::dumpJson(core::objectAt(json, "details"));
  return event;
}

NodeType readNodeType(const core::Json& json) {
  NodeType type;
  type.id = core::stringAt(json, "node_type_id");
  type.memoryMb = core::intAt(json, "memory_mb");
  type.cores = core::numberAt(json, "num_cores");
  type.gpus = core::intAt(json, "num_gpus");
  type.category = core::stringAt(json, "category");
  type.description = core::stringAt(json, "description");
  type.deprecated = core::boolAt(json, "is_deprecated");
  type.hidden = core::boolAt(json, "is_hidden");
  type.photonDriver = core::boolAt(json, "photon_driver_capable");
  type.photonWorker = core::boolAt(json, "photon_worker_capable");
  type.problems = textsAt(core::objectAt(json, "node_info"), "status");
  return type;
}

SparkVersion readVersion(const core::Json& json) {
  return {.key = core::stringAt(json, "key"), .name = core::stringAt(json, "name")};
}

core::Json toJson(const ClusterSize& size) {
  if (!size.autoscale) return {{"num_workers", size.workers}};
  return {{"autoscale", {{"min_workers", size.autoscale->minWorkers}, {"max_workers", size.autoscale->maxWorkers}}}};
}

}  // namespace

core::Json specOf(const Cluster& cluster) {
  core::Json spec = cluster.document != nullptr ? *cluster.document : core::Json::object();
  for (const char* field : kReported) spec.erase(field);
  // With a range this is how many there are now, and the workspace takes only one of both.
  if (cluster.autoscale) spec.erase("num_workers");
  if (!cluster.poolId.empty())
    for (const char* field : kDecidedByPool) spec.erase(field);
  return spec;
}

Listing<Cluster> Clusters::list(const ClusterFilter& filter, const CallOptions& options) const {
  core::Json params = {{"page_size", kPageSize}};
  if (!filter.sources.empty()) params["filter_by"]["cluster_sources"] = filter.sources;
  if (!filter.states.empty()) params["filter_by"]["cluster_states"] = filter.states;
  if (filter.pinnedOnly) params["filter_by"]["is_pinned"] = true;
  if (!filter.policyId.empty()) params["filter_by"]["policy_id"] = filter.policyId;
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

core::Result<std::string> Clusters::create(const core::Json& spec, const CallOptions& options) const {
  return newId(TROWEL_TRY(rest_.call(kCreate, spec, options)), "cluster_id");
}

core::Result<void> Clusters::edit(std::string_view id, const core::Json& spec, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kEdit, withId(spec, "cluster_id", id), options));
  return {};
}

core::Result<void> Clusters::update(std::string_view id, std::span<const std::string> mask, const core::Json& fields,
                                    const CallOptions& options) const {
  std::string list;
  for (const auto& field : mask) list += (list.empty() ? "" : ",") + field;
  TROWEL_TRY(rest_.call(kUpdate, {{"cluster_id", id}, {"update_mask", list}, {"cluster", fields}}, options));
  return {};
}

core::Result<void> Clusters::resize(std::string_view id, const ClusterSize& size, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kResize, withId(toJson(size), "cluster_id", id), options));
  return {};
}

core::Result<void> Clusters::changeOwner(std::string_view id, std::string_view userName,
                                         const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kChangeOwner, {{"cluster_id", id}, {"owner_username", userName}}, options));
  return {};
}

core::Result<void> Clusters::pin(std::string_view id, const CallOptions& options) const {
  return change(kPin, id, options);
}

core::Result<void> Clusters::unpin(std::string_view id, const CallOptions& options) const {
  return change(kUnpin, id, options);
}

core::Result<void> Clusters::removeForGood(std::string_view id, const CallOptions& options) const {
  return change(kPermanentDelete, id, options);
}

Listing<NodeType> Clusters::nodeTypes(const CallOptions& options) const {
  return rest_.list(kNodeTypes, {}, &readNodeType, options);
}

Listing<SparkVersion> Clusters::sparkVersions(const CallOptions& options) const {
  return rest_.list(kSparkVersions, {}, &readVersion, options);
}

core::Result<Zones> Clusters::zones(const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kZones, {}, options));
  return Zones{.names = textsAt(json, "zones"), .standard = core::stringAt(json, "default_zone")};
}

Listing<ClusterEvent> Clusters::events(std::string_view id, const CallOptions& options) const {
  return rest_.list(kEvents, {{"cluster_id", id}, {"order", "DESC"}, {"page_size", kPageSize}}, &readEvent, options);
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
// How the service describes a cluster (rest-api.md 7.3).
#include <algorithm>

#include "emulator/compute/cluster.hpp"
#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/compute/cluster_spec.hpp"
#include "trowel/core/hash.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr int kJdbcPort = 10'000;
constexpr std::int64_t kShownExecutors = 100;  // of a cluster that claims to have more

// A machine of the cluster: new ones with every start.
Json machine(const Cluster& cluster, std::int64_t number) {
  std::string id =
      core::sha256(cluster.id + ":" + std::to_string(cluster.sparkContextId) + ":" + std::to_string(number));
  return {{"node_id", id.substr(0, 32)},
          {"instance_id", id.substr(32, 32)},
          {"private_ip", "127.0.0.1"},
          {"host_private_ip", "127.0.0.1"},
          {"public_dns", ""},
          {"start_timestamp", cluster.startTime}};
}

std::string pendingMessage(const Cluster& cluster, std::int64_t now) {
  std::int64_t third = std::max<std::int64_t>(1, (cluster.until - cluster.since) / 3);
  std::int64_t step = (now - cluster.since) / third;
  if (step == 0) return "Finding instances for new nodes, acquiring more instances if necessary";
  if (step == 1) return "Setting up " + std::to_string(workersOf(cluster.spec) + 1) + " nodes.";
  return "Starting Spark driver";
}

std::string endMessage(const Json& reason) {
  const Json& parameters = core::objectAt(reason, "parameters");
  auto code = core::stringAt(reason, "code");
  if (code == "INACTIVITY")
    return "Inactive cluster terminated (inactive for " + core::stringAt(parameters, "inactivity_duration_min") +
           " minutes).";
  if (code == "USER_REQUEST") return "Terminated by user";
  if (code == "JOB_FINISHED") return "Job finished";
  return core::stringAt(parameters, "databricks_error_message", code);
}

void describeMachines(Json& all, const Cluster& cluster) {
  all["spark_context_id"] = cluster.sparkContextId;
  all["jdbc_port"] = kJdbcPort;
  all["driver"] = machine(cluster, 0);
  Json executors = Json::array();
  for (std::int64_t i = 1; i <= std::min(cluster.workers, kShownExecutors); ++i)
    executors.push_back(machine(cluster, i));
  if (!executors.empty()) all["executors"] = std::move(executors);
  auto worker = nodeTypeNamed(core::stringAt(all, "node_type_id"));
  auto driver = nodeTypeNamed(core::stringAt(all, "driver_node_type_id"));
  if (!worker || !driver) return;
  all["cluster_memory_mb"] = driver->memoryMb + worker->memoryMb * cluster.workers;
  all["cluster_cores"] = static_cast<double>(driver->cores) + static_cast<double>(worker->cores * cluster.workers);
}

}  // namespace

Json describeCluster(const Cluster& cluster, std::int64_t now, bool withSpec) {
  Json all = withDefaults(cluster.spec, cluster.owner);
  all.update(cluster.machines);
  const std::string name = core::stringAt(all, "cluster_name");
  const std::string nodeType = core::stringAt(all, "node_type_id");
  all["cluster_id"] = cluster.id;
  all["cluster_source"] = cluster.source;
  all["creator_user_name"] = cluster.owner;
  all["num_workers"] = isUp(cluster.state) ? cluster.workers : workersOf(cluster.spec);
  all["state"] = toString(cluster.state);
  all["state_message"] = "";
  all["start_time"] = cluster.startTime;
  all["last_state_loss_time"] = cluster.stateLossTime;
  if (!all.contains("driver_node_type_id")) all["driver_node_type_id"] = nodeType;
  all["effective_spark_version"] = core::stringAt(all, "spark_version");
  all["instance_source"] = {{"node_type_id", nodeType}};
  all["driver_instance_source"] = {{"node_type_id", core::stringAt(all, "driver_node_type_id")}};
  all["disk_spec"] = Json::object();
  all["default_tags"] = {
      {"Vendor", "Databricks"}, {"Creator", cluster.owner}, {"ClusterName", name}, {"ClusterId", cluster.id}};
  if (cluster.restartedTime != 0) all["last_restarted_time"] = cluster.restartedTime;
  if (cluster.activeTime != 0) all["last_activity_time"] = cluster.activeTime;
  if (!cluster.pinnedBy.empty()) all["pinned_by_user_name"] = cluster.pinnedBy;
  if (withSpec) all["spec"] = cluster.spec;

  if (isUp(cluster.state)) describeMachines(all, cluster);
  if (cluster.state == ClusterState::Pending) all["state_message"] = pendingMessage(cluster, now);
  if (cluster.state == ClusterState::Terminated) all["terminated_time"] = cluster.terminatedTime;
  if (isEnding(cluster.state)) {
    all["termination_reason"] = cluster.reason;
    all["state_message"] = endMessage(cluster.reason);
  }
  return all;
}

}  // namespace trowel::emulator

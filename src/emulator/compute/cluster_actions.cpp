// SPDX-License-Identifier: Apache-2.0
// What clients do to a cluster that exists (rest-api.md 7.2): which state each action needs, and what it leads to.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster.hpp"
#include "emulator/compute/cluster_spec.hpp"
#include "emulator/compute/clusters.hpp"
#include "emulator/state/state_file.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kKind = "cluster";
constexpr std::size_t kMaxPinned = 100;

std::unexpected<ApiError> notForJobs(const Cluster& cluster, std::string_view action) {
  return invalidState("Cluster " + cluster.id + " was created by a job and cannot be " + std::string(action) + ".");
}

// One path of an update mask: the value of `from`, or its absence, replaces what `spec` has.
Reply<void> copyField(Json& spec, const Json& from, std::string_view path) {
  auto dot = path.find('.');
  std::string field(path.substr(0, dot));
  if (!isClusterField(field)) return invalidParameter("Invalid field in update_mask: " + core::toValidUtf8(path));
  if (dot == std::string_view::npos) {
    spec.erase(field);
    if (from.contains(field)) spec[field] = from[field];
  } else {
    std::string member(path.substr(dot + 1));
    const Json& source = core::objectAt(from, field.c_str());
    Json target = core::objectAt(spec, field.c_str());
    target.erase(member);
    if (source.contains(member)) target[member] = source[member];
    spec[field] = std::move(target);
  }
  // A cluster has a fixed size or a range, and whoever sets one gives up the other.
  if (field == "num_workers" && spec.contains(field)) spec.erase("autoscale");
  if (field == "autoscale" && spec.contains(field)) spec.erase("num_workers");
  return {};
}

}  // namespace

Reply<Cluster*> Clusters::findStill(const std::string& id, ClusterState state, ClusterState other) {
  Cluster* cluster = TROWEL_TRY(find(id));
  if (cluster->state == state || cluster->state == other) return cluster;
  return invalidState("Cluster " + id + " is in unexpected state " + titleCase(cluster->state) + ".");
}

Reply<void> Clusters::replaceSpec(Cluster& cluster, Json spec, const std::string& user) {
  Json details{{"attributes", clusterAttributes(spec)},
               {"cluster_size", clusterSize(spec)},
               {"previous_attributes", clusterAttributes(cluster.spec)},
               {"previous_cluster_size", clusterSize(cluster.spec)},
               {"user", user}};
  cluster.machines = machinesOf(spec);
  cluster.spec = std::move(spec);
  recordEvent(cluster, world_.now(), "EDITED", std::move(details));
  if (cluster.state == ClusterState::Terminated) {
    changed(cluster);
    return {};
  }
  ++cluster.incarnation;
  cluster.stateLossTime = world_.now();
  beginStart(cluster, ClusterState::Restarting, startTime_ / 2);
  return {};
}

Reply<void> Clusters::edit(const std::string& id, const Json& params, const std::string& user) {
  std::lock_guard lock(mutex_);
  Json spec = TROWEL_TRY(readClusterSpec(params));
  TROWEL_TRY(find(id));
  spec = TROWEL_TRY(admit(params, "all-purpose"));
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Running, ClusterState::Terminated));
  if (cluster.source == "JOB") return notForJobs(cluster, "edited");
  return replaceSpec(cluster, std::move(spec), user);
}

Reply<void> Clusters::update(const std::string& id, const std::string& mask, const Json& params,
                             const std::string& user) {
  std::lock_guard lock(mutex_);
  Json wanted = TROWEL_TRY(readClusterSpec(params));
  Json spec = TROWEL_TRY(find(id))->spec;
  if (mask == "*") {
    spec = std::move(wanted);
  } else {
    for (auto path : core::split(mask, ','))
      if (auto copied = copyField(spec, wanted, core::trim(path)); !copied) return copied;
  }
  if (params.is_object() && params.contains("apply_policy_default_values"))
    spec["apply_policy_default_values"] = params["apply_policy_default_values"];
  spec = TROWEL_TRY(admit(spec, "all-purpose"));
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Running, ClusterState::Terminated));
  if (cluster.source == "JOB") return notForJobs(cluster, "edited");
  return replaceSpec(cluster, std::move(spec), user);
}

Reply<void> Clusters::start(const std::string& id, const std::string& user) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Terminated, ClusterState::Terminated));
  if (cluster.source == "JOB") return notForJobs(cluster, "started");
  recordEvent(cluster, world_.now(), "STARTING", {{"user", user}});
  beginStart(cluster, ClusterState::Pending, startTime_);
  return {};
}

Reply<void> Clusters::restart(const std::string& id, const std::string& user) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Running, ClusterState::Running));
  ++cluster.incarnation;
  cluster.stateLossTime = world_.now();
  recordEvent(cluster, world_.now(), "RESTARTING", {{"user", user}});
  beginStart(cluster, ClusterState::Restarting, startTime_ / 2);
  return {};
}

Reply<void> Clusters::resize(const std::string& id, const Json& params, const std::string& user) {
  std::lock_guard lock(mutex_);
  Json size = TROWEL_TRY(readClusterSpec(params));
  if (!size.contains("num_workers") && !size.contains("autoscale")) return missingField("num_workers");
  Json spec = clusterAttributes(TROWEL_TRY(find(id))->spec);
  spec.update(clusterSize(size));
  if (auto checked = checkClusterSpec(spec, pools_); !checked) return checked;
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Running, ClusterState::Running));
  // Within its range an autoscaling cluster stays as large as it is; here that means at its least.
  cluster.spec = std::move(spec);
  recordEvent(cluster, world_.now(), "RESIZING",
              {{"current_num_workers", cluster.workers},
               {"target_num_workers", workersOf(cluster.spec)},
               {"cause", "USER_REQUEST"},
               {"user", user}});
  enterState(cluster, ClusterState::Resizing, world_.now(), startTime_ / 2);
  changed(cluster);
  return {};
}

Reply<void> Clusters::terminate(const std::string& id, const std::string& user) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (isEnding(cluster.state)) return {};
  Json reason{{"code", "USER_REQUEST"}, {"type", "SUCCESS"}, {"parameters", {{"username", user}}}};
  beginEnd(cluster, std::move(reason), user, world_.now(), {startTime_});
  changed(cluster);
  return {};
}

Reply<void> Clusters::remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (!cluster.pinnedBy.empty())
    return invalidState("Cluster " + id + " is pinned and cannot be deleted; unpin the cluster first.");
  clusters_.erase(id);
  announced_.erase(id);
  removed_.push_back(id);
  if (world_.state) world_.state->remove(kKind, id);
  ++version_;
  changed_.notify_all();
  if (onChange_) onChange_();
  return {};
}

Reply<void> Clusters::pin(const std::string& id, bool pinned, const std::string& user) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.pinnedBy.empty() != pinned) return {};
  auto count = std::count_if(clusters_.begin(), clusters_.end(),
                             [](const auto& entry) { return !entry.second->pinnedBy.empty(); });
  if (pinned && static_cast<std::size_t>(count) >= kMaxPinned)
    return refuse(400, "RESOURCE_LIMIT_EXCEEDED",
                  "The number of pinned clusters has reached the limit of " + std::to_string(kMaxPinned) + ".");
  cluster.pinnedBy = pinned ? user : "";
  if (!pinned) cluster.unpinnedTime = world_.now();
  recordEvent(cluster, world_.now(), pinned ? "PINNED" : "UNPINNED", {{"user", user}});
  changed(cluster);
  return {};
}

Reply<void> Clusters::changeOwner(const std::string& id, const std::string& owner) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(findStill(id, ClusterState::Terminated, ClusterState::Terminated));
  cluster.owner = owner;
  changed(cluster);
  return {};
}

}  // namespace trowel::emulator

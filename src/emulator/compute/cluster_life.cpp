// SPDX-License-Identifier: Apache-2.0
// A cluster is on its way from one state to the next until a point in time; settleCluster() runs before anybody looks
// and takes the steps that are due, each at the time when it was due.
#include <limits>

#include "emulator/compute/cluster.hpp"
#include "emulator/compute/cluster_spec.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxEvents = 500;
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kRemembered = 30LL * 24 * 60 * kMinute;

Json sizes(std::int64_t current, std::int64_t target) {
  return {{"current_num_workers", current}, {"target_num_workers", target}};
}

void finishStart(Cluster& cluster, Ids& ids) {
  const std::int64_t at = cluster.until;
  cluster.sparkContextId = ids.large();
  cluster.restartedTime = cluster.activeTime = at;
  cluster.workers = workersOf(cluster.spec);
  if (const Json& scripts = core::arrayAt(cluster.spec, "init_scripts"); !scripts.empty()) {
    Json done = Json::array();
    for (Json script : scripts) {
      script["status"] = "SUCCEEDED";
      script["execution_duration_seconds"] = 0;
      done.push_back(std::move(script));
    }
    recordEvent(cluster, at, "INIT_SCRIPTS_STARTED", {{"init_scripts", {{"cluster", scripts}}}});
    recordEvent(cluster, at, "INIT_SCRIPTS_FINISHED", {{"init_scripts", {{"cluster", std::move(done)}}}});
  }
  recordEvent(cluster, at, "RUNNING", sizes(cluster.workers, cluster.workers));
  enterState(cluster, ClusterState::Running, at);
}

void finishResize(Cluster& cluster) {
  std::int64_t before = cluster.workers;
  cluster.workers = workersOf(cluster.spec);
  if (cluster.workers > before)
    recordEvent(cluster, cluster.until, "UPSIZE_COMPLETED", sizes(cluster.workers, cluster.workers));
  enterState(cluster, ClusterState::Running, cluster.until);
}

// The end of idleness that the cluster is allowed.
std::int64_t idleEnd(const Cluster& cluster) {
  std::int64_t minutes = core::intAt(cluster.spec, "autotermination_minutes");
  bool counts = cluster.state == ClusterState::Running && minutes > 0 && cluster.commands == 0;
  return counts ? cluster.activeTime + minutes * kMinute : std::numeric_limits<std::int64_t>::max();
}

void finishPassing(Cluster& cluster, const ClusterTimes& times, Ids& ids) {
  switch (cluster.state) {
    case ClusterState::Pending:
    case ClusterState::Restarting:
      if (cluster.failure.empty()) return finishStart(cluster, ids);
      return beginEnd(cluster, std::exchange(cluster.failure, Json::object()), {}, cluster.until, times);
    case ClusterState::Resizing:
      return finishResize(cluster);
    case ClusterState::Terminating:
      cluster.terminatedTime = cluster.until;
      cluster.workers = 0;
      return enterState(cluster, ClusterState::Terminated, cluster.until);
    case ClusterState::Running:
    case ClusterState::Terminated:
      return;
  }
}

}  // namespace

void recordEvent(Cluster& cluster, std::int64_t at, std::string_view type, Json details) {
  cluster.events.push_back(
      {{"cluster_id", cluster.id}, {"timestamp", at}, {"type", type}, {"details", std::move(details)}});
  if (cluster.events.size() > kMaxEvents) cluster.events.erase(cluster.events.begin());
}

void enterState(Cluster& cluster, ClusterState state, std::int64_t at, std::int64_t milliseconds) {
  cluster.state = state;
  cluster.since = at;
  cluster.until = at + milliseconds;
}

void beginEnd(Cluster& cluster, Json reason, const std::string& user, std::int64_t at, const ClusterTimes& times) {
  ++cluster.incarnation;
  cluster.stateLossTime = at;
  cluster.reason = std::move(reason);
  Json details{{"reason", cluster.reason}};
  if (!user.empty()) details["user"] = user;
  recordEvent(cluster, at, "TERMINATING", std::move(details));
  enterState(cluster, ClusterState::Terminating, at, times.change());
}

std::int64_t nextStep(const Cluster& cluster) { return isPassing(cluster.state) ? cluster.until : idleEnd(cluster); }

bool settleCluster(Cluster& cluster, std::int64_t now, const ClusterTimes& times, Ids& ids) {
  bool changed = false;
  for (; nextStep(cluster) <= now; changed = true) {
    if (isPassing(cluster.state)) {
      finishPassing(cluster, times, ids);
      continue;
    }
    auto minutes = std::to_string(core::intAt(cluster.spec, "autotermination_minutes"));
    Json reason{{"code", "INACTIVITY"}, {"type", "SUCCESS"}, {"parameters", {{"inactivity_duration_min", minutes}}}};
    beginEnd(cluster, std::move(reason), {}, idleEnd(cluster), times);
  }
  return changed;
}

bool isForgotten(const Cluster& cluster, std::int64_t now) {
  if (cluster.state != ClusterState::Terminated || !cluster.pinnedBy.empty()) return false;
  return now - std::max(cluster.terminatedTime, cluster.unpinnedTime) > kRemembered;
}

Json toJson(const Cluster& cluster) {
  return {{"spec", cluster.spec},
          {"machines", cluster.machines},
          {"owner", cluster.owner},
          {"source", cluster.source},
          {"idempotency_token", cluster.idempotencyToken},
          {"state", toString(cluster.state)},
          {"since", cluster.since},
          {"until", cluster.until},
          {"start", cluster.startTime},
          {"restarted", cluster.restartedTime},
          {"state_loss", cluster.stateLossTime},
          {"terminated", cluster.terminatedTime},
          {"unpinned", cluster.unpinnedTime},
          {"active", cluster.activeTime},
          {"spark_context", cluster.sparkContextId},
          {"workers", cluster.workers},
          {"reason", cluster.reason},
          {"failure", cluster.failure},
          {"pinned_by", cluster.pinnedBy},
          {"events", cluster.events}};
}

Cluster clusterFromJson(const std::string& id, const Json& json) {
  Cluster cluster;
  cluster.id = id;
  cluster.spec = core::objectAt(json, "spec");
  cluster.machines = core::objectAt(json, "machines");
  cluster.owner = core::stringAt(json, "owner");
  cluster.source = core::stringAt(json, "source");
  cluster.idempotencyToken = core::stringAt(json, "idempotency_token");
  cluster.state = parseClusterState(core::stringAt(json, "state"));
  cluster.since = core::intAt(json, "since");
  cluster.until = core::intAt(json, "until");
  cluster.startTime = core::intAt(json, "start");
  cluster.restartedTime = core::intAt(json, "restarted");
  cluster.stateLossTime = core::intAt(json, "state_loss");
  cluster.terminatedTime = core::intAt(json, "terminated");
  cluster.unpinnedTime = core::intAt(json, "unpinned");
  cluster.activeTime = core::intAt(json, "active");
  cluster.sparkContextId = core::intAt(json, "spark_context");
  cluster.workers = core::intAt(json, "workers");
  cluster.reason = core::objectAt(json, "reason");
  cluster.failure = core::objectAt(json, "failure");
  cluster.pinnedBy = core::stringAt(json, "pinned_by");
  for (const auto& event : core::arrayAt(json, "events")) cluster.events.push_back(event);
  return cluster;
}

}  // namespace trowel::emulator

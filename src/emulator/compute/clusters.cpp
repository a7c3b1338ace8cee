// SPDX-License-Identifier: Apache-2.0
// The table of clusters: coming into being, being looked at, waited for and stored. What clients do to a cluster that
// exists is in cluster_actions.cpp.
#include "emulator/compute/clusters.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster.hpp"
#include "emulator/compute/cluster_spec.hpp"
#include "emulator/compute/policies.hpp"
#include "emulator/compute/pools.hpp"
#include "emulator/state/state_file.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kKind = "cluster";
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

Json reasonJson(const EndReason& reason) {
  Json json{{"code", reason.code}, {"type", reason.type}};
  json["parameters"] = Json::object();
  if (!reason.message.empty()) json["parameters"]["databricks_error_message"] = reason.message;
  return json;
}

// Machines of the pool that a cluster with so many workers holds.
std::int64_t machinesFrom(const std::string& poolId, const Json& spec, std::int64_t workers) {
  auto pool = core::stringAt(spec, "instance_pool_id");
  bool driver = core::stringAt(spec, "driver_instance_pool_id", pool) == poolId;
  return (pool == poolId ? workers : 0) + (driver ? 1 : 0);
}

}  // namespace

Clusters::Clusters(World& world, const Policies& policies, const Pools& pools, std::chrono::milliseconds startTime,
                   StartFails startFails)
    : world_(world),
      policies_(policies),
      pools_(pools),
      startTime_(startTime.count()),
      startFails_(std::move(startFails)) {
  if (world_.state) load();
}

Clusters::~Clusters() = default;

Reply<Json> Clusters::admit(const Json& params, std::string_view type) const {
  Json spec = TROWEL_TRY(readClusterSpec(params));
  if (auto policy = core::stringAt(spec, "policy_id"); !policy.empty())
    spec =
        TROWEL_TRY(policies_.apply(policy, std::move(spec), core::boolAt(params, "apply_policy_default_values"), type));
  if (auto checked = checkClusterSpec(spec, pools_); !checked) return std::unexpected(checked.error());
  return spec;
}

Reply<void> Clusters::checkQuota(const Json& spec, const std::string& owner) {
  auto policy = core::stringAt(spec, "policy_id");
  auto most = policies_.maxClustersPerUser(policy);
  if (most == 0) return {};
  std::int64_t count = 0;
  for (auto& [id, cluster] : clusters_) {
    settle(*cluster);
    if (cluster->owner == owner && !isEnding(cluster->state) && core::stringAt(cluster->spec, "policy_id") == policy)
      ++count;
  }
  if (count < most) return {};
  return refuse(400, "QUOTA_EXCEEDED",
                "The policy " + policy + " allows at most " + std::to_string(most) + " active clusters per user.");
}

Json Clusters::machinesOf(const Json& spec) const {
  Json machines = Json::object();
  auto pool = core::stringAt(spec, "instance_pool_id");
  if (pool.empty()) return machines;
  machines["node_type_id"] = pools_.nodeType(pool);
  machines["driver_node_type_id"] = pools_.nodeType(core::stringAt(spec, "driver_instance_pool_id", pool));
  return machines;
}

Reply<std::string> Clusters::create(const Json& params, const ClusterOrigin& origin) {
  Json spec = TROWEL_TRY(admit(params, origin.type));
  std::lock_guard lock(mutex_);
  for (auto& [id, cluster] : clusters_) {
    if (origin.idempotencyToken.empty() || cluster->idempotencyToken != origin.idempotencyToken) continue;
    settle(*cluster);
    if (cluster->state != ClusterState::Terminated) return id;
  }
  if (auto checked = checkQuota(spec, origin.owner); !checked) return std::unexpected(checked.error());
  auto cluster = std::make_unique<Cluster>();
  cluster->id = world_.ids.cluster(world_.now());
  cluster->machines = machinesOf(spec);
  cluster->spec = std::move(spec);
  cluster->owner = origin.owner;
  cluster->source = origin.source;
  cluster->idempotencyToken = origin.idempotencyToken;
  recordEvent(*cluster, world_.now(), "CREATING",
              {{"attributes", clusterAttributes(cluster->spec)},
               {"cluster_size", clusterSize(cluster->spec)},
               {"user", origin.owner}});
  std::string id = cluster->id;
  Cluster& stored = *(clusters_[id] = std::move(cluster));
  announced_[id] = stored.incarnation;
  beginStart(stored, ClusterState::Pending, startTime_);
  return id;
}

Reply<std::string> Clusters::createForJob(const Json& newCluster, const std::string& owner, std::int64_t jobId,
                                          std::int64_t run, std::string_view key) {
  Json params = newCluster;
  std::string name = "job-" + std::to_string(jobId) + "-run-" + std::to_string(run);
  if (!key.empty()) name += "-" + std::string(key);
  if (params.is_object()) params["cluster_name"] = name;
  return create(params, {.owner = owner, .source = "JOB", .type = "job"});
}

Reply<void> Clusters::checkForJob(const Json& newCluster) const {
  TROWEL_TRY(admit(newCluster, "job"));
  return {};
}

void Clusters::seed(const std::string& id, const Json& spec, ClusterState state, const std::string& owner) {
  std::lock_guard lock(mutex_);
  auto cluster = std::make_unique<Cluster>();
  const std::int64_t now = world_.now();
  cluster->id = id;
  cluster->spec = spec;
  cluster->owner = owner;
  cluster->source = "UI";
  cluster->startTime = now;
  cluster->activeTime = now;
  recordEvent(*cluster, now, "CREATING", {{"user", owner}});
  if (state == ClusterState::Terminated) {
    cluster->reason = {{"code", "INACTIVITY"},
                       {"type", "SUCCESS"},
                       {"parameters", {{"inactivity_duration_min", core::stringAt(spec, "autotermination_minutes")}}}};
    cluster->terminatedTime = now;
  } else {
    cluster->sparkContextId = world_.ids.large();
    cluster->restartedTime = now;
    cluster->workers = workersOf(spec);
  }
  enterState(*cluster, state, now);
  Cluster& stored = *(clusters_[id] = std::move(cluster));
  announced_[id] = stored.incarnation;
  changed(stored);
}

// Why there is no room for what a start needs.
std::optional<EndReason> Clusters::poolIsFull(const Cluster& starting) {
  for (const char* field : {"instance_pool_id", "driver_instance_pool_id"}) {
    auto id = core::stringAt(starting.spec, field);
    auto pool = id.empty() ? std::nullopt : pools_.find(id);
    if (!pool || !pool->contains("max_capacity")) continue;
    auto needed = machinesFrom(id, starting.spec, workersOf(starting.spec));
    for (auto& [other, cluster] : clusters_) {
      settle(*cluster);
      if (other != starting.id && !isEnding(cluster->state))
        needed += machinesFrom(id, cluster->spec, workersOf(cluster->spec));
    }
    if (needed > core::intAt(*pool, "max_capacity"))
      return EndReason{.code = "INSTANCE_POOL_MAX_CAPACITY_REACHED",
                       .type = "CLIENT_ERROR",
                       .message = "The instance pool " + id + " has no room for the cluster's machines."};
  }
  return std::nullopt;
}

// Every start, from nothing or over again: here it is decided whether it will succeed.
void Clusters::beginStart(Cluster& cluster, ClusterState state, std::int64_t milliseconds) {
  auto fails = startFails_ ? startFails_(cluster.id) : std::nullopt;
  if (!fails) fails = poolIsFull(cluster);
  cluster.failure = fails ? reasonJson(*fails) : Json::object();
  cluster.startTime = state == ClusterState::Pending ? world_.now() : cluster.startTime;
  enterState(cluster, state, world_.now(), milliseconds);
  changed(cluster);
}

Reply<void> Clusters::end(const std::string& id, const EndReason& reason) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (isEnding(cluster.state)) return {};
  beginEnd(cluster, reasonJson(reason), {}, world_.now(), {startTime_});
  changed(cluster);
  return {};
}

Reply<Json> Clusters::describe(const std::string& id) {
  std::lock_guard lock(mutex_);
  const Cluster& cluster = *TROWEL_TRY(find(id));
  return describeCluster(cluster, world_.now(), true);
}

Json Clusters::describeAll() {
  std::lock_guard lock(mutex_);
  const std::int64_t now = world_.now();
  std::vector<Cluster*> all;
  for (auto& [id, cluster] : clusters_) {
    settle(*cluster);
    if (!isForgotten(*cluster, now)) all.push_back(cluster.get());
  }
  auto rank = [](const Cluster* cluster) {
    return std::tuple(cluster->pinnedBy.empty(), cluster->state == ClusterState::Terminated,
                      core::stringAt(cluster->spec, "cluster_name"), cluster->id);
  };
  std::sort(all.begin(), all.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
  Json list = Json::array();
  for (const auto* cluster : all) list.push_back(describeCluster(*cluster, now, false));
  return list;
}

Reply<Json> Clusters::events(const std::string& id) {
  std::lock_guard lock(mutex_);
  const Cluster& cluster = *TROWEL_TRY(find(id));
  return Json(cluster.events);
}

bool Clusters::empty() {
  std::lock_guard lock(mutex_);
  return clusters_.empty();
}

std::vector<std::string> Clusters::ids() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const auto& [id, cluster] : clusters_) all.push_back(id);
  return all;
}

std::optional<Clusters::Status> Clusters::status(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto cluster = find(id);
  if (!cluster) return std::nullopt;
  return Status{(*cluster)->state, (*cluster)->incarnation, (*cluster)->restartedTime, (*cluster)->owner};
}

std::int64_t Clusters::usedInstances(const std::string& poolId) {
  std::lock_guard lock(mutex_);
  std::int64_t used = 0;
  for (auto& [id, cluster] : clusters_) {
    settle(*cluster);
    if (isUp(cluster->state)) used += machinesFrom(poolId, cluster->spec, cluster->workers);
  }
  return used;
}

Reply<ClusterState> Clusters::awaitStart(const std::string& id, const core::CancelToken& token) {
  // Registered before the lock is taken and ended after it is released: the call-back takes it.
  auto wake = token.onCancel([this] {
    std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  while (true) {
    const Cluster& cluster = *TROWEL_TRY(find(id));
    if (isUp(cluster.state) || isEnding(cluster.state) || token.cancelled()) return cluster.state;
    world_.clock.waitUntil(lock, changed_, atMilliseconds(cluster.until),
                           [&, seen = version_] { return token.cancelled() || version_ != seen; });
  }
}

void Clusters::commandStarted(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (auto it = clusters_.find(id); it != clusters_.end()) ++it->second->commands;
}

void Clusters::commandFinished(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto it = clusters_.find(id);
  if (it == clusters_.end()) return;
  --it->second->commands;
  it->second->activeTime = world_.now();
  if (onChange_) onChange_();
}

void Clusters::onChange(std::function<void()> changed) {
  std::lock_guard lock(mutex_);
  onChange_ = std::move(changed);
  if (!clusters_.empty() && onChange_) onChange_();
}

std::vector<std::string> Clusters::takeLost() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> lost = std::exchange(removed_, {});
  for (auto& [id, cluster] : clusters_) {
    settle(*cluster);
    if (std::exchange(announced_[id], cluster->incarnation) != cluster->incarnation) lost.push_back(id);
  }
  return lost;
}

core::TimePoint Clusters::nextDue() {
  std::lock_guard lock(mutex_);
  std::int64_t due = kNever;
  for (const auto& [id, cluster] : clusters_) due = std::min(due, nextStep(*cluster));
  return due == kNever ? core::TimePoint::max() : atMilliseconds(due);
}

core::TimePoint Clusters::atMilliseconds(std::int64_t time) const {
  return world_.clock.now() + std::chrono::milliseconds(std::max<std::int64_t>(0, time - world_.now()));
}

Reply<Cluster*> Clusters::find(const std::string& id) {
  auto it = clusters_.find(id);
  if (it == clusters_.end()) return invalidParameter("Cluster " + id + " does not exist");
  settle(*it->second);
  if (isForgotten(*it->second, world_.now()))
    return invalidState("Cannot access cluster " + id + " that was terminated or unpinned more than 30 days ago.");
  return it->second.get();
}

void Clusters::settle(Cluster& cluster) {
  if (settleCluster(cluster, world_.now(), {startTime_}, world_.ids)) changed(cluster);
}

void Clusters::changed(const Cluster& cluster) {
  if (world_.state) world_.state->put(kKind, cluster.id, core::dumpJson(toJson(cluster)));
  ++version_;
  changed_.notify_all();
  if (onChange_) onChange_();
}

void Clusters::load() {
  world_.state->load(kKind, [this](const std::string& id, const std::string& text, const std::string&) {
    auto json = core::parseJson(text);
    if (!json) return;
    auto cluster = std::make_unique<Cluster>(clusterFromJson(id, *json));
    announced_[id] = cluster->incarnation;
    clusters_[id] = std::move(cluster);
  });
}

}  // namespace trowel::emulator

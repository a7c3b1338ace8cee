// SPDX-License-Identifier: Apache-2.0
// A cluster is on its way from one state to the next until a point in time; settle() runs before anybody looks and
// takes the steps that are due. Times are wall clock milliseconds, so that a stored cluster goes on where it was.
#include "emulator/compute/clusters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/state/state_file.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kKind = "cluster";
constexpr std::size_t kMaxEvents = 500;

std::int64_t workersOf(const Json& spec) {
  const Json& autoscale = core::objectAt(spec, "autoscale");
  return autoscale.empty() ? core::intAt(spec, "num_workers") : core::intAt(autoscale, "min_workers", 1);
}

std::unexpected<ApiError> unexpectedState(const std::string& id, ClusterState state) {
  return invalidState("Cluster " + id + " is in unexpected state " + titleCase(state) + ".");
}

ClusterState parseState(std::string_view text) {
  for (auto state : {ClusterState::Pending, ClusterState::Running, ClusterState::Restarting, ClusterState::Terminating})
    if (text == toString(state)) return state;
  return ClusterState::Terminated;
}

Reply<void> check(const Json& spec) {
  auto version = core::stringAt(spec, "spark_version");
  if (version.empty()) return missingField("spark_version");
  if (!isSparkVersion(version)) return invalidParameter("Spark version " + version + " is not supported.");
  auto nodeType = core::stringAt(spec, "node_type_id");
  if (nodeType.empty()) return missingField("node_type_id");
  if (!nodeTypeNamed(nodeType)) return invalidParameter("Node type " + nodeType + " is not supported.");
  auto minutes = core::intAt(spec, "autotermination_minutes");
  if (minutes != 0 && (minutes < 10 || minutes > 10'000))
    return invalidParameter("autotermination_minutes must be 0 or between 10 and 10000, not " +
                            std::to_string(minutes) + ".");
  if (workersOf(spec) < 0) return invalidParameter("num_workers must not be negative.");
  return {};
}

}  // namespace

std::string_view toString(ClusterState state) {
  switch (state) {
    case ClusterState::Pending:
      return "PENDING";
    case ClusterState::Running:
      return "RUNNING";
    case ClusterState::Restarting:
      return "RESTARTING";
    case ClusterState::Terminating:
      return "TERMINATING";
    case ClusterState::Terminated:
      return "TERMINATED";
  }
  return "UNKNOWN";
}

std::string titleCase(ClusterState state) {
  std::string text(toString(state));
  std::transform(text.begin() + 1, text.end(), text.begin() + 1,
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return text;
}

struct Clusters::Cluster {
  std::string id;
  Json spec;
  std::string creator;
  std::string source;
  ClusterState state = ClusterState::Terminated;
  std::int64_t since = 0;  // entry into `state`
  std::int64_t until = 0;  // end of a passing state
  std::int64_t startTime = 0;
  std::int64_t restartedTime = 0;
  std::int64_t terminatedTime = 0;
  std::int64_t activeTime = 0;  // end of the last command
  std::int64_t sparkContextId = 0;
  Json reason = Json::object();  // of the last termination
  bool pinned = false;
  std::vector<Json> events;
  std::uint64_t incarnation = 1;
  int commands = 0;  // that run now
};

Clusters::Clusters(core::Clock& clock, Ids& ids, StateFile* state, std::string userName,
                   std::chrono::milliseconds startTime)
    : clock_(clock), ids_(ids), state_(state), userName_(std::move(userName)), startTime_(startTime.count()) {
  if (state_) load();
}

Clusters::~Clusters() = default;

Reply<std::string> Clusters::create(const Json& spec, std::string_view source) {
  if (auto checked = check(spec); !checked) return std::unexpected(checked.error());
  std::lock_guard lock(mutex_);
  auto cluster = std::make_unique<Cluster>();
  cluster->id = ids_.cluster(now());
  cluster->spec = spec;
  cluster->creator = userName_;
  cluster->source = source;
  cluster->startTime = now();
  record(*cluster, now(), "CREATING", {{"user", userName_}, {"cluster_size", {{"num_workers", workersOf(spec)}}}});
  enter(*cluster, ClusterState::Pending, startTime_);
  std::string id = cluster->id;
  clusters_[id] = std::move(cluster);
  return id;
}

void Clusters::seed(const std::string& id, const Json& spec, ClusterState state) {
  std::lock_guard lock(mutex_);
  auto cluster = std::make_unique<Cluster>();
  cluster->id = id;
  cluster->spec = spec;
  cluster->creator = userName_;
  cluster->source = "UI";
  cluster->startTime = now();
  cluster->activeTime = now();
  record(*cluster, now(), "CREATING", {{"user", userName_}});
  if (state == ClusterState::Terminated) {
    cluster->reason = {{"code", "INACTIVITY"},
                       {"type", "SUCCESS"},
                       {"parameters", {{"inactivity_duration_min", core::stringAt(spec, "autotermination_minutes")}}}};
    terminated(*cluster, now());
  } else {
    cluster->sparkContextId = ids_.large();
    enter(*cluster, state, 0);
  }
  clusters_[id] = std::move(cluster);
}

Reply<Json> Clusters::describe(const std::string& id) {
  std::lock_guard lock(mutex_);
  return details(*TROWEL_TRY(find(id)), true);
}

Json Clusters::describeAll() {
  std::lock_guard lock(mutex_);
  std::vector<Cluster*> all;
  for (auto& [id, cluster] : clusters_) {
    settle(*cluster);
    all.push_back(cluster.get());
  }
  auto rank = [](const Cluster* cluster) {
    return std::tuple(!cluster->pinned, cluster->state == ClusterState::Terminated,
                      core::stringAt(cluster->spec, "cluster_name"), cluster->id);
  };
  std::sort(all.begin(), all.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
  Json list = Json::array();
  for (const auto* cluster : all) list.push_back(details(*cluster, false));
  return list;
}

Json Clusters::events(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto cluster = find(id);
  return cluster ? Json((*cluster)->events) : Json();
}

Reply<void> Clusters::edit(const std::string& id, const Json& spec) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (auto checked = check(spec); !checked) return std::unexpected(checked.error());
  if (cluster.state != ClusterState::Running && cluster.state != ClusterState::Terminated)
    return unexpectedState(id, cluster.state);
  cluster.spec = spec;
  cluster.spec.erase("cluster_id");
  record(cluster, now(), "EDITED", {{"user", userName_}});
  if (cluster.state == ClusterState::Running) {
    ++cluster.incarnation;
    enter(cluster, ClusterState::Restarting, startTime_ / 2);
  }
  save(cluster);
  return {};
}

Reply<void> Clusters::start(const std::string& id) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.state != ClusterState::Terminated) return unexpectedState(id, cluster.state);
  cluster.startTime = now();
  record(cluster, now(), "STARTING", {{"user", userName_}});
  enter(cluster, ClusterState::Pending, startTime_);
  return {};
}

Reply<void> Clusters::restart(const std::string& id) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.state != ClusterState::Running) return unexpectedState(id, cluster.state);
  ++cluster.incarnation;
  record(cluster, now(), "RESTARTING", {{"user", userName_}});
  enter(cluster, ClusterState::Restarting, startTime_ / 2);
  return {};
}

Reply<void> Clusters::terminate(const std::string& id) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.state == ClusterState::Terminated || cluster.state == ClusterState::Terminating) return {};
  ++cluster.incarnation;
  cluster.reason = {{"code", "USER_REQUEST"}, {"type", "SUCCESS"}, {"parameters", {{"username", userName_}}}};
  record(cluster, now(), "TERMINATING", {{"reason", cluster.reason}, {"user", userName_}});
  enter(cluster, ClusterState::Terminating, startTime_ / 2);
  return {};
}

Reply<void> Clusters::remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.pinned)
    return invalidState("Cluster " + id + " is pinned and cannot be deleted; unpin the cluster first.");
  clusters_.erase(id);
  if (state_) state_->remove(kKind, id);
  return {};
}

Reply<void> Clusters::pin(const std::string& id, bool pinned) {
  std::lock_guard lock(mutex_);
  Cluster& cluster = *TROWEL_TRY(find(id));
  if (cluster.pinned == pinned) return {};
  cluster.pinned = pinned;
  record(cluster, now(), pinned ? "PINNED" : "UNPINNED", {{"user", userName_}});
  save(cluster);
  return {};
}

bool Clusters::empty() {
  std::lock_guard lock(mutex_);
  return clusters_.empty();
}

std::optional<Clusters::Status> Clusters::status(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto cluster = find(id);
  if (!cluster) return std::nullopt;
  return Status{(*cluster)->state, (*cluster)->incarnation};
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
  it->second->activeTime = now();
}

Reply<Clusters::Cluster*> Clusters::find(const std::string& id) {
  auto it = clusters_.find(id);
  if (it == clusters_.end()) return invalidParameter("Cluster " + id + " does not exist");
  settle(*it->second);
  return it->second.get();
}

void Clusters::settle(Cluster& cluster) {
  bool passing = cluster.state != ClusterState::Running && cluster.state != ClusterState::Terminated;
  if (passing && now() >= cluster.until) {
    if (cluster.state == ClusterState::Terminating) {
      terminated(cluster, cluster.until);
    } else {
      cluster.sparkContextId = ids_.large();
      cluster.restartedTime = cluster.activeTime = cluster.until;
      std::int64_t workers = workersOf(cluster.spec);
      record(cluster, cluster.until, "RUNNING", {{"current_num_workers", workers}, {"target_num_workers", workers}});
      enter(cluster, ClusterState::Running, 0);
    }
  }
  std::int64_t minutes = core::intAt(cluster.spec, "autotermination_minutes");
  if (cluster.state != ClusterState::Running || minutes == 0 || cluster.commands > 0) return;
  std::int64_t end = cluster.activeTime + minutes * 60'000;
  if (now() < end) return;
  ++cluster.incarnation;
  cluster.reason = {{"code", "INACTIVITY"},
                    {"type", "SUCCESS"},
                    {"parameters", {{"inactivity_duration_min", std::to_string(minutes)}}}};
  record(cluster, end, "TERMINATING", {{"reason", cluster.reason}});
  terminated(cluster, end);
}

void Clusters::enter(Cluster& cluster, ClusterState state, std::int64_t milliseconds) {
  cluster.state = state;
  cluster.since = now();
  cluster.until = now() + milliseconds;
  save(cluster);
}

void Clusters::terminated(Cluster& cluster, std::int64_t at) {
  cluster.terminatedTime = at;
  enter(cluster, ClusterState::Terminated, 0);
}

void Clusters::record(Cluster& cluster, std::int64_t at, std::string_view type, Json details) {
  cluster.events.push_back(
      {{"cluster_id", cluster.id}, {"timestamp", at}, {"type", type}, {"details", std::move(details)}});
  if (cluster.events.size() > kMaxEvents) cluster.events.erase(cluster.events.begin());
}

Json Clusters::details(const Cluster& cluster, bool withSpec) const {
  Json all = cluster.spec;
  const std::string name = core::stringAt(cluster.spec, "cluster_name");
  const std::string nodeType = core::stringAt(cluster.spec, "node_type_id");
  all.erase("clone_from");
  all.erase("apply_policy_default_values");
  all["cluster_id"] = cluster.id;
  all["cluster_name"] = name;
  all["cluster_source"] = cluster.source;
  all["creator_user_name"] = cluster.creator;
  all["num_workers"] = workersOf(cluster.spec);
  all["state"] = toString(cluster.state);
  all["state_message"] = "";
  all["start_time"] = cluster.startTime;
  if (!all.contains("driver_node_type_id")) all["driver_node_type_id"] = nodeType;
  if (!all.contains("enable_elastic_disk")) all["enable_elastic_disk"] = true;
  if (core::stringAt(all, "data_security_mode") == "SINGLE_USER" && !all.contains("single_user_name"))
    all["single_user_name"] = cluster.creator;
  all["default_tags"] = {
      {"Vendor", "Databricks"}, {"Creator", cluster.creator}, {"ClusterName", name}, {"ClusterId", cluster.id}};
  if (cluster.restartedTime != 0) all["last_restarted_time"] = cluster.restartedTime;
  if (cluster.activeTime != 0) all["last_activity_time"] = cluster.activeTime;
  if (cluster.pinned) all["pinned_by_user_name"] = cluster.creator;
  if (withSpec) all["spec"] = cluster.spec;

  switch (cluster.state) {
    case ClusterState::Pending: {
      std::int64_t third = std::max<std::int64_t>(1, (cluster.until - cluster.since) / 3);
      std::int64_t step = (now() - cluster.since) / third;
      all["state_message"] = step == 0   ? "Finding instances for new nodes, acquiring more instances if necessary"
                             : step == 1 ? "Setting up " + std::to_string(workersOf(cluster.spec) + 1) + " nodes."
                                         : "Starting Spark driver";
      break;
    }
    case ClusterState::Running: {
      auto node = nodeTypeNamed(nodeType);
      std::int64_t nodes = workersOf(cluster.spec) + 1;
      all["spark_context_id"] = cluster.sparkContextId;
      all["jdbc_port"] = 10000;
      if (node) {
        all["cluster_memory_mb"] = node->memoryMb * nodes;
        all["cluster_cores"] = static_cast<double>(node->cores * nodes);
      }
      all["driver"] = {{"node_id", cluster.id + "-driver"},
                       {"private_ip", "127.0.0.1"},
                       {"host_private_ip", "127.0.0.1"},
                       {"start_timestamp", cluster.startTime}};
      break;
    }
    case ClusterState::Terminated:
      all["terminated_time"] = cluster.terminatedTime;
      [[fallthrough]];
    case ClusterState::Terminating:
      all["termination_reason"] = cluster.reason;
      all["state_message"] =
          core::stringAt(cluster.reason, "code") == "INACTIVITY"
              ? "Inactive cluster terminated (inactive for " +
                    core::stringAt(core::objectAt(cluster.reason, "parameters"), "inactivity_duration_min") +
                    " minutes)."
              : "Terminated by user";
      break;
    case ClusterState::Restarting:
      break;
  }
  return all;
}

void Clusters::save(const Cluster& cluster) {
  if (!state_) return;
  Json json{{"spec", cluster.spec},
            {"creator", cluster.creator},
            {"source", cluster.source},
            {"state", toString(cluster.state)},
            {"since", cluster.since},
            {"until", cluster.until},
            {"start", cluster.startTime},
            {"restarted", cluster.restartedTime},
            {"terminated", cluster.terminatedTime},
            {"active", cluster.activeTime},
            {"spark_context", cluster.sparkContextId},
            {"reason", cluster.reason},
            {"pinned", cluster.pinned},
            {"events", cluster.events}};
  state_->put(kKind, cluster.id, core::dumpJson(json));
}

void Clusters::load() {
  state_->load(kKind, [this](const std::string& id, const std::string& text, const std::string&) {
    auto json = core::parseJson(text);
    if (!json) return;
    auto cluster = std::make_unique<Cluster>();
    cluster->id = id;
    cluster->spec = core::objectAt(*json, "spec");
    cluster->creator = core::stringAt(*json, "creator");
    cluster->source = core::stringAt(*json, "source");
    cluster->state = parseState(core::stringAt(*json, "state"));
    cluster->since = core::intAt(*json, "since");
    cluster->until = core::intAt(*json, "until");
    cluster->startTime = core::intAt(*json, "start");
    cluster->restartedTime = core::intAt(*json, "restarted");
    cluster->terminatedTime = core::intAt(*json, "terminated");
    cluster->activeTime = core::intAt(*json, "active");
    cluster->sparkContextId = core::intAt(*json, "spark_context");
    cluster->reason = core::objectAt(*json, "reason");
    cluster->pinned = core::boolAt(*json, "pinned");
    for (const auto& event : core::arrayAt(*json, "events")) cluster->events.push_back(event);
    clusters_[id] = std::move(cluster);
  });
}

std::int64_t Clusters::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wallNow().time_since_epoch()).count();
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// An entry remembers for which life of the cluster (by the time it was RUNNING since) it was installed, so that a
// restart installs everything again and drops what was to go.
#include "emulator/compute/libraries.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/library_spec.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> noCluster(const std::string& id) {
  return invalidParameter("Cluster " + id + " does not exist");
}

Json::iterator findLibrary(Json& entries, const Json& library) {
  return std::find_if(entries.begin(), entries.end(), [&](const Json& entry) { return entry["library"] == library; });
}

bool isDone(const std::string& status) { return status == "INSTALLED" || status == "FAILED" || status == "SKIPPED"; }

}  // namespace

Libraries::Libraries(World& world, Clusters& clusters, std::chrono::milliseconds stepTime)
    : world_(world),
      clusters_(clusters),
      stepTime_(stepTime.count()),
      installer_(world.folder),
      documents_(world.state, "cluster-libraries") {}

void Libraries::store(const std::string& clusterId, const Json& entries) {
  if (entries.empty())
    documents_.remove(clusterId);
  else
    documents_.put(clusterId, entries);
}

Json Libraries::settle(const std::string& clusterId) {
  auto stored = documents_.find(clusterId);
  auto cluster = clusters_.status(clusterId);
  if (!stored || !stored->is_array() || !cluster) return Json::array();
  const bool up = isUp(cluster->state);
  Json entries = Json::array();
  for (auto& entry : *stored) {
    const auto removing = core::intAt(entry, "removing", -1);
    if (removing >= 0 && (!up || removing != cluster->runningSince)) continue;
    const auto begun = std::max(core::intAt(entry, "requested"), cluster->runningSince);
    const bool due = up && world_.now() >= begun + 3 * stepTime_;
    if (due && removing < 0 && core::intAt(entry, "installed_for", -1) != cluster->runningSince) {
      auto done = installer_.install(clusterId, entry["library"]);
      entry["installed_for"] = cluster->runningSince;
      entry["problem"] = done.problem;
      entry["paths"] = done.paths;
    }
    entries.push_back(std::move(entry));
  }
  if (entries != *documents_.find(clusterId)) store(clusterId, entries);
  return entries;
}

Json Libraries::statusOf(const Json& entry, const Clusters::Status& cluster) const {
  Json status{{"library", entry["library"]}, {"is_library_for_all_clusters", false}};
  auto problem = core::stringAt(entry, "problem");
  if (core::intAt(entry, "removing", -1) >= 0) {
    status["status"] = "UNINSTALL_ON_RESTART";
  } else if (!isUp(cluster.state)) {
    status["status"] = "PENDING";
  } else if (core::intAt(entry, "installed_for", -1) == cluster.runningSince) {
    status["status"] = problem.empty() ? "INSTALLED" : "FAILED";
    if (!problem.empty()) status["messages"] = Json::array({problem});
  } else {
    const auto begun = std::max(core::intAt(entry, "requested"), cluster.runningSince);
    const auto step = stepTime_ == 0 ? 2 : (world_.now() - begun) / stepTime_;
    status["status"] = step <= 0 ? "PENDING" : step == 1 ? "RESOLVING" : "INSTALLING";
  }
  return status;
}

Reply<void> Libraries::install(const std::string& clusterId, const Json& libraries) {
  Json wanted = TROWEL_TRY(readLibraries(libraries));
  if (!clusters_.status(clusterId)) return noCluster(clusterId);
  std::lock_guard lock(mutex_);
  Json entries = settle(clusterId);
  for (const auto& library : wanted) {
    if (auto it = findLibrary(entries, library); it != entries.end()) {
      // One that failed is tried again; one that was to go stays.
      it->erase("removing");
      if (core::stringAt(*it, "problem").empty()) continue;
      entries.erase(it);
    }
    entries.push_back({{"library", library}, {"requested", world_.now()}});
  }
  store(clusterId, entries);
  return {};
}

Reply<void> Libraries::uninstall(const std::string& clusterId, const Json& libraries) {
  Json unwanted = TROWEL_TRY(readLibraries(libraries));
  auto cluster = clusters_.status(clusterId);
  if (!cluster) return noCluster(clusterId);
  std::lock_guard lock(mutex_);
  Json entries = settle(clusterId);
  for (const auto& library : unwanted) {
    auto it = findLibrary(entries, library);
    if (it == entries.end()) continue;
    if (isUp(cluster->state))
      (*it)["removing"] = cluster->runningSince;
    else
      entries.erase(it);
  }
  store(clusterId, entries);
  return {};
}

void Libraries::copy(const std::string& fromCluster, const std::string& toCluster) {
  std::lock_guard lock(mutex_);
  Json entries = Json::array();
  for (const auto& entry : settle(fromCluster))
    entries.push_back({{"library", entry["library"]}, {"requested", world_.now()}});
  store(toCluster, entries);
}

void Libraries::forget(const std::string& clusterId) {
  std::lock_guard lock(mutex_);
  documents_.remove(clusterId);
}

Reply<Json> Libraries::statuses(const std::string& clusterId) {
  std::lock_guard lock(mutex_);
  const Json entries = settle(clusterId);
  auto cluster = clusters_.status(clusterId);
  if (!cluster) return noCluster(clusterId);
  Json all = Json::array();
  for (const auto& entry : entries) all.push_back(statusOf(entry, *cluster));
  return all;
}

Json Libraries::allStatuses() {
  Json all = Json::array();
  for (const auto& id : clusters_.ids()) {
    auto found = statuses(id);
    if (found && !found->empty()) all.push_back({{"cluster_id", id}, {"library_statuses", *std::move(found)}});
  }
  return all;
}

std::vector<std::string> Libraries::paths(const std::string& clusterId) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  auto cluster = clusters_.status(clusterId);
  for (const auto& entry : settle(clusterId))
    if (cluster && core::intAt(entry, "installed_for", -1) == cluster->runningSince)
      for (const auto& path : core::arrayAt(entry, "paths"))
        if (path.is_string()) all.push_back(path.get<std::string>());
  return all;
}

std::string Libraries::awaitInstalled(const std::string& clusterId, const core::CancelToken& token) {
  while (true) {
    auto all = statuses(clusterId);
    auto cluster = clusters_.status(clusterId);
    if (!all || !cluster || !isUp(cluster->state)) return {};
    bool underWay = false;
    for (const auto& status : *all) {
      auto name = core::stringAt(status, "status");
      if (name == "FAILED")
        return "Library installation failed for library due to user error for " + core::dumpJson(status["library"]) +
               ". Error messages: " + status["messages"].front().get<std::string>();
      underWay = underWay || (!isDone(name) && name != "UNINSTALL_ON_RESTART");
    }
    if (!underWay) return {};
    if (!token.waitFor(world_.clock, std::chrono::milliseconds(std::max<std::int64_t>(1, stepTime_)))) return {};
  }
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// The life of clusters, and which ones a project uses.
#include "cluster_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

bool any(const databricks::Cluster&) { return true; }
bool canStart(const databricks::Cluster& cluster) { return cluster.state == "TERMINATED" || cluster.state == "ERROR"; }
bool canStop(const databricks::Cluster& cluster) { return cluster.isRunning() || cluster.isStarting(); }
bool canRestart(const databricks::Cluster& cluster) { return cluster.isRunning(); }
bool isPinned(const databricks::Cluster& cluster) { return !cluster.pinnedBy.empty(); }
bool isLoose(const databricks::Cluster& cluster) { return cluster.pinnedBy.empty(); }

// "the cluster Demo" or "3 clusters".
std::string naming(const std::vector<databricks::Cluster>& clusters) {
  return clusters.size() == 1 ? "the cluster " + clusters.front().name : fmt::format("{} clusters", clusters.size());
}

// Groups and what stands below a cluster are no clusters, though a selection may have some of them in it.
std::vector<std::string> clusterRows(const Action& action) {
  auto rows = action.rows(protocol::view::kClusters);
  std::erase_if(rows, [](const std::string& id) { return id.find_first_of("#/") != std::string::npos; });
  return rows;
}

Action::Question questionOf(const std::string& title, const std::string& placeholder) {
  return {.title = title,
          .placeholder = placeholder,
          .none = "No cluster of this workspace is in a state for that. The view Clusters shows their states."};
}

// What one call does to a cluster.
auto calling(const Action& action,
             Result<void> (databricks::Clusters::*verb)(std::string_view, const databricks::CallOptions&) const) {
  return [&action, verb](const databricks::Clusters& service, const databricks::Cluster& cluster) {
    return (service.*verb)(cluster.id, {.cancel = action.cancel()});
  };
}

std::string namesOf(const std::vector<databricks::Cluster>& clusters) {
  std::string names;
  for (const auto& cluster : clusters) names += (names.empty() ? "" : ", ") + cluster.name;
  return names;
}

}  // namespace

Result<std::vector<protocol::PickItem>> ClusterActions::offer(const Action& action, Fits fits) {
  auto connection = TROWEL_TRY(action.connection());
  std::vector<protocol::PickItem> items;
  for (const auto& cluster : TROWEL_TRY(clusters_.clusters(*connection, action.project(), action.cancel())))
    if (cluster.isAllPurpose() && fits(cluster))
      items.push_back({.id = cluster.id,
                       .label = cluster.name,
                       .description = core::toLower(cluster.state),
                       .detail = cluster.sparkVersion,
                       .icon = "server",
                       .picked = {}});
  return items;
}

Result<databricks::Cluster> ClusterActions::one(Action& action, const std::string& title, Fits fits) {
  auto ids = clusterRows(action);
  if (ids.empty()) {
    auto items = TROWEL_TRY(offer(action, fits));
    auto id = TROWEL_TRY(action.pick(questionOf(title, "Choose a cluster"), std::move(items)));
    ids.push_back(std::move(id));
  }
  auto connection = TROWEL_TRY(action.connection());
  return databricks::Clusters(connection->rest).get(ids.front(), {.cancel = action.cancel()});
}

Result<std::vector<databricks::Cluster>> ClusterActions::rowsOrOne(Action& action, const std::string& title,
                                                                   Fits fits) {
  if (!clusterRows(action).empty()) return some(action, title, fits);
  std::vector<databricks::Cluster> clusters;
  auto cluster = TROWEL_TRY(one(action, title, fits));
  clusters.push_back(std::move(cluster));
  return clusters;
}

Result<std::vector<databricks::Cluster>> ClusterActions::some(Action& action, const std::string& title, Fits fits) {
  auto ids = clusterRows(action);
  if (ids.empty()) {
    auto items = TROWEL_TRY(offer(action, fits));
    ids = TROWEL_TRY(action.pickSome(questionOf(title, "Choose clusters"), std::move(items)));
  }
  auto connection = TROWEL_TRY(action.connection());
  databricks::Clusters service(connection->rest);
  std::vector<databricks::Cluster> clusters;
  std::optional<core::Error> gone;
  for (const auto& id : ids) {
    auto cluster = service.get(id, {.cancel = action.cancel()});
    if (cluster)
      clusters.push_back(*std::move(cluster));
    else if (cluster.error().code == core::ErrorCode::NotFound)
      gone = std::move(cluster).error();
    else
      return std::unexpected(std::move(cluster).error());
  }
  if (clusters.empty() && gone) return std::unexpected(*std::move(gone));
  return clusters;
}

Result<void> ClusterActions::each(Action& action, const std::vector<databricks::Cluster>& clusters,
                                  const std::string& doing, const Verb& verb) {
  auto connection = TROWEL_TRY(action.connection());
  databricks::Clusters service(connection->rest);
  std::vector<Action::Item> items;
  items.reserve(clusters.size());
  for (const auto& cluster : clusters) items.push_back({.id = cluster.id, .name = cluster.name});
  auto done = action.each(items, doing, [&](const Action::Item& item) {
    return verb(service, *std::ranges::find(clusters, item.id, &databricks::Cluster::id));
  });
  clusters_.changed(action.project());
  return done;
}

Result<Json> ClusterActions::start(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(rowsOrOne(action, "Start Cluster", canStart));
  // Of one the user sees how far it is; of several the view shows it.
  if (clusters.size() == 1) {
    TROWEL_TRY(clusters_.ensureRunning(action.project(), clusters.front().id, call.context));
    return Json();
  }
  std::erase_if(clusters, [](const databricks::Cluster& cluster) { return !canStart(cluster); });
  TROWEL_TRY(each(action, clusters, "Starting clusters", calling(action, &databricks::Clusters::start)));
  return Json();
}

Result<Json> ClusterActions::stop(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Stop Cluster", canStop));
  TROWEL_TRY(
      action.confirm("Stop " + naming(clusters) + "?", "Everything that runs there ends, for everybody.", "Stop"));
  TROWEL_TRY(each(action, clusters, "Stopping clusters", calling(action, &databricks::Clusters::stop)));
  return Json();
}

Result<Json> ClusterActions::restart(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(rowsOrOne(action, "Restart Cluster", canRestart));
  TROWEL_TRY(action.confirm("Restart " + naming(clusters) + "?",
                            "Everything that runs there ends, for everybody, and its variables are lost.", "Restart"));
  TROWEL_TRY(each(action, clusters, "Restarting clusters", calling(action, &databricks::Clusters::restart)));
  return Json();
}

Result<Json> ClusterActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Delete Cluster", any));
  auto detail = namesOf(clusters) + ". This cannot be undone.";
  if (auto running = std::ranges::count_if(clusters, canStop); running > 0)
    detail += fmt::format(" Running now: {}; what runs there ends, for everybody.", running);
  if (auto pinned = std::ranges::count_if(clusters, isPinned); pinned > 0)
    detail += fmt::format(" Pinned: {}; they are unpinned first.", pinned);
  TROWEL_TRY(action.confirm("Delete " + naming(clusters) + " for good?", detail, "Delete"));
  TROWEL_TRY(each(action, clusters, "Deleting clusters",
                  [&](const databricks::Clusters& service, const databricks::Cluster& cluster) -> Result<void> {
                    // The workspace refuses to delete pinned ones.
                    if (isPinned(cluster)) TROWEL_TRY(service.unpin(cluster.id, {.cancel = action.cancel()}));
                    return service.removeForGood(cluster.id, {.cancel = action.cancel()});
                  }));
  return Json();
}

Result<Json> ClusterActions::pin(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Pin Cluster", isLoose));
  TROWEL_TRY(each(action, clusters, "Pinning clusters", calling(action, &databricks::Clusters::pin)));
  return Json();
}

Result<Json> ClusterActions::unpin(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Unpin Cluster", isPinned));
  TROWEL_TRY(each(action, clusters, "Unpinning clusters", calling(action, &databricks::Clusters::unpin)));
  return Json();
}

Result<Json> ClusterActions::attach(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Attach Cluster", any));
  // Whoever works on one cluster wants the SQL browser to look there as well.
  for (auto choice : {Session::Choice::Cluster, Session::Choice::SqlCluster}) {
    session_.choose(action.project(), choice, cluster.id);
    TROWEL_TRY(session_.keepChoice(action.project(), choice));
  }
  clusters_.changed(action.project());
  return Json();
}

Result<Json> ClusterActions::useForSql(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Use Cluster for SQL Browser", any));
  session_.choose(action.project(), Session::Choice::SqlCluster, cluster.id);
  TROWEL_TRY(session_.keepChoice(action.project(), Session::Choice::SqlCluster));
  clusters_.changed(action.project());
  return Json();
}

Result<Json> ClusterActions::restartKernels(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Restart Kernels of Cluster", canRestart));
  auto connection = TROWEL_TRY(action.connection());
  auto notebooks = kernels_.notebooksOn(connection->id, cluster.id);
  if (notebooks.empty()) {
    action.tell("No notebook of this window has a kernel on " + cluster.name + ", so there is nothing to restart.");
    return Json();
  }
  auto what = notebooks.size() == 1 ? "one notebook" : fmt::format("{} notebooks", notebooks.size());
  TROWEL_TRY(action.confirm(fmt::format("Restart the kernel of {} on {}?", what, cluster.name),
                            "What they have defined is lost, and running cells end. The cluster itself goes on.",
                            "Restart"));
  kernels_.restartOn(connection->id, cluster.id);
  action.tell(fmt::format("The kernel of {} on {} begins anew with the next cell.", what, cluster.name));
  return Json();
}

Result<Json> ClusterActions::filter(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  auto item = [](const std::string& id, const std::string& label, const std::string& icon) {
    return protocol::PickItem{.id = id, .label = label, .description = {}, .detail = {}, .icon = icon, .picked = {}};
  };
  std::vector<protocol::PickItem> items = {item("all", "All clusters", "list-flat"),
                                           item("creator:" + connection->me.userName, "Mine", "account")};
  std::set<std::string> creators;
  std::set<std::string> states;
  for (const auto& cluster : TROWEL_TRY(clusters_.clusters(*connection, action.project(), action.cancel()))) {
    if (!cluster.isAllPurpose()) continue;
    if (!cluster.creator.empty() && cluster.creator != connection->me.userName) creators.insert(cluster.creator);
    states.insert(core::toLower(cluster.state));
  }
  for (const auto& state : states) items.push_back(item("state:" + state, "State: " + state, "pulse"));
  for (const auto& creator : creators) items.push_back(item("creator:" + creator, "Created by " + creator, "person"));
  auto chosen =
      TROWEL_TRY(action.pick({.title = "Filter Clusters", .placeholder = "Which ones are shown?"}, std::move(items)));
  TROWEL_TRY(tree_.states().change(action.project().path, protocol::view::kClusters, [&](ViewState& state) {
    auto colon = chosen.find(':');
    if (colon == std::string::npos)
      state.filters.clear();
    else
      state.filters[chosen.substr(0, colon)] = chosen.substr(colon + 1);
  }));
  tree_.changed(protocol::view::kClusters);
  return Json();
}

}  // namespace trowel::features

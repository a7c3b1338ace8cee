// SPDX-License-Identifier: Apache-2.0
// Clusters 2.1 and its older alias 2.0: what is done to one cluster, and what clusters can be made of.
#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/compute/compute_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using Change = std::function<Reply<void>(const std::string& id, const Call& call)>;

// An action on one cluster that answers {}.
struct Action {
  std::string name;
  ClusterRight right;
  bool losesWork;  // all that ran on the cluster
  Change change;
};

Reply<void> mayDo(Compute& compute, const Call& call, const std::string& id, ClusterRight right) {
  // Who may not is told so before the state is looked at; a cluster that is not there is nobody's secret.
  auto status = compute.clusters().status(id);
  return status ? requireRight(compute.grants(), call.caller(), id, status->owner, right) : Reply<void>();
}

Reply<Response> create(Compute& compute, const Call& call) {
  const Json& params = call.params();
  TROWEL_TRY(requireCreation(compute.users(), compute.policyGrants(), call.caller(), call.text("policy_id")));
  auto source = core::stringAt(core::objectAt(params, "clone_from"), "source_cluster_id");
  if (!source.empty()) {
    auto status = compute.clusters().status(source);
    if (!status) return invalidParameter("Cluster " + source + " does not exist");
    auto allowed = requireRight(compute.grants(), call.caller(), source, status->owner, ClusterRight::Attach);
    if (!allowed) return std::unexpected(allowed.error());
  }
  ClusterOrigin origin{.owner = call.caller().name, .idempotencyToken = call.text("idempotency_token")};
  if (origin.idempotencyToken.size() > 64)
    return invalidParameter("idempotency_token must have at most 64 characters.");
  auto id = TROWEL_TRY(compute.clusters().create(params, origin));
  if (!source.empty()) compute.libraries().copy(source, id);
  Json libraries = compute.policies().libraries(call.text("policy_id"));
  if (!libraries.empty())
    if (auto installed = compute.libraries().install(id, libraries); !installed)
      return std::unexpected(installed.error());
  return jsonResponse({{"cluster_id", id}});
}

Reply<Response> get(Compute& compute, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  if (auto allowed = mayDo(compute, call, id, ClusterRight::Attach); !allowed) return std::unexpected(allowed.error());
  return jsonResponse(TROWEL_TRY(compute.clusters().describe(id)));
}

Reply<void> changeOwner(Compute& compute, const std::string& id, const Call& call) {
  auto owner = TROWEL_TRY(call.required("owner_username"));
  if (auto allowed = requireAdmin(call.caller(), "change the owner of a cluster"); !allowed) return allowed;
  if (!compute.users().find(owner)) return invalidParameter("User " + owner + " does not exist.");
  return compute.clusters().changeOwner(id, owner);
}

Reply<void> pin(Compute& compute, const std::string& id, const Call& call, bool pinned) {
  if (auto allowed = requireAdmin(call.caller(), "pin or unpin clusters"); !allowed) return allowed;
  return compute.clusters().pin(id, pinned, call.caller().name);
}

std::vector<Action> actions(Compute& compute) {
  auto& clusters = compute.clusters();
  return {
      {"edit", ClusterRight::Manage, true,
       [&](const auto& id, const Call& call) { return clusters.edit(id, call.params(), call.caller().name); }},
      {"update", ClusterRight::Manage, true,
       [&](const auto& id, const Call& call) -> Reply<void> {
         auto mask = TROWEL_TRY(call.required("update_mask"));
         return clusters.update(id, mask, core::objectAt(call.params(), "cluster"), call.caller().name);
       }},
      {"start", ClusterRight::Restart, false,
       [&](const auto& id, const Call& call) { return clusters.start(id, call.caller().name); }},
      {"restart", ClusterRight::Restart, true,
       [&](const auto& id, const Call& call) {
         return clusters.restart(id, call.text("restart_user", call.caller().name));
       }},
      {"resize", ClusterRight::Manage, false,
       [&](const auto& id, const Call& call) { return clusters.resize(id, call.params(), call.caller().name); }},
      {"delete", ClusterRight::Restart, true,
       [&](const auto& id, const Call& call) { return clusters.terminate(id, call.caller().name); }},
      {"permanent-delete", ClusterRight::Manage, true,
       [&](const auto& id, const Call&) -> Reply<void> {
         if (auto removed = clusters.remove(id); !removed) return removed;
         compute.libraries().forget(id);
         compute.removed("clusters", id);
         return {};
       }},
      {"pin", ClusterRight::Attach, false,
       [&](const auto& id, const Call& call) { return pin(compute, id, call, true); }},
      {"unpin", ClusterRight::Attach, false,
       [&](const auto& id, const Call& call) { return pin(compute, id, call, false); }},
      {"change-owner", ClusterRight::Attach, false,
       [&](const auto& id, const Call& call) { return changeOwner(compute, id, call); }},
  };
}

Endpoint endpointOf(Compute& compute, Action action) {
  return [&compute, action = std::move(action)](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(call.required("cluster_id"));
    auto done = mayDo(compute, call, id, action.right);
    if (done) done = action.change(id, call);
    if (!done) return std::unexpected(done.error());
    if (action.losesWork) compute.lost(id);
    return emptyResponse();
  };
}

}  // namespace

void addClusterRoutes(Router& router, Compute& compute) {
  for (std::string version : {"2.0", "2.1"}) {
    const std::string base = "/api/" + version + "/clusters/";
    router.add("POST", base + "create", [&compute](const Call& call) { return create(compute, call); });
    router.add("GET", base + "get", [&compute](const Call& call) { return get(compute, call); });
    for (auto& action : actions(compute)) {
      const std::string path = base + action.name;
      router.add("POST", path, endpointOf(compute, std::move(action)));
    }
    router.add("GET", base + "spark-versions",
               [](const Call&) -> Reply<Response> { return jsonResponse(sparkVersions()); });
    router.add("GET", base + "list-node-types",
               [](const Call&) -> Reply<Response> { return jsonResponse(nodeTypes()); });
    router.add("GET", base + "list-zones", [](const Call&) -> Reply<Response> { return jsonResponse(zones()); });
  }
}

}  // namespace trowel::emulator

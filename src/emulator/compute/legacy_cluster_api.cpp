// SPDX-License-Identifier: Apache-2.0
// Clusters as API 1.2 had them, which old clients of its commands still ask for (rest-api.md 8.4).
#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Json legacy(const Json& cluster) {
  Json all{{"id", core::stringAt(cluster, "cluster_id")},
           {"name", core::stringAt(cluster, "cluster_name")},
           {"status", titleCase(parseClusterState(core::stringAt(cluster, "state")))},
           {"numWorkers", core::intAt(cluster, "num_workers")}};
  const Json& driver = core::objectAt(cluster, "driver");
  all["driverIp"] = core::stringAt(driver, "private_ip");
  all["jdbcPort"] = core::intAt(cluster, "jdbc_port", 10'000);
  return all;
}

}  // namespace

Reply<std::string> permittedCluster(Compute& compute, const Call& call, ClusterRight right) {
  auto id = call.text("clusterId");
  if (id.empty()) return commandError(500, "IllegalArgumentException: requirement failed: missing clusterId");
  auto status = compute.clusters().status(id);
  if (!status) return commandError(500, "ClusterNotFoundException: Cluster not found: " + id);
  auto allowed = requireRight(compute.grants(), call.caller(), id, status->owner, right);
  if (!allowed) return commandError(403, "PERMISSION_DENIED: " + allowed.error().message);
  return id;
}

void addLegacyClusterRoutes(Router& router, Compute& compute) {
  router.add("GET", "/api/1.2/clusters/list", [&compute](const Call& call) -> Reply<Response> {
    Json all = Json::array();
    for (const auto& cluster : compute.clusters().describeAll()) {
      auto owner = core::stringAt(cluster, "creator_user_name");
      auto id = core::stringAt(cluster, "cluster_id");
      if (hasRight(compute.grants(), call.caller(), id, owner, ClusterRight::Attach)) all.push_back(legacy(cluster));
    }
    return jsonResponse(all);
  });
  router.add("GET", "/api/1.2/clusters/status", [&compute](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(permittedCluster(compute, call, ClusterRight::Attach));
    return jsonResponse(legacy(TROWEL_TRY(compute.clusters().describe(id))));
  });
  router.add("POST", "/api/1.2/clusters/restart", [&compute](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(permittedCluster(compute, call, ClusterRight::Restart));
    if (auto done = compute.clusters().restart(id, call.caller().name); !done)
      return commandError(500, "IllegalStateException: " + done.error().message);
    compute.lost(id);
    return jsonResponse({{"id", id}});
  });
  router.add("POST", "/api/1.2/clusters/delete", [&compute](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(permittedCluster(compute, call, ClusterRight::Restart));
    if (auto done = compute.clusters().terminate(id, call.caller().name); !done)
      return commandError(500, "IllegalStateException: " + done.error().message);
    compute.lost(id);
    return jsonResponse({{"id", id}});
  });
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Libraries 2.0 (rest-api.md 7.7).
#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> change(Compute& compute, const Call& call,
                       Reply<void> (Libraries::*act)(const std::string& clusterId, const Json& libraries)) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  if (!call.params().contains("libraries")) return missingField("libraries");
  auto done = permitted(compute, call, id, ClusterRight::Manage);
  if (done) done = (compute.libraries().*act)(id, call.params()["libraries"]);
  if (!done) return std::unexpected(done.error());
  return emptyResponse();
}

Reply<Response> status(Compute& compute, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  if (auto allowed = permitted(compute, call, id, ClusterRight::Attach); !allowed)
    return std::unexpected(allowed.error());
  Json body{{"cluster_id", id}};
  Json statuses = TROWEL_TRY(compute.libraries().statuses(id));
  if (!statuses.empty()) body["library_statuses"] = std::move(statuses);
  return jsonResponse(body);
}

Reply<Response> allStatuses(Compute& compute, const Call& call) {
  Json shown = Json::array();
  for (auto& cluster : compute.libraries().allStatuses())
    if (permitted(compute, call, core::stringAt(cluster, "cluster_id"), ClusterRight::Attach))
      shown.push_back(std::move(cluster));
  if (shown.empty()) return emptyResponse();
  return jsonResponse({{"statuses", std::move(shown)}});
}

}  // namespace

void addLibraryRoutes(Router& router, Compute& compute) {
  const std::string base = "/api/2.0/libraries/";
  router.add("POST", base + "install",
             [&compute](const Call& call) { return change(compute, call, &Libraries::install); });
  router.add("POST", base + "uninstall",
             [&compute](const Call& call) { return change(compute, call, &Libraries::uninstall); });
  router.add("GET", base + "cluster-status", [&compute](const Call& call) { return status(compute, call); });
  router.add("GET", base + "all-cluster-statuses", [&compute](const Call& call) { return allStatuses(compute, call); });
}

}  // namespace trowel::emulator

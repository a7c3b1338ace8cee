// SPDX-License-Identifier: Apache-2.0
// Instance pools 2.0 (rest-api.md 7.6). Their numbers are counted from the clusters that use them.
#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

void addStats(Compute& compute, Json& pool) {
  auto used = compute.clusters().usedInstances(core::stringAt(pool, "instance_pool_id"));
  pool["stats"] = {{"used_count", used},
                   {"idle_count", core::intAt(pool, "min_idle_instances")},
                   {"pending_used_count", 0},
                   {"pending_idle_count", 0}};
}

Reply<Response> change(const Call& call, const std::function<Reply<void>(const std::string& id)>& act) {
  auto id = TROWEL_TRY(call.required("instance_pool_id"));
  auto done = requireAdmin(call.caller(), "change instance pools");
  if (done) done = act(id);
  if (!done) return std::unexpected(done.error());
  return emptyResponse();
}

}  // namespace

void addPoolRoutes(Router& router, Compute& compute) {
  const std::string base = "/api/2.0/instance-pools/";
  router.add("GET", base + "list", [&compute](const Call&) -> Reply<Response> {
    Json pools = compute.pools().describeAll();
    if (pools.empty()) return emptyResponse();
    for (auto& pool : pools) addStats(compute, pool);
    return jsonResponse({{"instance_pools", std::move(pools)}});
  });
  router.add("GET", base + "get", [&compute](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(call.required("instance_pool_id"));
    Json pool = TROWEL_TRY(compute.pools().describe(id));
    addStats(compute, pool);
    return jsonResponse(pool);
  });
  router.add("POST", base + "create", [&compute](const Call& call) -> Reply<Response> {
    TROWEL_TRY(call.required("instance_pool_name"));
    if (auto allowed = requireAdmin(call.caller(), "create instance pools"); !allowed)
      return std::unexpected(allowed.error());
    auto id = TROWEL_TRY(compute.pools().create(call.params(), call.caller().name));
    return jsonResponse({{"instance_pool_id", id}});
  });
  router.add("POST", base + "edit", [&compute](const Call& call) {
    return change(call, [&](const std::string&) { return compute.pools().edit(call.params()); });
  });
  router.add("POST", base + "delete", [&compute](const Call& call) {
    return change(call, [&](const std::string& id) {
      auto done = compute.pools().remove(id);
      if (done) compute.removed("instance-pools", id);
      return done;
    });
  });
}

}  // namespace trowel::emulator

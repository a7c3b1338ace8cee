// SPDX-License-Identifier: Apache-2.0
// Cluster policies 2.0, the families they come from, and how far existing clusters keep them (rest-api.md 7.6).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"
#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> list(Compute& compute, const Call& call) {
  auto column = call.text("sort_column", "POLICY_CREATION_TIME");
  auto order = call.text("sort_order", "DESC");
  if (column != "POLICY_CREATION_TIME" && column != "POLICY_NAME")
    return invalidParameter("Invalid value for sort_column: " + core::toValidUtf8(column));
  if (order != "ASC" && order != "DESC")
    return invalidParameter("Invalid value for sort_order: " + core::toValidUtf8(order));
  Json policies = compute.policies().describeAll();
  if (column == "POLICY_NAME")
    std::stable_sort(policies.begin(), policies.end(), [](const Json& a, const Json& b) {
      return core::stringAt(a, "name") < core::stringAt(b, "name");
    });
  if (order == "DESC") std::reverse(policies.begin(), policies.end());
  if (policies.empty()) return emptyResponse();
  auto count = policies.size();
  return jsonResponse({{"policies", std::move(policies)}, {"total_count", count}});
}

Reply<Response> families(const Call& call) {
  auto page = TROWEL_TRY(readPage(call, "max_results", 20, 100));
  const Json all = policyFamilies();
  Json shown = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) shown.push_back(all[i]);
  Json body{{"policy_families", std::move(shown)}};
  setNextPage(body, page, all.size());
  return jsonResponse(body);
}

Reply<Response> family(const Call& call) {
  const auto& id = call.path("id");
  for (const auto& known : policyFamilies())
    if (core::stringAt(known, "policy_family_id") == id) return jsonResponse(known);
  return doesNotExist("Can't find a policy family with id: " + core::toValidUtf8(id) + ".");
}

// What one cluster breaks of its policy; `changed` is what it would be if the policy were applied to it.
struct Compliance {
  Violations violations;
  Json before = {};
  Json changed = {};
};

Reply<Compliance> complianceOf(Compute& compute, const std::string& id) {
  Json cluster = TROWEL_TRY(compute.clusters().describe(id));
  Compliance result{.violations = {}, .before = cluster["spec"]};
  auto policy = core::stringAt(result.before, "policy_id");
  if (policy.empty()) return invalidParameter("Cluster " + id + " does not have a policy.");
  std::string type = core::stringAt(cluster, "cluster_source") == "JOB" ? "job" : "all-purpose";
  result.changed = result.before;
  result.changed["apply_policy_default_values"] = true;
  result.violations = TROWEL_TRY(compute.policies().violations(policy, result.changed, type));
  result.changed.erase("apply_policy_default_values");
  // What a fixed value would fill in is not there: that is a violation of a cluster that exists.
  const Json before = result.before.flatten();
  const Json after = result.changed.flatten();
  for (const auto& [path, value] : after.items())
    if (!before.contains(path)) {
      auto field = core::replaceAll(path.substr(1), "/", ".");
      result.violations.try_emplace(
          field, "the value must be " + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
  return result;
}

Json complianceJson(const Compliance& compliance) {
  Json json{{"is_compliant", compliance.violations.empty()}};
  if (!compliance.violations.empty()) json["violations"] = compliance.violations;
  return json;
}

Reply<Response> getCompliance(Compute& compute, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  if (auto allowed = permitted(compute, call, id, ClusterRight::Attach); !allowed)
    return std::unexpected(allowed.error());
  return jsonResponse(complianceJson(TROWEL_TRY(complianceOf(compute, id))));
}

Reply<Response> listCompliance(Compute& compute, const Call& call) {
  auto policy = TROWEL_TRY(call.required("policy_id"));
  TROWEL_TRY(compute.policies().describe(policy));
  auto page = TROWEL_TRY(readPage(call, "page_size", 20, 100));
  std::vector<Json> all;
  for (const auto& cluster : compute.clusters().describeAll()) {
    if (core::stringAt(cluster, "policy_id") != policy) continue;
    auto id = core::stringAt(cluster, "cluster_id");
    if (!permitted(compute, call, id, ClusterRight::Attach)) continue;
    auto compliance = complianceOf(compute, id);
    if (!compliance) continue;
    Json entry = complianceJson(*compliance);
    entry["cluster_id"] = id;
    all.push_back(std::move(entry));
  }
  Json body = Json::object();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) body["clusters"].push_back(all[i]);
  setNextPage(body, page, all.size());
  return jsonResponse(body);
}

Reply<Response> enforceCompliance(Compute& compute, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  if (auto allowed = permitted(compute, call, id, ClusterRight::Manage); !allowed)
    return std::unexpected(allowed.error());
  auto compliance = TROWEL_TRY(complianceOf(compute, id));
  const Json before = compliance.before.flatten();
  const Json after = compliance.changed.flatten();
  auto text = [](const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  Json changes = Json::array();
  for (const auto& [path, value] : after.items()) {
    if (before.contains(path) && before[path] == value) continue;
    Json change{{"field", core::replaceAll(path.substr(1), "/", ".")}, {"new_value", text(value)}};
    if (before.contains(path)) change["previous_value"] = text(before[path]);
    changes.push_back(std::move(change));
  }
  if (!changes.empty() && !call.flag("validate_only")) {
    if (auto done = compute.clusters().edit(id, compliance.changed, call.caller().name); !done)
      return std::unexpected(done.error());
    compute.lost(id);
  }
  Json body{{"has_changes", !changes.empty()}};
  if (!changes.empty()) body["changes"] = std::move(changes);
  return jsonResponse(body);
}

Reply<Response> change(const Call& call, const std::function<Reply<void>(const std::string& id)>& act) {
  auto id = TROWEL_TRY(call.required("policy_id"));
  auto done = requireAdmin(call.caller(), "change cluster policies");
  if (done) done = act(id);
  if (!done) return std::unexpected(done.error());
  return emptyResponse();
}

}  // namespace

void addPolicyRoutes(Router& router, Compute& compute) {
  const std::string base = "/api/2.0/policies/clusters/";
  router.add("GET", base + "list", [&compute](const Call& call) { return list(compute, call); });
  router.add("GET", base + "get", [&compute](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(call.required("policy_id"));
    return jsonResponse(TROWEL_TRY(compute.policies().describe(id)));
  });
  router.add("POST", base + "create", [&compute](const Call& call) -> Reply<Response> {
    TROWEL_TRY(call.required("name"));
    if (auto allowed = requireAdmin(call.caller(), "create cluster policies"); !allowed)
      return std::unexpected(allowed.error());
    auto id = TROWEL_TRY(compute.policies().create(call.params(), call.caller().name));
    return jsonResponse({{"policy_id", id}});
  });
  router.add("POST", base + "edit", [&compute](const Call& call) {
    return change(call, [&](const std::string&) { return compute.policies().edit(call.params()); });
  });
  router.add("POST", base + "delete", [&compute](const Call& call) {
    return change(call, [&](const std::string& id) {
      auto done = compute.policies().remove(id);
      if (done) compute.removed("cluster-policies", id);
      return done;
    });
  });
  router.add("GET", base + "get-compliance", [&compute](const Call& call) { return getCompliance(compute, call); });
  router.add("GET", base + "list-compliance", [&compute](const Call& call) { return listCompliance(compute, call); });
  router.add("POST", base + "enforce-compliance",
             [&compute](const Call& call) { return enforceCompliance(compute, call); });
  router.add("GET", "/api/2.0/policy-families", [](const Call& call) { return families(call); });
  router.add("GET", "/api/2.0/policy-families/{id}", [](const Call& call) { return family(call); });
}

}  // namespace trowel::emulator

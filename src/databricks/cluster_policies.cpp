// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/cluster_policies.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/definition.hpp"
#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/policies/clusters/list", Safety::Safe, inOnePage("policies")};
constexpr Call kGet{Verb::Get, "/api/2.0/policies/clusters/get", Safety::Safe};
constexpr Call kCreate{Verb::Post, "/api/2.0/policies/clusters/create", Safety::Unsafe};
constexpr Call kEdit{Verb::Post, "/api/2.0/policies/clusters/edit", Safety::Safe};
constexpr Call kDelete{Verb::Post, "/api/2.0/policies/clusters/delete", Safety::Safe};
constexpr Call kFamilies{Verb::Get, "/api/2.0/policy-families", Safety::Safe, byToken("policy_families")};
constexpr Call kFamily{Verb::Get, "/api/2.0/policy-families/{id}", Safety::Safe};

ClusterPolicy readPolicy(const core::Json& json) {
  ClusterPolicy policy;
  policy.id = core::stringAt(json, "policy_id");
  policy.name = core::stringAt(json, "name");
  policy.description = core::stringAt(json, "description");
  policy.definition = core::stringAt(json, "definition");
  policy.familyId = core::stringAt(json, "policy_family_id");
  policy.creator = core::stringAt(json, "creator_user_name");
  policy.createdAt = core::intAt(json, "created_at_timestamp");
  policy.maxClustersPerUser = core::intAt(json, "max_clusters_per_user");
  policy.isDefault = core::boolAt(json, "is_default");
  policy.document = documentOf(json);
  return policy;
}

PolicyFamily readFamily(const core::Json& json) {
  return {.id = core::stringAt(json, "policy_family_id"),
          .name = core::stringAt(json, "name"),
          .description = core::stringAt(json, "description"),
          .definition = core::stringAt(json, "definition")};
}

}  // namespace

Listing<ClusterPolicy> ClusterPolicies::list(const CallOptions& options) const {
  return rest_.list(kList, {{"sort_column", "POLICY_NAME"}, {"sort_order", "ASC"}}, &readPolicy, options);
}

core::Result<ClusterPolicy> ClusterPolicies::get(std::string_view id, const CallOptions& options) const {
  return readPolicy(TROWEL_TRY(rest_.call(kGet, {{"policy_id", id}}, options)));
}

core::Result<std::string> ClusterPolicies::create(const core::Json& policy, const CallOptions& options) const {
  return newId(TROWEL_TRY(rest_.call(kCreate, policy, options)), "policy_id");
}

core::Result<void> ClusterPolicies::edit(std::string_view id, const core::Json& policy,
                                         const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kEdit, withId(policy, "policy_id", id), options));
  return {};
}

core::Result<void> ClusterPolicies::remove(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kDelete, {{"policy_id", id}}, options));
  return {};
}

Listing<PolicyFamily> ClusterPolicies::families(const CallOptions& options) const {
  return rest_.list(kFamilies, {}, &readFamily, options);
}

core::Result<PolicyFamily> ClusterPolicies::family(std::string_view id, const CallOptions& options) const {
  return readFamily(TROWEL_TRY(rest_.call(kFamily, {{"id", id}}, options)));
}

}  // namespace trowel::databricks

// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/policies.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "emulator/compute/cluster_spec.hpp"
#include "emulator/compute/library_spec.hpp"
#include "emulator/server/message.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string newId() {
  std::string id = core::randomHex(8);
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return std::toupper(c); });
  return id;
}

std::unexpected<ApiError> notFound(const std::string& id) {
  return doesNotExist("Can't find a cluster policy with id: " + core::toValidUtf8(id) + ".");
}

std::optional<Json> familyNamed(const std::string& id) {
  for (const auto& family : policyFamilies())
    if (core::stringAt(family, "policy_family_id") == id) return family;
  return std::nullopt;
}

// The text of a JSON field, checked.
Reply<Json> parseRules(const Json& policy, const char* field) {
  auto text = core::stringAt(policy, field);
  if (text.empty()) return Json::object();
  auto rules = core::parseJson(text);
  if (!rules) return invalidParameter("Invalid policy " + std::string(field) + ": " + rules.error().message);
  if (auto checked = checkPolicyDefinition(*rules); !checked) return std::unexpected(checked.error());
  return *std::move(rules);
}

}  // namespace

Policies::Policies(World& world, const std::string& owner) : world_(world), policies_(world.state, "cluster-policy") {
  if (policies_.size() != 0) return;
  policies_.put(newId(), {{"name", "Personal Compute"},
                          {"policy_family_id", "personal-vm"},
                          {"description", "One machine for one person."},
                          {"creator_user_name", owner},
                          {"created_at_timestamp", world_.now()},
                          {"is_default", true}});
}

Reply<Json> Policies::read(const Json& params) const {
  static const std::vector<MessageField> fields = {{"name", ValueType::Text},
                                                   {"definition", ValueType::Text},
                                                   {"description", ValueType::Text},
                                                   {"max_clusters_per_user", ValueType::Number},
                                                   {"policy_family_id", ValueType::Text},
                                                   {"policy_family_definition_overrides", ValueType::Text},
                                                   {"libraries", ValueType::ObjectList}};
  Json policy = TROWEL_TRY(readMessage(params, fields));
  if (core::stringAt(policy, "name").empty()) return missingField("name");
  const auto family = core::stringAt(policy, "policy_family_id");
  if (family.empty() && core::stringAt(policy, "definition").empty()) return missingField("definition");
  if (!family.empty() && policy.contains("definition"))
    return invalidParameter("definition cannot be used together with policy_family_id.");
  if (family.empty() && policy.contains("policy_family_definition_overrides"))
    return invalidParameter("policy_family_definition_overrides needs policy_family_id.");
  if (!family.empty() && !familyNamed(family))
    return doesNotExist("Can't find a policy family with id: " + core::toValidUtf8(family) + ".");
  for (const char* field : {"definition", "policy_family_definition_overrides"}) TROWEL_TRY(parseRules(policy, field));
  if (policy.contains("max_clusters_per_user") && core::intAt(policy, "max_clusters_per_user") < 1)
    return invalidParameter("max_clusters_per_user must be greater than 0.");
  if (policy.contains("libraries")) {
    Json libraries = TROWEL_TRY(readLibraries(policy["libraries"]));
    policy["libraries"] = std::move(libraries);
  }
  return policy;
}

Reply<void> Policies::checkName(const std::string& name, const std::string& except) const {
  for (const auto& [id, policy] : policies_.all())
    if (id != except && core::stringAt(policy, "name") == name)
      return invalidParameter("Policy with name " + name + " already exists.");
  return {};
}

Reply<std::string> Policies::create(const Json& params, const std::string& owner) {
  Json policy = TROWEL_TRY(read(params));
  std::lock_guard lock(mutex_);
  if (auto checked = checkName(core::stringAt(policy, "name"), {}); !checked) return std::unexpected(checked.error());
  policy["creator_user_name"] = owner;
  policy["created_at_timestamp"] = world_.now();
  std::string id = newId();
  policies_.put(id, policy);
  return id;
}

Reply<void> Policies::edit(const Json& params) {
  auto id = core::stringAt(params, "policy_id");
  Json policy = TROWEL_TRY(read(params));
  std::lock_guard lock(mutex_);
  auto before = policies_.find(id);
  if (!before) return notFound(id);
  if (auto checked = checkName(core::stringAt(policy, "name"), id); !checked) return checked;
  for (const char* kept : {"creator_user_name", "created_at_timestamp", "is_default"})
    if (before->contains(kept)) policy[kept] = (*before)[kept];
  policies_.put(id, policy);
  return {};
}

Reply<void> Policies::remove(const std::string& id) {
  if (!policies_.remove(id)) return notFound(id);
  return {};
}

Reply<Json> Policies::describe(const std::string& id) const {
  auto policy = policies_.find(id);
  if (!policy) return notFound(id);
  (*policy)["policy_id"] = id;
  if (!policy->contains("definition")) (*policy)["definition"] = core::dumpJson(TROWEL_TRY(rules(*policy)));
  if (core::arrayAt(*policy, "libraries").empty()) policy->erase("libraries");
  return *std::move(policy);
}

Json Policies::describeAll() const {
  std::vector<Json> all;
  for (const auto& [id, stored] : policies_.all())
    if (auto policy = describe(id)) all.push_back(*std::move(policy));
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return core::intAt(a, "created_at_timestamp") < core::intAt(b, "created_at_timestamp");
  });
  return all;
}

// The definition; of a policy of a family, the family's with the overrides over it.
Reply<Json> Policies::rules(const Json& policy) const {
  auto family = familyNamed(core::stringAt(policy, "policy_family_id"));
  if (!family) return parseRules(policy, "definition");
  Json rules = TROWEL_TRY(parseRules(*family, "definition"));
  const Json overrides = TROWEL_TRY(parseRules(policy, "policy_family_definition_overrides"));
  if (overrides.is_object()) rules.update(overrides);
  return rules;
}

Reply<Violations> Policies::violations(const std::string& id, Json& spec, std::string_view clusterType) const {
  auto policy = policies_.find(id);
  if (!policy) return notFound(id);
  const Json definition = TROWEL_TRY(rules(*policy));
  if (!definition.is_object())
    return invalidParameter("Requests for the policy " + core::stringAt(*policy, "name") +
                            " cannot be satisfied due to the malformed policy definition. Please contact your "
                            "administrator to correct the policy definition.");
  return applyPolicyRules(definition, spec, core::boolAt(spec, "apply_policy_default_values"), clusterType);
}

Reply<Json> Policies::apply(const std::string& id, Json spec, bool defaults, std::string_view clusterType) const {
  spec["apply_policy_default_values"] = defaults;
  auto broken = TROWEL_TRY(violations(id, spec, clusterType));
  if (!broken.empty()) {
    std::string all;
    for (const auto& [field, why] : broken)
      all += (all.empty() ? "" : "; ") + ("Validation failed for " + field + ", " + why);
    return invalidParameter("Cluster validation error: " + all);
  }
  if (spec.contains("spark_version"))
    spec["spark_version"] = resolveSparkVersion(core::stringAt(spec, "spark_version"));
  return readClusterSpec(spec);
}

std::int64_t Policies::maxClustersPerUser(const std::string& id) const {
  auto policy = policies_.find(id);
  return policy ? core::intAt(*policy, "max_clusters_per_user") : 0;
}

Json Policies::libraries(const std::string& id) const {
  auto policy = policies_.find(id);
  return policy ? core::arrayAt(*policy, "libraries") : Json::array();
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Fields of clusters are named as the service does, behind the key of the job cluster; of a cluster that only one task
// has, behind the key of the task.
#include "emulator/jobs/job_compliance.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "emulator/jobs/job_api.hpp"
#include "emulator/jobs/references.hpp"
#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxViolations = 200;

struct Compliance {
  std::map<std::string, std::string> violations = {};
  Json changes = Json::array();         // to what the policies fill in: {"field","previous_value","new_value"}
  Json settings = {};                   // with those changes
  std::set<std::string> policies = {};  // that are named
};

std::string fieldOf(const std::string& owner, const std::string& pointer) {
  return owner + "." + core::replaceAll(pointer.substr(1), "/", ".");
}

void compare(const std::string& owner, const Json& before, const Json& after, Compliance& result) {
  const Json old = before.flatten();
  const Json fresh = after.flatten();
  for (const auto& [pointer, value] : fresh.items()) {
    bool had = old.contains(pointer);
    if (had && old[pointer] == value) continue;
    std::string field = fieldOf(owner, pointer);
    Json change{{"field", field}, {"new_value", plainText(value)}};
    if (had) change["previous_value"] = plainText(old[pointer]);
    result.changes.push_back(std::move(change));
    // What the policy would fill in is missing: the job was made before the policy said so.
    result.violations.try_emplace(field, "the value must be " + plainText(value));
  }
}

void examine(const std::string& owner, Json& holder, const PolicyCheck& check, Compliance& result) {
  const Json before = core::objectAt(holder, "new_cluster");
  std::string policy = core::stringAt(before, "policy_id");
  if (policy.empty()) return;
  result.policies.insert(policy);
  Json after = before;
  auto broken = check(policy, after);
  if (!broken) {
    result.violations[owner + ".policy_id"] = broken.error().message;
    return;
  }
  for (const auto& [field, message] : *broken) result.violations[owner + "." + field] = message;
  compare(owner, before, after, result);
  holder["new_cluster"] = std::move(after);
}

Compliance complianceOf(const Job& job, const PolicyCheck& check) {
  Compliance result{.settings = *job.settings};
  for (auto [array, key] : {std::pair("job_clusters", "job_cluster_key"), std::pair("tasks", "task_key")}) {
    if (!result.settings.contains(array)) continue;
    for (auto& holder : result.settings[array]) {
      std::string owner = core::stringAt(holder, key);
      examine(owner, holder, check, result);
    }
  }
  return result;
}

Json describe(const Compliance& compliance) {
  Json answer{{"is_compliant", compliance.violations.empty()}};
  std::size_t count = 0;
  for (const auto& [field, message] : compliance.violations)
    if (count++ < kMaxViolations) answer["violations"][field] = message;
  return answer;
}

Reply<Response> get(JobStore& store, const PolicyCheck& check, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(store.check(call.caller(), id, JobRight::View));
  Job job = TROWEL_TRY(store.get(id));
  return jsonResponse(describe(complianceOf(job, check)));
}

Reply<Response> list(JobStore& store, const PolicyCheck& check, const Call& call) {
  std::string policy = TROWEL_TRY(call.required("policy_id"));
  TROWEL_TRY(optionalNumber(call, "page_size"));
  Page page = TROWEL_TRY(readPage(call, "page_size", 100, 100));
  std::vector<Json> jobs;
  for (const auto id : store.ids()) {
    const auto job = store.find(id);
    if (!job || !store.check(call.caller(), id, JobRight::View)) continue;
    auto compliance = complianceOf(*job, check);
    if (!compliance.policies.contains(policy)) continue;
    Json item = describe(compliance);
    item["job_id"] = id;
    jobs.push_back(std::move(item));
  }
  Json answer = Json::object();
  for (auto i = page.begin(jobs.size()); i < page.end(jobs.size()); ++i) answer["jobs"].push_back(jobs[i]);
  setNextPage(answer, page, jobs.size());
  return jsonResponse(answer);
}

Reply<Response> enforce(JobStore& store, const PolicyCheck& check, const Call& call) {
  auto id = TROWEL_TRY(requiredId(call, "job_id"));
  TROWEL_TRY(store.check(call.caller(), id, JobRight::Manage));
  Job job = TROWEL_TRY(store.get(id));
  auto compliance = complianceOf(job, check);
  bool changes = !compliance.changes.empty();
  if (changes && !call.flag("validate_only"))
    TROWEL_TRY(store.change(id, call.caller(), [&](const Json&) { return compliance.settings; }));
  Json answer{{"has_changes", changes}, {"settings", std::move(compliance.settings)}};
  if (changes) answer["job_cluster_changes"] = std::move(compliance.changes);
  return jsonResponse(answer);
}

}  // namespace

void addJobComplianceRoutes(Router& router, JobStore& store, PolicyCheck check) {
  const std::string root = "/api/2.0/policies/jobs/";
  router.add("GET", root + "get-compliance", [&store, check](const Call& call) { return get(store, check, call); });
  router.add("GET", root + "list-compliance", [&store, check](const Call& call) { return list(store, check, call); });
  router.add("POST", root + "enforce-compliance",
             [&store, check](const Call& call) { return enforce(store, check, call); });
}

}  // namespace trowel::emulator

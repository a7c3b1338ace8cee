// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_admission.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "emulator/jobs/field_rules.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr const char* kUser = "user_name";
constexpr const char* kPrincipal = "service_principal_name";

std::vector<const Json*> newClusters(const Json& settings) {
  std::vector<const Json*> clusters;
  auto add = [&](const Json& holder) {
    if (has(holder, "new_cluster")) clusters.push_back(&*holder.find("new_cluster"));
  };
  for (const auto& cluster : core::arrayAt(settings, "job_clusters")) add(cluster);
  for (const auto& task : core::arrayAt(settings, "tasks")) {
    add(task);
    add(core::objectAt(core::objectAt(task, "for_each_task"), "task"));
  }
  return clusters;
}

}  // namespace

std::string runAsOf(const Json& settings, const std::string& creator) {
  const Json& runAs = core::objectAt(settings, "run_as");
  for (auto field : {kUser, kPrincipal})
    if (std::string name = core::stringAt(runAs, field); !name.empty()) return name;
  return creator;
}

Reply<void> JobAdmission::check(const Json& settings, const Json& before, const std::string& creator,
                                const User& caller) const {
  TROWEL_TRY(checkRunAs(settings, before, creator, caller));
  return checkClusters(settings, before, caller);
}

Reply<void> JobAdmission::checkRunAs(const Json& settings, const Json& before, const std::string& creator,
                                     const User& caller) const {
  const Json& runAs = core::objectAt(settings, "run_as");
  bool user = !core::stringAt(runAs, kUser).empty();
  bool principal = !core::stringAt(runAs, kPrincipal).empty();
  if (has(settings, "run_as") && user == principal)
    return invalidParameter("Exactly one of run_as.user_name and run_as.service_principal_name must be specified.");
  std::string name = runAsOf(settings, creator);
  if (core::equalsIgnoreCase(name, runAsOf(before, creator))) return {};
  auto found = users_.find(name);
  if (!found || (principal && !found->servicePrincipal) || (user && found->servicePrincipal))
    return invalidParameter(std::string(principal ? "Service principal " : "User ") + name +
                            " of run_as does not exist.");
  if (caller.admin || core::equalsIgnoreCase(name, caller.name)) return {};
  return permissionDenied("User " + caller.name + " is not allowed to let a job run as " + name +
                          ". Only workspace administrators can set run_as to another identity.");
}

Reply<void> JobAdmission::checkClusters(const Json& settings, const Json& before, const User& caller) const {
  if (!checkCluster_) return {};
  auto known = newClusters(before);
  for (const auto* cluster : newClusters(settings)) {
    if (std::ranges::any_of(known, [&](const Json* old) { return *old == *cluster; })) continue;
    auto checked = checkCluster_(caller, *cluster);
    if (checked) continue;
    // Whatever is wrong with it, here it is a parameter of the job.
    if (checked.error().status == 403) return checked;
    return invalidParameter(checked.error().message);
  }
  return {};
}

}  // namespace trowel::emulator

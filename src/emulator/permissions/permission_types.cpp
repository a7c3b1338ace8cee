// SPDX-License-Identifier: Apache-2.0
#include "emulator/permissions/permission_types.hpp"

#include <algorithm>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

std::size_t PermissionType::rank(std::string_view level) const {
  // Administrators manage what has no such level to grant, too.
  if (level == "CAN_MANAGE" && std::find(levels.begin(), levels.end(), level) == levels.end()) return levels.size() + 1;
  auto found = std::find(levels.begin(), levels.end(), level);
  return found == levels.end() ? 0 : static_cast<std::size_t>(found - levels.begin()) + 1;
}

const std::vector<PermissionType>& permissionTypes() {
  using Levels = std::vector<std::string_view>;
  static const Levels kContent{"CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"};
  static const Levels kUse{"CAN_USE"};
  static const Levels kUseOrManage{"CAN_USE", "CAN_MANAGE"};
  static const std::vector<PermissionType> kTypes{
      {"clusters", "cluster", "/clusters/", {"CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"}},
      {"cluster-policies", "cluster-policy", "/cluster-policies/", kUse},
      {"instance-pools", "instance-pool", "/instance-pools/", {"CAN_ATTACH_TO", "CAN_MANAGE"}},
      {"jobs", "job", "/jobs/", {"CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"}},
      {"pipelines", "pipelines", "/pipelines/", {"CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER"}},
      {"notebooks", "notebook", "/notebooks/", kContent},
      {"directories", "directory", "/directories/", kContent},
      {"files", "file", "/files/", kContent},
      {"repos", "repo", "/repos/", kContent},
      {"sql/warehouses",
       "warehouses",
       "/sql/warehouses/",
       {"CAN_VIEW", "CAN_USE", "CAN_MONITOR", "CAN_MANAGE", "IS_OWNER"}},
      {"authorization/tokens", "tokens", "/authorization/", kUseOrManage},
      {"authorization/passwords", "passwords", "/authorization/", kUse},
      {"dashboards", "dashboard", "/dashboards/", kContent},
      {"sql/queries", "query", "/sql/queries/", kContent},
      {"sql/alerts", "alert", "/sql/alerts/", kContent},
      {"alertsv2", "alertv2", "/alertsv2/", kContent},
      {"genie", "genie-space", "/genie/", kContent},
      {"experiments", "mlflowExperiment", "/experiments/", {"CAN_READ", "CAN_EDIT", "CAN_MANAGE"}},
      {"registered-models",
       "registered-model",
       "/registered-models/",
       {"CAN_READ", "CAN_EDIT", "CAN_MANAGE_STAGING_VERSIONS", "CAN_MANAGE_PRODUCTION_VERSIONS", "CAN_MANAGE"}},
      {"serving-endpoints", "serving-endpoint", "/serving-endpoints/", {"CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"}},
      {"apps", "apps", "/apps/", kUseOrManage},
      {"database-instances", "database-instances", "/database-instances/", {"CAN_CREATE", "CAN_USE", "CAN_MANAGE"}},
      {"vector-search-endpoints", "vector-search-endpoints", "/vector-search-endpoints/", kUseOrManage}};
  return kTypes;
}

const PermissionType* findPermissionType(std::string_view name) {
  if (name == "warehouses") name = "sql/warehouses";
  if (name == "dbsql-dashboards") name = "dashboards";
  for (const auto& type : permissionTypes())
    if (type.name == name) return &type;
  return nullptr;
}

std::string describeLevel(std::string_view level) {
  if (level == "IS_OWNER") return "Is Owner";
  std::string text = "Can";
  for (auto word : core::split(level.substr(4), '_')) {  // behind CAN_
    std::string lower = core::toLower(word);
    if (lower != "to") lower.front() = static_cast<char>(word.front());
    text += " " + lower;
  }
  return text;
}

}  // namespace trowel::emulator

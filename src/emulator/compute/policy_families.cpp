// SPDX-License-Identifier: Apache-2.0
// The families of policies that every workspace has. The rules are ours, in the spirit of the service's.
#include <nlohmann/json.hpp>

#include "emulator/compute/policies.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Json latest() { return {{"type", "unlimited"}, {"defaultValue", "auto:latest-lts"}}; }

Json anyNode() { return {{"type", "unlimited"}, {"defaultValue", "Standard_DS3_v2"}, {"isOptional", true}}; }

Json family(const char* id, const char* name, const char* description, const Json& definition) {
  return {{"policy_family_id", id},
          {"name", name},
          {"description", description},
          {"definition", core::dumpJson(definition)}};
}

Json idle(int minutes) { return {{"type", "unlimited"}, {"defaultValue", minutes}, {"isOptional", true}}; }

}  // namespace

Json policyFamilies() {
  return Json::array(
      {family("personal-vm", "Personal Compute", "One machine for one person.",
              {{"cluster_type", {{"type", "fixed"}, {"value", "all-purpose"}}},
               {"data_security_mode", {{"type", "fixed"}, {"value", "SINGLE_USER"}}},
               {"num_workers", {{"type", "fixed"}, {"value", 0}}},
               {"spark_conf.spark.databricks.cluster.profile", {{"type", "fixed"}, {"value", "singleNode"}}},
               {"spark_conf.spark.master", {{"type", "fixed"}, {"value", "local[*]"}}},
               {"custom_tags.ResourceClass", {{"type", "fixed"}, {"value", "SingleNode"}}},
               {"spark_version", latest()},
               {"node_type_id", anyNode()},
               {"autotermination_minutes", idle(72 * 60)}}),
       family("power-user", "Power User Compute", "A larger cluster for one person.",
              {{"cluster_type", {{"type", "fixed"}, {"value", "all-purpose"}}},
               {"data_security_mode", {{"type", "fixed"}, {"value", "SINGLE_USER"}}},
               {"spark_version", latest()},
               {"node_type_id", anyNode()},
               {"autotermination_minutes", idle(72 * 60)}}),
       family("shared-compute", "Shared Compute", "A cluster that several people use at once.",
              {{"cluster_type", {{"type", "fixed"}, {"value", "all-purpose"}}},
               {"data_security_mode", {{"type", "fixed"}, {"value", "USER_ISOLATION"}}},
               {"spark_version", latest()},
               {"node_type_id", anyNode()},
               {"autotermination_minutes", idle(120)}}),
       family("job-cluster", "Job Compute", "A cluster that lives as long as a job's run.",
              {{"cluster_type", {{"type", "fixed"}, {"value", "job"}}},
               {"spark_version", latest()},
               {"node_type_id", anyNode()}})});
}

}  // namespace trowel::emulator

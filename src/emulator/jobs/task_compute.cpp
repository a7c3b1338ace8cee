// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/task_compute.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// The object of an array whose `key` is `value`; an empty one where there is none.
const Json& named(const Json& settings, const char* array, const char* key, const std::string& value) {
  static const Json kNone = Json::object();
  for (const auto& item : core::arrayAt(settings, array))
    if (core::stringAt(item, key) == value) return item;
  return kNone;
}

}  // namespace

TaskCompute computeOf(const Json& task, const Json& settings) {
  TaskCompute compute;
  std::string existing = core::stringAt(task, "existing_cluster_id");
  std::string shared = core::stringAt(task, "job_cluster_key");
  std::string environment = core::stringAt(task, "environment_key");
  if (!existing.empty()) {
    compute.kind = TaskCompute::Kind::ExistingCluster;
    compute.clusterId = existing;
  } else if (!shared.empty()) {
    compute.kind = TaskCompute::Kind::NewCluster;
    compute.jobClusterKey = shared;
    compute.newCluster = core::objectAt(named(settings, "job_clusters", "job_cluster_key", shared), "new_cluster");
  } else if (task.contains("new_cluster")) {
    compute.kind = TaskCompute::Kind::NewCluster;
    compute.newCluster = core::objectAt(task, "new_cluster");
  } else if (!environment.empty()) {
    compute.kind = TaskCompute::Kind::Serverless;
    compute.environment = named(settings, "environments", "environment_key", environment);
  }
  return compute;
}

}  // namespace trowel::emulator

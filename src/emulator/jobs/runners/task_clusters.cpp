// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/task_clusters.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr auto kLook = std::chrono::milliseconds(50);  // between two looks at a cluster that ends

std::unexpected<TaskOutcome> endsAs(TaskOutcome::Ending ending, std::string message) {
  return std::unexpected(TaskOutcome{.ending = ending, .message = std::move(message)});
}

std::string reasonOf(const Json& details) {
  const Json& reason = core::objectAt(details, "termination_reason");
  if (reason.empty()) return core::stringAt(details, "state_message");
  return core::stringAt(reason, "code") + " (" + core::stringAt(reason, "type") + ")";
}

}  // namespace

TaskClusters::TaskClusters(const World& world, Clusters& clusters) : world_(world), clusters_(clusters) {
  for (const auto& cluster : clusters_.describeAll())
    if (core::stringAt(cluster, "cluster_source") == "JOB") end(core::stringAt(cluster, "cluster_id"));
}

TaskClusters::~TaskClusters() = default;

std::expected<std::string, TaskOutcome> TaskClusters::acquire(const TaskRequest& request, TaskHost& host,
                                                              const core::CancelToken& token) {
  using Kind = TaskCompute::Kind;
  if (request.compute.kind == Kind::None || request.compute.kind == Kind::Serverless) return "";
  auto id = TROWEL_TRY(find(request));
  bool existing = request.compute.kind == Kind::ExistingCluster;
  host.clusterAssigned(id, "");
  if (auto up = awaitRunning(id, existing, request.runAs.name, token); !up) {
    release(request, id);
    return std::unexpected(std::move(up).error());
  }
  if (auto details = clusters_.describe(id)) host.clusterAssigned(id, core::stringAt(*details, "spark_context_id"));
  return id;
}

std::expected<std::string, TaskOutcome> TaskClusters::find(const TaskRequest& request) {
  const TaskCompute& compute = request.compute;
  if (compute.kind == TaskCompute::Kind::ExistingCluster) {
    if (clusters_.status(compute.clusterId)) return compute.clusterId;
    return endsAs(TaskOutcome::Ending::NotFound, "Cluster " + compute.clusterId + " does not exist");
  }
  std::lock_guard lock(mutex_);
  std::string* shared = nullptr;
  if (!compute.jobClusterKey.empty()) shared = &shared_[Key(request.jobRunId, compute.jobClusterKey)];
  if (shared && !shared->empty() && isAlive(*shared)) return *shared;
  auto made = clusters_.createForJob(compute.newCluster, request.runAs.name, request.jobId, request.jobRunId,
                                     compute.jobClusterKey.empty() ? request.taskKey : compute.jobClusterKey);
  if (!made) return endsAs(TaskOutcome::Ending::InvalidCluster, made.error().message);
  if (shared) *shared = *made;
  return *made;
}

std::expected<void, TaskOutcome> TaskClusters::awaitRunning(const std::string& id, bool startable,
                                                            const std::string& user, const core::CancelToken& token) {
  while (!token.cancelled()) {
    auto state = clusters_.awaitStart(id, token);
    if (state && isUp(*state)) return {};
    bool over = !state || *state == ClusterState::Terminated;
    if (over && state && startable) {
      (void)clusters_.start(id, user);  // refused where somebody else was faster
      startable = false;
    } else if (over || (*state == ClusterState::Terminating && !startable)) {
      auto details = clusters_.describe(id);
      return endsAs(TaskOutcome::Ending::ClusterFailed,
                    "Cluster " + id + " failed to start: " + (details ? reasonOf(*details) : "it was deleted"));
    } else {
      (void)token.waitFor(world_.clock, kLook);
    }
  }
  return endsAs(TaskOutcome::Ending::Canceled, "Run cancelled.");
}

bool TaskClusters::isAlive(const std::string& id) {
  auto status = clusters_.status(id);
  return status && !isEnding(status->state);
}

void TaskClusters::end(const std::string& id) {
  if (isAlive(id)) (void)clusters_.end(id, {.code = "JOB_FINISHED"});
}

void TaskClusters::release(const TaskRequest& request, const std::string& clusterId) {
  if (request.compute.kind == TaskCompute::Kind::NewCluster && request.compute.jobClusterKey.empty()) end(clusterId);
}

void TaskClusters::runEnded(std::int64_t jobRunId) {
  std::lock_guard lock(mutex_);
  auto first = shared_.lower_bound(Key(jobRunId, ""));
  auto last = first;
  for (; last != shared_.end() && last->first.first == jobRunId; ++last) end(last->second);
  shared_.erase(first, last);
}

std::string TaskClusters::whyLost(const std::string& clusterId) {
  if (clusterId.empty()) return {};
  auto status = clusters_.status(clusterId);
  if (status && isUp(status->state)) return {};
  auto details = clusters_.describe(clusterId);
  return "Cluster " + clusterId + " was terminated. Reason: " + (details ? reasonOf(*details) : "it was deleted") + ".";
}

}  // namespace trowel::emulator

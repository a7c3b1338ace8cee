// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/cluster_start.hpp"

#include <optional>

#include "kernel/poll_pace.hpp"
#include "kernel/remote_context.hpp"

namespace trowel::kernel {

namespace {

constexpr auto kStartGrace = std::chrono::minutes(1);

std::string describeEnd(const databricks::Cluster& cluster) {
  std::string text = "The cluster " + (cluster.name.empty() ? cluster.id : cluster.name) + " did not start";
  if (cluster.terminationReason) text += " (" + cluster.terminationReason->code + ")";
  text += cluster.stateMessage.empty() ? "." : ": " + cluster.stateMessage;
  return text + " Its event log in the workspace tells more.";
}

}  // namespace

core::Result<void> ensureRunning(const databricks::RestClient& rest, std::string_view clusterId,
                                 const Environment& environment, const ClusterStartOptions& options) {
  const databricks::Clusters clusters(rest);
  const std::string id(clusterId);
  const auto deadline = environment.clock.now() + options.timeout;
  PollPace pace(kClusterPoll, environment.random);
  std::optional<core::TimePoint> started;
  bool wasUp = false;
  std::string shown;
  // Terminated right after a start means nothing yet: the state follows a moment later.
  auto failed = [&] { return wasUp || (started && environment.clock.now() - *started > kStartGrace); };
  while (true) {
    auto cluster = clusters.get(id, {.cancel = options.cancel});
    if (options.cancel.cancelled()) return std::unexpected(options.cancel.error("Waiting for the cluster"));
    if (!cluster && !isTransient(cluster.error())) return std::unexpected(std::move(cluster).error());
    if (cluster) {
      auto now = cluster->state + cluster->stateMessage;
      if (now != shown && options.onProgress) options.onProgress(*cluster);
      shown = now;

      if (cluster->isRunning()) return {};
      if (cluster->state == "ERROR" || (cluster->state == "TERMINATED" && failed()))
        return core::fail(core::ErrorCode::Conflict, describeEnd(*cluster));
      if (cluster->isStarting()) wasUp = true;
      if (cluster->state == "TERMINATED" && !started) {
        auto start = clusters.start(id, {.cancel = options.cancel});
        // Conflict: somebody else was faster.
        if (!start && start.error().code != core::ErrorCode::Conflict && !isTransient(start.error()))
          return std::unexpected(std::move(start).error());
        if (start) started = environment.clock.now();
      }
    }
    if (environment.clock.now() >= deadline) {
      return core::fail(core::ErrorCode::DeadlineExceeded,
                        "The cluster has not come up in time. It may still be starting: look at it in the workspace.");
    }
    if (!options.cancel.waitFor(environment.clock, pace.next()))
      return std::unexpected(options.cancel.error("Waiting for the cluster"));
  }
}

}  // namespace trowel::kernel

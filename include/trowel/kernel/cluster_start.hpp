// SPDX-License-Identifier: Apache-2.0
// Brings a cluster to where cells can run on it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/kernel/environment.hpp"

namespace trowel::kernel {

struct ClusterStartOptions {
  core::CancelToken cancel = {};  // ends the waiting; a start that was asked for goes on in the workspace
  core::Duration timeout = std::chrono::minutes(30);
  // Called with each new state or message, on the caller's thread.
  std::function<void(const databricks::Cluster&)> onProgress = {};
};

// Starts the cluster where it is terminated, waits where it is on its way (a terminating one is waited for and then
// started) and returns once it takes commands. Blocks for minutes; single lost answers do not end the wait.
// Errors: Conflict where it terminates instead of coming up, with the workspace's reason; DeadlineExceeded; Cancelled;
// and those of the clusters service.
core::Result<void> ensureRunning(const databricks::RestClient& rest, std::string_view clusterId,
                                 const Environment& environment, const ClusterStartOptions& options = {});

}  // namespace trowel::kernel

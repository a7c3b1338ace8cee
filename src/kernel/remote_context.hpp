// SPDX-License-Identifier: Apache-2.0
// The life of an execution context in the workspace, apart from the commands that run in it.
#pragma once

#include <cstdint>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/databricks/commands.hpp"
#include "trowel/kernel/environment.hpp"

namespace trowel::kernel {

// A connection problem or an overloaded server: the same call may succeed a moment later and tells nothing about what
// it asked for. Anything else is the workspace's word.
bool isTransient(const core::Error& error);

enum class ContextHealth : std::uint8_t { Alive, Gone, Unknown };

struct RemoteContext {
  databricks::Commands commands;
  const std::string& clusterId;
  const Environment& environment;

  // Creates one; it may need a while until it is ready. A cancel takes effect between attempts, or after some seconds:
  // a context whose id never arrived stays behind. Conflict where the cluster has as many as it can hold.
  core::Result<std::string> create(const core::CancelToken& cancel) const;
  // Waits until the context takes commands. Conflict where the cluster failed to start it.
  core::Result<void> awaitReady(const std::string& contextId, const core::CancelToken& cancel) const;
  ContextHealth health(const std::string& contextId, const core::CancelToken& cancel) const;
};

}  // namespace trowel::kernel

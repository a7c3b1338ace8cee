// SPDX-License-Identifier: Apache-2.0
// A notebook's session on a cluster: an execution context that keeps variables between cells and outlives mishaps.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/databricks/rest_client.hpp"
#include "trowel/kernel/environment.hpp"
#include "trowel/notebook/magics.hpp"
#include "trowel/notebook/outputs.hpp"

namespace trowel::kernel {

struct CommandEnd;
struct RemoteContext;

enum class RunState : std::uint8_t {
  Succeeded,
  Failed,            // the outputs end with the error
  Cancelled,         // by the token, by restart or close, or by somebody else in the workspace
  ClusterNotRunning  // nothing was sent: offer to start the cluster (cluster_start.hpp) and run the cell again
};

struct RunResult {
  RunState state = RunState::Succeeded;
  std::vector<notebook::Output> outputs = {};
  std::string clusterState = {};  // for ClusterNotRunning: TERMINATED, PENDING, …
};

struct RunOptions {
  core::CancelToken cancel = {};
  // What the cell waits for, as a sentence for the user; on the thread of run.
  std::function<void(std::string_view)> onProgress = {};
};

// All calls from any thread. Cells run one at a time in the order of their calls.
class ExecutionSession {
 public:
  ExecutionSession(std::string clusterId, std::shared_ptr<const databricks::RestClient> rest, Environment environment);
  ExecutionSession(const ExecutionSession&) = delete;
  ExecutionSession& operator=(const ExecutionSession&) = delete;

  // Runs one cell to its end and blocks that long. `language` is the cell's VS Code id, `source` may begin with a
  // magic (notebook/magics.hpp). The context is created with the first cell. A poll that fails is repeated until the
  // workspace has been silent for ten minutes. Where the context is gone before the cell was accepted, it is created
  // anew and the outputs begin with a notice; a cell that was accepted never runs twice.
  // A cancelled run asks the workspace to interrupt the command and waits up to ten seconds for its word; with the
  // reason Shutdown it only asks.
  RunResult run(std::string_view language, std::string_view source, const RunOptions& options = {});

  // Interrupts what runs or waits and throws the context away: the next cell begins with nothing defined.
  void restart();

  // The same for good: later cells are refused. With the reason Shutdown it waits for nothing but the destroy call.
  void close(core::CancelReason reason = core::CancelReason::Superseded);

  // Ends what runs or waits, without waiting for it; the session goes on.
  void interrupt(core::CancelReason reason);

  // From the next cell on: the connection was renewed.
  void useClient(std::shared_ptr<const databricks::RestClient> rest);

 private:
  class Turn;

  RunResult runOnCluster(const notebook::CellPlan& plan, const core::CancelToken& cancel, const RunOptions& options);
  RunResult settle(const RemoteContext& context, CommandEnd end, std::vector<notebook::Output> outputs,
                   const core::CancelToken& cancel);
  void dropContext(core::Duration timeout);
  std::shared_ptr<const databricks::RestClient> client() const;

  const std::string clusterId_;
  const Environment environment_;

  mutable std::mutex mutex_;  // guards everything in this block
  std::condition_variable turns_;
  std::deque<std::uint64_t> queue_;  // of cells and restarts; the front one has its turn
  std::uint64_t nextTicket_ = 0;
  core::CancelSource interrupt_;  // of all cells that are in the queue now
  std::shared_ptr<const databricks::RestClient> rest_;
  bool closed_ = false;

  // Belong to whoever has the turn.
  std::string contextId_;
  bool contextReady_ = false;
  bool lost_ = false;  // a context with variables is gone and the user has not been told
};

}  // namespace trowel::kernel

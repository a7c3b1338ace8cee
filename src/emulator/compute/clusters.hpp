// SPDX-License-Identifier: Apache-2.0
// All clusters. Their states are computed from the clock whenever somebody looks, so no thread turns them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/compute/cluster_state.hpp"
#include "emulator/server/api_error.hpp"
#include "emulator/world.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class Policies;
class Pools;
struct Cluster;

// Why a cluster ends: code and type as in termination_reason, and a sentence for people.
struct EndReason {
  std::string code;
  std::string type = "SUCCESS";  // or CLIENT_ERROR, SERVICE_FAULT, CLOUD_FAILURE
  std::string message = {};
};

// Asked at every start of a cluster: a reason lets it fail when it would be RUNNING. Called under a lock: it must not
// call back.
using StartFails = std::function<std::optional<EndReason>(const std::string& clusterId)>;

// What a new cluster belongs to.
struct ClusterOrigin {
  std::string owner;
  std::string source = "API";         // UI, JOB, ...
  std::string type = "all-purpose";   // what policies call cluster_type: all-purpose, job, dlt
  std::string idempotencyToken = {};  // a living cluster of the same token is answered instead of a new one
};

// Any thread.
class Clusters {
 public:
  // `startTime`: from start to RUNNING; a restart, a resize and a stop take half of it.
  Clusters(World& world, const Policies& policies, const Pools& pools, std::chrono::milliseconds startTime,
           StartFails startFails = {});
  ~Clusters();

  // `params` is what a client sends to create, or new_cluster of a job. The id of the new cluster, which is PENDING.
  Reply<std::string> create(const core::Json& params, const ClusterOrigin& origin);
  // A job cluster: source JOB, named job-<job id>-run-<run>, with `key` (of task or job cluster) behind where there is
  // one. It ends by end(id, {"JOB_FINISHED"}).
  Reply<std::string> createForJob(const core::Json& newCluster, const std::string& owner, std::int64_t jobId,
                                  std::int64_t run, std::string_view key = {});
  // Whether createForJob() would take it; nothing is made.
  Reply<void> checkForJob(const core::Json& newCluster) const;
  // For seeds: an existing cluster, RUNNING or TERMINATED.
  void seed(const std::string& id, const core::Json& spec, ClusterState state, const std::string& owner);

  Reply<core::Json> describe(const std::string& id);
  core::Json describeAll();                         // array; pinned first, then active, then by name; without `spec`
  Reply<core::Json> events(const std::string& id);  // array, oldest first

  // `user` is who asks, for the record. Whoever may not is refused before (cluster_access.hpp).
  Reply<void> edit(const std::string& id, const core::Json& params, const std::string& user);
  Reply<void> update(const std::string& id, const std::string& mask, const core::Json& params, const std::string& user);
  Reply<void> start(const std::string& id, const std::string& user);
  Reply<void> restart(const std::string& id, const std::string& user);
  Reply<void> resize(const std::string& id, const core::Json& params, const std::string& user);
  Reply<void> terminate(const std::string& id, const std::string& user);
  // The service's own doing: a job that is over, a machine that was lost. Nothing where it is ending already.
  Reply<void> end(const std::string& id, const EndReason& reason);
  Reply<void> remove(const std::string& id);  // permanent-delete
  Reply<void> pin(const std::string& id, bool pinned, const std::string& user);
  Reply<void> changeOwner(const std::string& id, const std::string& owner);

  struct Status {
    ClusterState state;
    std::uint64_t incarnation;  // changes whenever everything that ran on the cluster is lost
    std::int64_t runningSince;  // milliseconds; the last entry into RUNNING that lost what was before
    std::string owner;
  };
  std::optional<Status> status(const std::string& id);
  bool empty();
  std::vector<std::string> ids();
  // Machines that clusters have from this pool now.
  std::int64_t usedInstances(const std::string& poolId);

  // Blocks until the cluster is up or is ending, or the token is cancelled: its state then.
  Reply<ClusterState> awaitStart(const std::string& id, const core::CancelToken& token);

  // Commands keep a cluster from ending for inactivity; idle contexts do not.
  void commandStarted(const std::string& id);
  void commandFinished(const std::string& id);

  // For the keeper. `changed` is called under a lock whenever a step may be due earlier.
  void onChange(std::function<void()> changed);
  // Takes the steps that are due; the clusters that have lost what ran on them since the last call.
  std::vector<std::string> takeLost();
  // When the next step is due by itself; the largest point in time where none is.
  core::TimePoint nextDue();

 private:
  Reply<Cluster*> find(const std::string& id);
  // The cluster in one of two states, or the error that names the one that it is in.
  Reply<Cluster*> findStill(const std::string& id, ClusterState state, ClusterState other);
  void settle(Cluster& cluster);
  void beginStart(Cluster& cluster, ClusterState state, std::int64_t milliseconds);
  std::optional<EndReason> poolIsFull(const Cluster& starting);
  Reply<core::Json> admit(const core::Json& params, std::string_view type) const;
  Reply<void> checkQuota(const core::Json& spec, const std::string& owner);
  Reply<void> replaceSpec(Cluster& cluster, core::Json spec, const std::string& user);
  core::Json machinesOf(const core::Json& spec) const;
  void changed(const Cluster& cluster);  // stores it and tells whoever waits
  void load();
  core::TimePoint atMilliseconds(std::int64_t time) const;

  World& world_;
  const Policies& policies_;
  const Pools& pools_;
  const std::int64_t startTime_;  // milliseconds
  const StartFails startFails_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, std::unique_ptr<Cluster>> clusters_;
  std::map<std::string, std::uint64_t> announced_;  // the incarnation that takeLost() has told of
  std::vector<std::string> removed_;                // since the last takeLost()
  std::function<void()> onChange_;
  std::uint64_t version_ = 0;  // counts changes
  std::condition_variable changed_;
};

}  // namespace trowel::emulator

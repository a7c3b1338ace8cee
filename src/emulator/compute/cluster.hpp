// SPDX-License-Identifier: Apache-2.0
// One cluster and its life, which follows from the clock whenever somebody looks. For the .cpp files of this folder.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/compute/cluster_state.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Times are wall clock milliseconds, so that a stored cluster goes on where it was; 0: never.
struct Cluster {
  std::string id;
  core::Json spec = core::Json::object();      // what was submitted, policy and pool applied
  core::Json machines = core::Json::object();  // node types that its pools decide
  std::string owner;
  std::string source;  // API, UI, JOB
  std::string idempotencyToken;
  ClusterState state = ClusterState::Terminated;
  std::int64_t since = 0;  // entry into `state`
  std::int64_t until = 0;  // end of a passing state
  std::int64_t startTime = 0;
  std::int64_t restartedTime = 0;  // last entry into RUNNING that lost what was before
  std::int64_t stateLossTime = 0;
  std::int64_t terminatedTime = 0;
  std::int64_t unpinnedTime = 0;
  std::int64_t activeTime = 0;  // end of the last command
  std::int64_t sparkContextId = 0;
  std::int64_t workers = 0;                   // that are there now
  core::Json reason = core::Json::object();   // of the last termination
  core::Json failure = core::Json::object();  // why the start under way will fail; empty: it will not
  std::string pinnedBy;                       // empty: not pinned
  std::vector<core::Json> events;             // oldest first

  // Not stored: what ran has ended with the process that stored it.
  std::uint64_t incarnation = 1;  // changes whenever everything that ran on the cluster is lost
  int commands = 0;               // that run now
};

core::Json toJson(const Cluster& cluster);
Cluster clusterFromJson(const std::string& id, const core::Json& json);

// How long a start, and each of the shorter changes (restart, resize, end) take. Milliseconds.
struct ClusterTimes {
  std::int64_t start = 0;
  std::int64_t change() const { return start / 2; }
};

void recordEvent(Cluster& cluster, std::int64_t at, std::string_view type, core::Json details);
void enterState(Cluster& cluster, ClusterState state, std::int64_t at, std::int64_t milliseconds = 0);
// Everything that ran is lost; `reason` as in termination_reason. `user` is empty where nobody asked for it.
void beginEnd(Cluster& cluster, core::Json reason, const std::string& user, std::int64_t at, const ClusterTimes& times);
// Takes the steps that are due at `now`; true where there were any.
bool settleCluster(Cluster& cluster, std::int64_t now, const ClusterTimes& times, Ids& ids);
// When the next step is due by itself; the largest number where none is.
std::int64_t nextStep(const Cluster& cluster);
// Terminated and unpinned for more than 30 days: the service does not show it any more.
bool isForgotten(const Cluster& cluster, std::int64_t now);

// The answer of clusters/get; a list leaves `spec` out.
core::Json describeCluster(const Cluster& cluster, std::int64_t now, bool withSpec);

}  // namespace trowel::emulator

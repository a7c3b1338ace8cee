// SPDX-License-Identifier: Apache-2.0
// Clusters and their life: states are computed from the clock whenever somebody looks, so no thread turns them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class StateFile;

enum class ClusterState : std::uint8_t { Pending, Running, Restarting, Terminating, Terminated };
std::string_view toString(ClusterState state);  // RUNNING
std::string titleCase(ClusterState state);      // Running, as error texts have it

// Any thread.
class Clusters {
 public:
  // `state` may be null: then nothing outlives the process.
  Clusters(core::Clock& clock, Ids& ids, StateFile* state, std::string userName, std::chrono::milliseconds startTime);
  ~Clusters();

  // `spec` is what a client sends to create. The id of the new cluster, which is PENDING.
  Reply<std::string> create(const core::Json& spec, std::string_view source);
  // For demo content: an existing cluster, RUNNING or TERMINATED.
  void seed(const std::string& id, const core::Json& spec, ClusterState state);

  Reply<core::Json> describe(const std::string& id);
  core::Json describeAll();                  // array; pinned first, then active, then by name; without `spec`
  core::Json events(const std::string& id);  // array, oldest first; null where there is no such cluster

  Reply<void> edit(const std::string& id, const core::Json& spec);
  Reply<void> start(const std::string& id);
  Reply<void> restart(const std::string& id);
  Reply<void> terminate(const std::string& id);
  Reply<void> remove(const std::string& id);  // permanent-delete
  Reply<void> pin(const std::string& id, bool pinned);
  bool empty();

  struct Status {
    ClusterState state;
    std::uint64_t incarnation;  // changes whenever everything that ran on the cluster is lost
  };
  std::optional<Status> status(const std::string& id);
  // Commands keep a cluster from ending for inactivity; idle contexts do not.
  void commandStarted(const std::string& id);
  void commandFinished(const std::string& id);

 private:
  struct Cluster;

  Reply<Cluster*> find(const std::string& id);
  void settle(Cluster& cluster);
  void enter(Cluster& cluster, ClusterState state, std::int64_t milliseconds);
  void terminated(Cluster& cluster, std::int64_t at);
  void record(Cluster& cluster, std::int64_t at, std::string_view type, core::Json details);
  core::Json details(const Cluster& cluster, bool withSpec) const;
  void save(const Cluster& cluster);
  void load();
  std::int64_t now() const;

  core::Clock& clock_;
  Ids& ids_;
  StateFile* state_;
  const std::string userName_;
  const std::int64_t startTime_;  // milliseconds
  std::mutex mutex_;              // guards clusters_
  std::map<std::string, std::unique_ptr<Cluster>> clusters_;
};

}  // namespace trowel::emulator

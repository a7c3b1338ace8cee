// SPDX-License-Identifier: Apache-2.0
// Looks after runs that somebody wants to hear of, and tells when they are over.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "features/session.hpp"
#include "features/tree.hpp"

namespace trowel::features {

// How soon a run is looked at again that is watched for so long. Pure.
core::Duration nextRunLook(core::Duration watchedFor);

// No thread waits: a timer wakes, a background worker looks. Any thread.
class RunWatch {
 public:
  RunWatch(Session& session, Tree& tree) : session_(session), tree_(tree) {}

  // One notification at the run's end: how it ended, and where. It is not told of twice; nor at all where the project
  // gets another connection before. False where it is watched already.
  bool watch(const connection::ConnectionPtr& connection, std::int64_t runId);

 private:
  struct Watched {
    connection::ConnectionPtr connection;
    std::int64_t runId = 0;
    core::TimePoint since;
    int failures = 0;    // of looks, one after the other
    std::string status;  // as last seen
  };
  using Key = std::pair<std::uint64_t, std::int64_t>;  // generation, run

  void lookSoon(const std::shared_ptr<Watched>& watched);
  void look(const std::shared_ptr<Watched>& watched, const core::CancelToken& cancel);
  void forget(const Watched& watched);

  Session& session_;
  Tree& tree_;
  std::mutex mutex_;  // guards what follows
  std::set<Key> keys_;
};

}  // namespace trowel::features

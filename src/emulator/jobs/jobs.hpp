// SPDX-License-Identifier: Apache-2.0
// The area of jobs: definitions, runs and schedules, wired together.
#pragma once

#include <string>

#include "emulator/jobs/job_api.hpp"
#include "emulator/jobs/job_compliance.hpp"
#include "emulator/jobs/job_schedules.hpp"
#include "emulator/jobs/job_store.hpp"
#include "emulator/jobs/run_api.hpp"
#include "emulator/jobs/run_engine.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// Any thread.
class Jobs {
 public:
  // World, users and runner outlive it.
  Jobs(World& world, const Users& users, TaskRunner& runner, JobAccess access = {}, ClusterCheck checkCluster = {},
       TriggerSources triggers = {});
  ~Jobs() { stop(); }
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  void addRoutes(Router& router, PolicyCheck check);

  // The server listens: links in answers can be whole, and schedules begin.
  void begin(WorkspaceFacts workspace);
  // Cancels what runs, and starts nothing any more.
  void interrupt();
  // Besides, joins all threads. Before the server stops.
  void stop();

  JobStore& store() { return store_; }
  RunEngine& engine() { return engine_; }
  JobSchedules& schedules() { return schedules_; }

 private:
  JobStore store_;
  RunEngine engine_;
  JobSchedules schedules_;
  JobApi jobApi_;
  RunApi runApi_;
};

}  // namespace trowel::emulator

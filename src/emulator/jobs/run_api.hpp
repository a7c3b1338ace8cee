// SPDX-License-Identifier: Apache-2.0
// The endpoints of runs: run-now, submit, list, get, output, export, cancel, delete and repair in the versions 2.0, 2.1
// and 2.2.
#pragma once

#include <functional>
#include <string>

#include "emulator/jobs/job_store.hpp"
#include "emulator/jobs/run_engine.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// What outlives the router.
struct RunApi {
  World& world;
  JobStore& jobs;
  RunEngine& engine;
  std::function<void()> startDue;  // what schedules want started by now
};

void addRunRoutes(Router& router, RunApi& api);

// What start endpoints and those for looking have in common.
Reply<void> checkRunRight(RunApi& api, const User& user, const JobRun& run, JobRight right);
// The run of the id in `run_id`, or the one that this is a task of; `right` is checked.
Reply<JobRun> runOfCall(RunApi& api, const Call& call, JobRight right);

void addRunReadRoutes(Router& router, RunApi& api, const std::string& root);

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/jobs.hpp"

namespace trowel::emulator {

Jobs::Jobs(World& world, const Users& users, TaskRunner& runner, JobAccess access, ClusterCheck checkCluster,
           TriggerSources triggers)
    : store_(world, std::move(access), JobAdmission(users, std::move(checkCluster))),
      engine_(world, store_, users, runner),
      schedules_(world, store_, engine_, std::move(triggers)),
      jobApi_{store_, [this](std::int64_t id) { engine_.cancelAll(id, false); }},
      runApi_{world, store_, engine_, [this] { schedules_.settle(); }} {
  store_.onChange([this](std::int64_t id) {
    if (auto job = store_.find(id)) engine_.settingsChanged(*job);
    schedules_.changed(id);
  });
  engine_.onEnd([this](const JobRun& run) { schedules_.ended(run); });
}

void Jobs::addRoutes(Router& router, PolicyCheck check) {
  addJobRoutes(router, jobApi_);
  addJobComplianceRoutes(router, store_, std::move(check));
  addRunRoutes(router, runApi_);
}

void Jobs::begin(WorkspaceFacts workspace) {
  engine_.setWorkspace(std::move(workspace));
  schedules_.begin();
}

void Jobs::interrupt() {
  schedules_.stop();
  engine_.interrupt();
}

void Jobs::stop() {
  schedules_.stop();
  engine_.stop();
}

}  // namespace trowel::emulator

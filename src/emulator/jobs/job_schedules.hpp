// SPDX-License-Identifier: Apache-2.0
// Starts runs by themselves: cron schedules, periodic triggers, triggers that look for files and tables, and continuous
// jobs.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "emulator/jobs/job_store.hpp"
#include "emulator/jobs/job_watches.hpp"
#include "emulator/jobs/run_engine.hpp"
#include "emulator/world.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

// Any thread. A moment that was missed - the clock jumped, the emulator did not run - is made up for once at most.
class JobSchedules {
 public:
  JobSchedules(World& world, JobStore& jobs, RunEngine& engine, TriggerSources sources);
  ~JobSchedules();  // stop()

  // From here on jobs are started.
  void begin();
  void stop();

  // The job has come, changed or gone.
  void changed(std::int64_t jobId);
  // A run of it has ended: a continuous job goes on with the next one.
  void ended(const JobRun& run);
  // Starts what is due. Called by the timer, and by whoever is about to look at runs.
  void settle();

  // When the job starts by itself, or looks whether it should, in milliseconds since 1970; for tests and for people who
  // wonder.
  std::optional<std::int64_t> nextStart(std::int64_t jobId);

 private:
  struct Entry {
    std::int64_t moment = 0;
    int failures = 0;  // of a continuous job, one after the other
  };

  std::optional<std::int64_t> momentAfter(const Job& job, std::int64_t now) const;
  void plan(std::int64_t jobId, std::int64_t now);
  void arm();
  void fire(std::int64_t jobId);

  World& world_;
  JobStore& jobs_;
  RunEngine& engine_;
  JobWatches watches_;
  std::mutex settling_;  // held while due jobs are started: whoever looks sees them started
  std::mutex mutex_;     // guards everything below down to the timer
  std::map<std::int64_t, Entry> entries_;
  bool running_ = false;
  core::Timer::Id timerId_ = 0;
  core::Timer timer_;
  core::WorkerPool pool_;  // the timer's thread must not wait for runs to start
};

}  // namespace trowel::emulator

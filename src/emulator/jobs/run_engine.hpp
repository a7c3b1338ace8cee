// SPDX-License-Identifier: Apache-2.0
// Carries runs out: gives the state machine its events and the time, and its orders to the task runner's threads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/jobs/job_run.hpp"
#include "emulator/jobs/job_store.hpp"
#include "emulator/jobs/references.hpp"
#include "emulator/jobs/run_graph.hpp"
#include "emulator/jobs/run_store.hpp"
#include "emulator/jobs/task_runner.hpp"
#include "emulator/world.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

// What a run is started from. `run` has everything but its id, its times and its state.
struct RunRequest {
  JobRun run = {};
  std::int64_t maxConcurrentRuns = 1;  // of the job; those above are skipped, or queued where the run wants that
};

// A run of `job` as it is now, for whoever triggers it. `parameters` are those of run-now.
RunRequest runOf(const Job& job, const std::string& creator, const std::string& trigger, const core::Json& parameters);

// Any thread. Whoever looks at runs sees them as of now: what became due is done first.
class RunEngine {
 public:
  // All outlive the engine. Runs that were active when the state was last written end here.
  RunEngine(World& world, JobStore& jobs, const Users& users, TaskRunner& runner);
  ~RunEngine();  // stop()

  // How clients reach the workspace; before that, links in runs are relative.
  void setWorkspace(WorkspaceFacts workspace);

  // The id of the run, which an idempotency token may have started before.
  Reply<std::int64_t> start(RunRequest request);
  // The same for a run of no job, with the permissions that its creator wants for it.
  Reply<std::int64_t> startOnce(RunRequest request, const core::Json& accessControlList);
  // A run of no job and of one task, which `work` does here and now: it shows like others, and can be cancelled like
  // them, or with `cancel`. Its ids and times are given here.
  void record(JobRun run, const std::string& clusterId, const core::CancelToken& cancel,
              const std::function<TaskOutcome(const core::CancelToken& token)>& work);
  // Does nothing where the run, or the run of a single task, has ended.
  Reply<void> cancel(std::int64_t runId);
  void cancelAll(std::int64_t jobId, bool queuedOnly);  // job 0: of all jobs
  Reply<void> remove(std::int64_t runId);
  Reply<std::int64_t> repair(std::int64_t runId, const core::Json& request);

  // The run of this id, or the one that has a task run of this id.
  std::optional<JobRun> find(std::int64_t runId);
  // Newest first, those that `wanted` takes, from the `offset`-th on; `more` tells whether there are others behind.
  std::vector<JobRun> list(const std::function<bool(const JobRun&)>& wanted, std::size_t offset, std::size_t limit,
                           bool& more);
  std::optional<RunOutput> output(std::int64_t taskRunId);
  WorkspaceFacts workspace();
  bool hasActiveRun(std::int64_t jobId);

  // Called without locks when a run has ended.
  void onEnd(std::function<void(const JobRun& run)> listener) { ended_ = std::move(listener); }

  // Of what has changed, two things concern runs that are there: the timeout those that are active, and a higher
  // max_concurrent_runs those in the queue.
  void settingsChanged(const Job& job);

  // Cancels what runs; nothing starts any more. What was active stays so in the state file, and is ended by the next
  // start.
  void interrupt();
  void stop();  // interrupt(), and joins

 private:
  class Host;
  struct Effects;
  using Step = std::function<void(Effects& effects)>;
  // What a change brings about.
  struct Effects {
    // Once the lock is released: others may take locks of their own, and call back.
    std::vector<std::function<void()>> outside = {};
    // Under the lock, one after the other: changes to other runs. They go by ids, as a run may be gone by then; and
    // they wait here so that a thousand runs that end at once do not stand on one stack.
    std::deque<Step> inside = {};

    // As many as nobody minds to wait for.
    void drain() {
      for (int i = 0; i < 50 && !inside.empty(); ++i, inside.pop_front()) inside.front()(*this);
    }
  };

  // Runs `change` under the lock, on runs that are as of now, and then what it wants done without the lock.
  template <typename Change>
  auto locked(Change change) {
    Effects effects;
    std::unique_lock lock(mutex_);
    settle(effects);
    effects.drain();
    auto result = change(effects);
    effects.drain();
    if (!effects.inside.empty()) goOnLater(std::move(effects.inside));
    armTimer();
    lock.unlock();
    for (const auto& effect : effects.outside) effect();
    return result;
  }
  void goOnLater(std::deque<Step> steps);
  Reply<std::int64_t> startLocked(RunRequest request, Effects& effects);
  void settle(Effects& effects);
  void begin(JobRun& run, Effects& effects);
  void advance(JobRun& run, RunGraph& graph, Effects& effects);
  void ended(JobRun& run, Effects& effects);
  void startQueued(std::int64_t jobId, Effects& effects);
  void tellParent(const JobRun& run, Effects& effects);
  void obey(JobRun& run, const RunOrder& order, Effects& effects);
  void startTask(JobRun& run, const Attempt& attempt, Effects& effects);
  void endTask(std::int64_t taskRunId, Ending ending, const std::string& message, Effects& effects);
  void startJob(JobRun& run, std::int64_t taskRunId, Effects& effects);
  void runTask(const TaskRequest& request, const core::CancelToken& token);
  void finishTask(std::int64_t taskRunId, TaskOutcome outcome);
  void taskEvent(std::int64_t taskRunId, const std::function<void(RunGraph& graph, JobRun& run)>& event);
  RunGraph graphOf(JobRun& run);
  std::int64_t concurrentRuns(std::int64_t jobId);
  void armTimer();

  World& world_;
  JobStore& jobs_;
  const Users& users_;
  TaskRunner& runner_;
  std::function<void(const JobRun&)> ended_;
  std::mutex mutex_;  // guards everything down to the timer
  RunStore store_;
  WorkspaceFacts workspace_;
  std::map<std::int64_t, core::CancelSource> working_;  // by the run id of the attempt
  bool stopped_ = false;
  core::Timer::Id timerId_ = 0;
  std::int64_t timerMoment_ = 0;
  core::Timer timer_;
  core::WorkerPool pool_;          // tasks
  core::WorkerPool housekeeping_;  // what must not wait until a task ends
};

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// One mutex guards all runs. Every change goes the same way: under the lock the event is put into the run's state
// machine, which is then stepped; its orders either go to a thread of the pool or are themselves changes to other runs
// (a run_job task, the queue), which come after this one. What reaches out to others - cancelling a token, listeners -
// waits until the lock is released.
#include "emulator/jobs/run_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/run_repair.hpp"
#include "emulator/jobs/run_states.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kThreads = 64;
constexpr std::size_t kMaxWaiting = 100'000;

std::unexpected<ApiError> noSuchRun(std::int64_t id) {
  return invalidParameter(fmt::format("Run {} does not exist.", id));
}

}  // namespace

RunEngine::RunEngine(World& world, JobStore& jobs, const Users& users, TaskRunner& runner)
    : world_(world),
      jobs_(jobs),
      users_(users),
      runner_(runner),
      store_(world,
             [this](const JobRun& run) {
               if (run.type != "JOB_RUN") jobs_.removeOneTime(run.jobId);
             }),
      timer_(world.clock),
      pool_(kThreads, kMaxWaiting, "job"),
      housekeeping_(1, kMaxWaiting, "job steps") {
  for (auto* run : store_.active()) {
    graphOf(*run).interrupt(world_.now());
    store_.save(*run);
  }
  store_.visitNewestFirst([this](const JobRun& run) {
    if (run.type != "JOB_RUN") (void)jobs_.addOneTime(run.jobId, run.creator, Json::array());
    return true;
  });
}

RunEngine::~RunEngine() { stop(); }

void RunEngine::interrupt() {
  std::vector<core::CancelSource> sources;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const auto& [id, source] : working_) sources.push_back(source);
  }
  for (const auto& source : sources) source.cancel(core::CancelReason::Shutdown);
}

void RunEngine::stop() {
  interrupt();
  timer_.stop();
  pool_.stop();
  housekeeping_.stop();
}

void RunEngine::setWorkspace(WorkspaceFacts workspace) {
  std::lock_guard lock(mutex_);
  workspace_ = std::move(workspace);
}

WorkspaceFacts RunEngine::workspace() {
  std::lock_guard lock(mutex_);
  return workspace_;
}

Reply<void> RunEngine::cancel(std::int64_t runId) {
  return locked([&](Effects& effects) -> Reply<void> {
    JobRun* run = store_.find(runId);
    JobRun* whole = run ? run : store_.findByTask(runId);
    if (!whole) return noSuchRun(runId);
    if (!whole->active()) return {};
    RunGraph graph = graphOf(*whole);
    std::int64_t now = world_.now();
    if (run)
      graph.stop(Ending::Canceled, now);
    else
      graph.stopTask(runId, Ending::Canceled, now);
    advance(*whole, graph, effects);
    return {};
  });
}

void RunEngine::settingsChanged(const Job& job) {
  locked([&](Effects& effects) {
    for (auto* run : store_.active()) {
      if (run->jobId != job.id) continue;
      Json settings = *run->settings;
      settings["timeout_seconds"] = core::intAt(*job.settings, "timeout_seconds");
      run->settings = std::make_shared<const Json>(std::move(settings));
    }
    startQueued(job.id, effects);
    return 0;
  });
}

void RunEngine::cancelAll(std::int64_t jobId, bool queuedOnly) {
  std::vector<std::int64_t> ids;
  {
    std::lock_guard lock(mutex_);
    for (const auto* run : store_.active())
      if ((jobId == 0 || run->jobId == jobId) && (!queuedOnly || run->phase == Phase::Queued)) ids.push_back(run->id);
  }
  // The newest first, so that none of the queue starts in the place of one that goes.
  std::ranges::reverse(ids);
  for (auto id : ids) (void)cancel(id);
}

Reply<void> RunEngine::remove(std::int64_t runId) {
  return locked([&](Effects&) -> Reply<void> {
    JobRun* run = store_.find(runId);
    if (!run && store_.findByTask(runId))
      return invalidParameter(fmt::format("Run {} is the run of a task. Delete the run of its job instead.", runId));
    if (!run) return noSuchRun(runId);
    if (run->active()) return invalidState(fmt::format("Run {} is active. Cancel it before deleting it.", runId));
    store_.remove(runId);
    return {};
  });
}

Reply<std::int64_t> RunEngine::repair(std::int64_t runId, const Json& request) {
  return locked([&](Effects& effects) -> Reply<std::int64_t> {
    JobRun* run = store_.find(runId);
    if (!run) return noSuchRun(runId);
    if (run->type == kWorkflowRun)
      return invalidState(fmt::format("Run {} is no job run and cannot be repaired.", runId));
    auto keys = TROWEL_TRY(repairedTasks(*run, request));
    run->jobParameters.update(core::objectAt(request, "job_parameters"));
    if (Json overrides = overridingParameters(request); !overrides.empty()) run->overrides = std::move(overrides);
    std::int64_t repairId = world_.ids.large();
    RunGraph graph = graphOf(*run);
    graph.repair(repairId, keys, world_.now());
    store_.save(*run);
    advance(*run, graph, effects);
    return repairId;
  });
}

std::optional<JobRun> RunEngine::find(std::int64_t runId) {
  return locked([&](Effects&) -> std::optional<JobRun> {
    JobRun* run = store_.find(runId);
    if (!run) run = store_.findByTask(runId);
    if (!run) return std::nullopt;
    return *run;
  });
}

std::vector<JobRun> RunEngine::list(const std::function<bool(const JobRun&)>& wanted, std::size_t offset,
                                    std::size_t limit, bool& more) {
  return locked([&](Effects&) {
    std::vector<JobRun> page;
    std::size_t seen = 0;
    store_.visitNewestFirst([&](const JobRun& run) {
      if (!wanted(run)) return true;
      if (seen >= offset && seen < offset + limit) page.push_back(run);
      return ++seen <= offset + limit;
    });
    more = seen > offset + limit;
    return page;
  });
}

std::optional<RunOutput> RunEngine::output(std::int64_t taskRunId) {
  std::lock_guard lock(mutex_);
  const RunOutput* output = store_.output(taskRunId);
  if (!output) return std::nullopt;
  return *output;
}

bool RunEngine::hasActiveRun(std::int64_t jobId) {
  std::lock_guard lock(mutex_);
  return concurrentRuns(jobId) > 0;
}

std::int64_t RunEngine::concurrentRuns(std::int64_t jobId) {
  return std::ranges::count_if(store_.active(),
                               [&](const JobRun* run) { return run->jobId == jobId && run->phase != Phase::Queued; });
}

RunGraph RunEngine::graphOf(JobRun& run) {
  return {run, workspace_, [this] { return world_.ids.large(); }};
}

// Whatever became due by the clock alone.
void RunEngine::settle(Effects& effects) {
  if (stopped_) return;
  std::int64_t now = world_.now();
  for (auto* run : store_.active()) {
    RunGraph graph = graphOf(*run);
    auto moment = graph.nextMoment();
    if (moment && *moment <= now) advance(*run, graph, effects);
  }
}

// What is under way is lost with the process anyhow, so a run is written only where something has ended.
void RunEngine::advance(JobRun& run, RunGraph& graph, Effects& effects) {
  auto orders = graph.step(world_.now());
  store_.index(run);
  for (const auto& order : orders) obey(run, order, effects);
  bool over = !run.active() && store_.wasActive(run);
  if (over || (graph.moved() && run.active())) store_.save(run);
  if (over) ended(run, effects);
}

void RunEngine::ended(JobRun& run, Effects& effects) {
  effects.outside.push_back([this, copy = std::make_shared<const JobRun>(run)] {
    runner_.runEnded(copy->id);
    if (ended_) ended_(*copy);
  });
  tellParent(run, effects);
  effects.inside.push_back([this, job = run.jobId](Effects& later) { startQueued(job, later); });
}

void RunEngine::tellParent(const JobRun& run, Effects& effects) {
  if (run.parentTaskRun == 0) return;
  bool good = run.ending == Ending::Success || run.ending == Ending::SuccessWithFailures;
  Ending ending = good ? Ending::Success : run.ending == Ending::Canceled ? Ending::Canceled : Ending::Failed;
  std::string message = ending == Ending::Failed
                            ? fmt::format("Job run {} ended with {}: {}", run.id, resultState(run.ending), run.message)
                            : "";
  endTask(run.parentTaskRun, ending, message, effects);
}

void RunEngine::endTask(std::int64_t taskRunId, Ending ending, const std::string& message, Effects& effects) {
  effects.inside.push_back([this, taskRunId, ending, message](Effects& later) {
    JobRun* run = store_.findByTask(taskRunId);
    if (!run) return;
    RunGraph graph = graphOf(*run);
    graph.ended(taskRunId, ending, message, world_.now());
    advance(*run, graph, later);
  });
}

void RunEngine::obey(JobRun& run, const RunOrder& order, Effects& effects) {
  const Attempt* attempt = run.find(order.runId);
  if (!attempt) return;
  switch (order.kind) {
    case RunOrder::Kind::Start:
      if (run.type != kWorkflowRun) startTask(run, *attempt, effects);
      break;
    case RunOrder::Kind::StartJob:
      startJob(run, order.runId, effects);
      break;
    case RunOrder::Kind::Stop:
      if (auto it = working_.find(order.runId); it != working_.end())
        effects.outside.push_back([source = it->second, reason = order.reason] { source.cancel(reason); });
      if (JobRun* child = store_.find(attempt->childRun)) {
        RunGraph graph = graphOf(*child);
        graph.stop(Ending::Canceled, world_.now());
        advance(*child, graph, effects);
      }
      break;
  }
}

// On another thread, so that others get the lock in between.
void RunEngine::goOnLater(std::deque<Step> steps) {
  core::Job job = [this, rest = std::move(steps)]() mutable {
    locked([&](Effects& effects) {
      if (!stopped_) std::ranges::move(rest, std::back_inserter(effects.inside));
      return 0;
    });
  };
  (void)housekeeping_.submit(job);  // refused only while stopping
}

// One timer, for whatever comes next.
void RunEngine::armTimer() {
  if (stopped_) return;
  std::optional<std::int64_t> next;
  for (auto* run : store_.active())
    if (auto moment = graphOf(*run).nextMoment(); moment && (!next || *moment < *next)) next = moment;
  if (timerId_ != 0 && next == timerMoment_) return;
  if (timerId_ != 0) timer_.cancel(timerId_);
  timerId_ = 0;
  if (!next) return;
  timerMoment_ = *next;
  timerId_ = timer_.after(std::chrono::milliseconds(std::max<std::int64_t>(*next - world_.now(), 0)), [this] {
    core::Job job = [this] {
      locked([this](Effects&) {
        timerId_ = 0;
        return 0;
      });
    };
    (void)housekeeping_.submit(job);
  });
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
// Attempts are only ever added at the end, so an index stays good where a reference does not. A task is BLOCKED until
// all that it depends on has ended; then its run_if decides. What depends on nothing is decided in the first step.
#include "emulator/jobs/run_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "emulator/jobs/conditions.hpp"
#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/run_parameters.hpp"
#include "emulator/jobs/run_result.hpp"
#include "emulator/jobs/run_states.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMaxForEachInputs = 5000;
// The service has no such limits, but its attempts take their time. Here a task may fail within a millisecond.
constexpr std::int64_t kMaxAttempts = 1000;
constexpr std::int64_t kAttemptInterval = 1000;  // milliseconds from the start of one to the start of the next

constexpr std::int64_t kLongest = 1'000'000'000'000;  // no span is longer, so that sums do not overflow

// In milliseconds; 0: none.
std::int64_t timeoutOf(const Json& settings) {
  return std::min(core::intAt(settings, "timeout_seconds"), kLongest / 1000) * 1000;
}

bool isForEach(const Attempt& attempt) {
  return attempt.resolved.is_object() && has(attempt.resolved, "for_each_task");
}

}  // namespace

bool isRunnable(std::string_view kind) {
  return kind == "notebook_task" || kind == "spark_python_task" || kind == "python_wheel_task" || kind == "sql_task" ||
         kind == "pipeline_task";
}

void RunGraph::begin(std::int64_t now) {
  run_.phase = Phase::Pending;
  run_.queuedTime = now - run_.startTime;
  run_.parts.push_back({.startTime = now});
  for (const auto& task : core::arrayAt(*run_.settings, "tasks")) {
    std::string key = core::stringAt(task, "task_key");
    if (!run_.includes(key)) continue;
    Attempt attempt;
    attempt.runId = newId_();
    attempt.taskKey = key;
    run_.attempts.push_back(std::move(attempt));
  }
}

void RunGraph::executing(std::int64_t runId, std::int64_t now) {
  Attempt* attempt = run_.find(runId);
  if (!attempt || attempt->phase != Phase::Pending) return;
  attempt->phase = Phase::Running;
  attempt->executionTime = now;
}

void RunGraph::cleaning(std::int64_t runId, std::int64_t now) {
  Attempt* attempt = run_.find(runId);
  if (attempt && attempt->active() && attempt->cleanupTime == 0) attempt->cleanupTime = now;
}

void RunGraph::ended(std::int64_t runId, Ending ending, const std::string& message, std::int64_t now) {
  Attempt* attempt = run_.find(runId);
  if (!attempt || !attempt->active()) return;
  // Whoever was told to stop has stopped for that reason, unless it was done already.
  if (attempt->stopping != Ending::None && ending != Ending::Success) {
    finish(*attempt, attempt->stopping, "", now);
  } else {
    finish(*attempt, ending, message, now);
  }
  retry(static_cast<std::size_t>(attempt - run_.attempts.data()), now);
}

void RunGraph::finish(Attempt& attempt, Ending ending, std::string message, std::int64_t now) {
  if (attempt.startTime == 0) attempt.startTime = now;
  attempt.phase = Phase::Ended;
  attempt.ending = ending;
  attempt.endTime = now;
  moved_ |= attempt.parent == 0;  // a for_each task may have thousands of iterations
  attempt.message = message.empty() ? endingMessage(ending) : std::move(message);
}

void RunGraph::retry(std::size_t index, std::int64_t now) {
  const Attempt& failed = run_.attempts[index];
  const Json& task = run_.taskOf(failed);
  if (run_.stopping != Ending::None || !isFailure(failed.ending) || isHopeless(failed.ending)) return;
  if (failed.ending == Ending::TimedOut && !core::boolAt(task, "retry_on_timeout")) return;
  if (has(task, "condition_task") || has(task, "for_each_task")) return;  // the service does not retry these
  if (const Attempt* parent = run_.find(failed.parent); parent && parent->stopping != Ending::None) return;
  std::int64_t limit = core::intAt(task, "max_retries");  // -1: for ever
  auto tried = std::ranges::count_if(run_.attempts, [&](const Attempt& other) {
    return other.taskKey == failed.taskKey && other.repairId == failed.repairId && other.parent == failed.parent &&
           other.iteration == failed.iteration;
  });
  if ((limit >= 0 && tried > limit) || tried >= kMaxAttempts) return;
  Attempt next;
  next.runId = newId_();
  next.taskKey = failed.taskKey;
  next.number = failed.number + 1;
  next.repairId = failed.repairId;
  next.parent = failed.parent;
  next.iteration = failed.iteration;
  next.input = failed.input;
  next.phase = Phase::WaitingForRetry;
  next.retryTime = std::max(now + std::min(core::intAt(task, "min_retry_interval_millis"), kLongest),
                            failed.startTime + kAttemptInterval);
  run_.attempts.push_back(std::move(next));
}

void RunGraph::stopAttempt(Attempt& attempt, Ending why, std::int64_t now) {
  if (!attempt.active() || attempt.stopping != Ending::None) return;
  if (!attempt.running()) {
    finish(attempt, Ending::Canceled, "", now);
    return;
  }
  attempt.stopping = why;
  attempt.phase = Phase::Terminating;
  if (!isForEach(attempt)) {
    auto reason = why == Ending::TimedOut ? core::CancelReason::Deadline : core::CancelReason::Client;
    orders_.push_back({.kind = RunOrder::Kind::Stop, .runId = attempt.runId, .reason = reason});
  }
  for (auto& iteration : run_.attempts)
    if (iteration.parent == attempt.runId) stopAttempt(iteration, why, now);
}

void RunGraph::stop(Ending why, std::int64_t now) {
  if (!run_.active() || run_.stopping != Ending::None) return;
  run_.stopping = why;
  if (run_.phase == Phase::Queued) {
    run_.queuedTime = now - run_.startTime;
    conclude(why, endingMessage(why), now);
    return;
  }
  run_.phase = Phase::Terminating;
  for (auto& attempt : run_.attempts) stopAttempt(attempt, why, now);
}

void RunGraph::stopTask(std::int64_t runId, Ending why, std::int64_t now) {
  if (Attempt* attempt = run_.find(runId)) stopAttempt(*attempt, why, now);
}

void RunGraph::repair(std::int64_t repairId, const std::vector<std::string>& keys, std::int64_t now) {
  run_.phase = Phase::Pending;
  run_.ending = Ending::None;
  run_.cause = Ending::None;
  run_.stopping = Ending::None;
  run_.message.clear();
  run_.failedTask.clear();
  run_.endTime = 0;
  run_.parts.push_back({.repairId = repairId, .startTime = now});
  for (const auto& key : keys) {
    const Attempt* before = run_.latest(key);
    Attempt attempt;
    attempt.runId = newId_();
    attempt.taskKey = key;
    attempt.number = before ? before->number + 1 : 0;
    attempt.repairId = repairId;
    run_.attempts.push_back(std::move(attempt));
  }
}

void RunGraph::interrupt(std::int64_t now) {
  if (!run_.active()) return;
  for (auto& attempt : run_.attempts)
    if (attempt.active()) finish(attempt, Ending::Interrupted, "", now);
  conclude(Ending::Interrupted, endingMessage(Ending::Interrupted), now);
}

std::vector<RunOrder> RunGraph::step(std::int64_t now) {
  if (run_.active() && run_.phase != Phase::Queued) {
    checkTimeouts(now);
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < run_.attempts.size(); ++i) {
        const Attempt& attempt = run_.attempts[i];
        if (attempt.phase == Phase::Blocked && decide(i, now)) changed = true;
        if (run_.attempts[i].phase == Phase::WaitingForRetry && run_.attempts[i].retryTime <= now) {
          start(i, now);
          changed = true;
        }
        if (run_.attempts[i].active() && isForEach(run_.attempts[i]) && feedForEach(i, now)) changed = true;
      }
    }
    bool over = std::ranges::none_of(run_.attempts, &Attempt::active);
    bool moved = std::ranges::any_of(run_.attempts, [](const Attempt& attempt) {
      return attempt.phase == Phase::Running || attempt.phase == Phase::Ended;
    });
    if (over)
      finishRun(now);
    else if (run_.phase == Phase::Pending && moved)
      run_.phase = Phase::Running;
  }
  return std::exchange(orders_, {});
}

// What the run_if of a task says, now that all it depends on has ended: Success is to run it. What is not part of this
// run, or is disabled, does not count.
Ending RunGraph::verdict(const Json& task) const {
  Upstream upstream;
  for (const auto& dependency : core::arrayAt(task, "depends_on")) {
    std::string key = core::stringAt(dependency, "task_key");
    const Attempt* attempt = run_.includes(key) ? run_.latest(key) : nullptr;
    if (!attempt || attempt->ending == Ending::Disabled) continue;
    std::string outcome = core::stringAt(dependency, "outcome");
    bool otherBranch = attempt->ending == Ending::Success && !outcome.empty() && outcome != attempt->outcome;
    upstream.add(otherBranch ? Ending::Excluded : attempt->ending);
  }
  return decideRunIf(core::stringAt(task, "run_if"), upstream);
}

bool RunGraph::decide(std::size_t index, std::int64_t now) {
  Attempt& attempt = run_.attempts[index];
  const Json& task = run_.taskOf(attempt);
  for (const auto& dependency : core::arrayAt(task, "depends_on")) {
    std::string key = core::stringAt(dependency, "task_key");
    const Attempt* upstream = run_.includes(key) ? run_.latest(key) : nullptr;
    if (upstream && upstream->active()) return false;
  }
  Ending ending = core::boolAt(task, "disabled") ? Ending::Disabled : verdict(task);
  if (ending == Ending::Success)
    start(index, now);
  else
    finish(attempt, ending, "", now);
  return true;
}

void RunGraph::start(std::size_t index, std::int64_t now) {
  Attempt& attempt = run_.attempts[index];
  attempt.phase = Phase::Pending;
  attempt.startTime = now;
  attempt.resolved = References(run_, attempt, workspace_).fill(withParameters(run_.taskOf(attempt), run_));
  std::string kind = taskKind(attempt.resolved);
  if (kind == "condition_task") {
    evaluateCondition(attempt, now);
  } else if (kind == "for_each_task") {
    openForEach(attempt, now);
  } else if (kind == "run_job_task") {
    executing(attempt.runId, now);
    orders_.push_back({.kind = RunOrder::Kind::StartJob, .runId = attempt.runId});
  } else if (isRunnable(kind)) {
    orders_.push_back({.kind = RunOrder::Kind::Start, .runId = attempt.runId});
  } else {
    ended(attempt.runId, Ending::InvalidConfiguration,
          fmt::format("The local workspace cannot run tasks of the type {}.", kind), now);
  }
}

void RunGraph::evaluateCondition(Attempt& attempt, std::int64_t now) {
  auto outcome = evaluate(attempt.resolved["condition_task"]);
  executing(attempt.runId, now);
  if (!outcome) {
    finish(attempt, Ending::InvalidConfiguration, outcome.error(), now);
    return;
  }
  attempt.outcome = *outcome ? "true" : "false";
  finish(attempt, Ending::Success, "", now);
}

void RunGraph::openForEach(Attempt& attempt, std::int64_t now) {
  std::string inputs = core::stringAt(attempt.resolved["for_each_task"], "inputs");
  auto list = core::parseJson(inputs);
  executing(attempt.runId, now);
  if (!list || !list->is_array() || list->size() > kMaxForEachInputs) {
    finish(attempt, Ending::InvalidConfiguration,
           fmt::format("The inputs of a for_each task must be a JSON array of at most {} elements.", kMaxForEachInputs),
           now);
    return;
  }
  for (const auto& element : *list) attempt.inputs.push_back(plainText(element));
}

// Starts iterations as far as the concurrency allows, and ends the task after the last one.
bool RunGraph::feedForEach(std::size_t index, std::int64_t now) {
  std::int64_t active = 0;
  std::size_t failed = 0;
  std::vector<const Attempt*> last(run_.attempts[index].inputs.size());
  for (const auto& iteration : run_.attempts) {
    if (iteration.parent != run_.attempts[index].runId) continue;
    if (iteration.active()) ++active;
    last[iteration.iteration] = &iteration;
  }
  for (const auto* iteration : last)
    if (iteration && !iteration->active() && iteration->ending != Ending::Success) ++failed;

  const Attempt& task = run_.attempts[index];
  bool open = task.stopping == Ending::None && task.nextInput < task.inputs.size();
  if (open && active < core::intAt(task.resolved["for_each_task"], "concurrency", 1)) {
    Attempt iteration;
    iteration.runId = newId_();
    iteration.taskKey =
        core::stringAt(core::objectAt(core::objectAt(run_.taskOf(task), "for_each_task"), "task"), "task_key");
    iteration.repairId = task.repairId;
    iteration.parent = task.runId;
    iteration.iteration = run_.attempts[index].nextInput++;
    iteration.input = task.inputs[iteration.iteration];
    run_.attempts.push_back(std::move(iteration));
    start(run_.attempts.size() - 1, now);
    return true;
  }
  if (open || active > 0) return false;
  if (failed == 0 && task.stopping == Ending::None) {
    ended(task.runId, Ending::Success, "", now);
  } else {
    ended(task.runId, Ending::Failed, fmt::format("{} of {} iterations failed", failed, task.inputs.size()), now);
  }
  return true;
}

std::int64_t RunGraph::deadlineOf(const Attempt& attempt) const {
  if (!attempt.running()) return kNever;
  std::int64_t timeout = timeoutOf(run_.taskOf(attempt));
  return timeout > 0 ? attempt.startTime + timeout : kNever;
}

std::int64_t RunGraph::runDeadline() const {
  std::int64_t timeout = timeoutOf(*run_.settings);
  bool counts = timeout > 0 && run_.active() && run_.stopping == Ending::None && !run_.parts.empty();
  return counts ? run_.parts.back().startTime + timeout : kNever;
}

void RunGraph::checkTimeouts(std::int64_t now) {
  if (runDeadline() <= now) stop(Ending::TimedOut, now);
  for (auto& attempt : run_.attempts)
    if (deadlineOf(attempt) <= now) stopAttempt(attempt, Ending::TimedOut, now);
}

std::optional<std::int64_t> RunGraph::nextMoment() const {
  if (!run_.active() || run_.phase == Phase::Queued) return std::nullopt;
  std::int64_t moment = runDeadline();
  for (const auto& attempt : run_.attempts) {
    moment = std::min(moment, deadlineOf(attempt));
    if (attempt.phase == Phase::WaitingForRetry) moment = std::min(moment, attempt.retryTime);
  }
  return moment == kNever ? std::nullopt : std::optional(moment);
}

void RunGraph::finishRun(std::int64_t now) {
  if (run_.stopping != Ending::None) {
    conclude(run_.stopping, endingMessage(run_.stopping), now);
    return;
  }
  auto result = resultOf(run_);
  run_.failedTask = result.task;
  run_.cause = result.cause;
  conclude(result.ending, result.message, now);
}

void RunGraph::conclude(Ending ending, std::string message, std::int64_t now) {
  moved_ = true;
  run_.phase = Phase::Ended;
  run_.ending = ending;
  run_.message = std::move(message);
  run_.endTime = now;
  if (!run_.parts.empty()) {
    run_.parts.back().endTime = now;
    run_.parts.back().ending = ending;
    run_.parts.back().message = run_.message;
  }
}

}  // namespace trowel::emulator

// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_run.hpp"

#include <algorithm>

#include "emulator/jobs/field_rules.hpp"
#include "emulator/jobs/task_rules.hpp"

namespace trowel::emulator {

using core::Json;

bool isFailure(Ending ending) {
  switch (ending) {
    case Ending::Failed:
    case Ending::LibraryFailed:
    case Ending::ClusterFailed:
    case Ending::NotFound:
    case Ending::InvalidConfiguration:
    case Ending::TimedOut:
    case Ending::UpstreamFailed:
    case Ending::Interrupted:
    case Ending::InvalidCluster:
    case Ending::CheckoutFailed:
    case Ending::Unauthorized:
      return true;
    default:
      return false;
  }
}

bool isHopeless(Ending ending) {
  return ending == Ending::InvalidConfiguration || ending == Ending::NotFound || ending == Ending::InvalidCluster ||
         ending == Ending::Unauthorized;
}

bool isCanceled(Ending ending) { return ending == Ending::Canceled || ending == Ending::UpstreamCanceled; }

bool JobRun::singleTask() const { return core::stringAt(*settings, "format") == "SINGLE_TASK"; }

const Json& JobRun::taskNamed(const std::string& key) const {
  static const Json kNone = Json::object();
  if (indexed_ != settings.get()) {
    tasks_.clear();
    for (const auto& task : core::arrayAt(*settings, "tasks")) tasks_[core::stringAt(task, "task_key")] = &task;
    indexed_ = settings.get();
  }
  auto it = tasks_.find(key);
  return it == tasks_.end() ? kNone : *it->second;
}

const Json& JobRun::taskOf(const Attempt& attempt) const {
  if (attempt.parent == 0) return taskNamed(attempt.taskKey);
  const Attempt* parent = find(attempt.parent);
  return core::objectAt(core::objectAt(taskNamed(parent ? parent->taskKey : ""), "for_each_task"), "task");
}

bool JobRun::includes(const std::string& taskKey) const {
  return only.empty() || std::ranges::find(only, taskKey) != only.end();
}

const Attempt* JobRun::find(std::int64_t runId) const {
  auto it = std::ranges::find(attempts, runId, &Attempt::runId);
  return it == attempts.end() ? nullptr : &*it;
}
Attempt* JobRun::find(std::int64_t runId) { return const_cast<Attempt*>(std::as_const(*this).find(runId)); }

const Attempt* JobRun::latest(const std::string& taskKey) const {
  auto it = std::find_if(attempts.rbegin(), attempts.rend(),
                         [&](const Attempt& attempt) { return attempt.parent == 0 && attempt.taskKey == taskKey; });
  return it == attempts.rend() ? nullptr : &*it;
}
Attempt* JobRun::latest(const std::string& taskKey) {
  return const_cast<Attempt*>(std::as_const(*this).latest(taskKey));
}

Json JobRun::effectiveParameters() const {
  Json values = Json::object();
  for (const auto& parameter : core::arrayAt(*settings, "parameters"))
    values[core::stringAt(parameter, "name")] = core::stringAt(parameter, "default");
  for (const auto& [key, value] : jobParameters.items()) values[key] = value;
  return values;
}

namespace {

Json toJson(const Attempt& attempt) {
  return {{"run_id", attempt.runId},
          {"task_key", attempt.taskKey},
          {"number", attempt.number},
          {"repair_id", attempt.repairId},
          {"parent", attempt.parent},
          {"iteration", attempt.iteration},
          {"input", attempt.input},
          {"phase", static_cast<int>(attempt.phase)},
          {"ending", static_cast<int>(attempt.ending)},
          {"message", attempt.message},
          {"start", attempt.startTime},
          {"execution", attempt.executionTime},
          {"cleanup", attempt.cleanupTime},
          {"end", attempt.endTime},
          {"cluster_id", attempt.clusterId},
          {"spark_context_id", attempt.sparkContextId},
          {"outcome", attempt.outcome},
          {"child_run", attempt.childRun},
          {"resolved", attempt.resolved},
          {"inputs", attempt.inputs},
          {"next_input", attempt.nextInput}};
}

// An enumerator by its number; `none` where the number is none of them.
template <typename Enum>
Enum enumAt(const Json& document, const char* field, Enum last, Enum none) {
  auto value = core::intAt(document, field, -1);
  return value >= 0 && value <= static_cast<int>(last) ? static_cast<Enum>(value) : none;
}
Ending endingAt(const Json& document, const char* field) {
  return enumAt(document, field, Ending::Unauthorized, Ending::None);
}
Phase phaseAt(const Json& document) { return enumAt(document, "phase", Phase::Ended, Phase::Ended); }

std::vector<std::string> textsAt(const Json& document, const char* field) {
  std::vector<std::string> texts;
  for (const auto& item : core::arrayAt(document, field))
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

std::size_t sizeAt(const Json& document, const char* field) {
  return static_cast<std::size_t>(std::max<std::int64_t>(core::intAt(document, field), 0));
}

Attempt attemptFrom(const Json& document) {
  Attempt attempt;
  attempt.runId = core::intAt(document, "run_id");
  attempt.taskKey = core::stringAt(document, "task_key");
  attempt.number = static_cast<int>(core::intAt(document, "number"));
  attempt.repairId = core::intAt(document, "repair_id");
  attempt.parent = core::intAt(document, "parent");
  attempt.input = core::stringAt(document, "input");
  attempt.phase = phaseAt(document);
  attempt.ending = endingAt(document, "ending");
  attempt.message = core::stringAt(document, "message");
  attempt.startTime = core::intAt(document, "start");
  attempt.executionTime = core::intAt(document, "execution");
  attempt.cleanupTime = core::intAt(document, "cleanup");
  attempt.endTime = core::intAt(document, "end");
  attempt.clusterId = core::stringAt(document, "cluster_id");
  attempt.sparkContextId = core::stringAt(document, "spark_context_id");
  attempt.outcome = core::stringAt(document, "outcome");
  attempt.childRun = core::intAt(document, "child_run");
  attempt.resolved = document.value("resolved", Json());
  attempt.inputs = textsAt(document, "inputs");
  attempt.nextInput = sizeAt(document, "next_input");
  attempt.iteration = sizeAt(document, "iteration");
  return attempt;
}

}  // namespace

Json toJson(const JobRun& run) {
  Json attempts = Json::array();
  for (const auto& attempt : run.attempts) attempts.push_back(toJson(attempt));
  Json parts = Json::array();
  for (const auto& part : run.parts)
    parts.push_back({{"repair_id", part.repairId},
                     {"start", part.startTime},
                     {"end", part.endTime},
                     {"ending", static_cast<int>(part.ending)},
                     {"message", part.message}});
  return {{"run_id", run.id},
          {"sequence", run.sequence},
          {"job_id", run.jobId},
          {"name", run.name},
          {"creator", run.creator},
          {"run_as", run.runAs},
          {"type", run.type},
          {"trigger", run.trigger},
          {"parent_task_run", run.parentTaskRun},
          {"depth", run.depth},
          {"token", run.idempotencyToken},
          {"settings", *run.settings},
          {"overrides", run.overrides},
          {"job_parameters", run.jobParameters},
          {"only", run.only},
          {"git_commit", run.gitCommit},
          {"phase", static_cast<int>(run.phase)},
          {"ending", static_cast<int>(run.ending)},
          {"message", run.message},
          {"failed_task", run.failedTask},
          {"cause", static_cast<int>(run.cause)},
          {"start", run.startTime},
          {"queued", run.queuedTime},
          {"end", run.endTime},
          {"attempts", std::move(attempts)},
          {"parts", std::move(parts)},
          {"task_values", run.taskValues}};
}

JobRun jobRunFrom(const Json& document) {
  JobRun run;
  run.id = core::intAt(document, "run_id");
  run.sequence = core::intAt(document, "sequence");
  run.jobId = core::intAt(document, "job_id");
  run.name = core::stringAt(document, "name");
  run.creator = core::stringAt(document, "creator");
  run.runAs = core::stringAt(document, "run_as");
  run.type = core::stringAt(document, "type", "JOB_RUN");
  run.trigger = core::stringAt(document, "trigger", "ONE_TIME");
  run.parentTaskRun = core::intAt(document, "parent_task_run");
  run.depth = static_cast<int>(core::intAt(document, "depth"));
  run.idempotencyToken = core::stringAt(document, "token");
  run.settings = std::make_shared<const Json>(core::objectAt(document, "settings"));
  run.overrides = core::objectAt(document, "overrides");
  run.jobParameters = core::objectAt(document, "job_parameters");
  run.only = textsAt(document, "only");
  run.gitCommit = core::stringAt(document, "git_commit");
  run.phase = phaseAt(document);
  run.ending = endingAt(document, "ending");
  run.message = core::stringAt(document, "message");
  run.failedTask = core::stringAt(document, "failed_task");
  run.cause = endingAt(document, "cause");
  run.startTime = core::intAt(document, "start");
  run.queuedTime = core::intAt(document, "queued");
  run.endTime = core::intAt(document, "end");
  for (const auto& attempt : core::arrayAt(document, "attempts")) run.attempts.push_back(attemptFrom(attempt));
  for (const auto& part : core::arrayAt(document, "parts"))
    run.parts.push_back({.repairId = core::intAt(part, "repair_id"),
                         .startTime = core::intAt(part, "start"),
                         .endTime = core::intAt(part, "end"),
                         .ending = endingAt(part, "ending"),
                         .message = core::stringAt(part, "message")});
  for (const auto& [task, values] : core::objectAt(document, "task_values").items())
    if (values.is_object())
      for (const auto& [key, value] : values.items()) run.taskValues[task][key] = value;
  return run;
}

}  // namespace trowel::emulator

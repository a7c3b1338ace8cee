// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_repair.hpp"

#include <fmt/format.h>

#include "emulator/jobs/run_parameters.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<void> checkLatest(const JobRun& run, const Json& request) {
  std::int64_t latest = run.parts.back().repairId;
  std::int64_t given = core::intAt(request, "latest_repair_id");
  if (latest == given) return {};
  if (given == 0)
    return invalidParameter(fmt::format("latest_repair_id must be provided: run {} has been repaired before.", run.id));
  return invalidParameter(fmt::format("The latest repair of run {} is not {}.", run.id, given));
}

std::vector<std::string> failedTasks(const JobRun& run) {
  std::vector<std::string> keys;
  for (const auto& task : core::arrayAt(*run.settings, "tasks")) {
    std::string key = core::stringAt(task, "task_key");
    const Attempt* attempt = run.includes(key) ? run.latest(key) : nullptr;
    if (attempt && (isFailure(attempt->ending) || isCanceled(attempt->ending))) keys.push_back(key);
  }
  return keys;
}

}  // namespace

Reply<std::vector<std::string>> repairedTasks(const JobRun& run, const Json& request) {
  if (run.active())
    return invalidState(fmt::format("Run {} is still active. Only runs that have ended can be repaired.", run.id));
  if (run.parts.empty())
    return invalidState(fmt::format("Run {} has not started any task and cannot be repaired.", run.id));
  TROWEL_TRY(checkLatest(run, request));
  bool failed = core::boolAt(request, "rerun_all_failed_tasks");
  const Json& named = core::arrayAt(request, "rerun_tasks");
  if (failed && !named.empty())
    return invalidParameter("Only one of rerun_tasks and rerun_all_failed_tasks can be specified.");
  std::vector<std::string> keys;
  if (failed) keys = failedTasks(run);
  for (const auto& item : named) {
    std::string key = item.is_string() ? item.get<std::string>() : "";
    if (!run.latest(key)) return invalidParameter("Task " + key + " does not exist in the run.");
    keys.push_back(key);
  }
  if (core::boolAt(request, "rerun_dependent_tasks")) {
    keys = withDependents(std::move(keys), *run.settings);
    std::erase_if(keys, [&](const std::string& key) { return !run.includes(key); });
  } else {
    keys = TROWEL_TRY(selectTasks(keys, *run.settings));
  }
  if (keys.empty())
    return invalidParameter("There are no tasks to rerun. Specify rerun_tasks or rerun_all_failed_tasks.");
  return keys;
}

}  // namespace trowel::emulator

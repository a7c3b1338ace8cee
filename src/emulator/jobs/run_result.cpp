// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/run_result.hpp"

#include <algorithm>
#include <set>

namespace trowel::emulator {

using core::Json;

namespace {

// The keys that another task of the run depends on.
std::set<std::string> innerTasks(const JobRun& run) {
  std::set<std::string> inner;
  for (const auto& task : core::arrayAt(*run.settings, "tasks")) {
    if (!run.includes(core::stringAt(task, "task_key"))) continue;
    for (const auto& dependency : core::arrayAt(task, "depends_on"))
      inner.insert(core::stringAt(dependency, "task_key"));
  }
  return inner;
}

std::string sentence(const std::string& task, std::string message) {
  if (!message.ends_with('.')) message += '.';
  return "Task " + task + " failed with message: " + message;
}

}  // namespace

RunResult resultOf(const JobRun& run) {
  auto inner = innerTasks(run);
  bool leafFailed = false;
  bool leafCanceled = false;
  bool unhappy = false;
  const Attempt* failed = nullptr;  // the first that failed by itself
  bool onlyTimeouts = true;
  for (const auto& task : core::arrayAt(*run.settings, "tasks")) {
    std::string key = core::stringAt(task, "task_key");
    const Attempt* attempt = run.includes(key) ? run.latest(key) : nullptr;
    if (!attempt) continue;
    bool leaf = !inner.contains(key);
    bool failure = isFailure(attempt->ending);
    bool canceled = isCanceled(attempt->ending);
    unhappy |= failure || canceled;
    leafFailed |= leaf && failure;
    leafCanceled |= leaf && canceled;
    if (!failure || attempt->ending == Ending::UpstreamFailed) continue;
    if (!failed) failed = attempt;
    onlyTimeouts &= attempt->ending == Ending::TimedOut;
  }
  if (leafFailed && failed) {
    if (run.singleTask()) return {failed->ending, Ending::None, failed->taskKey, failed->message};
    return {onlyTimeouts ? Ending::TimedOut : Ending::Failed, failed->ending, failed->taskKey,
            sentence(failed->taskKey, failed->message)};
  }
  if (leafFailed) return {Ending::Failed, Ending::Failed, "", "An upstream task failed."};
  if (leafCanceled) return {Ending::Canceled, Ending::None, "", "Run cancelled."};
  if (unhappy) return {Ending::SuccessWithFailures, Ending::None, "", ""};
  return {};
}

}  // namespace trowel::emulator

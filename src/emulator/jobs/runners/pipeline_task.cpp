// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/task_work.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr auto kLook = std::chrono::milliseconds(100);  // between two looks at an update

TaskOutcome failed(const std::string& update, const std::string& state) {
  return {.ending = TaskOutcome::Ending::Failed, .message = "Update " + update + " ended as " + state + "."};
}

}  // namespace

TaskOutcome runPipelineTask(const TaskWork& work, const World& world, const PipelineSource& pipelines) {
  Json task = core::objectAt(work.request.task, "pipeline_task");
  auto id = core::stringAt(task, "pipeline_id");
  task["cause"] = "JOB_TASK";
  auto update = pipelines.start(id, task);
  if (!update) return refusedBy(update.error());
  do {
    auto state = pipelines.state(id, *update);
    if (!state) return refusedBy(state.error());
    if (*state == "COMPLETED") return {};
    if (*state == "FAILED" || *state == "CANCELED") return failed(*update, *state);
  } while (work.token.waitFor(world.clock, kLook));
  pipelines.stop(id);
  return {.ending = TaskOutcome::Ending::Canceled};
}

}  // namespace trowel::emulator

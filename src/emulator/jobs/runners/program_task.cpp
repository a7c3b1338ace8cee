// SPDX-License-Identifier: Apache-2.0
// Tasks that run a program: a Python file, or an entry point of a wheel. What it prints are its logs.
#include "emulator/execution/command_results.hpp"
#include "emulator/jobs/runners/task_work.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxLogs = 5UL * 1024 * 1024;  // the last bytes

Json texts(const Json& task, const char* field) {
  Json list = Json::array();
  for (const auto& value : core::arrayAt(task, field))
    list.push_back(value.is_string() ? value : Json(core::dumpJson(value)));
  return list;
}

// The driver takes paths as Spark does: those without a scheme are of the workspace or a volume.
std::string sparkPath(const std::string& seen) { return seen.starts_with("/dbfs/") ? "dbfs:" + seen.substr(5) : seen; }

void setLogs(TaskOutcome& outcome, const std::string& results) {
  auto json = core::parseJson(results).value_or(Json::object());
  std::string logs = core::stringAt(json, core::stringAt(json, "resultType") == "text" ? "data" : "output");
  bool tooLong = logs.size() > kMaxLogs;
  outcome.output["logs"] = lastBytes(logs, kMaxLogs);
  outcome.output["logs_truncated"] = tooLong;
}

TaskOutcome runProgram(const TaskWork& work, Json request, const World& world, Contexts& contexts) {
  TaskOutcome outcome{.output = Json::object()};
  ContextSetup setup{.origin = work.origin, .cwd = work.cwd, .sysPath = work.sysPath};
  if (!work.cwd.empty()) setup.sysPath.insert(setup.sysPath.begin(), work.cwd);
  auto status = runTaskCommand(setup, std::move(request), world, contexts, work.token, outcome);
  if (!status) return outcome;
  setLogs(outcome, status->results);
  if (auto error = resultError(status->results)) {
    outcome.ending = TaskOutcome::Ending::Failed;
    outcome.output["error"] = error->summary;
    outcome.output["error_trace"] = error->cause;
  }
  return outcome;
}

}  // namespace

TaskOutcome runPythonFileTask(const TaskWork& work, const World& world, Contexts& contexts, const TaskFiles& files) {
  const Json& task = core::objectAt(work.request.task, "spark_python_task");
  auto path = core::stringAt(task, "python_file");
  if (!files.find(path))
    return {.ending = TaskOutcome::Ending::NotFound,
            .message = "Cannot read the python file " + path + ". Please check driver logs for more details."};
  return runProgram(
      work, {{"kind", "file"}, {"path", sparkPath(*TaskFiles::seen(path))}, {"parameters", texts(task, "parameters")}},
      world, contexts);
}

TaskOutcome runWheelTask(const TaskWork& work, const World& world, Contexts& contexts) {
  const Json& task = core::objectAt(work.request.task, "python_wheel_task");
  return runProgram(work,
                    {{"kind", "wheel"},
                     {"wheels", Json::array()},
                     {"package", core::stringAt(task, "package_name")},
                     {"entry_point", core::stringAt(task, "entry_point")},
                     {"parameters", texts(task, "parameters")},
                     {"named_parameters", core::objectAt(task, "named_parameters")}},
                    world, contexts);
}

std::optional<CommandStatus> runTaskCommand(const ContextSetup& setup, Json request, const World& world,
                                            Contexts& contexts, const core::CancelToken& token, TaskOutcome& outcome) {
  auto opened = contexts.open(setup);
  if (!opened) {
    outcome.ending = TaskOutcome::Ending::ClusterFailed;
    outcome.message = opened.error().message;
    return std::nullopt;
  }
  const std::string id = world.ids.command();
  auto begun = opened->context->execute(id, std::move(request));
  auto status = begun ? opened->context->await(id, token) : std::nullopt;
  contexts.close(opened->id);
  if (token.cancelled())
    outcome.ending = TaskOutcome::Ending::Canceled;
  else if (!status)
    outcome = {.ending = TaskOutcome::Ending::ClusterFailed, .message = "The execution context was lost."};
  return status;
}

}  // namespace trowel::emulator

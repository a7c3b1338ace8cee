// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/runners/workspace_task_runner.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Where the code of the task comes from: as its own `source` says, else from Git where the job names a repository.
bool comesFromGit(const TaskRequest& request) {
  const Json& task = core::objectAt(request.task, request.kind.c_str());
  const Json& file = core::objectAt(task, "file");  // of SQL tasks
  auto source = core::stringAt(file.empty() ? task : file, "source");
  if (request.kind == "python_wheel_task") return false;
  return source.empty() ? request.settings.is_object() && request.settings.contains("git_source") : source == "GIT";
}

// The task as if it named its code in the workspace, in the clone at `folder`. Empty where its path leads out of there.
std::optional<TaskRequest> inClone(TaskRequest request, const std::string& folder) {
  Json& task = request.task[request.kind];
  for (auto [holder, field] : {std::pair(&task, "notebook_path"), std::pair(&task, "python_file"),
                               std::pair(task.contains("file") ? &task["file"] : nullptr, "path")}) {
    if (!holder || !holder->contains(field)) continue;
    std::string path = core::stringAt(*holder, field);
    for (auto part : core::split(path, '/'))
      if (part == "..") return std::nullopt;
    (*holder)[field] = folder + (path.starts_with('/') ? "" : "/") + path;
  }
  return request;
}

}  // namespace

WorkspaceTaskRunner::WorkspaceTaskRunner(const World& world, Clusters& clusters, Libraries& libraries,
                                         Contexts& contexts, NotebookRunner& notebooks, TaskSources sources)
    : world_(world),
      allClusters_(clusters),
      contexts_(contexts),
      notebooks_(notebooks),
      sources_(std::move(sources)),
      files_(sources_.root),
      checkouts_(world, sources_.root, sources_.cloned),
      clusters_(world, clusters),
      libraries_(world, libraries) {}

TaskOutcome WorkspaceTaskRunner::run(const TaskRequest& request, TaskHost& host, const core::CancelToken& token) {
  if (auto allowed = checkRights(request); !allowed) return refusedBy(allowed.error());
  if (!comesFromGit(request)) return runCode(request, "", host, token);
  auto checkout = checkouts_.of(request.jobRunId, core::objectAt(request.settings, "git_source"), request.gitCommit);
  if (!checkout) return {.ending = TaskOutcome::Ending::CheckoutFailed, .message = std::move(checkout).error()};
  host.sourceCheckedOut(checkout->commit);
  auto task = inClone(request, checkout->folder);
  if (!task)
    return {.ending = TaskOutcome::Ending::InvalidConfiguration,
            .message = "The path of a task with source GIT must lie within the repository."};
  return runCode(*task, "/Workspace" + checkout->folder, host, token);
}

TaskOutcome WorkspaceTaskRunner::runCode(const TaskRequest& request, const std::string& cwd, TaskHost& host,
                                         const core::CancelToken& token) {
  if (auto ready = awaitWarehouse(request, token); !ready) return std::move(ready).error();
  auto cluster = clusters_.acquire(request, host, token);
  if (!cluster) return std::move(cluster).error();
  auto libraries = libraries_.prepare(request, *cluster, token);
  TaskOutcome outcome;
  if (libraries) {
    host.executionStarted();
    outcome = execute({.request = request,
                       .origin = {.user = request.runAs,
                                  .clusterId = *cluster,
                                  .jobId = request.jobId,
                                  .jobRunId = request.jobRunId,
                                  .runId = request.runId,
                                  .taskKey = request.taskKey,
                                  .task = &host},
                       .sysPath = std::move(*libraries),
                       .cwd = cwd,
                       .token = token});
    host.cleanupStarted();
  } else {
    outcome = std::move(libraries).error();
  }
  // What failed because the cluster went away is the cluster's failure.
  bool failed =
      outcome.ending == TaskOutcome::Ending::Failed || outcome.ending == TaskOutcome::Ending::InvalidConfiguration;
  if (auto why = clusters_.whyLost(*cluster); failed && !why.empty()) {
    outcome.ending = TaskOutcome::Ending::ClusterFailed;
    outcome.message = std::move(why);
  }
  clusters_.release(request, *cluster);
  if (token.cancelled()) outcome.ending = TaskOutcome::Ending::Canceled;
  return outcome;
}

// What the task uses besides its code.
Reply<void> WorkspaceTaskRunner::checkRights(const TaskRequest& request) {
  if (!sources_.require) return {};
  if (request.compute.kind == TaskCompute::Kind::ExistingCluster) {
    const std::string& id = request.compute.clusterId;
    auto cluster = allClusters_.status(id);
    if (cluster)
      TROWEL_TRY(
          sources_.require(request.runAs, "clusters", id, isUp(cluster->state) ? "CAN_ATTACH_TO" : "CAN_RESTART"));
  }
  if (request.kind != "pipeline_task") return {};
  auto id = core::stringAt(core::objectAt(request.task, "pipeline_task"), "pipeline_id");
  return sources_.require(request.runAs, "pipelines", id, "CAN_RUN");
}

std::expected<void, TaskOutcome> WorkspaceTaskRunner::awaitWarehouse(const TaskRequest& request,
                                                                     const core::CancelToken& token) {
  if (request.kind != "sql_task" || !sources_.warehouse) return {};
  auto id = core::stringAt(core::objectAt(request.task, "sql_task"), "warehouse_id");
  while (true) {
    auto wait = sources_.warehouse(id);
    if (!wait) return std::unexpected(refusedBy(wait.error()));
    if (wait->count() == 0) return {};
    if (!token.waitFor(world_.clock, *wait))
      return std::unexpected(TaskOutcome{.ending = TaskOutcome::Ending::Canceled, .message = "Run cancelled."});
  }
}

TaskOutcome WorkspaceTaskRunner::execute(const TaskWork& work) {
  const std::string& kind = work.request.kind;
  if (kind == "notebook_task") return runNotebookTask(work, notebooks_);
  if (kind == "spark_python_task") return runPythonFileTask(work, world_, contexts_, files_);
  if (kind == "python_wheel_task") return runWheelTask(work, world_, contexts_);
  auto query = sources_.query ? sources_.query : [](const std::string& id) -> Reply<std::string> {
    return doesNotExist("Query " + id + " does not exist.");
  };
  if (kind == "sql_task") return runSqlTask(work, world_, contexts_, files_, sources_.notebook, query);
  if (kind == "pipeline_task" && sources_.pipelines.start) return runPipelineTask(work, world_, sources_.pipelines);
  return {.ending = TaskOutcome::Ending::InvalidConfiguration,
          .message = "The Trowel emulator does not run tasks of the kind " + kind + "."};
}

void WorkspaceTaskRunner::runEnded(std::int64_t jobRunId) {
  clusters_.runEnded(jobRunId);
  checkouts_.remove(jobRunId);
}

TaskOutcome refusedBy(const ApiError& error) {
  using Ending = TaskOutcome::Ending;
  Ending ending = error.status == 404   ? Ending::NotFound
                  : error.status == 403 ? Ending::Unauthorized
                                        : Ending::InvalidConfiguration;
  return {.ending = ending, .message = error.message};
}

}  // namespace trowel::emulator

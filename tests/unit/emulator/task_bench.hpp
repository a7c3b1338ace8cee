// SPDX-License-Identifier: Apache-2.0
// Everything that the executors of tasks need, without a server and without a scheduler.
#pragma once

#include <filesystem>
#include <fstream>
#include <future>
#include <map>

#include "command_context.hpp"
#include "emulator/compute/compute.hpp"
#include "emulator/execution/preparation.hpp"
#include "emulator/jobs/runners/workspace_task_runner.hpp"
#include "emulator/server/faults.hpp"

namespace trowel::emulator::test {

// A host for one task.
struct RecordingHost : TaskHost {
  std::string clusterId;
  std::string sparkContextId;
  bool executing = false;
  std::string commit;
  std::map<std::string, Json> values;

  void clusterAssigned(const std::string& cluster, const std::string& sparkContext) override {
    clusterId = cluster;
    sparkContextId = sparkContext;
  }
  void sourceCheckedOut(const std::string& hash) override { commit = hash; }
  void executionStarted() override { executing = true; }
  void cleanupStarted() override {}
  bool setTaskValue(const std::string& key, Json value) override {
    values[key] = std::move(value);
    return true;
  }
  std::optional<Json> taskValue(const std::string& task, const std::string& key) override {
    auto it = values.find(key);
    if (task != "before" || it == values.end()) return std::nullopt;
    return it->second;
  }
};

struct TaskBench {
  TemporaryFolder folder;
  Options options{.userName = "ada@example.com"};
  Ids ids;
  Faults faults{core::systemClock()};
  World world{core::systemClock(), ids, nullptr, folder.path, options, faults};
  bool prepared = prepareTrees(folder.path);
  Trees trees{world};
  UserPaths paths = UserPaths::prepare(folder.path).value();
  User user{.id = "1", .name = "ada@example.com", .admin = true};
  WorkspaceStore workspace{world, trees.workspace};
  Users users{world};
  Compute compute{world, users, options.userName, std::chrono::milliseconds(0)};
  Clusters& clusters = compute.clusters();
  HostCalls calls;
  NotebookRunner::Source source = [this](const std::string& path) { return notebookSource(workspace, path); };
  Contexts contexts{world.clock, ids, clusters, calls, settings()};
  NotebookRunner notebooks{world, contexts, source};
  WorkspaceTaskRunner runner{world,    clusters,  compute.libraries(),
                             contexts, notebooks, {.root = folder.path / "root", .notebook = source}};
  RecordingHost host;

  TaskBench() {
    workspace.makeHome(options.userName);
    addTaskValueCalls(calls);
    notebooks.addCalls(calls);
  }

  ContextSettings settings() {
    REQUIRE(prepareExecution(folder.path).has_value());
    auto all = contextSettings(world, paths, {});
    all.libraryPaths = [this](const std::string& id) { return compute.libraries().paths(id); };
    return all;
  }

  static Json cluster() {
    return {{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 0}};
  }
  void notebook(const std::string& path, const std::string& text, Language language = Language::Python) {
    REQUIRE(workspace.makeDirectories(path.substr(0, path.rfind('/'))).has_value());
    REQUIRE(
        workspace.put(path, {.type = ObjectType::Notebook, .language = language, .content = text, .overwrite = true})
            .has_value());
  }
  void file(const std::string& path, const std::string& content) {
    auto target = folder.path / "root" / path;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << content;
  }

  TaskRequest request(const std::string& kind, Json task, Json more = Json::object()) {
    more[kind] = std::move(task);
    more["task_key"] = "t";
    return {.task = std::move(more),
            .settings = Json::object(),
            .compute = {.kind = TaskCompute::Kind::Serverless, .newCluster = {}, .environment = {}},
            .kind = kind,
            .taskKey = "t",
            .jobName = "job",
            .jobId = 11,
            .runId = 33,
            .jobRunId = 22,
            .runAs = user};
  }
  TaskOutcome run(const TaskRequest& request, const core::CancelToken& token = {}) {
    return runner.run(request, host, token);
  }
};

}  // namespace trowel::emulator::test

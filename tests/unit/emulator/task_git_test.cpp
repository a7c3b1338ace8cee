// SPDX-License-Identifier: Apache-2.0
// Tasks whose code is in a Git repository.
#include "git_origin.hpp"
#include "support/catch.hpp"
#include "task_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

using Ending = TaskOutcome::Ending;

struct GitTask : TaskBench {
  Origin origin;
  NotebookRunner runs{world, contexts, source,
                      [](const std::string& path) { return RunCheckouts::folderAround(path); }};
  WorkspaceTaskRunner git{world,
                          clusters,
                          compute.libraries(),
                          contexts,
                          runs,
                          {.root = folder.path / "root", .notebook = source, .cloned = [this](const std::string& path) {
                             (void)workspace.markGitFolder(path);
                           }}};
  Json gitSource{{"git_url", origin.path.string()}, {"git_provider", "gitHub"}, {"git_branch", "main"}};
  std::string commit;

  GitTask() {
    origin.write("lib/shared.py", "name = 'first'\n");
    origin.write("jobs/load.py",
                 "# Databricks notebook source\nimport os, helper\nfrom lib import shared\n"
                 "dbutils.notebook.exit(f'{shared.name} {helper.x} {os.path.basename(os.getcwd())}')\n");
    origin.write("jobs/main.py", "import sys\nfrom lib import shared\nprint(shared.name, *sys.argv[1:])\n");
    origin.write("q.sql", "SELECT 1 AS one");
    origin.commit("code");
    origin.git("tag v2");
    origin.write("lib/shared.py", "name = 'second'\n");
    origin.commit("more");
  }
  TaskOutcome in(const std::string& kind, Json task) {
    if (kind != "sql_task") task["source"] = "GIT";
    auto asked = request(kind, std::move(task));
    asked.settings["git_source"] = gitSource;
    asked.gitCommit = commit;
    return git.run(asked, host, {});
  }
  std::string load() {
    auto outcome = in("notebook_task", {{"notebook_path", "jobs/load"}});
    INFO(outcome.message << outcome.output.dump());
    REQUIRE(outcome.ending == Ending::Success);
    return outcome.output.at("notebook_output").at("result");
  }
  void refer(const std::string& field, const std::string& name) {
    gitSource.erase("git_branch");
    gitSource[field] = name;
  }
};

}  // namespace

TEST_CASE_METHOD(GitTask, "all tasks of a run work in one clone, which goes with the run") {
  CHECK(load() == "second 1 jobs");
  CHECK(host.commit.size() == 40);
  origin.write("lib/shared.py", "name = 'third'\n");
  origin.commit("later");
  auto python = in("spark_python_task", {{"python_file", "jobs/main.py"}, {"parameters", {"x"}}});
  INFO(python.message << python.output.dump());
  CHECK(python.output.at("logs") == "second x");
  auto sql = in("sql_task", {{"warehouse_id", "w"}, {"file", {{"path", "q.sql"}, {"source", "GIT"}}}});
  INFO(sql.message << sql.output.dump());
  CHECK(sql.ending == Ending::Success);
  auto clones = folder.path / "root/Workspace/Repos/.internal";
  CHECK(std::filesystem::exists(clones / "22/jobs/load.py"));
  CHECK_FALSE(std::filesystem::exists(clones / "22/.git"));
  git.runEnded(22);
  CHECK_FALSE(std::filesystem::exists(clones));
  for (const auto& left : std::filesystem::directory_iterator(folder.path / "git"))
    CHECK(left.path().extension() != ".git");

  CHECK(load() == "third 1 jobs");
  git.runEnded(22);
  commit = host.commit;
  origin.write("lib/shared.py", "name = 'fourth'\n");
  origin.commit("even later");
  CHECK(load() == "third 1 jobs");  // a repair
}

TEST_CASE_METHOD(GitTask, "a clone is at a tag or at a commit") {
  refer("git_tag", "v2");
  CHECK(load() == "first 1 jobs");
  auto hash = host.commit;
  git.runEnded(22);
  gitSource.erase("git_tag");
  refer("git_commit", hash.substr(0, 12));
  CHECK(load() == "first 1 jobs");
  CHECK(host.commit == hash);
}

TEST_CASE_METHOD(GitTask, "what cannot be checked out fails the task as such") {
  auto failing = [&] {
    auto outcome = in("notebook_task", {{"notebook_path", "jobs/load"}});
    CHECK(outcome.ending == Ending::CheckoutFailed);
    CHECK(outcome.message.starts_with("Failed to checkout Git repository: "));
    return outcome.message;
  };
  gitSource["git_branch"] = "none";
  CHECK(failing().find("has no branch none") != std::string::npos);
  for (auto name : {"main^", "--help", "HEAD@{1}", "main:lib", "../../HEAD", ""}) {
    gitSource["git_branch"] = name;
    failing();
  }
  gitSource["git_commit"] = "HEAD";
  failing();
  gitSource = {{"git_url", "https://example.com/x.git"}, {"git_branch", "main"}};
  CHECK(failing().find("its own machine") != std::string::npos);
  gitSource["git_url"] = (folder.path / "nothing").string();
  failing();
  CHECK_FALSE(std::filesystem::exists(folder.path / "root/Workspace/Repos/.internal/22"));
}

TEST_CASE_METHOD(GitTask, "paths stay within the clone") {
  CHECK(in("notebook_task", {{"notebook_path", "../../../Shared/nb"}}).ending == Ending::InvalidConfiguration);
  CHECK(in("notebook_task", {{"notebook_path", "jobs/none"}}).ending == Ending::NotFound);
}

// SPDX-License-Identifier: Apache-2.0
// Git folders as the services handle them, against a workspace that really clones.
#include <cstdlib>
#include <fstream>

#include "support/emulator_workspace.hpp"
#include "support/temp_dir.hpp"
#include "trowel/databricks/repos.hpp"
#include "trowel/databricks/workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

struct Bench : test::EmulatorWorkspace {
  explicit Bench(emulator::Options options = {}) : EmulatorWorkspace(std::move(options)) {
    std::filesystem::create_directory(origin);
    git("init --quiet --initial-branch=main");
    commit("load.py", "# Databricks notebook source\nprint(1)\n");
    git("tag v1");
    git("branch other");
    REQUIRE(workspace.mkdirs(folder));
  }
  void git(const std::string& arguments) const {
    const auto command = "cd '" + origin.string() +
                         "' && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false " + arguments +
                         " >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void commit(const std::string& name, const std::string& content) const {
    std::ofstream(origin / name) << content;
    git("add -A");
    git("commit --quiet -m change");
  }

  test::TempDir dir;
  std::filesystem::path origin = dir / "proj.git";
  std::string folder = "/Repos/demo@example.com";
  Repos repos{rest};
  Workspace workspace{rest};
};

}  // namespace

TEST_CASE("a repository is cloned, pulled, moved to a tag and deleted") {
  Bench bench;
  const auto path = bench.folder + "/größe 1";
  auto repo = bench.repos.create({.url = bench.origin.string(), .provider = "GitHub", .path = path}).value();
  CHECK(repo.path == path);
  CHECK(repo.branch == "main");
  CHECK(repo.head.size() == 40);
  auto details = bench.workspace.getDetails(path, {.git = true, .exportFormat = false}).value();
  REQUIRE(details.git);
  CHECK(details.git->id == repo.id);
  CHECK(details.git->branch == "main");

  bench.commit("load.py", "# Databricks notebook source\nprint(2)\n");
  REQUIRE(bench.repos.update(repo.id, {.branch = "main"}));
  CHECK(bench.repos.get(repo.id)->head != repo.head);
  CHECK(bench.workspace.exportObject(path + "/load")->content.find("print(2)") != std::string::npos);
  REQUIRE(bench.repos.update(repo.id, {.tag = "v1"}));
  CHECK(bench.repos.get(repo.id)->branch.empty());
  CHECK(bench.repos.get(repo.id)->head == repo.head);
  CHECK(bench.repos.update(repo.id, {.branch = "none"}).error().code == ErrorCode::NotFound);

  CHECK(bench.repos.create({.url = bench.origin.string(), .provider = "gitHub", .path = path}).error().code ==
        ErrorCode::AlreadyExists);
  REQUIRE(bench.repos.remove(repo.id));
  CHECK(bench.repos.get(repo.id).error().code == ErrorCode::NotFound);
  CHECK(bench.workspace.getStatus(path).error().code == ErrorCode::NotFound);
}

TEST_CASE("repos are listed in pages") {
  Bench bench({.pageCap = 2});
  for (int i = 0; i < 5; ++i)
    REQUIRE(bench.repos.create(
        {.url = bench.origin.string(), .provider = "gitHub", .path = bench.folder + "/p" + std::to_string(i)}));
  CHECK(bench.repos.list().all()->size() == 5);
  CHECK(bench.repos.list(bench.folder + "/p3").all()->size() == 1);
}

// SPDX-License-Identifier: Apache-2.0
// A disk that cannot answer for a while has not lost anything.
#include <sys/resource.h>

#include <cstdlib>

#include "command_context.hpp"
#include "emulator/files/file_tree.hpp"
#include "emulator/repos/repos.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/state/state_file.hpp"
#include "emulator/workspace/workspace_store.hpp"
#include "emulator/world.hpp"
#include "support/catch.hpp"

using namespace trowel::emulator;
using trowel::emulator::test::TemporaryFolder;

namespace {

// Nothing can be opened while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none{.rlim_cur = 3, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

struct Trouble {
  TemporaryFolder folder;
  bool made = prepareTrees(folder.path);
  Options options;
  Ids ids;
  Faults faults{trowel::core::systemClock()};
  World world{trowel::core::systemClock(), ids, nullptr, folder.path, options, faults};
  Trees trees{world};
  WorkspaceStore workspace{world, trees.workspace};
  Repos repos{world, workspace};

  Trouble() {
    REQUIRE(made);
    REQUIRE(workspace.makeDirectories("/Users/ada/sub"));
  }
  std::int64_t idOf(const std::string& path) { return workspace.find(path).value()->id; }
};

}  // namespace

TEST_CASE_METHOD(Trouble, "the workspace forgets nothing while the disk cannot be read") {
  REQUIRE(workspace.put("/Users/ada/nb", {.type = ObjectType::Notebook, .language = Language::Sql, .content = "x"}));
  auto id = idOf("/Users/ada/nb");
  auto sub = idOf("/Users/ada/sub");
  {
    NoDescriptors none;
    for (const char* path : {"/Users/ada/nb", "/Users/ada/sub", "/Users/ada/nothing"}) {
      CHECK(workspace.find(path).error().status == 500);
      CHECK(workspace.look(path).error().status == 500);
    }
    CHECK(workspace.find(id).error().status == 500);
    CHECK(workspace.list("/Users/ada").error().status == 500);
    CHECK(workspace.makeDirectories("/Users/ada/sub").error().status == 500);
    CHECK(workspace.remove("/Users/ada/sub", false).error().status == 500);
    CHECK(trees.workspace.makeFolders("/Users/ada/sub").error() == FileProblem::Failed);
  }
  auto notebook = workspace.find("/Users/ada/nb").value();
  CHECK(notebook->id == id);
  CHECK(notebook->type == ObjectType::Notebook);
  CHECK(notebook->language == Language::Sql);
  CHECK(idOf("/Users/ada/sub") == sub);
  CHECK(workspace.list("/Users/ada")->size() == 2);
}

TEST_CASE_METHOD(Trouble, "a Git folder outlives the trouble, its notebooks keep their ids") {
  auto origin = folder.path / "origin";
  std::filesystem::create_directory(origin);
  auto command = "cd '" + origin.string() +
                 "' && printf '# Databricks notebook source\\n' > a.py && git init -q -b main && git add -A && "
                 "git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m x >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  auto repo = repos.create({.url = origin.string(), .provider = "gitHub", .path = "/Users/ada/proj"}).value();
  auto notebook = idOf("/Users/ada/proj/a");
  {
    NoDescriptors none;
    CHECK(repos.get(repo.id).error().status == 500);
    CHECK(repos.list("/Users").error().status == 500);
    CHECK_FALSE(repos.containing("/Users/ada/proj/a"));
    CHECK(workspace.list("/Users/ada/proj").error().status == 500);
    CHECK(workspace.find("/Users/ada/proj/a").error().status == 500);
  }
  CHECK(repos.get(repo.id)->head == repo.head);
  CHECK(idOf("/Users/ada/proj/a") == notebook);
  CHECK(workspace.find("/Users/ada/proj").value()->gitFolder);
  CHECK(repos.update(repo.id, {.branch = "main"}));
}

TEST_CASE_METHOD(Trouble, "staged files hold no descriptor while they rest") {
  auto file = trees.dbfs.stage().value();
  REQUIRE(file.append("one"));
  file.rest();
  {
    NoDescriptors none;
    CHECK(file.append("two").error() == FileProblem::Failed);
  }
  REQUIRE(file.append("two"));
  CHECK(file.read(1, 3).value() == "net");
  file.rest();
  CHECK(trees.dbfs.placeWithFolders(file, "/new/folder/file", Replace::No));
  CHECK(trees.dbfs.read("/new/folder/file", 0, 10).value() == "onetwo");
}

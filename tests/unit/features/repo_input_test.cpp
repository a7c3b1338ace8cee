// SPDX-License-Identifier: Apache-2.0
#include "features/repos/repo_input.hpp"

#include "features/repos/repo_list.hpp"
#include "support/catch.hpp"

using namespace trowel::features;

TEST_CASE("folders of a sparse checkout are read from a line") {
  CHECK(patternsIn("src, notebooks/etl ,,  ") == std::vector<std::string>{"src", "notebooks/etl"});
  CHECK(patternsIn(" ").empty());
}

TEST_CASE("an address with a password in it is not taken") {
  CHECK(problemOfRemote("https://ada:ghp_1@github.com/o/p.git").starts_with("Leave the password or token out"));
  CHECK(problemOfRemote("https://ghp_1234@github.com/o/p.git").starts_with("Leave the password or token out"));
  CHECK(problemOfRemote("https://org@dev.azure.com/org/p/_git/r").empty());
  CHECK(problemOfRemote("https://host:8443/o/p").empty());
  CHECK(problemOfRemote("git@github.com:o/p.git").empty());
  CHECK(problemOfRemote("proj") == "An address is like https://github.com/owner/repository.git.");
}

TEST_CASE("a place for a Git folder is checked as the service does") {
  CHECK(problemOfRepoPath("/Users/ada@example.com/proj").empty());
  CHECK(problemOfRepoPath("/Workspace/Shared/team/proj").empty());
  CHECK(problemOfRepoPath("/Repos/ada/proj").empty());
  CHECK(problemOfRepoPath("/Repos/ada/deep/proj").starts_with("In /Repos it must be"));
  CHECK(problemOfRepoPath("/Workspace/Repos/proj").starts_with("In /Repos it must be"));
  CHECK(problemOfRepoPath("/proj") == "It must be in a folder, such as your own.");
  CHECK(problemOfRepoPath("proj").starts_with("A path begins"));
  CHECK(problemOfRepoPath("/Users/ada/").starts_with("A path begins"));
}

TEST_CASE("the workspace's alias is the same folder, and names that only begin alike are not") {
  CHECK(plainPath("/Workspace/Users/ada") == "/Users/ada");
  CHECK(plainPath("/Workspace") == "/");
  CHECK(plainPath("/Workspaces/x") == "/Workspaces/x");
  CHECK(isBelow("/Users/ada/p", "/Users/ada"));
  CHECK(isBelow("/Users/ada", "/Users/ada"));
  CHECK_FALSE(isBelow("/Users/adam/p", "/Users/ada"));
}

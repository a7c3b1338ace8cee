// SPDX-License-Identifier: Apache-2.0
#include "features/transfers/transfer_place.hpp"

#include "features/transfers/git_branch.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;
using namespace trowel::features;
using sync::Direction;

namespace {

const TransferPlace kPlace{
    .kind = FileSystemKind::Workspace, .remote = "/Users/me", .local = "/home/me/sync/Workspace"};

std::string saidOf(const std::string& setting, const std::string& branch = "main") {
  auto root = expandRoot(setting, "me@example.com", branch);
  return root ? *root : root.error().message;
}

connection::Offer offerWith(std::map<std::string, std::string> formats) {
  connection::Offer offer;
  offer.name = "DEV";
  offer.exportFormats = std::move(formats);
  return offer;
}

}  // namespace

TEST_CASE("a path of the root has its place here, whatever its name begins with") {
  CHECK(kPlace.localOf("/Users/me") == "/home/me/sync/Workspace");
  CHECK(kPlace.localOf("/Users/me/a/b") == "/home/me/sync/Workspace/a/b");
  CHECK_FALSE(kPlace.localOf("/Users/me2/a"));
  CHECK_FALSE(kPlace.localOf("/Users"));
  CHECK(kPlace.remoteOf("/home/me/sync/Workspace/a.sql.bak/x") == "/Users/me/a.sql.bak/x");
  CHECK_FALSE(kPlace.remoteOf("/home/me/sync/Workspace2/a"));
  const TransferPlace all{.kind = FileSystemKind::Dbfs, .remote = "/", .local = "/home/me/sync/DBFS"};
  CHECK(all.localOf("/") == "/home/me/sync/DBFS");
  CHECK(all.localOf("/tmp") == "/home/me/sync/DBFS/tmp");
  CHECK(all.remoteOf("/home/me/sync/DBFS") == "/");
  CHECK(all.remoteOf("/home/me/sync/DBFS/tmp/x") == "/tmp/x");
}

TEST_CASE("a selection becomes pairs of folders, what is inside of another one goes with it") {
  auto pairs = pairsOf(kPlace, Direction::Down, {"/Users/me/b/x", "/Users/me/a", "/Users/me/a/in", "/Users/me/ab"});
  REQUIRE(pairs);
  REQUIRE(pairs->size() == 2);
  CHECK(pairs->at(0).remote == "/Users/me");
  CHECK(pairs->at(0).local == "/home/me/sync/Workspace");
  CHECK(pairs->at(0).names == std::vector<std::string>{"a", "ab"});
  CHECK(pairs->at(1).remote == "/Users/me/b");
  CHECK(pairs->at(1).local == "/home/me/sync/Workspace/b");
  CHECK(pairs->at(1).names == std::vector<std::string>{"x"});

  auto up = pairsOf(kPlace, Direction::Up, {"/home/me/sync/Workspace/a/x.py"});
  REQUIRE(up);
  CHECK(up->at(0).remote == "/Users/me/a");
  CHECK(up->at(0).names == std::vector<std::string>{"x.py"});
}

TEST_CASE("the root itself is one pair without names, whatever else is selected") {
  auto pairs = pairsOf(kPlace, Direction::Down, {"/Users/me/a", "/Users/me"});
  REQUIRE(pairs);
  REQUIRE(pairs->size() == 1);
  CHECK(pairs->at(0).names.empty());
  CHECK(pairs->at(0).remote == "/Users/me");
}

TEST_CASE("what is outside of the root is refused") {
  auto pairs = pairsOf(kPlace, Direction::Down, {"/Shared/x"});
  REQUIRE_FALSE(pairs);
  CHECK(pairs.error().message ==
        "/Shared/x is outside of /Users/me, whose files /home/me/sync/Workspace has. Choose something below it.");
}

TEST_CASE("the root may have the user and the branch in it") {
  CHECK(saidOf("") == "/");
  CHECK(saidOf("/") == "/");
  CHECK(saidOf("/Shared/") == "/Shared");
  CHECK(saidOf("/Users/{user}/{branch}", "feature/x") == "/Users/me@example.com/feature-x");
  CHECK(saidOf("/Users/{user}/{branch}", "") ==
        "The setting trowel.workspace.root is \"/Users/{user}/{branch}\". It needs the branch of the project, which is "
        "in no "
        "Git repository or has no commit yet. Change the setting.");
  CHECK(saidOf("Shared").find("It has to be an absolute path") != std::string::npos);
  CHECK(saidOf("/a/../b").find("It may not have") != std::string::npos);
  CHECK(saidOf("/Users/{usr}").find("there may be {user} and {branch}") != std::string::npos);
}

TEST_CASE("export formats count by language and path, what says more about the path first") {
  auto formats = exportFormatsOf(offerWith(
      {{"Python", ".py.ipynb"}, {"Python /Shared/**", ".py, .ipynb"}, {"SQL", ".sql"}, {"R /Users/me/**", ".rmd"}}));
  REQUIRE(formats);
  const auto first = [&](const std::string& language, const std::string& path) {
    return formats->of(language, path).front().extension;
  };
  CHECK(first("PYTHON", "/Users/me/a") == ".py.ipynb");
  CHECK(formats->of("PYTHON", "/Users/me/a").size() == 1);
  CHECK(first("PYTHON", "/Shared/x/a") == ".py");
  CHECK(formats->of("PYTHON", "/Shared/x/a").size() == 2);
  CHECK(first("R", "/Users/me/a") == ".rmd");
  CHECK(first("R", "/Shared/a") == ".r");
  CHECK(first("SCALA", "/a") == ".scala");
}

TEST_CASE("an export format that cannot be is told with its connection") {
  auto formats = exportFormatsOf(offerWith({{"Python", ".sql"}}));
  REQUIRE_FALSE(formats);
  CHECK(formats.error().message.starts_with(
      "exportFormats of the connection 'DEV' has \"Python\": \".sql\". Notebooks in"));
}

TEST_CASE("the branch is read from the repository around a folder") {
  test::TempDir dir;
  CHECK(gitBranchOf(dir / "repo/in").empty());
  dir.write("repo/.git/HEAD", "ref: refs/heads/feature/x\n");
  dir.write("repo/in/a", "");
  CHECK(gitBranchOf(dir / "repo/in") == "feature/x");
  dir.write("repo/.git/HEAD", "0123456789abcdef0123456789abcdef01234567\n");
  CHECK(gitBranchOf(dir / "repo") == "0123456789ab");
  // A linked work tree.
  dir.write("tree/.git", "gitdir: ../repo/.git/worktrees/tree\n");
  dir.write("repo/.git/worktrees/tree/HEAD", "ref: refs/heads/other\n");
  CHECK(gitBranchOf(dir / "tree") == "other");
}

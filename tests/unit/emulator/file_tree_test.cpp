// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/file_tree.hpp"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "command_context.hpp"
#include "emulator/files/file_path.hpp"
#include "support/catch.hpp"

using namespace trowel::emulator;
using trowel::emulator::test::TemporaryFolder;

namespace {

struct Tree {
  TemporaryFolder folder;
  bool made = prepareTrees(folder.path);
  FileTree tree{trowel::core::systemClock(), folder.path / "root" / "dbfs", folder.path / "incoming", true};
  std::filesystem::path root = folder.path / "root" / "dbfs";

  bool nothingIncoming() const { return std::filesystem::is_empty(folder.path / "incoming"); }
};

}  // namespace

TEST_CASE_METHOD(Tree, "files appear whole, are read in parts, and go away") {
  REQUIRE(tree.makeFolders("/a/b"));
  REQUIRE(tree.write("/a/b/file", "hello world", Replace::No));
  CHECK(tree.read("/a/b/file", 0, 100).value() == "hello world");
  CHECK(tree.read("/a/b/file", 6, 3).value() == "wor");
  CHECK(tree.read("/a/b/file", 11, 3).value().empty());
  CHECK(tree.status("/a/b/file")->size == 11);
  CHECK(tree.status("/a")->folder);
  CHECK(tree.status("/")->folder);
  CHECK(tree.list("/a/b")->front().name == "file");

  CHECK(tree.write("/a/b/file", "x", Replace::No).error() == FileProblem::Exists);
  CHECK(tree.read("/a/b/file", 0, 100).value() == "hello world");
  REQUIRE(tree.write("/a/b/file", "x", Replace::Yes));
  CHECK(tree.read("/a/b/file", 0, 100).value() == "x");
  CHECK(nothingIncoming());

  CHECK(tree.remove("/a").error() == FileProblem::NotEmpty);
  CHECK(tree.remove("/a/b/file"));
  CHECK(tree.remove("/a/b/file").error() == FileProblem::NotFound);
  REQUIRE(tree.write("/a/b/again", "", Replace::No));
  CHECK(tree.removeAll("/a"));
  CHECK(tree.list("/")->empty());
  CHECK(nothingIncoming());
}

TEST_CASE_METHOD(Tree, "each problem has its own name") {
  REQUIRE(tree.makeFolders("/folder/sub"));
  REQUIRE(tree.write("/file", "", Replace::No));
  CHECK(tree.read("/folder", 0, 1).error() == FileProblem::IsAFolder);
  CHECK(tree.read("/none", 0, 1).error() == FileProblem::NotFound);
  CHECK(tree.status("/file/x").error() == FileProblem::NotAFolder);
  CHECK(tree.list("/file").error() == FileProblem::NotAFolder);
  CHECK(tree.makeFolders("/file").error() == FileProblem::Exists);
  CHECK(tree.makeFolders("/file/x").error() == FileProblem::NotAFolder);
  CHECK(tree.write("/folder", "", Replace::Yes).error() == FileProblem::IsAFolder);
  CHECK(tree.write("/none/x", "", Replace::Yes).error() == FileProblem::NotFound);
  CHECK(tree.write("/", "", Replace::Yes).error() == FileProblem::IsAFolder);
  CHECK(tree.move("/folder", "/folder/sub/x").error() == FileProblem::IntoItself);
  CHECK(tree.move("/folder", "/file").error() == FileProblem::Exists);
  CHECK(tree.write("/" + std::string(256, 'n'), "", Replace::No).error() == FileProblem::BadName);
  CHECK(tree.write(std::string("/a\0b", 4), "", Replace::No).error() == FileProblem::BadName);
  std::string deep;
  while (deep.size() < 5000) deep += "/deep";
  CHECK(tree.makeFolders(deep).error() == FileProblem::BadName);
  CHECK(nothingIncoming());
}

TEST_CASE_METHOD(Tree, "no path leads out of the tree") {
  auto outside = folder.path / "outside";
  std::filesystem::create_directory(outside);
  for (const char* path : {"/..", "/../x", "/../../x", "/./x"}) {
    INFO(path);
    CHECK(tree.write(path, "x", Replace::Yes).error() == FileProblem::BadName);
    CHECK(tree.makeFolders(path).error() == FileProblem::BadName);
  }
  REQUIRE(::symlink(outside.c_str(), (root / "link").c_str()) == 0);
  REQUIRE(::symlink("/etc/passwd", (root / "file").c_str()) == 0);
  CHECK(tree.list("/")->empty());
  CHECK_FALSE(tree.status("/link"));
  CHECK_FALSE(tree.list("/link"));
  CHECK_FALSE(tree.read("/file", 0, 10));
  CHECK_FALSE(tree.write("/link/x", "x", Replace::Yes));
  CHECK_FALSE(tree.makeFolders("/link/x"));
  CHECK(std::filesystem::is_empty(outside));
  REQUIRE(tree.write("/file", "ours", Replace::Yes));  // the link is replaced, not followed
  CHECK(tree.read("/file", 0, 10).value() == "ours");
  CHECK(tree.removeAll("/link"));
  CHECK(std::filesystem::exists(outside));
}

TEST_CASE_METHOD(Tree, "a staged file that nobody places goes away") {
  {
    auto file = tree.stage();
    REQUIRE(file);
    REQUIRE(file->append("some"));
    auto more = tree.stage();
    REQUIRE(more->append("thing"));
    REQUIRE(file->append(*more));
    CHECK(file->size() == 9);
    CHECK_FALSE(nothingIncoming());
  }
  CHECK(nothingIncoming());
  std::ofstream(folder.path / "incoming" / "left-by-a-crash") << "x";
  CHECK(prepareTrees(folder.path));
  CHECK(nothingIncoming());
}

TEST_CASE("paths are cleaned or refused") {
  CHECK(cleanPath("//a///b/").value() == "/a/b");
  CHECK(cleanPath("/").value() == "/");
  for (const std::string& path : {std::string("a"), std::string(), std::string("/a/.."), std::string("/a/./b"),
                                  std::string("/a\0b", 4), std::string("/\xff"), "/" + std::string(256, 'x')})
    CHECK(cleanPath(path).error().code == "INVALID_PARAMETER_VALUE");
  CHECK(isWithin("/a/b", "/a"));
  CHECK_FALSE(isWithin("/ab", "/a"));
  CHECK(parentPath("/a") == "/");
}

TEST_CASE_METHOD(Tree, "a file that could not be placed is still there to be placed elsewhere") {
  auto file = tree.stage().value();
  REQUIRE(file.append("x"));
  CHECK(tree.place(file, "/none/file", Replace::No).error() == FileProblem::NotFound);
  CHECK(tree.placeWithFolders(file, "/none/file", Replace::No));
  CHECK(tree.read("/none/file", 0, 10).value() == "x");

  auto other = tree.stage().value();
  CHECK(tree.placeWithFolders(other, "/none/file", Replace::No).error() == FileProblem::Exists);
  CHECK(tree.placeWithFolders(other, "/none/file/x", Replace::No).error() == FileProblem::NotAFolder);
  CHECK(tree.placeWithFolders(other, "/none/file/x/y", Replace::No).error() == FileProblem::NotAFolder);
  CHECK(tree.placeWithFolders(other, "/none", Replace::Yes).error() == FileProblem::IsAFolder);
  CHECK(tree.placeWithFolders(other, "/top", Replace::No));
}

TEST_CASE_METHOD(Tree, "files get to their place while somebody removes the folder") {
  std::atomic<bool> done = false;
  std::thread remover([&] {
    while (!done) static_cast<void>(tree.removeAll("/a"));
  });
  int failed = 0;
  for (int i = 0; i < 300; ++i) {
    auto file = tree.stage().value();
    if (!tree.placeWithFolders(file, "/a/b/c/file", Replace::Yes)) ++failed;
  }
  done = true;
  remover.join();
  CHECK(failed == 0);
}

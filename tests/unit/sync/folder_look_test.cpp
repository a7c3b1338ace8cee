// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/folder_look.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "transfer_fixture.hpp"

using namespace trowel;
using namespace trowel::sync;
using test::TransferFixture;

namespace {

const std::string kHeader = "# Databricks notebook source\n";

struct Looking : TransferFixture {
  FolderPair roots() const { return {root, dir / "here", {}}; }

  std::vector<Entry> entriesOf(const std::string& folder) {
    std::vector<Entry> entries;
    static_cast<void>(tree.list(folder.empty() ? root : root + "/" + folder,
                                [&](Entry entry) -> core::Result<void> {
                                  entries.push_back(std::move(entry));
                                  return {};
                                },
                                {}));
    return entries;
  }
  std::vector<SidedObject> look(const std::string& folder = {}) {
    FolderLook looker(options);
    return looker.look(roots(), folder, entriesOf(folder), ExportFormats::standard(), {}).value();
  }
  SidedObject lookAt(const std::string& name) {
    const auto objects = look();
    const auto found = std::ranges::find(objects, name, &SidedObject::name);
    REQUIRE(found != objects.end());
    return *found;
  }
  bool same(const std::string& name) {
    FolderLook looker(options);
    return looker.compare(tree, roots(), "", lookAt(name), {}).value();
  }
};

}  // namespace

TEST_CASE("objects of both sides are told apart by name and by what they are") {
  Looking bench;
  bench.tree.plant(bench.root + "/there.txt", "1");
  bench.tree.plant(bench.root + "/nb", kHeader, EntryKind::Notebook, "PYTHON");
  bench.tree.plant(bench.root + "/both/a", "1");
  bench.tree.plant(bench.root + "/odd", "1");
  bench.write("here.txt", "1");
  bench.write("nb.py", kHeader);
  bench.write("both/b", "1");
  bench.write("odd/x", "1");

  const auto objects = bench.look();
  std::vector<std::string> names;
  for (const auto& object : objects) names.push_back(object.name);
  CHECK(names == std::vector<std::string>{"both", "here.txt", "nb", "odd", "there.txt"});
  CHECK(objects[0].state == SideState::Folder);
  CHECK(objects[1].state == SideState::OnlyHere);
  CHECK(objects[2].local == "nb.py");
  CHECK(objects[2].doubtful);
  CHECK(objects[3].state == SideState::Clash);
  CHECK(objects[3].problem == "odd is something else here than there. Rename one of them.");
  CHECK(objects[4].state == SideState::OnlyThere);
  CHECK(bench.tree.count("read") == 0);
}

TEST_CASE("a file and a notebook of nearly the same name are two objects") {
  Looking bench;
  bench.tree.plant(bench.root + "/foo", kHeader, EntryKind::Notebook, "PYTHON");
  bench.tree.plant(bench.root + "/foo.txt", "text");
  bench.write("foo.txt", "text");
  CHECK(bench.lookAt("foo").state == SideState::OnlyThere);
  CHECK(bench.lookAt("foo.txt").local == "foo.txt");
}

TEST_CASE("two files here that want one name there are a clash") {
  Looking bench;
  bench.write("foo.py", kHeader);
  bench.write("foo.sql", "-- Databricks notebook source\n");
  const auto object = bench.lookAt("foo");
  CHECK(object.state == SideState::Clash);
  CHECK(object.problem == "foo.py and foo.sql would get the same name. Rename one of them.");
}

TEST_CASE("after a transfer the two are the same, and it costs no call to know") {
  Looking bench;
  bench.tree.plant(bench.root + "/a.txt", "one");
  REQUIRE(bench.transfer(bench.request(Direction::Down)).copied == 1);
  CHECK(bench.lookAt("a.txt").state == SideState::Same);
  CHECK_FALSE(bench.lookAt("a.txt").doubtful);

  bench.write("b.txt", "two");
  REQUIRE(bench.transfer(bench.request(Direction::Up)).copied == 1);
  CHECK(bench.lookAt("b.txt").state == SideState::Same);
}

TEST_CASE("who has changed is told three ways, by what both were when they were the same") {
  Looking bench;
  for (const auto* name : {"here", "there", "both"}) bench.tree.plant(bench.root + "/" + name, "base");
  REQUIRE(bench.transfer(bench.request(Direction::Down)).copied == 3);
  bench.write("here", "mine, longer");
  bench.tree.plant(bench.root + "/there", "theirs, longer");
  bench.write("both", "mine, longer");
  bench.tree.plant(bench.root + "/both", "theirs, other");
  CHECK(bench.lookAt("here").state == SideState::LocalChanged);
  CHECK(bench.lookAt("there").state == SideState::RemoteChanged);
  CHECK(bench.lookAt("both").state == SideState::BothChanged);
  // The sizes say enough.
  CHECK_FALSE(bench.lookAt("here").doubtful);
}

TEST_CASE("contents decide about what was touched only, and are read once") {
  Looking bench;
  bench.tree.plant(bench.root + "/a.txt", "same");
  REQUIRE(bench.transfer(bench.request(Direction::Down)).copied == 1);
  bench.write("a.txt", "same");
  bench.tree.plant(bench.root + "/a.txt", "same");
  const auto touched = bench.lookAt("a.txt");
  CHECK(touched.doubtful);
  bench.tree.forgetCalls();
  CHECK(bench.same("a.txt"));
  CHECK(bench.tree.count("read") == 1);
  CHECK(bench.lookAt("a.txt").state == SideState::Same);
  CHECK_FALSE(bench.lookAt("a.txt").doubtful);
}

TEST_CASE("what nobody knows anything about is compared, too") {
  Looking bench;
  bench.tree.plant(bench.root + "/nb", kHeader + "1", EntryKind::Notebook, "PYTHON");
  bench.tree.plant(bench.root + "/other", kHeader + "2", EntryKind::Notebook, "PYTHON");
  bench.write("nb.py", kHeader + "1");
  bench.write("other.py", kHeader + "3");
  CHECK(bench.same("nb"));
  CHECK_FALSE(bench.same("other"));
  CHECK(bench.lookAt("nb").state == SideState::Same);
  CHECK(bench.lookAt("other").state == SideState::BothChanged);
  // A transfer knows it, too.
  CHECK(bench.plan(bench.request(Direction::Up)).equal == 1);
}

TEST_CASE("what went up and was not seen there afterwards is compared before it is called the same") {
  Looking bench;
  bench.write("nb.py", kHeader + "1");
  bool sent = false;
  bench.tree.after = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    sent = sent || call.verb == "put";
    return std::nullopt;
  };
  bench.tree.before = [&](const test::MemoryTree::Call&) -> std::optional<core::Error> {
    if (!sent) return std::nullopt;
    return core::Error{.code = core::ErrorCode::Unavailable, .message = "The host is away."};
  };
  REQUIRE(bench.transfer(bench.request(Direction::Up)).copied == 1);
  bench.tree.before = {};
  bench.tree.plant(bench.root + "/nb", kHeader + "2", EntryKind::Notebook, "PYTHON");
  CHECK(bench.lookAt("nb").state == SideState::RemoteChanged);
  CHECK(bench.lookAt("nb").doubtful);
  CHECK_FALSE(bench.same("nb"));
  bench.tree.plant(bench.root + "/nb", kHeader + "1", EntryKind::Notebook, "PYTHON");
  CHECK(bench.same("nb"));
  CHECK(bench.lookAt("nb").state == SideState::Same);
  CHECK_FALSE(bench.lookAt("nb").doubtful);
}

TEST_CASE("a folder below the roots is looked at with the rules of the folders around it") {
  Looking bench;
  bench.write("in/a.txt", "1");
  bench.write("in/b.log", "1");
  bench.write("in/.gitignore", "*.log\n");
  bench.tree.plantFolder(bench.root + "/in");
  const auto objects = bench.look("in");
  REQUIRE(objects.size() == 2);
  CHECK(objects[0].name == ".gitignore");
  CHECK(objects[1].name == "a.txt");
}

TEST_CASE("neither side need be there") {
  Looking bench;
  CHECK(bench.look().empty());
  bench.tree.plant(bench.root + "/a", "1");
  CHECK(bench.lookAt("a").state == SideState::OnlyThere);
}

TEST_CASE("what is known of files that are gone is forgotten") {
  Looking bench;
  for (const auto* name : {"a", "b"}) bench.tree.plant(bench.root + "/" + name, "base");
  REQUIRE(bench.transfer(bench.request(Direction::Down)).copied == 2);
  std::filesystem::remove(bench.at("a"));
  bench.tree.removeTree(bench.root + "/a");
  REQUIRE(bench.transfer(bench.request(Direction::Down)).copied == 0);
  // As if it had never been: a new file of the name is compared, not taken for changed.
  bench.tree.plant(bench.root + "/a", "new");
  bench.write("a", "base");
  CHECK(bench.lookAt("a").state == SideState::BothChanged);
  CHECK(bench.lookAt("b").state == SideState::Same);
}

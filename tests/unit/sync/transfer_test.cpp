// SPDX-License-Identifier: Apache-2.0
// Whole transfers between a folder on disk and a tree in memory.
#include "trowel/sync/transfer.hpp"

#include "support/catch.hpp"
#include "transfer_fixture.hpp"

using namespace trowel;
using namespace trowel::sync;
using core::ErrorCode;
using test::TransferFixture;

namespace {

using Files = std::map<std::string, std::string>;
const std::string kNotebook = "# Databricks notebook source\nprint(1)\n";

core::Error errorOf(ErrorCode code, const std::string& message) { return core::fail(code, message).error(); }

std::vector<std::string> why(const TransferPlan& plan) {
  std::vector<std::string> lines;
  for (const auto& each : plan.leftOut) lines.push_back(each.path + ": " + each.why);
  return lines;
}

}  // namespace

TEST_CASE_METHOD(TransferFixture, "a folder comes down with all that can be a file, under the names of the formats") {
  tree.plant(root + "/a.txt", "hello");
  tree.plant(root + "/nb", kNotebook, EntryKind::Notebook, "PYTHON");
  tree.plant(root + "/deep/er/q", "-- Databricks notebook source\n", EntryKind::Notebook, "SQL");
  tree.plant(root + "/deep/empty.bin", "");
  tree.plantFolder(root + "/nothing");
  tree.plant(root + "/board", "{}", EntryKind::Other, "DASHBOARD");
  const auto planned = plan(request(Direction::Down));
  CHECK(planned.copies.size() == 4);
  CHECK(planned.bytes == 5);
  CHECK(planned.folders == std::vector<FolderStep>{{0, ""}, {0, "deep"}, {0, "deep/er"}, {0, "nothing"}});
  CHECK(why(planned) ==
        std::vector<std::string>{root + "/board: An object of the type DASHBOARD cannot be downloaded as a file."});
  CHECK_FALSE(std::filesystem::exists(dir / "here"));  // nothing happens before it is run

  const auto report = transfer(request(Direction::Down));
  CHECK(report.copied == 4);
  CHECK_FALSE(report.stopped);
  CHECK(here() == Files{{"a.txt", "hello"},
                        {"nb.py", kNotebook},
                        {"deep/er/q.sql", "-- Databricks notebook source\n"},
                        {"deep/empty.bin", ""}});
  CHECK(std::filesystem::is_directory(at("nothing")));
  CHECK(log.last().items == 4);
  CHECK(log.last().itemsTotal == 4);
  CHECK(log.last().bytes >= 5);

  tree.forgetCalls();
  const auto again = plan(request(Direction::Down));
  CHECK(again.copies.empty());
  CHECK(again.folders.empty());
  CHECK(again.equal == 4);
  CHECK(tree.count("read") == 0);
}

TEST_CASE_METHOD(TransferFixture, "a folder goes up without what git ignores, and each new folder is made once") {
  tree.plantFolder("/Users/me");
  write("a.txt", "hello");
  write("nb.py", kNotebook);
  write("lib/m.py", "x = 1\n");
  write("lib/deep/n.py", "y = 1\n");
  write("lib/deep/cache/z", "no");
  write("data.log", "no");
  write("secret.env", "no");
  write(".git/config", "no");
  write(".gitignore", "*.log\ncache/\n");
  std::filesystem::create_symlink("/etc/passwd", at("link"));
  std::filesystem::create_directory_symlink("/etc", at("dirlink"));
  auto up = request(Direction::Up);
  up.exclude = {"*.env"};
  CHECK(why(plan(up)) == std::vector<std::string>{at("dirlink") + ": It is a symbolic link, which is not followed.",
                                                  at("link") + ": It is a symbolic link, which is not followed."});
  tree.forgetCalls();
  const auto report = transfer(up);
  CHECK(report.copied == 5);
  CHECK(there() == Files{{"a.txt", "hello"},
                         {"nb", kNotebook},
                         {"lib/m.py", "x = 1\n"},
                         {"lib/deep/n.py", "y = 1\n"},
                         {".gitignore", "*.log\ncache/\n"}});
  CHECK(tree.count("mkdir") == 1);  // parents come with it
  bool put = false;
  for (const auto& call : tree.calls()) {
    put = put || call.verb == "put";
    if (call.verb == "mkdir") CHECK_FALSE(put);
  }
  CHECK(plan(up).copies.empty());
  CHECK(plan(up).equal == 5);

  write("a.txt", "changed");
  CHECK(transfer(up).copied == 1);
  CHECK(there().at("a.txt") == "changed");
  CHECK(log.asked().empty());
}

TEST_CASE_METHOD(TransferFixture, "a selection is what was named, whatever the ignore files say") {
  tree.plantFolder(root);
  write("a.txt", "a");
  write("b.txt", "b");
  write("out/c.log", "c");
  write("out/d.txt", "d");
  write(".gitignore", "a.txt\nout/\n*.log\n");
  CHECK(transfer(request(Direction::Up, {"a.txt", "out"})).copied == 2);
  CHECK(there() == Files{{"a.txt", "a"}, {"out/d.txt", "d"}});
  std::filesystem::create_symlink("a.txt", at("link"));
  CHECK(why(plan(request(Direction::Up, {"link"}))) ==
        std::vector<std::string>{at("link") + ": It is a symbolic link, which is not followed."});
  CHECK(why(plan(request(Direction::Up, {"gone"}))) ==
        std::vector<std::string>{at("gone") + ": It is not there any more."});

  std::filesystem::remove_all(at(""));
  tree.plant(root + "/nb", kNotebook, EntryKind::Notebook, "PYTHON");
  tree.forgetCalls();
  CHECK(transfer(request(Direction::Down, {"nb", "gone"})).copied == 1);
  CHECK(here() == Files{{"nb.py", kNotebook}});
  CHECK(tree.count("list") == 0);  // not the whole folder for a few names
  CHECK(why(plan(request(Direction::Down, {"gone"}))) ==
        std::vector<std::string>{root + "/gone: It is not there any more."});
}

TEST_CASE_METHOD(TransferFixture, "a source that is not there is said before anything else") {
  sync::Transfer fresh(tree, clock, options);
  CHECK(fresh.plan(request(Direction::Down), {}).error().message == "There is no folder " + root + ".");
  CHECK(fresh.plan(request(Direction::Up), {}).error().code == ErrorCode::NotFound);
}

TEST_CASE_METHOD(TransferFixture, "two that want one name get neither, in both directions") {
  tree.plant(root + "/a", kNotebook, EntryKind::Notebook, "PYTHON");
  tree.plant(root + "/a.py", "x = 1\n");
  tree.plant(root + "/b/x", "1");
  CHECK(why(plan(request(Direction::Down))) ==
        std::vector<std::string>{root + "/a: It would get the same name as a.py: a.py. Rename one of them.",
                                 root + "/a.py: It would get the same name as a: a.py. Rename one of them."});
  CHECK(transfer(request(Direction::Down)).copied == 1);
  CHECK(here() == Files{{"b/x", "1"}});

  tree.removeTree(root);
  tree.plantFolder(root);
  write("n.py", kNotebook);
  write("n", "a file");
  write("m.py", kNotebook);
  write("m/x", "2");
  CHECK(why(plan(request(Direction::Up))) ==
        std::vector<std::string>{at("m") + ": It would get the same name as m.py: m. Rename one of them.",
                                 at("m.py") + ": It would get the same name as m: m. Rename one of them.",
                                 at("n") + ": It would get the same name as n.py: n. Rename one of them.",
                                 at("n.py") + ": It would get the same name as n: n. Rename one of them."});
}

TEST_CASE_METHOD(TransferFixture, "names that lead elsewhere stay where they are") {
  tree.plant(root + "/ok", "1");
  for (const char* name : {"..", ".", "../../evil", "/etc/evil", "a\nb", ".git", ".GIT"}) tree.plantName(root, name);
  tree.plantName(root, "..", EntryKind::Folder);
  tree.plantName(root, std::string("a\0b", 3));
  const auto report = transfer(request(Direction::Down));
  CHECK(report.copied == 1);
  CHECK(here() == Files{{"ok", "1"}});
  CHECK(plan(request(Direction::Down)).leftOut.size() == 8);
  CHECK(plan(request(Direction::Down)).leftOut.at(0).path == root + "/.");
}

TEST_CASE_METHOD(TransferFixture, "a link in the target is neither followed nor replaced") {
  tree.plant(root + "/a", "new");
  tree.plant(root + "/d/x", "new");
  dir.write("outside/x", "old");
  write("b", "");
  std::filesystem::create_symlink(dir / "outside/x", at("a"));
  std::filesystem::create_directory_symlink(dir / "outside", at("d"));
  CHECK(why(plan(request(Direction::Down))) ==
        std::vector<std::string>{
            root + "/a: Here is a symbolic link of this name, which is not followed. Move it away.",
            root + "/d: Here is a symbolic link of this name, which is not followed. Move it away."});

  // One that comes up after the plan was made.
  std::filesystem::remove(at("d"));
  Transfer fresh(tree, clock, options);
  const auto planned = fresh.plan(request(Direction::Down), {}).value();
  REQUIRE(planned.copies.size() == 1);
  std::filesystem::create_directory_symlink(dir / "outside", at("d"));
  const auto report = fresh.run(planned, log, {});
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].error.code == ErrorCode::NotFound);
  CHECK(report.folders.size() == 1);
  CHECK(dir.read("outside/x") == "old");
}

TEST_CASE_METHOD(TransferFixture, "what is in the way is not replaced by something of another kind") {
  tree.plant(root + "/file", "1");
  tree.plant(root + "/folder/x", "1");
  write("file/x", "2");
  write("folder", "2");
  CHECK(why(plan(request(Direction::Down))) ==
        std::vector<std::string>{
            root + "/file: Here is a folder of this name, or something that is no file. Rename one of them.",
            root + "/folder: Here is a file of this name. Rename one of them."});
  CHECK(why(plan(request(Direction::Up))) ==
        std::vector<std::string>{
            at("file") + ": There is something of this name that is no folder. Rename one of them.",
            at("folder") + ": It would become a file, but there is something else of the name folder. Rename one of "
                           "them."});
}

TEST_CASE_METHOD(TransferFixture, "what is too large is said before a byte is sent") {
  tree.plantFolder(root);
  tree.maxFile = 3 << 20;
  tree.maxNotebook = 1 << 20;
  write("file.bin", std::string(3'500'000, 'x'));
  write("nb.py", kNotebook + std::string(2 << 20, 'x'));
  write("plain.py", std::string(2 << 20, 'x'));
  write("huge.ipynb", std::string(11 << 20, ' '));
  CHECK(why(plan(request(Direction::Up))) ==
        std::vector<std::string>{
            at("file.bin") + ": It has 3.3 MiB, more than the 3 MiB that may go there as a file. Put it into a volume, "
                             "or make it smaller.",
            at("huge.ipynb") + ": It is larger than 10 MiB, the most that a notebook may have.",
            at("nb.py") + ": It has 2.0 MiB, more than the 1 MiB that may go there as a notebook. Put it into a "
                          "volume, or make it smaller."});
  tree.forgetCalls();
  CHECK(transfer(request(Direction::Up)).copied == 1);
  CHECK(tree.count("put") == 1);
}

TEST_CASE_METHOD(TransferFixture, "files that look like notebooks of no format go as files, with one warning") {
  tree.plantFolder(root);
  auto up = request(Direction::Up);
  up.formats = {{{"", "SQL", {parseExportFormat("SQL", ".sql").value()}}}};
  write("a.py", kNotebook);
  write("b.py", kNotebook);
  write("c.sql", "-- Databricks notebook source\n");
  CHECK(plan(up).warnings ==
        std::vector<std::string>{
            "2 files look like a notebook but match no export format, so each goes as a plain file: a.py, …"});
  CHECK(transfer(up).copied == 3);
  CHECK(there() == Files{{"a.py", kNotebook}, {"b.py", kNotebook}, {"c", "-- Databricks notebook source\n"}});
}

TEST_CASE_METHOD(TransferFixture, "each item fails alone, and can be tried again alone") {
  for (const char* name : {"a", "b", "c", "d"}) tree.plant(root + "/" + name, name);
  int unlucky = 0;
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb != "read") return std::nullopt;
    if (call.path.ends_with("/b")) return errorOf(ErrorCode::PermissionDenied, "Not yours.");
    if (call.path.ends_with("/c") && ++unlucky < 3) return errorOf(ErrorCode::DataLoss, "Cut off.");
    if (call.path.ends_with("/d")) return errorOf(ErrorCode::DataLoss, "Cut off.");
    return std::nullopt;
  };
  options.parallel = 1;
  Transfer fresh(tree, clock, options);
  const auto planned = fresh.plan(request(Direction::Down), {}).value();
  const auto report = fresh.run(planned, log, {});
  CHECK(report.copied == 2);
  CHECK(unlucky == 3);
  REQUIRE(report.failures.size() == 2);
  CHECK(planned.remotePath(planned.copies[report.failures[0].copy]) == root + "/b");
  CHECK(report.failures[0].error.message == "Not yours.");
  CHECK_FALSE(report.failures[0].transient);
  CHECK(report.failures[1].transient);
  CHECK(report.untried == 0);
  CHECK_FALSE(report.stopped);
  CHECK(here() == Files{{"a", "a"}, {"c", "c"}});  // no part is left of what failed

  tree.before = nullptr;
  CHECK(fresh.run(only(planned, {report.failures[0].copy}), log, {}).copied == 1);
  CHECK(here() == Files{{"a", "a"}, {"b", "b"}, {"c", "c"}});
}

TEST_CASE_METHOD(TransferFixture, "a host that is away ends the transfer instead of failing each file in turn") {
  for (int i = 0; i < 200; ++i) tree.plant(root + "/" + std::to_string(i), "x");
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb == "read") return errorOf(ErrorCode::Unavailable, "The host is away.");
    return std::nullopt;
  };
  const auto report = transfer(request(Direction::Down));
  REQUIRE(report.stopped);
  CHECK(report.stopped->message == "The host is away.");
  CHECK(report.failures.empty());
  CHECK(report.untried == 200);
  CHECK(tree.count("read") < 60);
  tree.before = nullptr;
  CHECK(transfer(request(Direction::Down)).copied == 200);
}

TEST_CASE_METHOD(TransferFixture, "a credential that is refused stops everything at once") {
  for (int i = 0; i < 50; ++i) write(std::to_string(i), "x");
  tree.plantFolder(root);
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put") return errorOf(ErrorCode::Unauthenticated, "Sign in again.");
    return std::nullopt;
  };
  const auto report = transfer(request(Direction::Up));
  CHECK(report.stopped->message == "Sign in again.");
  CHECK(tree.count("put") <= 4);
  CHECK(report.untried == 50);
}

TEST_CASE_METHOD(TransferFixture, "a folder that somebody removes meanwhile is made again") {
  tree.plantFolder(root + "/d");
  write("d/a", "1");
  write("d/b", "2");
  Transfer fresh(tree, clock, options);
  const auto planned = fresh.plan(request(Direction::Up), {}).value();
  tree.removeTree(root);
  CHECK(fresh.run(planned, log, {}).copied == 2);
  CHECK(there() == Files{{"d/a", "1"}, {"d/b", "2"}});
}

TEST_CASE_METHOD(TransferFixture, "folders that cannot be read or made are said and do not stop the rest") {
  tree.plant(root + "/a/x", "1");
  tree.plant(root + "/b/y", "2");
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if ((call.verb == "list" || call.verb == "mkdir") && call.path == root + "/a")
      return errorOf(ErrorCode::PermissionDenied, "Not yours.");
    return std::nullopt;
  };
  CHECK(why(plan(request(Direction::Down))) == std::vector<std::string>{root + "/a: Not yours."});
  CHECK(transfer(request(Direction::Down)).copied == 1);

  tree.removeTree(root + "/a");
  write("a/x", "1");
  const auto report = transfer(request(Direction::Up));
  REQUIRE(report.folders.size() == 1);
  CHECK(report.folders[0].path == root + "/a");
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].error.message == "Not yours.");
}

TEST_CASE_METHOD(TransferFixture, "many files go side by side, as many as may") {
  for (int folder = 0; folder < 20; ++folder) {
    for (int file = 0; file < 100; ++file)
      tree.plant(root + "/" + std::to_string(folder) + "/" + std::to_string(file), std::to_string(file));
  }
  std::mutex mutex;
  std::condition_variable changed;
  int reading = 0;
  // Nobody goes on before as many read as may.
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb != "read") return std::nullopt;
    std::unique_lock lock(mutex);
    ++reading;
    changed.notify_all();
    changed.wait(lock, [&] { return reading >= 8; });
    return std::nullopt;
  };
  options.parallel = 8;
  CHECK(transfer(request(Direction::Down)).copied == 2000);
  CHECK(tree.widest() <= 16);  // listing has its own
  CHECK(here().size() == 2000);
  CHECK(tree.count("read") == 2000);
  CHECK(tree.count("list") == 21);
  std::filesystem::remove_all(dir / "state");
  tree.before = nullptr;
  tree.removeTree(root);
  tree.plantFolder(root);
  tree.forgetCalls();
  CHECK(transfer(request(Direction::Up)).copied == 2000);
  CHECK(tree.count("put") == 2000);
  CHECK(tree.count("mkdir") == 20);
  CHECK(plan(request(Direction::Up)).equal == 2000);
}

TEST_CASE_METHOD(TransferFixture, "without a journal contents are compared, and it says what is wrong") {
  dir.write("state/transfer", "in the way");
  tree.plant(root + "/a", "1");
  tree.sizes = false;
  auto report = transfer(request(Direction::Down));
  CHECK(report.copied == 1);
  CHECK(report.trouble.starts_with("The transfer works but cannot write its journal ("));
  report = transfer(request(Direction::Down));
  CHECK(report.copied == 0);
  CHECK(report.equal == 1);
  CHECK(log.asked().empty());
}

TEST_CASE_METHOD(TransferFixture, "progress is shown every 100 ms while a file moves, and at the end") {
  tree.chunk = 1000;
  const auto direction = GENERATE(Direction::Down, Direction::Up);
  if (direction == Direction::Down) {
    tree.plant(root + "/a", std::string(10'000, 'x'));
  } else {
    tree.plantFolder(root);
    write("a", std::string(10'000, 'x'));
  }
  tree.before = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.bytes > 0) clock.advance(std::chrono::milliseconds(50));
    return std::nullopt;
  };
  CHECK(transfer(request(direction)).copied == 1);
  CHECK(log.shown() == std::vector<std::uint64_t>{1000, 3000, 5000, 7000, 9000, 10'000});
}

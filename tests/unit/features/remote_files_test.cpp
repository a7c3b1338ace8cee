// SPDX-License-Identifier: Apache-2.0
#include "features/files/remote_files.hpp"

#include "features/files/file_copy.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_tree.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using sync::EntryKind;
using namespace std::chrono_literals;

const std::string kSource = "# Databricks notebook source\nprint(1)\n";

struct Bench {
  explicit Bench(bool notebooks = true) : files(tree(notebooks), cache, "t", "workspace 1") {}

  FileTree tree(bool notebooks) {
    return {.remote = remote,
            .removeAll = [this](const std::string& path,
                                const core::CancelToken& token) { return removeOneByOne(*remote, path, token); },
            .readOnly = [](const std::string& path, const sync::Entry&,
                           const core::CancelToken&) { return path.starts_with("/locked"); },
            .formats = notebooks ? sync::ExportFormats::standard() : sync::ExportFormats{},
            .loses = "It gets another id."};
  }

  core::Result<void> rename(const std::string& from, const std::string& to, bool overwrite = false) {
    return files.rename(from, {files, to, overwrite},
                        [this](const std::string& loses) -> core::Result<void> {
                          told = loses;
                          if (refuses) return core::fail(ErrorCode::Cancelled, "No.");
                          return {};
                        },
                        {});
  }

  core::Result<FileStat> write(const std::string& path, const std::string& bytes,
                               std::optional<std::string> etag = {}) {
    return files.write(path, bytes, {.create = true, .overwrite = true, .etag = std::move(etag)}, {});
  }

  test::ManualClock clock;
  std::shared_ptr<test::MemoryTree> remote = std::make_shared<test::MemoryTree>();
  FileCache cache{clock};
  RemoteFiles files;
  std::string told;
  bool refuses = false;
};

using Contents = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("sizes, times and locks are what they are") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "12345");
  bench.remote->plant("/x/n", kSource, EntryKind::Notebook, "PYTHON");
  bench.remote->plant("/locked/a.csv", "1");
  const auto file = bench.files.stat("/x/a.csv", {}).value();
  CHECK(file.size == 5);
  CHECK(file.modifiedAt > 1'700'000'000'000);
  CHECK_FALSE(file.readOnly);
  CHECK_FALSE(file.etag.empty());
  CHECK(bench.files.stat("/x/n.py", {})->size == kSource.size());
  CHECK(bench.files.stat("/x", {})->isFolder);
  CHECK(bench.files.stat("/", {})->isFolder);
  CHECK(bench.files.stat("/locked/a.csv", {})->readOnly);
  CHECK(bench.files.stat("/x/none", {}).error().message == "/x/none does not exist, or you may not see it.");
}

TEST_CASE("many looks within two seconds are one call") {
  Bench bench;
  bench.remote->plant("/x/a", "1");
  for (int i = 0; i < 50; ++i) CHECK(bench.files.list("/x", {}).value()->size() == 1);
  for (int i = 0; i < 50; ++i) CHECK(bench.files.stat("/x/a", {}));
  for (int i = 0; i < 50; ++i) CHECK_FALSE(bench.files.stat("/x/none", {}));
  CHECK(bench.remote->count("list") == 1);
  CHECK(bench.remote->count("stat") == 1);  // of the folder, which proves that it is one
  bench.clock.advance(2s);
  CHECK(bench.files.list("/x", {}));
  CHECK(bench.remote->count("list") == 2);
}

TEST_CASE("a failure of the service is no missing file") {
  Bench bench;
  bench.remote->before = [](const test::MemoryTree::Call&) {
    return core::Error{.code = ErrorCode::Unavailable, .message = "The host is away."};
  };
  CHECK(bench.files.stat("/x/a", {}).error().code == ErrorCode::Unavailable);
  bench.remote->before = {};
  bench.remote->plant("/x/a", "1");
  CHECK(bench.files.stat("/x/a", {}));
}

TEST_CASE("files are read and written whole, and what was written is seen at once") {
  Bench bench;
  bench.remote->plantFolder("/x");
  const auto made = bench.write("/x/a.csv", "1");
  REQUIRE(made);
  CHECK(made->isNew);
  CHECK(made->size == 1);
  const auto again = bench.write("/x/a.csv", "22", made->etag);
  REQUIRE(again);
  CHECK_FALSE(again->isNew);
  CHECK(again->etag != made->etag);
  CHECK(*bench.files.read("/x/a.csv", {})->bytes == "22");
  CHECK(bench.files.list("/x", {}).value()->front().name == "a.csv");
}

TEST_CASE("a write over something unseen is a conflict") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "old");
  const auto seen = bench.files.read("/x/a.csv", {})->stat;
  bench.remote->plant("/x/a.csv", "new");  // of the same size
  const auto failed = bench.write("/x/a.csv", "mine", seen.etag);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::Conflict);
  CHECK(failed.error().message ==
        "/x/a.csv was changed by somebody else, or is of another workspace, since it was opened.");
  CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "new"}});
  CHECK(bench.write("/x/a.csv", "mine"));
}

TEST_CASE("a file of another workspace is no known one") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  const auto seen = bench.files.stat("/x/a.csv", {})->etag;
  RemoteFiles elsewhere(bench.tree(true), bench.cache, "u", "workspace 2");
  CHECK(elsewhere.write("/x/a.csv", "2", {.etag = seen}, {}).error().code == ErrorCode::Conflict);
}

TEST_CASE("writes make and replace only where they may") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  CHECK(bench.files.write("/x/a.csv", "2", {.overwrite = false}, {}).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.files.write("/x/b.csv", "2", {.create = false}, {}).error().code == ErrorCode::NotFound);
  CHECK(bench.write("/x", "2").error().code == ErrorCode::InvalidParams);
  CHECK(bench.write("/", "2").error().code == ErrorCode::InvalidParams);
  bench.remote->maxFile = 3;
  CHECK(bench.write("/x/a.csv", "1234").error().message ==
        "/x/a.csv was not saved: it has 4 bytes, and at most 3 can be written there.");
  CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "1"}});
}

TEST_CASE("a refusal locks the file") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  bench.remote->before = [](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb != "put") return std::nullopt;
    return core::Error{.code = ErrorCode::PermissionDenied, .message = "You lack the permission Can Edit."};
  };
  CHECK(bench.write("/x/a.csv", "2").error().message == "You lack the permission Can Edit.");
  CHECK(bench.files.stat("/x/a.csv", {})->readOnly);
  bench.clock.advance(1min);
  CHECK_FALSE(bench.files.stat("/x/a.csv", {})->readOnly);
}

TEST_CASE("folders are made, and removed with what is in them") {
  Bench bench;
  CHECK(bench.files.makeFolder("/x/y", {}));
  CHECK(bench.files.makeFolder("/x/y", {}).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.files.list("/x/y", {}).value()->empty());
  bench.remote->plant("/x/y/z/a.csv", "1");
  bench.remote->plant("/x/yy", "stays");
  CHECK(bench.files.remove("/x/y", true, {}));
  CHECK(bench.remote->contents() == Contents{{"/x/yy", "stays"}});
  CHECK(bench.files.stat("/x/y", {}).error().code == ErrorCode::NotFound);
  CHECK(bench.files.list("/x/yy", {}).error().message == "/x/yy is no folder.");
  CHECK(bench.files.remove("/", true, {}).error().code == ErrorCode::PermissionDenied);
}

TEST_CASE("a rename is a copy, a look at it, and then the end of the original") {
  Bench bench;
  bench.remote->plant("/x/d/a.csv", "1");
  bench.remote->plant("/x/d/e/n", kSource, EntryKind::Notebook, "PYTHON");
  bench.remote->plantFolder("/x/d/empty");
  REQUIRE(bench.rename("/x/d", "/x/f"));
  CHECK(bench.told == "It gets another id.");
  CHECK(bench.remote->contents() == Contents{{"/x/f/a.csv", "1"}, {"/x/f/e/n", kSource}});
  CHECK(bench.remote->has("/x/f/empty"));
  CHECK_FALSE(bench.remote->has("/x/d"));
}

TEST_CASE("who does not agree to a rename keeps everything") {
  Bench bench;
  bench.refuses = true;
  bench.remote->plant("/x/a.csv", "1");
  CHECK(bench.rename("/x/a.csv", "/x/b.csv").error().code == ErrorCode::Cancelled);
  CHECK(bench.remote->count("put") == 0);
  CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "1"}});
}

TEST_CASE("a notebook keeps its extension") {
  Bench bench;
  bench.remote->plant("/x/n", kSource, EntryKind::Notebook, "PYTHON");
  CHECK(bench.rename("/x/n.py", "/x/m.txt").error().message ==
        "/x/n.py is a notebook and keeps its extension .py. Choose a name that ends so.");
  REQUIRE(bench.rename("/x/n.py", "/x/m.py"));
  CHECK(bench.remote->contents() == Contents{{"/x/m", kSource}});
}

TEST_CASE("on any doubt both stay") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  SECTION("the original is changed meanwhile") {
    bench.remote->after = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
      if (call.verb == "put") bench.remote->plant("/x/a.csv", "2");
      return std::nullopt;
    };
    CHECK(bench.rename("/x/a.csv", "/x/b.csv").error().message ==
          "/x/a.csv was changed while it was copied to /x/b.csv, so it was not removed. Both are there now: compare "
          "them.");
    CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "2"}, {"/x/b.csv", "1"}});
  }
  SECTION("what arrives is not what was sent") {
    bench.remote->after = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
      if (call.verb == "put") bench.remote->plant("/x/b.csv", "?");
      return std::nullopt;
    };
    const auto failed = bench.rename("/x/a.csv", "/x/b.csv");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::DataLoss);
    CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "1"}, {"/x/b.csv", "?"}});
  }
  SECTION("the original cannot be removed") {
    bench.remote->before = [](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
      if (call.verb != "remove") return std::nullopt;
      return core::Error{.code = ErrorCode::PermissionDenied, .message = "No."};
    };
    CHECK(bench.rename("/x/a.csv", "/x/b.csv")
              .error()
              .message.starts_with("/x/a.csv was copied to /x/b.csv, but could not be removed."));
    CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "1"}, {"/x/b.csv", "1"}});
  }
  SECTION("something cannot be copied") {
    bench.remote->plant("/x/d/a.csv", "1");
    bench.remote->plant("/x/d/lib", "1", EntryKind::Other, "LIBRARY");
    CHECK(bench.rename("/x/d", "/x/e").error().message ==
          "/x/d/lib is an object of the type LIBRARY, which Trowel cannot copy. Nothing was changed.");
    CHECK_FALSE(bench.remote->has("/x/e"));
  }
}

TEST_CASE("what is in the way of a rename or copy is replaced only where the user said so") {
  Bench bench(false);
  bench.remote->plant("/x/a", "1");
  bench.remote->plant("/x/b", "2");
  bench.remote->plantFolder("/x/d");
  CHECK(bench.rename("/x/a", "/x/b").error().code == ErrorCode::AlreadyExists);
  CHECK(bench.rename("/x/a", "/x/d", true).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.rename("/x/d", "/x/d/e").error().code == ErrorCode::Unsupported);
  CHECK(bench.files.copy("/x/a", {bench.files, "/x/b"}, {}).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.files.copy("/x/a", {bench.files, "/x/b", true}, {}));
  CHECK(bench.remote->contents() == Contents{{"/x/a", "1"}, {"/x/b", "1"}});
}

TEST_CASE("what is renamed to itself stays, whatever it is called by and whoever looks") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  bench.remote->plant("/x/n", kSource, EntryKind::Notebook, "PYTHON");
  RemoteFiles other(bench.tree(true), bench.cache, "u", "workspace 1");  // another connection with the workspace
  const auto agree = [](const std::string&) -> core::Result<void> { return {}; };
  CHECK(bench.files.rename("/x/a.csv", {other, "/x/a.csv", true}, agree, {}));
  CHECK(bench.rename("/x/n.py", "/x/n.PY", true).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.files.copy("/x/n.py", {other, "/x/n.PY", true}, {}).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.files.rename("/x", {other, "/x/y"}, agree, {}).error().code == ErrorCode::Unsupported);
  CHECK(bench.remote->count("put") == 0);
  CHECK(bench.remote->contents() == Contents{{"/x/a.csv", "1"}, {"/x/n", kSource}});
}

TEST_CASE("where the service moves, it moves, and what is in the way steps aside") {
  Bench bench(false);
  bench.remote->plant("/x/a", "1");
  bench.remote->plant("/x/b", "2");
  auto tree = bench.tree(false);
  bool fails = true;
  tree.move = [&](const std::string& from, const std::string& to, const core::CancelToken&) -> core::Result<void> {
    if (bench.remote->has(to)) return core::fail(ErrorCode::AlreadyExists, "There.");
    if (fails && from == "/x/a") return core::fail(ErrorCode::PermissionDenied, "No.");
    const auto bytes = bench.remote->contents().at(from);
    bench.remote->removeTree(from);
    bench.remote->plant(to, bytes);
    return {};
  };
  RemoteFiles files(tree, bench.cache, "t", "workspace 1");
  CHECK(files.rename("/x/a", {files, "/x/b", true}, {}, {}).error().message == "No.");
  CHECK(bench.remote->contents() == Contents{{"/x/a", "1"}, {"/x/b", "2"}});
  fails = false;
  CHECK(files.rename("/x/a", {files, "/x/b", true}, {}, {}));
  CHECK(bench.remote->contents() == Contents{{"/x/b", "1"}});
  CHECK(bench.remote->count("put") == 0);
}

TEST_CASE("from one workspace to another goes by a proven copy, also where the service can rename") {
  Bench bench;
  bench.remote->plant("/x/d/n", kSource, EntryKind::Notebook, "PYTHON");
  bench.remote->plant("/x/d/a.csv", "1");
  const auto there = std::make_shared<test::MemoryTree>();
  auto tree = bench.tree(true);
  tree.remote = there;
  RemoteFiles elsewhere(std::move(tree), bench.cache, "u", "workspace 2");
  REQUIRE(bench.files.copy("/x/d", {elsewhere, "/x/d"}, {}));
  CHECK(there->contents() == Contents{{"/x/d/a.csv", "1"}, {"/x/d/n", kSource}});
  CHECK(bench.files.copy("/x/d", {elsewhere, "/x/d"}, {}).error().code == ErrorCode::AlreadyExists);
  auto moving = bench.tree(true);
  moving.move = [](const std::string&, const std::string&, const core::CancelToken&) -> core::Result<void> {
    return core::fail(ErrorCode::NotFound, "There is nothing here.");
  };
  RemoteFiles here(std::move(moving), bench.cache, "t", "workspace 1");
  REQUIRE(here.rename("/x/d/a.csv", {elsewhere, "/x/b.csv"},
                      [](const std::string&) -> core::Result<void> { return {}; }, {}));
  CHECK(there->contents().at("/x/b.csv") == "1");
  CHECK(bench.remote->contents() == Contents{{"/x/d/n", kSource}});
}

TEST_CASE("a cancelled rename leaves the original") {
  Bench bench;
  bench.remote->plant("/x/a.csv", "1");
  core::CancelSource source;
  bench.remote->after = [&](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put") source.cancel(core::CancelReason::Client);
    return std::nullopt;
  };
  const auto formats = sync::ExportFormats::standard();
  FileCopy work({*bench.remote, "/x/a.csv"}, {*bench.remote, "/x/b.csv"}, formats);
  REQUIRE(work.plan(source.token()));
  CHECK(work.copy(false, source.token()).error().code == ErrorCode::Cancelled);
  CHECK(bench.remote->contents().at("/x/a.csv") == "1");
}

}  // namespace trowel::features

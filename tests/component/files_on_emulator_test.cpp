// SPDX-License-Identifier: Apache-2.0
// Files everywhere that a workspace keeps them, as the services move them to and from a workspace that really stores.
#include <algorithm>

#include "support/emulator_workspace.hpp"
#include "support/generated_body.hpp"
#include "trowel/databricks/dbfs.hpp"
#include "trowel/databricks/files.hpp"
#include "trowel/databricks/workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr std::uint64_t kMiB = 1024UL * 1024;
const std::string kOdd = "größe 1 % ?#&+日本.bin";  // what an address must not take for its own

struct Bench : test::EmulatorWorkspace {
  using EmulatorWorkspace::EmulatorWorkspace;

  Dbfs dbfs{rest};
  Files files{rest};
  Workspace workspace{rest};

  std::size_t requestsTo(std::string_view path) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        emulator->requests(), [&](const auto& request) { return request.path.starts_with(path); }));
  }
};

}  // namespace

TEST_CASE("a file goes into DBFS by blocks and comes back") {
  Bench bench;
  const std::string path = "/tmp/neu/" + kOdd;
  test::GeneratedSource source(6 * kMiB + 5);
  REQUIRE(bench.dbfs.upload(path, source, false));
  CHECK(bench.requestsTo("/api/2.0/dbfs/add-block") == 7);

  auto entries = bench.dbfs.list("dbfs:/tmp/neu").all().value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].path == path);
  CHECK(entries[0].name() == kOdd);
  CHECK(entries[0].size == static_cast<std::int64_t>(source.size()));
  test::CheckedSink sink;
  REQUIRE(bench.dbfs.download(path, std::ref(sink)));
  CHECK(sink.taken == source.size());
  CHECK(sink.right);
  CHECK(sink.largest == kMiB);

  test::GeneratedSource again(3 * kMiB);
  CHECK(bench.dbfs.upload(path, again, false).error().code == ErrorCode::AlreadyExists);
  REQUIRE(bench.dbfs.upload(path, again, true));
  CHECK(bench.dbfs.getStatus(path)->size == 3 * static_cast<std::int64_t>(kMiB));
}

TEST_CASE("a block whose answer is lost on the way back from DBFS is in the file once") {
  Bench bench;
  bench.emulator->addFault({.pattern = "POST /api/2.0/dbfs/add-block", .skip = 1, .afterHandler = true, .drop = true});
  test::GeneratedSource source(3 * kMiB);
  REQUIRE(bench.dbfs.upload("/f", source, false));
  test::CheckedSink sink;
  REQUIRE(bench.dbfs.download("/f", std::ref(sink)));
  CHECK(sink.taken == source.size());
  CHECK(sink.right);
}

TEST_CASE("folders and small files of DBFS: made, moved, deleted") {
  Bench bench;
  REQUIRE(bench.dbfs.mkdirs("/a b/ç"));
  REQUIRE(bench.dbfs.put("/a b/ç/x", "hello", false));
  CHECK(bench.dbfs.put("/a b/ç/x", "hello", false).error().code == ErrorCode::AlreadyExists);
  CHECK(bench.dbfs.mkdirs("/a b/ç/x").error().code == ErrorCode::AlreadyExists);
  CHECK(bench.dbfs.read("/a b/ç/x", 1, 3) == "ell");
  CHECK(bench.dbfs.read("/a b/ç/x", 5, 3) == "");
  test::GeneratedSource empty(0);
  REQUIRE(bench.dbfs.upload("/empty", empty, false));
  test::CheckedSink sink;
  REQUIRE(bench.dbfs.download("/empty", std::ref(sink)));
  CHECK(sink.taken == 0);

  REQUIRE(bench.dbfs.move("/a b", "/c"));
  CHECK(bench.dbfs.getStatus("/a b").error().code == ErrorCode::NotFound);
  CHECK(bench.dbfs.getStatus("/c/ç")->isFolder);
  CHECK(bench.dbfs.download("/c", std::ref(sink)).error().message == "/c is a folder, which cannot be read.");
  CHECK_FALSE(bench.dbfs.remove("/c", false));
  bench.emulator->addFault({.pattern = "POST /api/2.0/dbfs/delete",
                            .status = 400,
                            .body = R"({"error_code":"PARTIAL_DELETE","message":"Please run it again."})",
                            .times = 3});
  REQUIRE(bench.dbfs.remove("/c", true));
  CHECK(bench.dbfs.list("/c").all().error().code == ErrorCode::NotFound);
  CHECK(bench.dbfs.remove("/c", true));
}

TEST_CASE("a large file goes into a volume in parts and comes back by ranges") {
  Bench bench;
  const std::string folder = "/Volumes/main/default/data/neu";
  const std::string path = folder + "/" + kOdd;
  test::GeneratedSource source(61 * kMiB + 5);
  REQUIRE(bench.files.upload(path, source, false));
  CHECK(bench.requestsTo("/storage/") == 7);
  auto entries = bench.files.list(folder).all().value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].name == kOdd);
  CHECK(entries[0].size == static_cast<std::int64_t>(source.size()));
  CHECK(bench.files.getStatus(path)->size == static_cast<std::int64_t>(source.size()));
  CHECK(bench.files.getStatus(path)->modifiedAt / 1000 == entries[0].modifiedAt / 1000);

  // One range breaks in the middle and goes again.
  bench.emulator->addFault({.pattern = "GET /api/2.0/fs/files/*", .skip = 2, .truncateAt = 100'000});
  bench.emulator->clearRequests();
  test::CheckedSink sink;
  REQUIRE(bench.files.download(path, std::ref(sink)));
  CHECK(sink.taken == source.size());
  CHECK(sink.right);
  CHECK(sink.largest == 8 * kMiB);
  CHECK(bench.requestsTo("/api/2.0/fs/files/") == 1 + 8 + 1);

  test::GeneratedSource again(60 * kMiB);
  CHECK(bench.files.upload(path, again, false).error().code == ErrorCode::AlreadyExists);
}

TEST_CASE("an upload to a volume goes on with the parts that have not arrived, and finds its end") {
  Bench bench;
  const std::string path = "/Volumes/main/default/data/" + kOdd;
  bench.emulator->addFault({.pattern = "PUT /storage/*", .status = 400, .skip = 5, .times = 1});
  test::GeneratedSource source(81 * kMiB + 5, false);
  auto upload = bench.files.startUpload(path, source, false);
  CHECK(upload->run().error().httpStatus == 400);
  const auto arrived = upload->arrived();
  CHECK(arrived >= 20 * kMiB);  // five were let through, of which three may have been under way when the sixth failed

  // The answer to its end is lost.
  bench.emulator->addFault({.pattern = "POST /api/2.0/fs/files/*", .afterHandler = true, .drop = true});
  bench.emulator->clearRequests();
  REQUIRE(upload->run());
  // The emulator may note those that were cancelled with the failed one only now: three at most.
  const auto missing = (source.size() - arrived + 10 * kMiB - 1) / (10 * kMiB);
  CHECK(bench.requestsTo("/storage/") >= missing);
  CHECK(bench.requestsTo("/storage/") <= missing + 3);
  test::CheckedSink sink;
  REQUIRE(bench.files.download(path, std::ref(sink)));
  CHECK(sink.taken == source.size());
  CHECK(sink.right);
}

TEST_CASE("a part that a storage loses goes again, and what fails for good leaves nothing") {
  Bench bench;
  const std::string path = "/Volumes/main/default/data/f";
  bench.emulator->addFault({.pattern = "PUT /storage/*", .status = 503, .times = 2});
  bench.emulator->addFault({.pattern = "PUT /storage/*", .status = 403, .body = "<Error/>"});
  test::GeneratedSource source(60 * kMiB);
  REQUIRE(bench.files.upload(path, source, true));
  CHECK(source.rewound() == 0);
  CHECK(bench.files.getStatus(path)->size == static_cast<std::int64_t>(source.size()));

  bench.emulator->addFault({.pattern = "PUT /storage/*", .status = 403, .body = "<Error/>", .skip = 2, .times = 0});
  bench.emulator->clearRequests();
  test::GeneratedSource lost(60 * kMiB);
  CHECK(bench.files.upload("/Volumes/main/default/data/g", lost, true).error().code == ErrorCode::PermissionDenied);
  CHECK(bench.files.getStatus("/Volumes/main/default/data/g").error().code == ErrorCode::NotFound);
  CHECK(bench.requestsTo("/api/2.0/fs/create-abort-upload-url") == 1);
}

TEST_CASE("small files and folders of volumes, page by page") {
  Bench bench({.pageCap = 2});
  const std::string folder = "/Volumes/main/default/data/Ordner eins";
  REQUIRE(bench.files.mkdirs(folder + "/leer"));
  CHECK(bench.files.folderExists(folder) == true);
  CHECK(bench.files.folderExists(folder + "/x") == false);
  for (int i = 0; i < 5; ++i) {
    test::GeneratedSource source(10);
    REQUIRE(bench.files.upload(folder + "/" + std::to_string(i) + " " + kOdd, source, false));
  }
  CHECK(bench.files.list(folder).all()->size() == 6);
  auto missing = bench.files.getStatus(folder + "/x");
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK(missing.error().message == "There is no file " + folder + "/x.");
  test::GeneratedSource again(10);
  CHECK(bench.files.upload(folder + "/0 " + kOdd, again, false).error().code == ErrorCode::AlreadyExists);
  test::CheckedSink sink;
  REQUIRE(bench.files.download(folder + "/0 " + kOdd, std::ref(sink)));
  CHECK(sink.taken == 10);
  CHECK(sink.right);

  CHECK(bench.files.removeFolder(folder).error().code == ErrorCode::Conflict);
  REQUIRE(bench.files.remove(folder + "/0 " + kOdd));
  REQUIRE(bench.files.removeFolder(folder + "/leer"));
  CHECK(bench.files.list(folder).all()->size() == 4);
  CHECK(bench.files.list("/Volumes/main/default/none").all().error().code == ErrorCode::NotFound);
}

TEST_CASE("a large workspace file streams both ways, and notebooks and archives too") {
  Bench bench;
  const std::string folder = "/Users/demo@example.com/Ordner eins";
  REQUIRE(bench.workspace.mkdirs(folder));
  test::GeneratedSource source(25 * kMiB);
  REQUIRE(bench.workspace.importFile(folder + "/" + kOdd, source, false));
  test::GeneratedSource again(3);
  CHECK(bench.workspace.importFile(folder + "/" + kOdd, again, false).error().code == ErrorCode::AlreadyExists);
  test::CheckedSink sink;
  REQUIRE(bench.workspace.readFile(folder + "/" + kOdd, std::ref(sink)));
  CHECK(sink.taken == source.size());
  CHECK(sink.right);
  CHECK(sink.largest <= kMiB);
  auto tooLarge = bench.workspace.exportObject(folder + "/" + kOdd, "AUTO");
  CHECK(tooLarge.error().code == ErrorCode::InvalidParams);

  REQUIRE(bench.workspace.importFile(folder + "/nb.py", "# Databricks notebook source\nprint(1)", false));
  std::string notebook;
  auto collect = [&](std::string_view bytes) -> core::Result<void> {
    notebook += bytes;
    return {};
  };
  REQUIRE(bench.workspace.exportTo(folder + "/nb", "SOURCE", collect));
  CHECK(notebook.starts_with("# Databricks notebook source\nprint(1)"));
  notebook.clear();
  REQUIRE(bench.workspace.exportTo(folder, "DBC", collect));
  CHECK(notebook.starts_with("PK"));
  CHECK(bench.workspace.exportTo(folder + "/none", "SOURCE", collect).error().code == ErrorCode::NotFound);

  bench.emulator->addFault({.pattern = "POST /api/2.0/workspace/delete",
                            .status = 503,
                            .body = R"({"error_code":"PARTIAL_DELETE","message":"Please run it again."})",
                            .times = 2});
  REQUIRE(bench.workspace.remove(folder, true));
  CHECK(bench.workspace.getStatus(folder).error().code == ErrorCode::NotFound);
}

// SPDX-License-Identifier: Apache-2.0
// The views DBFS and Volumes and their commands, from rows and from the palette, against a workspace that really
// stores.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include "support/answering_user.hpp"
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/workspace_client.hpp"
#include "trowel/databricks/dbfs.hpp"
#include "trowel/databricks/files.hpp"
#include "trowel/databricks/unity_catalog.hpp"
#include "trowel/os/files.hpp"

namespace trowel::test {

namespace {

const std::string kVolume = "/main/default/data";

class TextBody final : public http::BodySource {
 public:
  explicit TextBody(std::string_view text) : text_(text) {}
  std::uint64_t size() const override { return text_.size(); }
  core::Result<std::size_t> read(std::span<char> into) override {
    const auto count = text_.copy(into.data(), into.size(), at_);
    at_ += count;
    return count;
  }
  core::Result<void> rewind() override {
    at_ = 0;
    return {};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Bench {
  Bench() { daemon.connect(); }

  // Of rows the times, which are of today.
  static std::string timeless(const std::string& text) {
    static const std::regex kTime("(today|yesterday) [0-9:]{8}");
    return std::regex_replace(text, kTime, "TIME");
  }
  std::string shown(std::string_view which, int depth = 0, const std::string& node = {}) {
    return timeless(drawn(daemon, which, depth, node));
  }
  Json run(std::string_view command, std::string_view which = {}, const std::vector<std::string>& rows = {}) {
    return runOn(daemon, "trowel.storage." + std::string(command), which, rows);
  }
  std::string failureOf(std::string_view command, std::string_view which = {},
                        const std::vector<std::string>& rows = {}) {
    Json params{{"command", "trowel.storage." + std::string(command)}};
    for (const auto& row : rows) params["arguments"].push_back({{"view", std::string(which)}, {"node", row}});
    return daemon.failure("workspace/executeCommand", params).at("message");
  }
  void drop(std::string_view onto, const std::string& node, Json rows, Json uris) {
    daemon.request("trowel/tree/drop",
                   {{"view", std::string(onto)}, {"node", node}, {"rows", std::move(rows)}, {"uris", std::move(uris)}});
  }

  void put(const std::string& path, const std::string& bytes) { REQUIRE(dbfs.put(path, bytes, true)); }
  void putInVolume(const std::string& path, const std::string& bytes) {
    TextBody body(bytes);
    REQUIRE(files.upload("/Volumes" + path, body, true));
  }
  std::string dbfsBytes(const std::string& path) {
    std::string bytes;
    const auto read = dbfs.download(path, [&](std::string_view piece) -> core::Result<void> {
      bytes += piece;
      return {};
    });
    return read ? bytes : "gone";
  }
  std::string volumeBytes(const std::string& path) {
    std::string bytes;
    const auto read = files.download("/Volumes" + path, [&](std::string_view piece) -> core::Result<void> {
      bytes += piece;
      return {};
    });
    return read ? bytes : "gone";
  }
  std::string local(const std::string& path) const { return daemon.home() + "/Databricks-VSCode/EMULATOR" + path; }
  static std::string contentOf(const std::string& path) { return os::readFile(path, 1UL << 30U).value_or("gone"); }

  std::size_t calls(std::string_view method, std::string_view path) { return callsOf(daemon.emulator(), method, path); }
  void answer(std::string pattern, int status, std::string body) {
    answerWith(daemon.emulator(), std::move(pattern), status, std::move(body));
  }
  Json lastAsked(const std::string& method) { return daemon.editor().heard(method).back(); }
  std::string lastTold() { return lastAsked("window/showMessage").at("message"); }

  TempDir dir;
  DaemonHarness daemon;
  AnsweringUser user{daemon};
  WorkspaceClient client{daemon.emulator()};
  databricks::Dbfs dbfs{client.rest};
  databricks::Files files{client.rest};
};

}  // namespace

TEST_CASE("DBFS: folders before files, with sizes and times, mounts and read-only folders say what they are") {
  Bench bench;
  REQUIRE(bench.dbfs.mkdirs("/mnt/lake"));
  REQUIRE(bench.dbfs.mkdirs("/tmp/b"));
  bench.put("/tmp/a.csv", std::string(1536, 'x'));
  bench.put("/tmp/Z.json", "{}");
  CHECK(bench.shown(view::kDbfs).contains("folder  databricks-datasets  \"read-only\"  [storage.folder.readOnly] >\n"));
  CHECK(bench.shown(view::kDbfs, 0, "/mnt") == "file-symlink-directory  lake  \"mount\"  [storage.mount] >\n");
  CHECK(bench.shown(view::kDbfs, 1, "/tmp") ==
        "folder  b  [storage.folder] >\n"
        "table  a.csv  \"1.5 KiB · TIME\"  [storage.file]  -> trowel.storage.open\n"
        "json  Z.json  \"2 bytes · TIME\"  [storage.file]  -> trowel.storage.open\n");
  const auto row =
      bench.daemon.request("trowel/tree/children", {{"view", "trowel.dbfs"}, {"node", "/tmp"}}).at("nodes").at(1);
  CHECK(row.at("resource") == "dbfs:/tmp/a.csv");
  CHECK(row.at("dragText") == "dbfs:/tmp/a.csv");
}

TEST_CASE("DBFS: many rows come in pages, an error and a missing right stand where the rows would") {
  Bench bench;
  for (int i = 0; i < 520; ++i) bench.put(fmt::format("/tmp/many/{:03}.txt", i), "1");
  const auto shown = bench.shown(view::kDbfs, 0, "/tmp/many");
  CHECK(std::ranges::count(shown, '\n') == 501);
  CHECK(shown.ends_with("…\n"));
  CHECK(bench.calls("GET", "/api/2.0/dbfs/list") == 1);

  bench.answer("GET /api/2.0/dbfs/list", 403,
               R"({"error_code":"PERMISSION_DENIED","message":"Public DBFS root is disabled."})");
  CHECK(bench.shown(view::kDbfs)
            .starts_with("lock/list.errorForeground  You lack the right to read dbfs:/  \"The workspace does not allow "
                         "this: Public DBFS root is disabled.\"  [failure]"));
  bench.daemon.emulator().clearFaults();
  bench.answer("GET /api/2.0/dbfs/list", 400, R"({"error_code":"BAD_REQUEST","message":"No."})");
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(bench.shown(view::kDbfs).starts_with("error/list.errorForeground  No."));
}

TEST_CASE("Volumes: catalogs, schemas, volumes, and then files") {
  Bench bench;
  bench.putInVolume(kVolume + "/raw/a.csv", "a,b\n");
  bench.putInVolume(kVolume + "/b.png", "1");
  const auto tree = bench.shown(view::kVolumes, 0);
  CHECK(tree.contains("library  main  [storage.catalog] >\n"));
  CHECK(bench.shown(view::kVolumes, 0, "/main").contains("symbol-namespace  default  [storage.schema] >\n"));
  CHECK(bench.shown(view::kVolumes, 0, "/main/default") == "archive  data  \"managed\"  [storage.volume] >\n");
  CHECK(bench.shown(view::kVolumes, 1, kVolume) ==
        "folder  raw  [storage.folder] >\n"
        "  table  a.csv  \"4 bytes · TIME\"  [storage.file]  -> trowel.storage.open\n"
        "file-media  b.png  \"1 byte · TIME\"  [storage.file]  -> trowel.storage.open\n");
  REQUIRE(databricks::Schemas(bench.client.rest).create({{"name", "empty"}, {"catalog_name", "main"}}));
  CHECK(bench.shown(view::kVolumes, 0, "/main/empty").empty());

  bench.answer("GET /api/2.1/unity-catalog/volumes", 403,
               R"({"error_code":"PERMISSION_DENIED","message":"User does not have USE SCHEMA."})");
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(bench.shown(view::kVolumes, 0, "/main/default")
            .starts_with("lock/list.errorForeground  You lack the privilege USE SCHEMA on main.default"));
  bench.answer("GET /api/2.1/unity-catalog/catalogs", 400,
               R"({"error_code":"METASTORE_DOES_NOT_EXIST","message":"No metastore assigned."})");
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(bench.shown(view::kVolumes).contains("[failure]"));
}

TEST_CASE("a click opens a private copy that is read-only, once for each version") {
  Bench bench;
  bench.put("/tmp/a.csv", "a,b\n1,2\n");
  bench.run("open", view::kDbfs, {"/tmp/a.csv"});
  const auto copy = core::uriToPath(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>()).value();
  CHECK(copy.ends_with("/a.csv"));
  CHECK(Bench::contentOf(copy) == "a,b\n1,2\n");
  namespace fs = std::filesystem;
  CHECK((fs::status(copy).permissions() & fs::perms::mask) == fs::perms::owner_read);
  CHECK((fs::status(fs::path(copy).parent_path()).permissions() & fs::perms::mask) == fs::perms::owner_all);
  const auto reads = bench.calls("GET", "/api/2.0/dbfs/read");
  CHECK(reads > 0);
  bench.run("open", view::kDbfs, {"/tmp/a.csv"});
  CHECK(bench.calls("GET", "/api/2.0/dbfs/read") == reads);
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("uri") == core::pathToUri(copy));
  bench.put("/tmp/a.csv", "other\n");
  bench.run("open", view::kDbfs, {"/tmp/a.csv"});
  CHECK(Bench::contentOf(
            core::uriToPath(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>()).value()) ==
        "other\n");
  // Nobody is bothered with what went well.
  CHECK(bench.daemon.editor().heard("window/showMessage").empty());

  // From the palette, in a volume.
  bench.putInVolume(kVolume + "/deep/b.png", "PNG");
  bench.user.picks({"Volumes", "main", "default", "data", "deep", "b.png"});
  bench.run("open");
  CHECK(bench.user.left() == 0);
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>().ends_with("/b.png"));
  CHECK(bench.failureOf("open", view::kDbfs, {"/tmp"}) ==
        "dbfs:/tmp is a folder. Download it, or add it to the window's workspace.");
}

TEST_CASE("names with any characters are found again") {
  Bench bench;
  const std::string name = "gr\u00f6\u00dfe % ?#&+.txt";
  bench.put("/tmp/odd/" + name, "1");
  bench.putInVolume(kVolume + "/odd/" + name, "2");
  for (const auto& [which, path, bytes] :
       {std::tuple{view::kDbfs, "/tmp/odd/" + name, "1"}, std::tuple{view::kVolumes, kVolume + "/odd/" + name, "2"}}) {
    CHECK(bench.shown(which, 0, path.substr(0, path.rfind('/'))).contains(name));
    bench.run("open", which, {path});
    CHECK(Bench::contentOf(
              core::uriToPath(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>()).value()) ==
          bytes);
    bench.user.presses({"Delete"});
    bench.run("remove", which, {path});
    CHECK_FALSE(bench.shown(which, 0, path.substr(0, path.rfind('/'))).contains(name));
  }
}

TEST_CASE("a large file is opened only when that is meant, its beginning is shown without the rest") {
  Bench bench;
  const std::string line = "123456789,abcdefghi\n";
  std::string large = "number,letters\n";
  while (large.size() <= 17UL << 20U) large += line;
  TextBody body(large);
  REQUIRE(bench.dbfs.upload("/tmp/large.csv", body, true));
  const auto before = bench.calls("GET", "/api/2.0/dbfs/read");
  bench.run("open", view::kDbfs, {"/tmp/large.csv"});
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message") == "Open dbfs:/tmp/large.csv (17.0 MiB)?");
  CHECK(bench.calls("GET", "/api/2.0/dbfs/read") == before);
  bench.user.presses({"Preview the Beginning"});
  bench.run("open", view::kDbfs, {"/tmp/large.csv"});
  const auto preview = bench.lastAsked("trowel/ui/openDocument");
  CHECK(preview.at("title") == "large.csv (the first 1.0 MiB)");
  CHECK(
      preview.at("content").get<std::string>().starts_with("number    │ letters\n──────────┼──────────\n123456789 │"));
  CHECK(bench.calls("GET", "/api/2.0/dbfs/read") - before < 10);
  bench.user.presses({"Open a Copy"});
  bench.run("open", view::kDbfs, {"/tmp/large.csv"});
  const auto copy = core::uriToPath(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>()).value();
  CHECK((Bench::contentOf(copy) == large));
}

TEST_CASE("previews: tables, JSON, text, pictures, and what is none of them") {
  Bench bench;
  bench.put("/tmp/a.json", R"({"b":1,"a":[2]})");
  bench.put("/tmp/a.txt", "hello\n");
  bench.put("/tmp/a.png", "PNG");
  bench.put("/tmp/a.parquet", std::string("PAR1\0\0", 6));
  bench.run("preview", view::kDbfs, {"/tmp/a.json"});
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("content") == "{\n  \"b\": 1,\n  \"a\": [\n    2\n  ]\n}");
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("language") == "json");
  bench.user.picks({"DBFS", "tmp", "a.txt"});
  bench.run("preview");
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("content") == "hello\n");
  bench.run("preview", view::kDbfs, {"/tmp/a.png"});
  CHECK(bench.lastAsked("trowel/ui/openDocument").at("uri").get<std::string>().ends_with("/a.png"));
  CHECK(bench.failureOf("preview", view::kDbfs, {"/tmp/a.parquet"}) ==
        "dbfs:/tmp/a.parquet is not text, so there is nothing to preview. Open or download it.");
}

TEST_CASE("downloads go to the subfolders DBFS and Volumes, folders after a question") {
  Bench bench;
  bench.put("/tmp/d/a.py", "# Databricks notebook source\n1\n");
  bench.put("/tmp/d/e/b", "2");
  bench.put("/tmp/c.csv", "3");
  bench.run("download", view::kDbfs, {"/tmp/c.csv"});
  CHECK(Bench::contentOf(bench.local("/DBFS/tmp/c.csv")) == "3");
  CHECK(bench.daemon.editor().heard("trowel/ui/confirm").empty());
  bench.user.presses({"Download"});
  bench.run("download", view::kDbfs, {"/tmp/d"});
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message").get<std::string>().starts_with("Download 2 files"));
  CHECK(Bench::contentOf(bench.local("/DBFS/tmp/d/a.py")) == "# Databricks notebook source\n1\n");
  CHECK(Bench::contentOf(bench.local("/DBFS/tmp/d/e/b")) == "2");
  // Once more: nothing is read again.
  const auto reads = bench.calls("GET", "/api/2.0/dbfs/read");
  bench.run("download", view::kDbfs, {"/tmp/d"});
  CHECK(bench.calls("GET", "/api/2.0/dbfs/read") == reads);

  bench.putInVolume(kVolume + "/x/a.csv", "4");
  bench.user.picks({"Volumes", "main", "default", "data", "x", "This folder"}).presses({"Download"});
  bench.run("download");
  CHECK(Bench::contentOf(bench.local("/Volumes/main/default/data/x/a.csv")) == "4");
}

TEST_CASE("a download that was cancelled goes on where it was") {
  Bench bench;
  constexpr std::size_t kBlocks = 20;
  const std::string large(kBlocks << 20U, 'x');
  TextBody body(large);
  REQUIRE(bench.dbfs.upload("/tmp/large.bin", body, true));
  emulator::Fault fault;
  fault.pattern = "GET /api/2.0/dbfs/read";
  fault.hold = true;
  fault.skip = 16;
  fault.times = 0;
  bench.daemon.emulator().addFault(std::move(fault));
  const auto id = bench.daemon.editor().send(
      "workspace/executeCommand",
      {{"command", "trowel.storage.download"},
       {"arguments", Json::array({{{"view", std::string(view::kDbfs)}, {"node", "/tmp/large.bin"}}})}});
  // Four blocks are on their way at a time, so the one that is held means that thirteen have been written.
  REQUIRE(bench.daemon.emulator().awaitHeld(1));
  bench.daemon.editor().notify("$/cancelRequest", {{"id", id}});
  CHECK(bench.daemon.editor().reply(id).contains("error"));
  CHECK_FALSE(os::pathExists(bench.local("/DBFS/tmp/large.bin")));
  bench.daemon.emulator().clearFaults();
  const auto reads = bench.calls("GET", "/api/2.0/dbfs/read");
  bench.run("download", view::kDbfs, {"/tmp/large.bin"});
  CHECK((Bench::contentOf(bench.local("/DBFS/tmp/large.bin")) == large));
  CHECK(bench.calls("GET", "/api/2.0/dbfs/read") - reads < kBlocks - 5);
}

TEST_CASE("files and folders are uploaded, chosen or dropped, also those that git ignores, and stay files") {
  Bench bench;
  const auto folder = bench.dir / "up";
  std::filesystem::create_directories(folder + "/data");
  std::ofstream(folder + "/.gitignore") << "data/\n";
  std::ofstream(folder + "/data/a.bin") << "1";
  std::ofstream(folder + "/etl.py") << "# Databricks notebook source\n1\n";
  bench.user.choosesFiles({folder + "/etl.py"});
  bench.run("uploadFiles", view::kDbfs, {"/tmp"});
  CHECK(bench.dbfsBytes("/tmp/etl.py") == "# Databricks notebook source\n1\n");
  CHECK(bench.lastAsked("trowel/ui/chooseFile").at("kind") == "file");
  bench.daemon.editor().await("trowel/tree/changed",
                              [](const Json& params) { return params["view"] == "trowel.dbfs"; });

  bench.user.picks({"Volumes", "main", "default", "data", "This folder"}).choosesFiles({folder});
  bench.run("uploadFolder");
  CHECK(bench.volumeBytes(kVolume + "/up/data/a.bin") == "1");
  CHECK(bench.volumeBytes(kVolume + "/up/etl.py") == "# Databricks notebook source\n1\n");

  bench.drop(view::kDbfs, "/tmp/etl.py", Json::array(), {core::pathToUri(folder)});
  CHECK(bench.dbfsBytes("/tmp/up/data/a.bin") == "1");
  CHECK(bench.calls("POST", "/api/2.0/dbfs/*") > 0);

  CHECK(bench.failureOf("uploadFiles", view::kVolumes, {"/main/default"}) ==
        "Files go into a volume. main/default is none: choose one in it.");
  CHECK(bench.failureOf("uploadFiles", view::kDbfs, {"/databricks-datasets"}) ==
        "dbfs:/databricks-datasets is read-only in DBFS. Choose another folder.");
}

TEST_CASE("an upload that the workspace refuses is no success") {
  Bench bench;
  std::ofstream(bench.dir / "a.txt") << "1";
  bench.answer("POST /api/2.0/dbfs/*", 403, R"({"error_code":"PERMISSION_DENIED","message":"Not yours."})");
  bench.user.choosesFiles({bench.dir / "a.txt"});
  CHECK(bench.failureOf("uploadFiles", view::kDbfs, {"/tmp"}).contains("Not yours."));
  CHECK(bench.daemon.editor().heard("window/showMessage").empty());
  bench.daemon.emulator().clearFaults();
  CHECK(bench.dbfsBytes("/tmp/a.txt") == "gone");
}

TEST_CASE("new folders, in both") {
  Bench bench;
  bench.user.types({"a/b", "new"});
  bench.run("makeFolder", view::kDbfs, {"/tmp"});
  CHECK(bench.lastAsked("trowel/ui/input").at("prompt") == "A name has no slash: the folder stays the same.");
  CHECK(bench.dbfs.getStatus("/tmp/new")->isFolder);
  CHECK(bench.calls("POST", "/api/2.0/dbfs/mkdirs") == 1);
  bench.user.types({"new"});
  CHECK(bench.failureOf("makeFolder", view::kDbfs, {"/tmp"}) == "/tmp/new is there already. Choose another name.");
  bench.user.picks({"Volumes", "main", "default", "data", "This folder"}).types({"new"});
  bench.run("makeFolder");
  CHECK(bench.files.folderExists("/Volumes" + kVolume + "/new").value());
}

TEST_CASE("DBFS renames and moves by itself, a volume's files are copied, compared, then deleted") {
  Bench bench;
  bench.put("/tmp/a", "1");
  bench.put("/tmp/d/b", "2");
  bench.user.types({"a2"});
  bench.run("rename", view::kDbfs, {"/tmp/a"});
  CHECK(bench.dbfsBytes("/tmp/a2") == "1");
  CHECK(bench.calls("POST", "/api/2.0/dbfs/move") == 1);
  bench.user.picks({"d", "This folder"});
  bench.run("move", view::kDbfs, {"/tmp/a2"});
  CHECK(bench.dbfsBytes("/tmp/d/a2") == "1");
  CHECK(bench.dbfsBytes("/tmp/a2") == "gone");
  CHECK(bench.calls("POST", "/api/2.0/dbfs/move") == 2);
  bench.user.picks({"..", "This folder"});
  bench.run("copy", view::kDbfs, {"/tmp/d/a2", "/tmp/d/b"});
  CHECK(bench.dbfsBytes("/tmp/a2") == "1");
  CHECK(bench.dbfsBytes("/tmp/b") == "2");
  CHECK(bench.dbfsBytes("/tmp/d/b") == "2");

  bench.putInVolume(kVolume + "/d/a.csv", "3");
  bench.user.picks({"Volumes", "main", "default", "data", "d", "This folder"}).types({"e"});
  bench.run("rename");
  CHECK(bench.volumeBytes(kVolume + "/e/a.csv") == "3");
  CHECK_FALSE(bench.files.folderExists("/Volumes" + kVolume + "/d").value());
  CHECK(bench.calls("DELETE", "/api/2.0/fs/files/Volumes" + kVolume + "/d/a.csv") == 1);

  CHECK(bench.failureOf("rename", view::kVolumes, {kVolume}).contains("belongs to the catalog"));
  bench.put("/tmp/x", "1");
  bench.put("/tmp/y", "2");
  bench.user.types({"y"});
  CHECK(bench.failureOf("rename", view::kDbfs, {"/tmp/x"}) == "/tmp/y is there already. Choose another name.");
  CHECK(bench.dbfsBytes("/tmp/y") == "2");
}

TEST_CASE("what goes is counted first") {
  Bench bench;
  bench.put("/tmp/d/a", "123");
  bench.put("/tmp/d/e/b", "45");
  bench.put("/tmp/c", "1");
  CHECK(bench.run("remove", view::kDbfs, {"/tmp/d"}).is_null());
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message") ==
        "Delete the folder dbfs:/tmp/d with 2 files and 1 folder (5 bytes)?");
  CHECK(bench.dbfsBytes("/tmp/d/a") == "123");
  CHECK(bench.calls("POST", "/api/2.0/dbfs/delete") == 0);
  bench.user.presses({"Delete"});
  bench.run("remove", view::kDbfs, {"/tmp/d", "/tmp/c"});
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message") == "Delete 3 files and 2 folders (6 bytes)?");
  CHECK(bench.dbfsBytes("/tmp/d/a") == "gone");
  CHECK(bench.dbfsBytes("/tmp/c") == "gone");
  CHECK(bench.calls("POST", "/api/2.0/dbfs/delete") == 2);

  bench.putInVolume(kVolume + "/d/e/a.csv", "3");
  bench.user.picks({"Volumes", "main", "default", "data", "d", "This folder"}).presses({"Delete"});
  bench.run("remove");
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message") ==
        "Delete the folder /Volumes/main/default/data/d with 1 file and 1 folder (1 byte)?");
  CHECK_FALSE(bench.files.folderExists("/Volumes" + kVolume + "/d").value());
  for (const auto& row : {"/main", "/main/default", "/main/default/data"})
    CHECK(bench.failureOf("remove", view::kVolumes, {row}).contains("belongs to the catalog"));
  CHECK(bench.failureOf("remove", view::kDbfs, {"/mnt"}).starts_with("/mnt holds the mounts of all."));
}

TEST_CASE("rows that are dropped move within their view and are copied into the other one") {
  Bench bench;
  bench.put("/tmp/a", "1");
  bench.put("/tmp/d/b", "2");
  const auto rowOf = [](std::string_view which, const std::string& node) {
    return Json{{"view", std::string(which)}, {"node", node}};
  };
  bench.user.presses({"Move"});
  bench.drop(view::kDbfs, "/tmp/d", {rowOf(view::kDbfs, "/tmp/a")}, Json::array());
  CHECK(bench.lastAsked("trowel/ui/confirm").at("message") == "Move dbfs:/tmp/a to dbfs:/tmp/d?");
  CHECK(bench.dbfsBytes("/tmp/d/a") == "1");
  bench.drop(view::kVolumes, kVolume, {rowOf(view::kDbfs, "/tmp/d")}, Json::array());
  CHECK(bench.volumeBytes(kVolume + "/d/a") == "1");
  CHECK(bench.volumeBytes(kVolume + "/d/b") == "2");
  CHECK(bench.dbfsBytes("/tmp/d/a") == "1");
  bench.drop(view::kDbfs, "/tmp", Json::array(), {"volumes:/main/default/data/d/a"});
  CHECK(bench.dbfsBytes("/tmp/a") == "1");
  CHECK(bench.daemon
            .failure("trowel/tree/drop", {{"view", "trowel.dbfs"},
                                          {"node", "/tmp"},
                                          {"rows", Json::array({rowOf(view::kClusters, "x")})},
                                          {"uris", Json::array()}})
            .at("message") == "Only files and folders can be dropped there.");
  // Nothing that was only on its way stays here.
  for (const auto& each : std::filesystem::recursive_directory_iterator(bench.daemon.home()))
    CHECK_FALSE(each.path().filename().string().starts_with("passage-"));
}

TEST_CASE("paths are copied as code names them, and folders become folders of the window") {
  Bench bench;
  bench.run("copyPath", view::kDbfs, {"/tmp/a", "/tmp/b c"});
  CHECK(bench.lastAsked("trowel/ui/copy").at("text") == "dbfs:/tmp/a\ndbfs:/tmp/b c");
  bench.user.picks({"Volumes", "main", "default", "data", "This folder"});
  bench.run("copyPath");
  CHECK(bench.lastAsked("trowel/ui/copy").at("text") == "/Volumes/main/default/data");
  runOn(bench.daemon, "trowel.fs.mount", view::kVolumes, {kVolume});
  CHECK(bench.lastAsked("trowel/ui/addFolder") == Json{{"uri", "volumes:/main/default/data"}, {"name", "data"}});
  runOn(bench.daemon, "trowel.fs.mount", view::kDbfs, {"/tmp"});
  CHECK(bench.lastAsked("trowel/ui/addFolder").at("uri") == "dbfs:/tmp");
}

}  // namespace trowel::test

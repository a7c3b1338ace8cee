// SPDX-License-Identifier: Apache-2.0
// The editor's file systems over the whole daemon, against a workspace that really stores.
#include <algorithm>

#include "support/connecting.hpp"
#include "trowel/core/error_code.hpp"
#include "trowel/os/files.hpp"

namespace trowel::test {

namespace {

const std::string kHome = "wsfs:/Users/ada@example.com";
const std::string kSource = "# Databricks notebook source\nprint(1)\n";

struct Files {
  enum class Connected : std::uint8_t { Now, Already };

  explicit Files(DaemonHarness& harness, Connected connected = Connected::Now) : daemon(harness) {
    if (connected == Connected::Now) daemon.connect();
  }

  static std::string kindsOf(const Json& entries) {
    std::vector<std::string> lines;
    for (const auto& each : entries)
      lines.push_back(each.at("name").get<std::string>() + " " + each.at("kind").get<std::string>());
    std::ranges::sort(lines);
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
  }

  static Json writing(const std::string& uri, const std::string& bytes, const std::string& etag = {}) {
    Json params{{"uri", uri}, {"base64", core::toBase64(bytes)}, {"create", true}, {"overwrite", true}};
    if (!etag.empty()) params["etag"] = etag;
    return params;
  }
  Json write(const std::string& uri, const std::string& bytes) {
    return daemon.request("trowel/fs/write", writing(uri, bytes));
  }
  std::string read(const std::string& uri) {
    const auto result = daemon.request("trowel/fs/read", {{"uri", uri}});
    return core::fromBase64(result.at("base64").get<std::string>()).value();
  }
  std::string list(const std::string& uri) {
    return kindsOf(daemon.request("trowel/fs/list", {{"uri", uri}}).at("entries"));
  }
  Json stat(const std::string& uri) { return daemon.request("trowel/fs/stat", {{"uri", uri}}); }
  int failure(const std::string& verb, const Json& params) {
    return daemon.failure("trowel/fs/" + verb, params).at("code").get<int>();
  }
  void agree() {
    daemon.editor().on("trowel/ui/confirm",
                       [](const Json&) { return Json::object({{"action", "Copy and Delete Original"}}); });
  }

  DaemonHarness& daemon;
};

int codeOf(core::ErrorCode code) { return static_cast<int>(code); }

}  // namespace

TEST_CASE("each file system reads back what it was given") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  const std::string odd = "gr%C3%B6%C3%9Fe%20%25%20%3F%23.csv";
  for (const auto& root :
       std::initializer_list<std::string>{kHome, std::string("dbfs:/tmp"), std::string("volumes:/main/default/data"),
                                          std::string("dbws:/Users/ada@example.com"), "trowel-" + kHome}) {
    INFO(root);
    const auto folder = root + "/files";
    daemon.request("trowel/fs/mkdir", {{"uri", folder}});
    CHECK(files.list(folder).empty());
    const auto written = files.write(folder + "/" + odd, "12345");
    CHECK(written.at("size") == 5);
    CHECK(written.at("modifiedAt").get<std::int64_t>() > 1'700'000'000'000);
    CHECK_FALSE(written.contains("readOnly"));
    CHECK(files.list(folder) == "größe % ?#.csv file\n");
    CHECK(files.read(folder + "/" + odd) == "12345");
    CHECK(files.stat(folder).at("kind") == "folder");
    CHECK(files.failure("mkdir", {{"uri", folder}}) == codeOf(core::ErrorCode::AlreadyExists));
    CHECK(files.failure("list", {{"uri", folder + "/" + odd}}) == codeOf(core::ErrorCode::InvalidParams));
    CHECK(files.failure("read", {{"uri", folder}}) == codeOf(core::ErrorCode::InvalidParams));
    CHECK(files.failure("delete", {{"uri", folder}, {"recursive", false}}) == codeOf(core::ErrorCode::Conflict));
    daemon.request("trowel/fs/delete", {{"uri", folder}, {"recursive", true}});
    CHECK(files.failure("stat", {{"uri", folder}}) == codeOf(core::ErrorCode::NotFound));
  }
}

TEST_CASE("notebooks are files with the extension of their language") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  const auto folder = kHome + "/nb";
  daemon.request("trowel/fs/mkdir", {{"uri", folder}});
  files.write(folder + "/etl.py", kSource);
  files.write(folder + "/plain.py", "print(1)\n");
  files.write(folder + "/new.ipynb", "");
  CHECK(files.list(folder).contains("etl.py file\n"));
  CHECK(files.list(folder).contains("plain.py file\n"));
  CHECK(files.read(folder + "/etl.py").starts_with("# Databricks notebook source\n"));
  const auto stat = files.stat(folder + "/etl.py");
  CHECK(stat.at("size").get<std::size_t>() == files.read(folder + "/etl.py").size());
  // The other form of the same notebook.
  CHECK(files.read(folder + "/etl.ipynb").contains("nbformat"));
  const auto refused = daemon.failure("trowel/fs/write", Files::writing(folder + "/etl.py", "print(2)\n"));
  CHECK(refused.at("message").get<std::string>().contains("its first line must be"));
  // What is a plain file stays one.
  files.write(folder + "/plain.py", kSource);
  CHECK(files.read(folder + "/plain.py") == kSource);
}

TEST_CASE("nobody's work is overwritten unseen") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  for (const auto& file : std::initializer_list<std::string>{kHome + "/a.csv", std::string("dbfs:/tmp/a.csv")}) {
    INFO(file);
    const auto etag = files.write(file, "one").at("etag").get<std::string>();
    files.write(file, "threee");
    const auto failed = daemon.failure("trowel/fs/write", Files::writing(file, "mine", etag));
    CHECK(failed.at("code") == codeOf(core::ErrorCode::Conflict));
    CHECK(files.read(file) == "threee");
    Json careful = Files::writing(file, "mine");
    careful["overwrite"] = false;
    CHECK(files.failure("write", careful) == codeOf(core::ErrorCode::AlreadyExists));
  }
}

TEST_CASE("a failed save is a failed save") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  const auto file = kHome + "/a.csv";
  files.write(file, "old");
  daemon.emulator().addFault({.pattern = "POST /api/2.0/workspace-files/import-file/*",
                              .status = 403,
                              .body = R"({"error_code": "PERMISSION_DENIED", "message": "No edit permission."})"});
  CHECK(files.failure("write", Files::writing(file, "new")) == codeOf(core::ErrorCode::PermissionDenied));
  CHECK(files.read(file) == "old");
  CHECK(files.stat(file).at("readOnly") == true);
}

TEST_CASE("large files travel beside the messages") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  const std::string large(3UL * 1024 * 1024, 'x');
  files.write("dbfs:/tmp/large.bin", large);
  const auto result = daemon.request("trowel/fs/read", {{"uri", "dbfs:/tmp/large.bin"}});
  CHECK_FALSE(result.contains("base64"));
  const auto bytes = os::readFile(result.at("path").get<std::string>(), 1UL << 30U);
  REQUIRE(bytes);
  CHECK((*bytes == large));
  CHECK(os::removeFile(result.at("path").get<std::string>()));
}

TEST_CASE("a rename in the workspace is agreed to, copied, compared, and only then done") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  daemon.request("trowel/fs/mkdir", {{"uri", kHome + "/d"}});
  files.write(kHome + "/d/etl.py", kSource);
  files.write(kHome + "/d/a.csv", "1");
  const Json renaming{{"from", kHome + "/d"}, {"to", kHome + "/e"}, {"overwrite", false}};
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object(); });
  CHECK(files.failure("rename", renaming) == codeOf(core::ErrorCode::Cancelled));
  CHECK(files.list(kHome + "/d") == "a.csv file\netl.py file\n");
  files.agree();
  daemon.request("trowel/fs/rename", renaming);
  CHECK(files.list(kHome + "/e") == "a.csv file\netl.py file\n");
  CHECK(files.failure("stat", {{"uri", kHome + "/d"}}) == codeOf(core::ErrorCode::NotFound));
  const auto asked = daemon.editor().heard("trowel/ui/confirm");
  REQUIRE(asked.size() == 2);
  CHECK(asked.back().at("message") == "Rename or move /Users/ada@example.com/d to /Users/ada@example.com/e?");
  CHECK(asked.back().at("detail").get<std::string>().contains("another id; permissions"));
  // DBFS has a rename, and is not asked about.
  files.write("dbfs:/tmp/a", "1");
  daemon.request("trowel/fs/rename", {{"from", "dbfs:/tmp/a"}, {"to", "dbfs:/tmp/b"}, {"overwrite", false}});
  CHECK(files.read("dbfs:/tmp/b") == "1");
  CHECK(daemon.editor().heard("trowel/ui/confirm").size() == 2);
  CHECK(files.failure("rename", {{"from", "dbfs:/tmp/b"}, {"to", kHome + "/b"}, {"overwrite", false}}) ==
        codeOf(core::ErrorCode::Unsupported));
}

TEST_CASE("above the volumes there are folders that nobody makes") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  CHECK(files.list("volumes:/").contains("main folder\n"));
  CHECK(files.list("volumes:/main").contains("default folder\n"));
  CHECK(files.list("volumes:/main/default").contains("data folder\n"));
  CHECK(files.stat("volumes:/main/default/data").at("kind") == "folder");
  CHECK(files.failure("mkdir", {{"uri", "volumes:/main/mine"}}) == codeOf(core::ErrorCode::PermissionDenied));
  CHECK(files.failure("write", Files::writing("volumes:/main/a.csv", "1")) ==
        codeOf(core::ErrorCode::PermissionDenied));
  // Nor is one emptied by somebody who tries to delete it.
  files.write("volumes:/main/default/data/kept.csv", "1");
  for (const auto* uri : {"volumes:/main/default/data", "volumes:/main/default", "volumes:/main"})
    CHECK(files.failure("delete", {{"uri", uri}, {"recursive", true}}) == codeOf(core::ErrorCode::PermissionDenied));
  CHECK(files.read("volumes:/main/default/data/kept.csv") == "1");
  CHECK(files.failure("stat", {{"uri", "volumes:/nobody"}}) == codeOf(core::ErrorCode::NotFound));
}

TEST_CASE("an address says whose files are meant") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  const auto host = daemon.emulator().host().substr(std::string("http://").size());
  files.write("dbfs:/tmp/a", "1");
  CHECK(files.read("dbfs://" + host + "/tmp/a") == "1");
  const auto failed = daemon.failure("trowel/fs/stat", {{"uri", "dbfs://elsewhere.example.com/tmp/a"}});
  CHECK(failed.at("code") == codeOf(core::ErrorCode::NotConfigured));
  CHECK(failed.at("message") ==
        "No project of this window is connected with elsewhere.example.com. Connect one with 'Trowel: Select "
        "Connection…'.");
}

TEST_CASE("files go from one workspace to another, and to whose they are") {
  auto dev = start("dev@example.com");
  auto test = start("test@example.com");
  TempDir a;
  TempDir b;
  DaemonHarness daemon({.emulator = false});
  daemon.writeProfiles({profileOf("DEV", *dev), profileOf("TEST", *test)});
  open(daemon, {a.path(), b.path()});
  daemon.request("trowel/connection/select", {{"id", "profile:DEV"}, {"folder", core::pathToUri(a.path())}});
  daemon.request("trowel/connection/select", {{"id", "profile:TEST"}, {"folder", core::pathToUri(b.path())}});
  Files files(daemon, Files::Connected::Already);
  const auto in = [](const emulator::Emulator& workspace) {
    return "wsfs://" + workspace.host().substr(std::string("http://").size()) + "/Shared";
  };
  daemon.request("trowel/fs/mkdir", {{"uri", in(*dev) + "/d"}});
  files.write(in(*dev) + "/d/etl.py", kSource);
  files.write(in(*dev) + "/d/a.csv", "1");
  daemon.request("trowel/fs/copy", {{"from", in(*dev) + "/d"}, {"to", in(*test) + "/d"}, {"overwrite", false}});
  CHECK(files.list(in(*test) + "/d") == "a.csv file\netl.py file\n");
  CHECK(files.read(in(*test) + "/d/etl.py") == kSource);
  files.agree();
  const Json moving{{"from", in(*dev) + "/d/a.csv"}, {"to", in(*test) + "/moved.csv"}, {"overwrite", false}};
  daemon.request("trowel/fs/rename", moving);
  CHECK(daemon.editor().heard("trowel/ui/confirm").back().at("message") ==
        "Rename or move /Shared/d/a.csv to /Shared/moved.csv of TEST?");
  CHECK(files.read(in(*test) + "/moved.csv") == "1");
  CHECK(files.list("wsfs:/Shared/d") == "etl.py file\n");  // of the first project, which is connected with DEV
  // Two spellings of one workspace are one.
  CHECK(files.failure("copy", {{"from", "wsfs:/Shared/d"}, {"to", in(*dev) + "/d"}, {"overwrite", false}}) ==
        codeOf(core::ErrorCode::AlreadyExists));
  CHECK(files.failure("copy", {{"from", "wsfs:/Shared/d"}, {"to", in(*dev) + "/d/e"}, {"overwrite", false}}) ==
        codeOf(core::ErrorCode::Unsupported));
}

TEST_CASE("files are added to the window from a row or by asking") {
  DaemonHarness daemon({.emulation = {.userName = "ada@example.com"}});
  Files files(daemon);
  daemon.editor().on("trowel/ui/pick", [](const Json& params) {
    return Json::object({{"ids", Json::array({params.at("items").at(1).at("id")})}});
  });
  daemon.request("workspace/executeCommand", {{"command", "trowel.fs.mount"}});
  auto added = daemon.editor().heard("trowel/ui/addFolder");
  REQUIRE(added.size() == 1);
  CHECK(added.back() == Json({{"uri", "dbfs:/"}, {"name", "DBFS"}}));
  const Json row{{"view", std::string(view::kWorkspace)}, {"node", "/Users/ada@example.com"}};
  daemon.request("workspace/executeCommand", {{"command", "trowel.fs.mount"}, {"arguments", Json::array({row})}});
  added = daemon.editor().heard("trowel/ui/addFolder");
  REQUIRE(added.size() == 2);
  CHECK(added.back() == Json({{"uri", "wsfs:/Users/ada%40example.com"}, {"name", "ada@example.com"}}));
}

}  // namespace trowel::test

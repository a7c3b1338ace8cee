// SPDX-License-Identifier: Apache-2.0
#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr std::size_t kMegabyte = 1024UL * 1024;

struct Dbfs {
  WorkspaceClient client{sharedEmulator()};
  std::string folder = [] {
    static std::atomic<int> number = 0;
    return "/tmp/dbfs-test-" + std::to_string(++number);
  }();

  explicit Dbfs(const Emulator& emulator) : client(emulator) {}
  Dbfs() = default;

  Reply post(const std::string& call, const Json& body) { return client.post("/api/2.0/dbfs/" + call, body); }
  Reply get(const std::string& call, const std::string& path, const std::string& more = "") {
    return client.get("/api/2.0/dbfs/" + call + "?path=" + path + more);
  }
  Reply put(const std::string& name, const std::string& content, bool overwrite = false) {
    return post("put", {{"path", folder + "/" + name}, {"contents", encode(content)}, {"overwrite", overwrite}});
  }
  std::string content(const std::string& name) {
    return decode(get("read", folder + "/" + name, "&length=1048576").body.at("data"));
  }
};

}  // namespace

TEST_CASE_METHOD(Dbfs, "the root of DBFS is as in every workspace") {
  auto root = get("list", "/");
  std::vector<std::string> paths;
  for (const auto& file : root.body.at("files")) {
    CHECK(file.at("is_dir") == true);
    CHECK(file.at("file_size") == 0);
    CHECK(file.at("modification_time").is_number_integer());
    paths.push_back(file.at("path"));
  }
  for (const char* name :
       {"/FileStore", "/databricks-datasets", "/databricks-results", "/mnt", "/tmp", "/user", "/Volumes"})
    CHECK(std::count(paths.begin(), paths.end(), name) == 1);
}

TEST_CASE_METHOD(Dbfs, "DBFS: put, status, list, read") {
  CHECK(put("a/b.txt", "hello").body == Json::object());
  auto status = get("get-status", "dbfs:" + folder + "/a/b.txt");
  CHECK(status.body.at("path") == folder + "/a/b.txt");
  CHECK(status.body.at("is_dir") == false);
  CHECK(status.body.at("file_size") == 5);
  CHECK(get("list", folder).body.at("files")[0].at("path") == folder + "/a");
  CHECK(get("list", folder + "/a/b.txt").body.at("files")[0] == status.body);
  post("mkdirs", {{"path", folder + "/empty"}});
  CHECK(get("list", folder + "/empty").body == Json::object());

  auto read = get("read", folder + "/a/b.txt", "&offset=1&length=3");
  CHECK(read.body == Json{{"bytes_read", 3}, {"data", encode("ell")}});
  CHECK(get("read", folder + "/a/b.txt", "&offset=5").body == Json{{"bytes_read", 0}, {"data", ""}});
  // Old clients send the parameters of a GET as a body.
  CHECK(client
            .send("GET", "/api/2.0/dbfs/read", {{"Content-Type", "application/json"}},
                  Json{{"path", folder + "/a/b.txt"}, {"offset", 4}}.dump())
            .body.at("data") == encode("o"));

  CHECK(put("a/b.txt", "again").errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(put("a/b.txt", "again", true).status == 200);
  CHECK(content("a/b.txt") == "again");
  CHECK(put("a", "x", true).message() == "A file or directory already exists at the input path dbfs:" + folder + "/a.");
  CHECK(put("a/b.txt/c", "x").errorCode() == "RESOURCE_ALREADY_EXISTS");

  std::string large(3 * kMegabyte, 'x');
  auto form = client.postForm("/api/2.0/dbfs/put", {{"path", folder + "/large", "", ""},
                                                    {"overwrite", "true", "", ""},
                                                    {"contents", large, "large", "application/octet-stream"}});
  CHECK(form.status == 200);
  CHECK(get("get-status", folder + "/large").body.at("file_size") == large.size());
  CHECK(get("read", folder + "/large").body.at("bytes_read") == kMegabyte / 2);
}

TEST_CASE_METHOD(Dbfs, "DBFS: limits and wrong arguments") {
  REQUIRE(put("f", "hello").status == 200);
  CHECK(put("g", std::string(kMegabyte, 'x')).status == 200);
  CHECK(put("h", std::string(kMegabyte + 1, 'x')).errorCode() == "MAX_BLOCK_SIZE_EXCEEDED");
  CHECK(get("read", folder + "/f", "&length=1048577").errorCode() == "MAX_READ_SIZE_EXCEEDED");
  for (const char* wrong : {"&offset=-1", "&length=-1"})
    CHECK(get("read", folder + "/f", wrong).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("read", folder).errorCode() == "INVALID_PARAMETER_VALUE");
  auto missing = get("read", folder + "/none");
  CHECK(missing.status == 404);
  CHECK(missing.errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(missing.message() == "No file or directory exists on path " + folder + "/none.");
  CHECK(get("list", folder + "/none").status == 404);
  CHECK(get("get-status", "").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("get-status", "relative").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("get-status", "/tmp/../../etc/passwd").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("get-status", "/tmp/%00x").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(post("put", {{"path", folder + "/x"}, {"contents", "%%%"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(post("put", {{"path", Json::array()}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(post("put", {{"path", folder + "/" + std::string(300, 'n')}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Dbfs, "DBFS: blocks make a file when it is closed") {
  auto handle = post("create", {{"path", folder + "/blocks"}}).body.at("handle");
  CHECK(handle.get<std::int64_t>() > 0);
  CHECK(get("get-status", folder + "/blocks").status == 404);
  CHECK(post("add-block", {{"handle", handle}, {"data", encode("one ")}}).body == Json::object());
  CHECK(post("add-block", {{"handle", handle}, {"data", encode(std::string(kMegabyte + 1, 'x'))}}).errorCode() ==
        "MAX_BLOCK_SIZE_EXCEEDED");
  CHECK(post("add-block", {{"handle", handle}, {"data", encode("two")}}).status == 200);
  CHECK(post("close", {{"handle", handle}}).body == Json::object());
  CHECK(content("blocks") == "one two");

  CHECK(post("close", {{"handle", handle}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(post("add-block", {{"handle", handle}, {"data", ""}}).status == 404);
  CHECK(post("add-block", {{"handle", "nonsense"}, {"data", ""}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(post("add-block", Json::object()).message() == "Missing required field: handle");
  CHECK(post("create", {{"path", folder + "/blocks"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(post("create", {{"path", folder}, {"overwrite", true}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  handle = post("create", {{"path", folder + "/blocks"}, {"overwrite", true}}).body.at("handle");
  CHECK(content("blocks") == "one two");
  CHECK(post("close", {{"handle", handle}}).status == 200);
  CHECK(content("blocks").empty());
}

TEST_CASE("DBFS: a handle dies after ten idle minutes") {
  trowel::test::ManualClock clock;
  auto emulator = Emulator::start({}, clock).value();
  Dbfs dbfs(*emulator);
  auto handle = dbfs.post("create", {{"path", "/tmp/x"}}).body.at("handle");
  clock.advance(std::chrono::minutes(9));
  CHECK(dbfs.post("add-block", {{"handle", handle}, {"data", ""}}).status == 200);
  clock.advance(std::chrono::minutes(9));
  CHECK(dbfs.post("add-block", {{"handle", handle}, {"data", ""}}).status == 200);
  clock.advance(std::chrono::minutes(11));
  CHECK(dbfs.post("add-block", {{"handle", handle}, {"data", ""}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE_METHOD(Dbfs, "DBFS: move never replaces, delete forgives") {
  REQUIRE(put("a/b/f", "1").status == 200);
  REQUIRE(put("taken", "2").status == 200);
  auto move = [&](const std::string& from, const std::string& to) {
    return post("move", {{"source_path", folder + from}, {"destination_path", "dbfs:" + folder + to}});
  };
  CHECK(move("/none", "/x").status == 404);
  CHECK(move("/a", "/taken").errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(move("/a", "/a/b/c").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(move("/a", "/none/x").status == 404);
  CHECK(move("/a", "/moved").body == Json::object());
  CHECK(content("moved/b/f") == "1");

  auto full = post("delete", {{"path", folder + "/moved"}});
  CHECK(full.status == 400);
  CHECK(full.message().find("Directory is not empty. Use recursive delete") != std::string::npos);
  CHECK(post("delete", {{"path", folder + "/moved"}, {"recursive", true}}).body == Json::object());
  CHECK(post("delete", {{"path", folder + "/moved"}}).status == 200);
  CHECK(post("delete", {{"path", folder + "/taken"}}).status == 200);
  CHECK(get("list", folder).body == Json::object());
  CHECK(post("delete", {{"path", "/"}, {"recursive", true}}).status == 400);
  CHECK(post("mkdirs", {{"path", folder + "/a/b"}}).status == 200);
  CHECK(post("mkdirs", {{"path", folder + "/a/b"}}).status == 200);
  REQUIRE(put("file", "").status == 200);
  for (const char* path : {"/file", "/file/x"})
    CHECK(post("mkdirs", {{"path", folder + path}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
}

TEST_CASE_METHOD(Dbfs, "DBFS shows volumes, for reading") {
  REQUIRE(client.send("PUT", "/api/2.0/fs/files/Volumes/main/default/data/seen.txt", {}, "seen").status == 204);
  CHECK(get("list", "dbfs:/Volumes/main/default").body.at("files")[0].at("path") == "/Volumes/main/default/data");
  CHECK(get("read", "/Volumes/main/default/data/seen.txt").body.at("data") == encode("seen"));
  CHECK(post("delete", {{"path", "/Volumes/main/default/data/seen.txt"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("DBFS outlives the emulator in a data folder") {
  TemporaryFolder data;
  {
    auto emulator = Emulator::start({.dataDir = data.path}).value();
    Dbfs dbfs(*emulator);
    REQUIRE(dbfs.put("kept", "content").status == 200);
  }
  auto emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient client(*emulator);
  auto files = client.get("/api/2.0/dbfs/list?path=/tmp").body.at("files");
  CHECK(client.get("/api/2.0/dbfs/read?path=" + files[0].at("path").get<std::string>() + "/kept").body.at("data") ==
        encode("content"));
}

TEST_CASE_METHOD(Dbfs, "DBFS: a value of the wrong type is refused, not overlooked") {
  REQUIRE(put("keep", "precious").status == 200);
  for (const Json& contents : {Json{{"a", 1}}, Json::array({"x"})}) {
    auto refused = post("put", {{"path", folder + "/keep"}, {"contents", contents}, {"overwrite", true}});
    CHECK(refused.errorCode() == "MALFORMED_REQUEST");
  }
  CHECK(post("put", {{"path", folder + "/keep"}, {"overwrite", Json::array()}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(content("keep") == "precious");
  for (const char* wrong : {"&offset=abc", "&offset=9223372036854775808", "&length=abc", "&offset=2.7"})
    CHECK(get("read", folder + "/keep", wrong).errorCode() == "MALFORMED_REQUEST");
  CHECK(post("add-block", {{"handle", "zz"}, {"data", "eA=="}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(post("close", Json::object()).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(post("delete", {{"path", folder}, {"recursive", "maybe"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(post("create", {{"path", folder + "/x"}, {"overwrite", "maybe"}}).errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Dbfs, "DBFS: a handle is its owner's alone") {
  auto handle = post("create", {{"path", folder + "/mine"}}).body.at("handle");
  auto bob = signedIn(sharedEmulator(), "bob@example.com");
  CHECK(bob.post("/api/2.0/dbfs/add-block", {{"handle", handle}, {"data", encode("no")}}).status == 404);
  CHECK(bob.post("/api/2.0/dbfs/close", {{"handle", handle}}).status == 404);
  CHECK(post("add-block", {{"handle", handle}, {"data", encode("yes")}}).status == 200);
  CHECK(post("close", {{"handle", handle}}).status == 200);
  CHECK(content("mine") == "yes");
}

TEST_CASE_METHOD(Dbfs, "DBFS: names of volumes are found in any case") {
  REQUIRE(client.send("PUT", "/api/2.0/fs/files/Volumes/Main/Default/Data/Case.txt", {}, "x").status == 204);
  CHECK(get("read", "/Volumes/MAIN/default/Data/Case.txt").body.at("bytes_read") == 1);
  CHECK(get("get-status", "/Volumes/main/Default/data/case.txt").status == 404);
  CHECK(get("get-status", "/Volumes/Main").body.at("path") == "/Volumes/main");
}

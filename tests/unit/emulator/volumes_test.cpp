// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/volumes.hpp"

#include "command_context.hpp"
#include "emulator/files/file_response.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Volume {
  using Reply = test::Reply;
  WorkspaceClient client{sharedEmulator()};
  std::string folder = [] {
    static std::atomic<int> number = 0;
    return "/Volumes/main/default/data/t" + std::to_string(++number);
  }();

  Reply file(const std::string& method, const std::string& name, const std::string& body = {},
             const httplib::Headers& headers = {}) {
    return client.send(method, "/api/2.0/fs/files" + folder + name, headers, body);
  }
  Reply directory(const std::string& method, const std::string& name) {
    return client.send(method, "/api/2.0/fs/directories" + folder + name);
  }
  static std::string reason(const Reply& reply) {
    const auto& details = reply.body.at("details");
    REQUIRE(details.size() == 1);
    CHECK(details[0].at("@type") == "type.googleapis.com/google.rpc.ErrorInfo");
    return details[0].at("reason");
  }
  static std::string header(const Reply& reply, const std::string& name) {
    auto it = reply.headers.find(name);
    return it == reply.headers.end() ? "" : it->second;
  }
};

}  // namespace

TEST_CASE_METHOD(Volume, "volumes: a file goes up, down and away") {
  auto up = file("PUT", "/a%20b%23.csv?overwrite=false", "1,2,3");
  CHECK(up.status == 204);
  CHECK(up.text.empty());
  auto down = file("GET", "/a%20b%23.csv");
  CHECK(down.status == 200);
  CHECK(down.text == "1,2,3");
  CHECK(header(down, "Content-Type") == "application/octet-stream");
  CHECK(header(down, "Accept-Ranges") == "bytes");
  CHECK(header(down, "Last-Modified").ends_with(" GMT"));
  auto head = file("HEAD", "/a%20b%23.csv");
  CHECK(head.status == 200);
  CHECK(head.text.empty());
  CHECK(header(head, "Content-Length") == "5");

  auto again = file("PUT", "/a%20b%23.csv?overwrite=false", "x");
  CHECK(again.status == 409);
  CHECK(again.errorCode() == "ALREADY_EXISTS");
  CHECK(file("PUT", "/a%20b%23.csv", "x").status == 204);  // overwrites unless told not to
  CHECK(file("GET", "/a%20b%23.csv").text == "x");
  CHECK(file("DELETE", "/a%20b%23.csv").status == 204);
  auto gone = file("DELETE", "/a%20b%23.csv");
  CHECK(gone.status == 404);
  CHECK(reason(gone) == "FILES_API_FILE_NOT_FOUND");
  CHECK(file("GET", "/a%20b%23.csv").errorCode() == "NOT_FOUND");
  auto noHead = file("HEAD", "/a%20b%23.csv");
  CHECK(noHead.status == 404);
  CHECK(noHead.text.empty());
  CHECK(file("HEAD", "").status == 404);  // a folder is no file
  CHECK(file("PUT", "", "x").status == 409);
}

TEST_CASE_METHOD(Volume, "volumes: parts of a file") {
  REQUIRE(file("PUT", "/f", "0123456789").status == 204);
  struct Case {
    const char* range;
    int status;
    const char* text;
    const char* contentRange;
  };
  for (auto [range, status, text, contentRange] : {
           Case{"bytes=2-4", 206, "234", "bytes 2-4/10"},
           Case{"bytes=7-", 206, "789", "bytes 7-9/10"},
           Case{"bytes=-3", 206, "789", "bytes 7-9/10"},
           Case{"bytes=8-99", 206, "89", "bytes 8-9/10"},
           Case{"bytes=8-99999999999999999999", 206, "89", "bytes 8-9/10"},
           Case{"bytes=10-", 416, "", "bytes */10"},
           Case{"bytes=4-2", 200, "0123456789", ""},
           Case{"bytes=0-1,4-5", 200, "0123456789", ""},
           Case{"lines=0-1", 200, "0123456789", ""},
       }) {
    INFO(range);
    auto part = file("GET", "/f", "", {{"Range", range}});
    CHECK(part.status == status);
    CHECK(part.text == text);
    CHECK(header(part, "Content-Range") == contentRange);
  }
}

TEST_CASE("volumes: If-Unmodified-Since") {
  trowel::test::ManualClock clock;
  auto emulator = Emulator::start({}, clock).value();
  WorkspaceClient client(*emulator);
  const std::string path = "/api/2.0/fs/files/Volumes/main/default/data/f";
  REQUIRE(client.send("PUT", path, {}, "1").status == 204);
  auto modified = client.send("HEAD", path).headers.find("Last-Modified")->second;
  auto conditional = [&] { return client.send("GET", path, {{"If-Unmodified-Since", modified}}); };
  CHECK(conditional().text == "1");
  clock.advance(std::chrono::seconds(2));
  REQUIRE(client.send("PUT", path, {}, "2").status == 204);
  CHECK(conditional().status == 412);
  CHECK(parseHttpDate(httpDate(1'700'000'000'999)) == 1'700'000'000'000);
  CHECK_FALSE(parseHttpDate("yesterday"));
}

TEST_CASE_METHOD(Volume, "volumes: directories") {
  CHECK(directory("GET", "").status == 404);
  CHECK(directory("PUT", "/a/b").status == 204);
  CHECK(directory("PUT", "/a/b").status == 204);
  CHECK(directory("HEAD", "/a").status == 200);
  CHECK(directory("GET", "/a/b").body == Json::object());
  REQUIRE(file("PUT", "/a/new/f.txt", "123").status == 204);  // makes the folders in front of it
  auto files = directory("GET", "/a/new").body.at("contents");
  REQUIRE(files.size() == 1);
  CHECK(files[0].at("path") == folder + "/a/new/f.txt");
  CHECK(files[0].at("name") == "f.txt");
  CHECK(files[0].at("is_directory") == false);
  CHECK(files[0].at("file_size") == 3);
  CHECK(files[0].at("last_modified").is_number_integer());
  auto folders = directory("GET", "/a").body.at("contents");
  CHECK(folders[0] == Json{{"path", folder + "/a/b"}, {"name", "b"}, {"is_directory", true}});

  auto blocked = directory("PUT", "/a/new/f.txt");
  CHECK(blocked.status == 409);
  CHECK(blocked.message() ==
        "The given path points to an existing file. This API does not support operations on files.");
  CHECK(directory("HEAD", "/a/new/f.txt").status == 404);
  auto full = directory("DELETE", "/a");
  CHECK(full.status == 400);
  CHECK(full.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(reason(full) == "FILES_API_DIRECTORY_IS_NOT_EMPTY");
  CHECK(directory("DELETE", "/a/b").status == 204);
  auto gone = directory("DELETE", "/a/b");
  CHECK(gone.status == 404);
  CHECK(reason(gone) == "FILES_API_DIRECTORY_IS_NOT_FOUND");
}

TEST_CASE_METHOD(Volume, "volumes: directories come in pages") {
  for (int i = 0; i < 5; ++i) REQUIRE(file("PUT", "/f" + std::to_string(i)).status == 204);
  std::vector<std::string> names;
  std::string token;
  int pages = 0;
  do {
    auto page = directory("GET", "?page_size=2&page_token=" + token).body;
    for (const auto& entry : page.at("contents")) names.push_back(entry.at("name"));
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(names == std::vector<std::string>{"f0", "f1", "f2", "f3", "f4"});
  CHECK(directory("GET", "?page_token=nonsense").errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Volume, "volumes: what is no path of a volume") {
  auto get = [&](const std::string& path) { return client.send("GET", "/api/2.0/fs/files" + path); };
  auto missing = get("/Volumes/main/default/nope/f");
  CHECK(missing.status == 404);
  CHECK(missing.message() == "Volume 'main.default.nope' does not exist.");
  CHECK(get("/Volumes/main/default").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("/tmp/x").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("/Volumes/main/default/data/%2E%2E/x").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("/Volumes/main/default/data/%00").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(get("/Volumes/main/default/data").status == 404);
  CHECK(client.send("GET", "/api/2.0/fs/directories/Volumes/MAIN/Default/Data/").status == 200);
  CHECK(client.send("DELETE", "/api/2.0/fs/directories/Volumes/main/default/data").errorCode() ==
        "INVALID_PARAMETER_VALUE");
}

TEST_CASE("volumes are made, renamed and removed with what is in them") {
  TemporaryFolder folder;
  REQUIRE(prepareTrees(folder.path));
  FileTree tree(trowel::core::systemClock(), folder.path / "root" / "Volumes", folder.path / "incoming", false);
  Volumes volumes(tree);
  CHECK(volumes.exists({"main", "default", "data"}));
  VolumeName name{"c", "s", "v"};
  CHECK_FALSE(volumes.exists(name));
  CHECK(volumes.create(name));
  CHECK(volumes.create(name));
  REQUIRE(tree.write("/c/s/v/f", "1", Replace::No));
  CHECK(volumes.rename(name, {"c", "s2", "w"}));
  CHECK(tree.read("/c/s2/w/f", 0, 1).value() == "1");
  CHECK(volumes.rename({"c", "s2", "w"}, {"main", "default", "data"}).error().code == "RESOURCE_ALREADY_EXISTS");
  CHECK(volumes.remove({"c", "s2", "w"}));
  CHECK(volumes.remove({"c", "s2", "w"}));
  CHECK_FALSE(volumes.exists({"c", "s2", "w"}));
}

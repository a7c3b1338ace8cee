// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/files.hpp"

#include "support/catch.hpp"
#include "support/generated_body.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a folder of a volume is listed page by page, empty pages included") {
  test::ScriptedWorkspace scripted;
  const std::string target = "/api/2.0/fs/directories/Volumes/main/default/v/a%20b%C3%A4?page_size=1000";
  scripted.http.on("GET", target)
      .reply(200, R"({"contents":[{"path":"/Volumes/main/default/v/a bä/c","name":"c","is_directory":true}],
                      "next_page_token":"x"})");
  scripted.http.on("GET", target + "&page_token=x").reply(200, R"({"next_page_token":"y"})");
  scripted.http.on("GET", target + "&page_token=y")
      .reply(200, R"({"contents":[{"path":"/Volumes/main/default/v/a bä/d.csv","name":"d.csv","is_directory":false,
                      "file_size":5368709120,"last_modified":1700000000000}]})");
  auto entries = Files(scripted.rest).list("/Volumes/main/default/v/a bä/").all();
  REQUIRE(entries);
  REQUIRE(entries->size() == 2);
  CHECK(entries->at(0).isFolder);
  CHECK(entries->at(1).name == "d.csv");
  CHECK(entries->at(1).size == 5368709120);
  CHECK(entries->at(1).modifiedAt == 1700000000000);
}

TEST_CASE("a file of a volume is described by headers alone, and a missing one named by us") {
  test::ScriptedWorkspace scripted;
  Files files(scripted.rest);
  scripted.http.on("HEAD", "/api/2.0/fs/files/Volumes/m/d/v/100%25%20%3F%23.csv")
      .reply(200, "", {{"content-length", "5368709120"}, {"last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  auto file = files.getStatus("/Volumes/m/d/v/100% ?#.csv");
  REQUIRE(file);
  CHECK(file->size == 5368709120);
  CHECK(file->modifiedAt == 784111777000);

  scripted.http.on("HEAD", "/api/2.0/fs/files/Volumes/m/d/v/x").reply(404, "");
  auto missing = files.getStatus("/Volumes/m/d/v/x");
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK(missing.error().message == "There is no file /Volumes/m/d/v/x.");
  scripted.http.on("HEAD", "/api/2.0/fs/directories/Volumes/m/d/v/x").reply(404, "");
  CHECK(files.folderExists("/Volumes/m/d/v/x") == false);
  scripted.http.on("HEAD", "/api/2.0/fs/directories/Volumes/m/d/v").reply(200, "");
  CHECK(files.folderExists("/Volumes/m/d/v") == true);
  scripted.http.on("HEAD", "/api/2.0/fs/directories/Volumes/m/d/v").reply(403, "");
  CHECK(files.folderExists("/Volumes/m/d/v").error().code == ErrorCode::PermissionDenied);
}

TEST_CASE("folders of volumes are made and deleted, files are deleted") {
  test::ScriptedWorkspace scripted;
  Files files(scripted.rest);
  scripted.http.on("PUT", "/api/2.0/fs/directories/Volumes/m/d/v/a/b").drop();
  scripted.http.on("PUT", "/api/2.0/fs/directories/Volumes/m/d/v/a/b").reply(204, "");
  CHECK(files.mkdirs("/Volumes/m/d/v/a/b"));
  scripted.http.on("PUT", "/api/2.0/fs/directories/Volumes/m/d/v/f")
      .reply(409, R"({"error_code":"ALREADY_EXISTS","message":"The given path points to an existing file."})");
  CHECK(files.mkdirs("/Volumes/m/d/v/f").error().code == ErrorCode::AlreadyExists);
  scripted.http.on("DELETE", "/api/2.0/fs/files/Volumes/m/d/v/f").reply(204, "");
  CHECK(files.remove("/Volumes/m/d/v/f"));
  scripted.http.on("DELETE", "/api/2.0/fs/directories/Volumes/m/d/v/a")
      .reply(400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"The directory is not empty."})");
  CHECK(files.removeFolder("/Volumes/m/d/v/a").error().code == ErrorCode::Conflict);
}

TEST_CASE("a small file goes into a volume as one request that always says whether it overwrites") {
  test::ScriptedWorkspace scripted;
  Files files(scripted.rest);
  const auto bytes = test::bytesAt(0, 5);
  scripted.http.on("PUT", "/api/2.0/fs/files/Volumes/m/d/v/a?overwrite=true").withBody(bytes).drop();
  scripted.http.on("PUT", "/api/2.0/fs/files/Volumes/m/d/v/a?overwrite=true").withBody(bytes).reply(204, "");
  test::GeneratedSource source(5);
  CHECK(files.upload("/Volumes/m/d/v/a", source, true));
  CHECK(source.rewound() == 1);

  scripted.http.on("PUT", "/api/2.0/fs/files/Volumes/m/d/v/a?overwrite=false")
      .reply(409, R"({"error_code":"ALREADY_EXISTS","message":"The file already exists."})");
  test::GeneratedSource again(5);
  CHECK(files.upload("/Volumes/m/d/v/a", again, false).error().code == ErrorCode::AlreadyExists);
}

TEST_CASE("a small file comes out of a volume as one stream, and its length is checked") {
  test::ScriptedWorkspace scripted;
  Files files(scripted.rest);
  auto described = [&](const char* size) {
    scripted.http.on("HEAD", "/api/2.0/fs/files/Volumes/m/d/v/a")
        .reply(200, "", {{"Content-Length", size}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  };
  described("5");
  scripted.http.on("GET", "/api/2.0/fs/files/Volumes/m/d/v/a").reply(200, test::bytesAt(0, 5));
  test::CheckedSink sink;
  REQUIRE(files.download("/Volumes/m/d/v/a", std::ref(sink)));
  CHECK(sink.taken == 5);
  CHECK(sink.right);
  described("6");
  scripted.http.on("GET", "/api/2.0/fs/files/Volumes/m/d/v/a").reply(200, test::bytesAt(0, 5));
  auto short5 = files.download("/Volumes/m/d/v/a", std::ref(sink));
  CHECK(short5.error().code == ErrorCode::Conflict);
  CHECK(short5.error().message ==
        "5 bytes of the file /Volumes/m/d/v/a came where it has 6. It was changed meanwhile, or something between here "
        "and the workspace changes what it sends. Read it again.");
}

// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/dbfs.hpp"

#include <thread>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("a DBFS folder is listed, a file is described") {
  test::ScriptedWorkspace scripted;
  Dbfs dbfs(scripted.rest);
  scripted.http.on("GET", "/api/2.0/dbfs/list?path=%2Ftmp%2Fa%20b%C3%A4")
      .reply(200, R"({"files":[{"path":"/tmp/a bä/c.txt","is_dir":false,"file_size":4348585301701786933,
        "modification_time":1700000000000},{"path":"/tmp/a bä/d","is_dir":true}]})");
  auto files = dbfs.list("/tmp/a bä").all();
  REQUIRE(files);
  REQUIRE(files->size() == 2);
  CHECK(files->at(0).name() == "c.txt");
  CHECK(files->at(0).size == 4348585301701786933);
  CHECK(files->at(0).modifiedAt == 1700000000000);
  CHECK(files->at(1).isFolder);
  scripted.http.on("GET", "/api/2.0/dbfs/list?path=%2Fempty").reply(200, "{}");
  CHECK(dbfs.list("/empty").all()->empty());
  scripted.http.on("GET", "/api/2.0/dbfs/get-status?path=dbfs%3A%2Fx")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No file or directory exists on path /x."})");
  CHECK(dbfs.getStatus("dbfs:/x").error().code == ErrorCode::NotFound);
}

TEST_CASE("DBFS folders are made and things are moved, a move once only") {
  test::ScriptedWorkspace scripted;
  Dbfs dbfs(scripted.rest);
  scripted.http.on("POST", "/api/2.0/dbfs/mkdirs").withJson(R"({"path":"/a"})").drop();
  scripted.http.on("POST", "/api/2.0/dbfs/mkdirs").withJson(R"({"path":"/a"})");
  CHECK(dbfs.mkdirs("/a"));
  scripted.http.on("POST", "/api/2.0/dbfs/move").withJson(R"({"source_path":"/a","destination_path":"/b"})");
  CHECK(dbfs.move("/a", "/b"));
  scripted.http.on("POST", "/api/2.0/dbfs/move").drop();
  CHECK(dbfs.move("/a", "/b").error().code == ErrorCode::Unavailable);
}

TEST_CASE("a delete that ends half way goes on until all is gone") {
  test::ScriptedWorkspace scripted;
  Dbfs dbfs(scripted.rest);
  const char* wire = R"({"path":"/a","recursive":true})";
  const char* partly = R"({"error_code":"PARTIAL_DELETE","message":"Some files remain. Please run it again."})";
  // More often than the retries of one call last.
  for (int round = 0; round < 40; ++round)
    scripted.http.on("POST", "/api/2.0/dbfs/delete").withJson(wire).reply(round % 2 == 0 ? 503 : 400, partly);
  scripted.http.on("POST", "/api/2.0/dbfs/delete").withJson(wire);
  CHECK(dbfs.remove("/a", true));

  scripted.http.on("POST", "/api/2.0/dbfs/delete").reply(400, partly);
  scripted.http.on("POST", "/api/2.0/dbfs/delete")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No file or directory exists on path /a."})");
  CHECK(dbfs.remove("/a", true));

  scripted.http.on("POST", "/api/2.0/dbfs/delete").reply(403, R"({"error_code":"PERMISSION_DENIED","message":"No."})");
  CHECK(dbfs.remove("/a", true).error().code == ErrorCode::PermissionDenied);
  for (int round = 0; round < 100; ++round) scripted.http.on("POST", "/api/2.0/dbfs/delete").reply(400, partly);
  CHECK(dbfs.remove("/a", true).error().errorCode == "PARTIAL_DELETE");
}

TEST_CASE("a cancelled delete stops between two rounds") {
  test::ScriptedWorkspace scripted;
  core::CancelSource source;
  scripted.http.on("POST", "/api/2.0/dbfs/delete").hang();
  std::jthread user([&] {
    scripted.http.awaitRequests(1);
    source.cancel(core::CancelReason::Client);
  });
  CHECK(Dbfs(scripted.rest).remove("/a", true, {.cancel = source.token()}).error().code == ErrorCode::Cancelled);
}

TEST_CASE("a block of DBFS is read whole or not at all") {
  test::ScriptedWorkspace scripted;
  Dbfs dbfs(scripted.rest);
  const char* target = "/api/2.0/dbfs/read?length=5&offset=10&path=%2Fa";
  scripted.http.on("GET", target).reply(200, R"({"bytes_read":5,"data":"aGVsbG8="})");
  CHECK(dbfs.read("/a", 10, 5) == "hello");
  scripted.http.on("GET", target).reply(200, R"({"bytes_read":0})");
  CHECK(dbfs.read("/a", 10, 5) == "");
  for (auto damaged : {R"({"bytes_read":4,"data":"aGVsbG8="})", R"({"bytes_read":5,"data":"*"})",
                       R"({"bytes_read":6,"data":"aGVsbG8h"})"}) {
    scripted.http.on("GET", target).reply(200, damaged);
    auto read = dbfs.read("/a", 10, 5);
    CHECK(read.error().code == ErrorCode::DataLoss);
    CHECK(read.error().message == "The workspace sent a damaged part of /a. Try again.");
  }
  scripted.http.on("GET", "/api/2.0/dbfs/read?length=2000000&offset=0&path=%2Fa")
      .reply(400, R"({"error_code":"MAX_READ_SIZE_EXCEEDED","message":"At most 1048576 bytes."})");
  CHECK(dbfs.read("/a", 0, 2000000).error().code == ErrorCode::InvalidParams);
}

TEST_CASE("the pieces of an upload to DBFS, and only what sets a state goes again") {
  test::ScriptedWorkspace scripted;
  Dbfs dbfs(scripted.rest);
  scripted.http.on("POST", "/api/2.0/dbfs/put").withJson(R"({"path":"/a","contents":"AP8=","overwrite":true})").drop();
  scripted.http.on("POST", "/api/2.0/dbfs/put").withJson(R"({"path":"/a","contents":"AP8=","overwrite":true})");
  CHECK(dbfs.put("/a", std::string_view("\0\xff", 2), true));
  scripted.http.on("POST", "/api/2.0/dbfs/put").drop();
  CHECK(dbfs.put("/a", "x", false).error().code == ErrorCode::Unavailable);
  scripted.http.on("POST", "/api/2.0/dbfs/create")
      .withJson(R"({"path":"/a","overwrite":false})")
      .reply(200, R"({"handle":4348585301701786933})");
  CHECK(dbfs.create("/a", false) == 4348585301701786933);
  scripted.http.on("POST", "/api/2.0/dbfs/create").reply(200, "{}");
  CHECK(dbfs.create("/a", false).error().code == ErrorCode::DataLoss);
  scripted.http.on("POST", "/api/2.0/dbfs/add-block").withJson(R"({"handle":4348585301701786933,"data":"aGk="})");
  CHECK(dbfs.addBlock(4348585301701786933, "hi"));
  scripted.http.on("POST", "/api/2.0/dbfs/add-block").drop();
  CHECK(dbfs.addBlock(1, "hi").error().code == ErrorCode::Unavailable);
  scripted.http.on("POST", "/api/2.0/dbfs/close").withJson(R"({"handle":4348585301701786933})");
  CHECK(dbfs.close(4348585301701786933));
}

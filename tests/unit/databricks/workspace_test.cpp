// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/workspace.hpp"

#include "support/catch.hpp"
#include "support/generated_body.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/databricks/scim.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("Me tells the user and, from a header, the workspace") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/preview/scim/v2/Me")
      .reply(200, R"({"id":"6319212438871234","userName":"ada@example.com","displayName":"Ada L","active":true})",
             {{"x-databricks-org-id", "9223372036854775807"}});

  auto me = Scim(scripted.rest).me();
  REQUIRE(me);
  CHECK(me->id == "6319212438871234");
  CHECK(me->homeFolder() == "/Users/ada@example.com");
  CHECK(me->displayName == "Ada L");
  CHECK(me->active);
  CHECK(me->workspaceId == 9223372036854775807);
  auto request = scripted.http.requests().at(0);
  CHECK(request.authorization.reveal() == "Bearer dapi-of-the-test");
  CHECK(request.origin == "http://127.0.0.1:8080");
}

TEST_CASE("a folder is listed with exact ids, unknown types and absent fields") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/workspace/list?path=%2FUsers%2Fada%40example.com%2Fa%20b%26c")
      .reply(200, R"({"objects":[
        {"object_type":"NOTEBOOK","path":"/Users/ada/nb","language":"PYTHON","object_id":4348585301701786933,
         "created_at":1700000000000,"modified_at":1700000001000,"new_field":{}},
        {"object_type":"FILE","path":"/Users/ada/data.csv","object_id":2345,"size":1024},
        {"object_type":"REPO","path":"/Users/ada/repo","directory_info":{"is_git_folder":true}},
        {"object_type":"HOLOGRAM"}]})");

  auto objects = Workspace(scripted.rest).list("/Users/ada@example.com/a b&c").all();
  REQUIRE(objects);
  REQUIRE(objects->size() == 4);
  CHECK(objects->at(0).id == 4348585301701786933);
  CHECK(objects->at(0).language == "PYTHON");
  CHECK(objects->at(0).modifiedAt == 1700000001000);
  CHECK(objects->at(0).name() == "nb");
  CHECK_FALSE(objects->at(0).isFolder());
  CHECK(objects->at(1).size == 1024);
  CHECK(objects->at(2).isFolder());
  CHECK(objects->at(2).gitFolder);
  CHECK(objects->at(3).type == "HOLOGRAM");
}

TEST_CASE("an empty folder is an empty object, or nothing at all") {
  test::ScriptedWorkspace scripted;
  for (auto body : {"{}", "", R"({"objects":null})"}) {
    scripted.http.on("GET", "/api/2.0/workspace/list?path=%2F").reply(200, body);
    auto objects = Workspace(scripted.rest).list("/").all();
    REQUIRE(objects);
    CHECK(objects->empty());
  }
}

TEST_CASE("what does not exist keeps the workspace's words") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/workspace/get-status?path=%2Fnope")
      .reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Path (/nope) doesn't exist."})",
             {{"X-Request-Id", "r-1"}});
  auto status = Workspace(scripted.rest).getStatus("/nope");
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::NotFound);
  CHECK(status.error().message == "Path (/nope) doesn't exist.");
  CHECK(status.error().httpStatus == 404);
  CHECK(status.error().errorCode == "RESOURCE_DOES_NOT_EXIST");
  CHECK(status.error().requestId == "r-1");
}

TEST_CASE("writing calls send what the API wants") {
  test::ScriptedWorkspace scripted;
  Workspace workspace(scripted.rest);
  scripted.http.on("POST", "/api/2.0/workspace/mkdirs").withJson(R"({"path":"/a/b"})");
  CHECK(workspace.mkdirs("/a/b"));
  scripted.http.on("POST", "/api/2.0/workspace/delete").withJson(R"({"path":"/a","recursive":true})").reply(200, "");
  CHECK(workspace.remove("/a", true));
  scripted.http.on("POST", "/api/2.0/workspace/import")
      .withJson(R"({"path":"/n","content":"cHJpbnQoMSk=","format":"SOURCE","language":"PYTHON","overwrite":true})");
  CHECK(workspace.importObject(
      {.path = "/n", .content = "print(1)", .format = "SOURCE", .language = "PYTHON", .overwrite = true}));
  scripted.http.on("POST", "/api/2.0/workspace-files/import-file/a%2Fb%20c.bin?overwrite=false")
      .withBody(std::string("\0\xff", 2));
  CHECK(workspace.importFile("/a/b c.bin", std::string("\0\xff", 2), false));
}

TEST_CASE("an export comes back as bytes, a damaged one as an error") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/workspace/export?format=SOURCE&path=%2Fn")
      .reply(200, R"({"content":"cHJpbnQoMSk=","file_type":"py"})");
  auto exported = Workspace(scripted.rest).exportObject("/n");
  REQUIRE(exported);
  CHECK(exported->content == "print(1)");
  CHECK(exported->fileType == "py");
  scripted.http.on("GET", "/api/2.0/workspace/export?format=AUTO&path=%2Fn").reply(200, R"({"content":"*"})");
  CHECK(Workspace(scripted.rest).exportObject("/n", "AUTO").error().code == ErrorCode::DataLoss);
}

TEST_CASE("import is repeated after a lost connection only where it overwrites") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("POST", "/api/2.0/workspace/import").drop();
  auto once = Workspace(scripted.rest).importObject({.path = "/n", .content = "x"});
  CHECK(once.error().code == ErrorCode::Unavailable);
  scripted.http.on("POST", "/api/2.0/workspace/import").drop();
  scripted.http.on("POST", "/api/2.0/workspace/import");
  CHECK(Workspace(scripted.rest).importObject({.path = "/n", .content = "x", .overwrite = true}));
}

TEST_CASE("what the workspace tells on demand of an object in a Git folder") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/workspace/get-status?path=%2Fr%2Fnb&return_export_info=true&return_git_info=true")
      .reply(200, R"({"object_type":"NOTEBOOK","path":"/r/nb","repos_export_format":"JUPYTER","git_info":{
        "id":5249608814509279,"path":"/r","url":"https://g/o/p.git","provider":"gitHub","branch":"main",
        "head_commit_id":"7e08"}})");
  auto object = Workspace(scripted.rest).getDetails("/r/nb", {.git = true, .exportFormat = true});
  REQUIRE(object);
  CHECK(object->exportFormat == "JUPYTER");
  REQUIRE(object->git);
  CHECK(object->git->id == 5249608814509279);
  CHECK(object->git->branch == "main");
  CHECK(object->git->head == "7e08");
}

TEST_CASE("a large recursive delete goes on until all is gone") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("POST", "/api/2.0/workspace/delete")
      .reply(400, R"({"error_code":"PARTIAL_DELETE","message":"More."})");
  scripted.http.on("POST", "/api/2.0/workspace/delete").withJson(R"({"path":"/a","recursive":true})");
  CHECK(Workspace(scripted.rest).remove("/a", true));
}

TEST_CASE("what is too large for an import is refused before it is sent") {
  test::ScriptedWorkspace scripted;
  auto refused =
      Workspace(scripted.rest).importObject({.path = "/n", .content = std::string(Workspace::kMaxImport + 1, 'x')});
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(refused.error().message ==
        "/n is larger than the 10 MiB that a workspace takes as a notebook or an archive. Make it smaller, or put it "
        "into a volume.");
}

TEST_CASE("files and archives stream, and a web page is not taken for one") {
  test::ScriptedWorkspace scripted;
  Workspace workspace(scripted.rest);
  const char* target = "/api/2.0/workspace/export?direct_download=true&format=AUTO&path=%2Fa";
  scripted.http.on("GET", target).reply(200, test::bytesAt(0, 5), {{"Content-Disposition", "attachment"}});
  test::CheckedSink sink;
  REQUIRE(workspace.exportTo("/a", "AUTO", std::ref(sink)));
  CHECK(sink.taken == 5);
  CHECK(sink.right);
  scripted.http.on("GET", target).reply(200, "<html>Please sign in", {{"Content-Type", "text/html; charset=utf-8"}});
  auto page = workspace.exportTo("/a", "AUTO", std::ref(sink));
  CHECK(page.error().code == ErrorCode::DataLoss);
  CHECK(page.error().message ==
        "A web page came instead of /a. Check that no proxy or login page stands between here and the workspace.");

  scripted.http.on("GET", "/api/2.0/workspace-files/a%2Fb%20%C3%A4.csv").reply(200, test::bytesAt(0, 7));
  sink = {};
  REQUIRE(workspace.readFile("/a/b ä.csv", std::ref(sink)));
  CHECK(sink.taken == 7);

  scripted.http.on("POST", "/api/2.0/workspace-files/import-file/a%2Fb%20%C3%A4.csv?overwrite=true")
      .withBody(test::bytesAt(0, 3000))
      .drop();
  scripted.http.on("POST", "/api/2.0/workspace-files/import-file/a%2Fb%20%C3%A4.csv?overwrite=true")
      .withBody(test::bytesAt(0, 3000));
  test::GeneratedSource source(3000);
  REQUIRE(workspace.importFile("/a/b ä.csv", source, true));
  CHECK(source.rewound() == 1);
}

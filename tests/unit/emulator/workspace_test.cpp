// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

std::vector<std::string> pathsIn(const Reply& reply) {
  std::vector<std::string> paths;
  for (const auto& object : reply.body.at("objects")) paths.push_back(object.at("path"));
  return paths;
}

}  // namespace

TEST_CASE("the root has the three folders") {
  WorkspaceClient client(sharedEmulator());
  auto root = client.get("/api/2.0/workspace/list?path=/");
  CHECK(root.status == 200);
  CHECK(pathsIn(root) == std::vector<std::string>{"/Repos", "/Shared", "/Users"});
  CHECK(root.body.at("objects")[0].at("object_type") == "DIRECTORY");
  CHECK(root.body.at("objects")[0].at("object_id").is_number_integer());
}

TEST_CASE("the /Workspace alias is echoed") {
  WorkspaceClient client(sharedEmulator());
  CHECK(pathsIn(client.get("/api/2.0/workspace/list?path=/Workspace")) ==
        std::vector<std::string>{"/Workspace/Repos", "/Workspace/Shared", "/Workspace/Users"});
  auto folder = freshFolder(client);
  CHECK(client.get("/api/2.0/workspace/get-status?path=/Workspace" + folder).body.at("path") == "/Workspace" + folder);
  CHECK(client.get("/api/2.0/workspace/get-status?path=//Workspace/" + folder + "/").body.at("path") ==
        "/Workspace" + folder);
  auto missing = client.get("/api/2.0/workspace/list?path=/Workspace/nope");
  CHECK(missing.message() == "Path (/Workspace/nope) doesn't exist.");
}

TEST_CASE("an empty folder is an empty object, a missing one is not there") {
  WorkspaceClient client(sharedEmulator());
  auto folder = freshFolder(client);
  CHECK(client.get("/api/2.0/workspace/list?path=" + folder).body == Json::object());
  for (const char* call : {"list", "get-status"}) {
    auto missing = client.get("/api/2.0/workspace/" + std::string(call) + "?path=/nope");
    CHECK(missing.status == 404);
    CHECK(missing.errorCode() == "RESOURCE_DOES_NOT_EXIST");
    CHECK(missing.message() == "Path (/nope) doesn't exist.");
  }
}

TEST_CASE("mkdirs makes parents and is idempotent, and delete wants an empty folder or the word recursive") {
  WorkspaceClient client(sharedEmulator());
  auto folder = freshFolder(client);
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/a/b"}}).body == Json::object());
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/a/b"}}).status == 200);
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/ab"}}).status == 200);

  auto full = client.post("/api/2.0/workspace/delete", {{"path", folder + "/a"}});
  CHECK(full.status == 400);
  CHECK(full.errorCode() == "DIRECTORY_NOT_EMPTY");
  CHECK(full.message() == "Folder (" + folder + "/a) is not empty");
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", folder + "/a"}, {"recursive", true}}).body ==
        Json::object());
  CHECK(pathsIn(client.get("/api/2.0/workspace/list?path=" + folder)) == std::vector<std::string>{folder + "/ab"});
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", folder + "/a"}}).status == 404);

  for (const char* path : {"/", "/Users", "/Repos", "/Shared", "/Users/ada.lovelace@example.com"})
    CHECK(client.post("/api/2.0/workspace/delete", {{"path", path}, {"recursive", true}}).errorCode() ==
          "DIRECTORY_PROTECTED");
}

TEST_CASE("paths cannot lead out of the tree") {
  WorkspaceClient client(sharedEmulator());
  for (const std::string& path : {std::string("/Shared/../etc"), std::string("/Shared/./x"), std::string("relative"),
                                  std::string("/Shared/.."), std::string("/Shared/a\0b", 11)}) {
    INFO(path);
    CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", path}}).errorCode() == "INVALID_PARAMETER_VALUE");
  }
}

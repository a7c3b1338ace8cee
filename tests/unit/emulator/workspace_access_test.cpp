// SPDX-License-Identifier: Apache-2.0
// What users who are no administrators see and change of the workspace.
#include <cstdlib>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Neighbours {
  TemporaryFolder data;
  std::unique_ptr<Emulator> emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient ada{*emulator};  // an administrator
  WorkspaceClient bob = signedIn(*emulator, "bob@example.com");
  std::string home = "/Users/" + emulator->userName();

  Neighbours() {
    REQUIRE(write(ada, home + "/nb.py", "# Databricks notebook source\n").status == 200);
    REQUIRE(write(ada, home + "/file.txt", "secret").status == 200);
  }
  static Reply write(WorkspaceClient& client, const std::string& path, const std::string& content,
                     const std::string& query = "") {
    return client.postText("/api/2.0/workspace-files/import-file" + path + query, content, "application/octet-stream");
  }
  static Reply status(WorkspaceClient& client, const std::string& path) {
    return client.get("/api/2.0/workspace/get-status?path=" + path);
  }
  static std::vector<std::string> list(WorkspaceClient& client, const std::string& path) {
    std::vector<std::string> found;
    auto reply = client.get("/api/2.0/workspace/list?path=" + path);
    CHECK(reply.status == 200);
    for (const auto& object : reply.body.value("objects", Json::array())) found.push_back(object.at("path"));
    return found;
  }
  std::string id(const std::string& path) { return std::to_string(status(ada, path).body.at("object_id").get<long>()); }
  void grant(const std::string& type, const std::string& path, const char* level) {
    Json list{{{"user_name", "bob@example.com"}, {"permission_level", level}}};
    REQUIRE(ada.patch("/api/2.0/permissions/" + type + "/" + id(path), {{"access_control_list", list}}).status == 200);
  }
};

}  // namespace

TEST_CASE_METHOD(Neighbours, "the homes of others are closed") {
  for (const auto& path : {home, home + "/nb", home + "/file.txt"}) {
    INFO(path);
    CHECK(status(bob, path).status == 404);
    CHECK(bob.get("/api/2.0/workspace/list?path=" + path).message() == "Path (" + path + ") doesn't exist.");
    CHECK(bob.get("/api/2.0/workspace/export?path=" + path).status == 404);
    CHECK(bob.get("/api/2.0/workspace-files" + path).status == 404);
    CHECK(bob.post("/api/2.0/workspace/delete", {{"path", path}, {"recursive", true}}).status == 404);
  }
  for (const auto& path : {home + "/file.txt", home + "/new.txt", std::string("/Users/x.txt")}) {
    INFO(path);
    CHECK(write(bob, path, "x", "?overwrite=true").errorCode() == "PERMISSION_DENIED");
    auto import = bob.post("/api/2.0/workspace/import", {{"path", path}, {"format", "RAW"}, {"overwrite", true}});
    CHECK(import.status == 403);
  }
  for (const char* path : {"/foo", "/Users/zed@example.com", "/Repos/other"})
    CHECK(bob.post("/api/2.0/workspace/mkdirs", {{"path", path}}).status == 403);
  CHECK(ada.get("/api/2.0/workspace-files" + home + "/file.txt").text == "secret");
}

TEST_CASE_METHOD(Neighbours, "one's own home and /Shared are open, and roots show what one may see") {
  CHECK(list(bob, "/") == std::vector<std::string>{"/Repos", "/Shared", "/Users"});
  CHECK(list(bob, "/Users") == std::vector<std::string>{"/Users/bob@example.com"});
  CHECK(list(ada, "/Users").size() == 2);
  CHECK(write(bob, "/Users/bob@example.com/mine.txt", "x").status == 200);
  CHECK(write(bob, "/Users/bob@example.com/none/mine.txt", "x").status == 404);
  CHECK(bob.post("/api/2.0/workspace/mkdirs", {{"path", "/Shared/a/b"}}).status == 200);
  CHECK(write(bob, "/Shared/a/b/f.txt", "x").status == 200);
  CHECK(bob.post("/api/2.0/workspace/delete", {{"path", "/Shared/a"}, {"recursive", true}}).status == 200);
  CHECK(list(bob, "/Users/bob@example.com") == std::vector<std::string>{"/Users/bob@example.com/mine.txt"});
  CHECK(list(ada, "/Users/bob@example.com").size() == 1);
}

TEST_CASE_METHOD(Neighbours, "grants open objects and folders level by level") {
  grant("notebooks", home + "/nb", "CAN_READ");
  CHECK(status(bob, home + "/nb").status == 200);
  CHECK(status(bob, home).status == 404);
  CHECK(write(bob, home + "/nb.py", "# Databricks notebook source\n2", "?overwrite=true").status == 403);
  CHECK(bob.post("/api/2.0/workspace/delete", {{"path", home + "/nb"}}).status == 403);
  grant("notebooks", home + "/nb", "CAN_EDIT");
  CHECK(write(bob, home + "/nb.py", "# Databricks notebook source\n2", "?overwrite=true").status == 200);
  CHECK(bob.post("/api/2.0/workspace/delete", {{"path", home + "/nb"}}).status == 403);

  grant("directories", home, "CAN_READ");
  CHECK(list(bob, home).size() == 2);
  CHECK(list(bob, "/Users").size() == 2);
  CHECK(write(bob, home + "/new.txt", "x").status == 403);
  grant("directories", home, "CAN_MANAGE");
  CHECK(write(bob, home + "/new.txt", "x").status == 200);
  CHECK(bob.post("/api/2.0/workspace/delete", {{"path", home + "/nb"}}).status == 200);
  CHECK(bob.post("/api/2.0/workspace/delete", {{"path", home}, {"recursive", true}}).errorCode() ==
        "DIRECTORY_PROTECTED");
}

TEST_CASE_METHOD(Neighbours, "what is granted ends with the object") {
  grant("files", home + "/file.txt", "CAN_MANAGE");
  auto before = id(home + "/file.txt");
  REQUIRE(ada.post("/api/2.0/workspace/delete", {{"path", home + "/file.txt"}}).status == 200);
  REQUIRE(write(ada, home + "/file.txt", "again").status == 200);
  CHECK(status(bob, home + "/file.txt").status == 404);
  CHECK(ada.get("/api/2.0/permissions/files/" + before).status == 404);
}

TEST_CASE_METHOD(Neighbours, "Git folders of others are closed") {
  auto origin = data.path / "origin";
  std::filesystem::create_directory(origin);
  auto command = "cd '" + origin.string() +
                 "' && echo hello > README.md && git init -q -b main && git add -A && "
                 "git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m x >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  auto create = [&](WorkspaceClient& client, const std::string& path) {
    return client.post("/api/2.0/repos", {{"url", origin.string()}, {"provider", "gitHub"}, {"path", path}});
  };
  CHECK(create(bob, home + "/stolen").status == 403);
  auto repo = create(ada, home + "/proj");
  REQUIRE(repo.status == 200);
  auto address = "/api/2.0/repos/" + id(home + "/proj");
  CHECK(bob.get(address).status == 404);
  CHECK(bob.patch(address, {{"branch", "main"}}).status == 404);
  CHECK(bob.remove(address).status == 404);
  CHECK(bob.get("/api/2.0/repos?path_prefix=/Users").body == Json::object());
  grant("repos", home + "/proj", "CAN_READ");
  CHECK(bob.get(address).status == 200);
  CHECK(status(bob, home + "/proj/README.md").status == 200);
  CHECK(bob.patch(address, {{"branch", "main"}}).status == 403);
  CHECK(bob.remove(address).status == 403);
  CHECK(bob.get("/api/2.0/repos?path_prefix=/Users").body.at("repos").size() == 1);
  grant("repos", home + "/proj", "CAN_MANAGE");
  CHECK(bob.patch(address, {{"branch", "main"}}).status == 200);
  CHECK(create(bob, "/Repos/bob@example.com/own").status == 200);
}

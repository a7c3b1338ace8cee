// SPDX-License-Identifier: Apache-2.0
// The workspace as files: what user code does to them, large ones, dashboards, other users, and what a restart keeps.
#include <sys/stat.h>

#include <fstream>

#include "command_context.hpp"
#include "emulator/workspace/zip.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Workspace {
  TemporaryFolder data;
  std::unique_ptr<Emulator> emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient client{*emulator};
  std::string home = "/Users/demo@example.com";
  std::filesystem::path disk = data.path / "root" / "Workspace";

  void restart() {
    emulator.reset();
    emulator = Emulator::start({.dataDir = data.path}).value();
    client = WorkspaceClient(*emulator);
  }
  void write(const std::string& path, const std::string& content) {
    std::ofstream(disk / path.substr(1), std::ios::binary) << content;
  }
  Reply import(const std::string& path, const std::string& content, Json more) {
    more["path"] = path;
    more["content"] = encode(content);
    return client.post("/api/2.0/workspace/import", more);
  }
  Json status(const std::string& path) { return client.get("/api/2.0/workspace/get-status?path=" + path).body; }
  std::vector<std::string> list(const std::string& path) {
    auto reply = client.get("/api/2.0/workspace/list?path=" + path).body;
    std::vector<std::string> paths;
    for (const auto& object : reply.value("objects", Json::array())) paths.push_back(object.at("path"));
    return paths;
  }
};

}  // namespace

TEST_CASE_METHOD(Workspace, "what user code leaves in a folder appears, keeps its id, and goes") {
  write(home + "/out.txt", "result");
  std::filesystem::create_directories(disk / home.substr(1) / "dir" / "sub");
  write(home + "/dir/sub/deep.bin", "1234");
  auto found = status(home + "/dir/sub/deep.bin");
  CHECK(found.at("object_type") == "FILE");
  CHECK(found.at("size") == 4);
  CHECK(list(home) == std::vector<std::string>{home + "/dir", home + "/out.txt"});
  auto id = status(home + "/out.txt").at("object_id");
  write(home + "/out.txt", "longer result");
  CHECK(status(home + "/out.txt").at("object_id") == id);
  CHECK(status(home + "/out.txt").at("size") == 13);
  restart();
  CHECK(status(home + "/out.txt").at("object_id") == id);
  CHECK(status(home + "/dir/sub/deep.bin") == found);

  std::filesystem::remove_all(disk / home.substr(1) / "dir");
  CHECK(status(home + "/dir/sub/deep.bin").at("error_code") == "RESOURCE_DOES_NOT_EXIST");
  CHECK(list(home) == std::vector<std::string>{home + "/out.txt"});
  write(home + "/dir", "a file now");
  CHECK(status(home + "/dir").at("object_type") == "FILE");
}

TEST_CASE_METHOD(Workspace, "a notebook stays one when its file changes") {
  REQUIRE(import(home + "/nb", "print(1)", {{"language", "PYTHON"}}).status == 200);
  CHECK(std::filesystem::exists(disk / home.substr(1) / "nb"));
  write(home + "/nb", "print(2)");
  CHECK(status(home + "/nb").at("object_type") == "NOTEBOOK");
  CHECK(decode(client.get("/api/2.0/workspace/export?path=" + home + "/nb").body.at("content")) ==
        "# Databricks notebook source\nprint(2)");
  restart();
  CHECK(status(home + "/nb").at("language") == "PYTHON");
  std::filesystem::remove(disk / home.substr(1) / "nb");
  CHECK(status(home + "/nb").at("error_code") == "RESOURCE_DOES_NOT_EXIST");
  write(home + "/nb", "x");
  CHECK(status(home + "/nb").at("object_type") == "FILE");
}

TEST_CASE_METHOD(Workspace, "symbolic links of user code lead nowhere") {
  std::filesystem::create_symlink("/etc", disk / home.substr(1) / "etc");
  std::filesystem::create_symlink("/etc/passwd", disk / home.substr(1) / "passwd");
  CHECK(list(home).empty());
  CHECK(status(home + "/etc/passwd").at("error_code") == "RESOURCE_DOES_NOT_EXIST");
  CHECK(client.get("/api/2.0/workspace-files" + home + "/passwd").status == 404);
  CHECK(import(home + "/etc/x", "x", {{"format", "RAW"}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(import(home + "/passwd", "ours", {{"format", "RAW"}}).status == 200);
  CHECK(client.get("/api/2.0/workspace-files" + home + "/passwd").text == "ours");
}

TEST_CASE_METHOD(Workspace, "commands and clients work on the same files") {
  CommandContext context(*emulator, createCluster(client));
  context.text("open('/Workspace" + home + "/from_code.csv', 'w').write('1,2'); print()");
  CHECK(status("/Workspace" + home + "/from_code.csv").at("size") == 3);
  REQUIRE(import(home + "/lib.py", "answer = 42", {{"format", "RAW"}}).status == 200);
  CHECK(context.text("import sys; sys.path.append('/Workspace" + home + "')\nimport lib; print(lib.answer)") == "42");
}

TEST_CASE_METHOD(Workspace, "dashboards are files with an id of their own") {
  REQUIRE(import(home + "/sales.lvdash.json", "{\"pages\":[]}", {{"format", "AUTO"}}).status == 200);
  auto dashboard = status(home + "/sales.lvdash.json");
  CHECK(dashboard.at("object_type") == "DASHBOARD");
  CHECK(dashboard.at("resource_id").get<std::string>().size() == 32);
  CHECK_FALSE(dashboard.contains("size"));
  CHECK(import(home + "/sales.lvdash.json", "{}", {{"format", "AUTO"}, {"overwrite", true}}).status == 200);
  restart();
  CHECK(status(home + "/sales.lvdash.json").at("resource_id") == dashboard.at("resource_id"));
  auto exported = client.get("/api/2.0/workspace/export?format=AUTO&path=" + home + "/sales.lvdash.json").body;
  CHECK(decode(exported.at("content")) == "{}");
  CHECK(exported.at("file_type") == "lvdash.json");
}

TEST_CASE_METHOD(Workspace, "large files stream in and out, in parts as well") {
  std::string large(11UL * 1024 * 1024, 'x');
  large.back() = 'y';
  auto path = "/api/2.0/workspace-files/import-file" + home + "/large.bin";
  CHECK(client.postText(path, large, "application/octet-stream").status == 200);
  CHECK(status(home + "/large.bin").at("size") == large.size());
  CHECK(client.get("/api/2.0/workspace-files" + home + "/large.bin").text == large);
  auto part = client.send("GET", "/api/2.0/workspace-files" + home + "/large.bin", {{"Range", "bytes=-2"}});
  CHECK(part.status == 206);
  CHECK(part.text == "xy");
  CHECK(client.get("/api/2.0/workspace/export?path=" + home + "/large.bin").errorCode() ==
        "MAX_NOTEBOOK_SIZE_EXCEEDED");
  CHECK(client.get("/api/2.0/workspace-files" + home).status == 400);
}

TEST_CASE_METHOD(Workspace, "every user has a home, which is protected") {
  auto added = client.post("/api/2.0/preview/scim/v2/Users", {{"userName", "grace@example.com"}});
  REQUIRE(added.status == 201);
  CHECK(list("/Users") == std::vector<std::string>{home, "/Users/grace@example.com"});
  CHECK(list("/Repos") == std::vector<std::string>{"/Repos/demo@example.com", "/Repos/grace@example.com"});
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", "/Users/grace@example.com"}, {"recursive", true}})
            .errorCode() == "DIRECTORY_PROTECTED");
  auto id = status("/Users/grace@example.com").at("object_id");
  auto root = status("/").at("object_id");
  restart();
  CHECK(status("/Users/grace@example.com").at("object_id") == id);
  CHECK(status("/").at("object_id") == root);
}

TEST_CASE_METHOD(Workspace, "only Git folders stand two levels beneath /Repos") {
  auto mkdirs = [&](const std::string& path) { return client.post("/api/2.0/workspace/mkdirs", {{"path", path}}); };
  CHECK(mkdirs("/Repos/ada").status == 200);
  CHECK(mkdirs("/Repos/ada/proj").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(mkdirs("/Repos/ada/proj/deep").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(import("/Repos/x", "1", {{"language", "PYTHON"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(import("/Repos/ada/x", "1", {{"language", "PYTHON"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(import("/x", "1", {{"language", "PYTHON"}}).errorCode() == "PERMISSION_DENIED");
}

TEST_CASE_METHOD(Workspace, "names that no file can have are refused") {
  auto mkdirs = [&](const std::string& path) { return client.post("/api/2.0/workspace/mkdirs", {{"path", path}}); };
  CHECK(mkdirs(home + "/" + std::string(256, 'n')).errorCode() == "INVALID_PARAMETER_VALUE");
  std::string deep = home;
  while (deep.size() < 5000) deep += "/" + std::string(200, 'd');
  CHECK(mkdirs(deep).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(status(deep).at("error_code") != "INTERNAL_ERROR");
  CHECK(mkdirs(home + "/ \xc3\xa4\xe2\x82\xac\"'*?").status == 200);
  CHECK(list(home) == std::vector<std::string>{home + "/ \xc3\xa4\xe2\x82\xac\"'*?"});
}

TEST_CASE_METHOD(Workspace,
                 "what clients cannot name is not listed, and keeps its folder from being deleted by the way") {
  std::filesystem::create_directory(disk / home.substr(1) / "dir");
  write(home + "/dir/\xff\xfe", "of some program");
  std::filesystem::create_symlink("/etc", disk / home.substr(1) / "dir" / "link");
  CHECK(list(home + "/dir").empty());
  auto refused = client.post("/api/2.0/workspace/delete", {{"path", home + "/dir"}});
  CHECK(refused.errorCode() == "DIRECTORY_NOT_EMPTY");
  CHECK(refused.message() == "Folder (" + home + "/dir) is not empty");
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", home + "/dir"}, {"recursive", true}}).status == 200);
}

TEST_CASE_METHOD(Workspace, "an archive comes in as a whole or not at all") {
  auto archive = writeZip({{"a.py", "1"}, {"a.sql", "select 1"}});  // both would be called a
  CHECK(import(home + "/half", archive, {{"format", "SOURCE"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(status(home + "/half").at("error_code") == "RESOURCE_DOES_NOT_EXIST");
  CHECK(import(home + "/half", writeZip({{"a.py", "1"}}), {{"format", "SOURCE"}}).status == 200);
  CHECK(list(home + "/half") == std::vector<std::string>{home + "/half/a"});
}

// SPDX-License-Identifier: Apache-2.0
// What a file is taken for: by its name, by what is in it, and by the folder that it is in.
#include <cstdlib>
#include <fstream>

#include "command_context.hpp"
#include "emulator/workspace/jupyter_language.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kIpynb = R"({"cells":[],"metadata":{"language_info":{"name":"scala"}},"nbformat":4})";
const std::string kPython = "# Databricks notebook source\nprint(1)\n";

struct Types {
  TemporaryFolder data;
  std::unique_ptr<Emulator> emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient client{*emulator};
  std::string home = "/Users/" + emulator->userName();
  std::filesystem::path disk = data.path / "root" / "Workspace" / home.substr(1);

  Reply import(const std::string& path, const std::string& content, const std::string& query = "") {
    return client.postText("/api/2.0/workspace-files/import-file" + path + query, content, "application/octet-stream");
  }
  Reply status(const std::string& path) { return client.get("/api/2.0/workspace/get-status?path=" + path); }
  std::string type(const std::string& path) { return status(path).body.value("object_type", "nothing"); }
  std::string gitFolder() {
    auto origin = data.path / "origin";
    std::filesystem::create_directory(origin);
    auto command = "cd '" + origin.string() +
                   "' && echo hello > README.md && git init -q -b main && git add -A && "
                   "git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m x >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
    auto made =
        client.post("/api/2.0/repos", {{"url", origin.string()}, {"provider", "gitHub"}, {"path", home + "/proj"}});
    REQUIRE(made.status == 200);
    return home + "/proj";
  }
};

}  // namespace

TEST_CASE("the language of a Jupyter notebook is found without reading it into memory") {
  CHECK(jupyterLanguage(kIpynb) == Language::Scala);
  CHECK(jupyterLanguage(R"({"cells":[],"metadata":{}})") == Language::Python);
  CHECK(jupyterLanguage(R"({"metadata":{"kernelspec":{"language":"R"},"application/vnd.databricks.v1+notebook":)"
                        R"({"language":"sql"}},"cells":[{"metadata":{"language":"x"}}]})") == Language::Sql);
  CHECK(jupyterLanguage(R"({"cells":[{"metadata":{"language_info":{"name":"r"}}}]})") == Language::Python);
  CHECK(jupyterLanguage(R"({"cells":[],"metadata":[{"language_info":{"name":"r"}}]})") == Language::Python);
  for (const std::string& other :
       {std::string("[]"), std::string("{}"), std::string("7"), std::string("\"cells\""), std::string(R"({"cells":[)"),
        std::string(R"({"a":{"cells":[]}})"), R"({"cells":)" + std::string(100'000, '[')})
    CHECK_FALSE(jupyterLanguage(other));
}

TEST_CASE("names of notebooks and of their files") {
  CHECK(notebookStem("/a.b/x.py") == "/a.b/x");
  CHECK(notebookStem("x.IPYNB") == "x");
  CHECK(notebookStem("x.designer.ipynb") == "x.designer.ipynb");
  CHECK(notebookStem("x.txt") == "x.txt");
  CHECK(notebookStem(".py") == ".py");
  CHECK(notebookFile("x", "py") == "x.py");
  CHECK(notebookFile("x.designer.ipynb", "ipynb") == "x.designer.ipynb");
}

TEST_CASE_METHOD(Types, "a notebook of the designer keeps its extension") {
  for (const auto& folder : {home, gitFolder()}) {
    INFO(folder);
    auto path = folder + "/i.designer.ipynb";
    REQUIRE(import(path, kIpynb).status == 200);
    CHECK(type(path) == "NOTEBOOK");
    CHECK(type(folder + "/i.designer") == "nothing");
    CHECK(client.get("/api/2.0/workspace/list?path=" + path).body.at("objects")[0].at("path") == path);
    auto exported = client.get("/api/2.0/workspace/export?format=JUPYTER&direct_download=true&path=" + path)
                        .header("Content-Disposition");
    CHECK(exported.ends_with("''i.designer.ipynb"));
    CHECK(import(path, kIpynb, "?overwrite=true").status == 200);
  }
  CHECK(std::filesystem::exists(disk / "proj" / "i.designer.ipynb"));
}

TEST_CASE_METHOD(Types, "in a Git folder a single look sees what a list would") {
  auto folder = gitFolder();
  auto write = [&](const std::string& name, const std::string& content) {
    std::ofstream(disk / "proj" / name, std::ios::binary) << content;
  };
  write("a.py", kPython);
  CHECK(type(folder + "/a") == "NOTEBOOK");
  CHECK(type(folder + "/a.py") == "nothing");
  auto id = status(folder + "/a").body.at("object_id");
  write("a", "a file in the way");
  CHECK(type(folder + "/a") == "FILE");
  CHECK(type(folder + "/a.py") == "NOTEBOOK");
  std::filesystem::remove(disk / "proj" / "a");
  CHECK(type(folder + "/a.py") == "nothing");
  CHECK(type(folder + "/a") == "NOTEBOOK");
  write("a.py", "x = 1\n");
  CHECK(type(folder + "/a") == "nothing");
  CHECK(type(folder + "/a.py") == "FILE");
  write("B.SQL", "-- Databricks notebook source\n");
  CHECK(status(folder + "/B").body.value("language", "") == "SQL");
  write("c.py", kPython);
  write("c.sql", "-- Databricks notebook source\n");
  CHECK(type(folder + "/c.sql") == "nothing");
  CHECK(type(folder + "/c.py") == "NOTEBOOK");
  CHECK(status(folder + "/c").body.value("language", "") == "SQL");
  std::filesystem::remove(disk / "proj" / "c.sql");
  CHECK(type(folder + "/c.py") == "nothing");
  CHECK(type(folder + "/c") == "NOTEBOOK");
}

TEST_CASE_METHOD(Types, "imports refuse values of the wrong type") {
  REQUIRE(import(home + "/keep", "precious").status == 200);
  auto refused = [&](const Json& more) {
    Json body{{"path", home + "/keep"}, {"format", "RAW"}, {"content", encode("x")}, {"overwrite", true}};
    body.update(more);
    return client.post("/api/2.0/workspace/import", body).errorCode();
  };
  for (const Json& wrong : {Json{{"content", Json::array({"x"})}}, Json{{"format", Json::array()}},
                            Json{{"language", Json::object()}}, Json{{"overwrite", Json::array()}}})
    CHECK(refused(wrong) == "MALFORMED_REQUEST");
  CHECK(import(home + "/keep", "x", "?overwrite=maybe").errorCode() == "MALFORMED_REQUEST");
  CHECK(client.get("/api/2.0/workspace-files" + home + "/keep").text == "precious");
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", home + "/keep"}, {"recursive", "x"}}).errorCode() ==
        "MALFORMED_REQUEST");
  CHECK(client.get("/api/2.0/workspace/list?notebooks_modified_after=x&path=" + home).errorCode() ==
        "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Types, "errors name folders as the client spelled them") {
  CHECK(import("/Workspace" + home + "/none/a.txt", "x").message() ==
        "The parent folder (/Workspace" + home + "/none) does not exist.");
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", "/Workspace"}}).message() ==
        "Folder (/Workspace) is protected");
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", "/Workspace/Users"}}).message() ==
        "Folder (/Workspace/Users) is protected");
}
